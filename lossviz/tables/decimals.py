"""Decimal commas and points: which sign each column's numbers have, and what is said of it."""

from __future__ import annotations

from lossviz.base.words import listed
from lossviz.tables.cells import BETWEEN, is_day_and_month, is_padded, number_of
from lossviz.tables.texts import DAYS, UNCLEAR, Texts
from lossviz.tables.units import is_money


def decimal_signs(columns: list[Texts], separator: str) -> list[str]:
    """The sign before the decimals of each column's numbers; UNCLEAR where that cannot be told,
    and DAYS where 28.10 is no number: below decimal commas, or beside 01.02.

    1,234 alone may be either: the file's other numbers tell, and failing them the separator. A
    comma that separates columns is hardly before decimals too; semicolons are there to let it be.
    Of money with three digits behind the sign, these are thousands, unless the file tells.
    """
    of_days = [bool(each.bare) and all(map(is_day_and_month, each.texts)) for each in columns]
    pairs = list(zip(columns, of_days, strict=True))
    signs = {column.sign for column, may_be_days in pairs if not may_be_days} - {""}

    def sign(column: Texts, may_be_days: bool) -> str:
        if column.sign == "." and not column.unit:
            is_odd = any(map(is_padded, column.numbers))
            if may_be_days and ("," in signs or is_odd):
                return DAYS
            if is_odd and "," in signs:
                return UNCLEAR
        return column.sign or unclear(column)

    def unclear(column: Texts) -> str:
        has_point, has_comma = (any(sign in text for text in column.numbers) for sign in ".,")
        if not has_point and not has_comma:
            return "."
        if (has_point and has_comma) or len(signs) > 1:
            return UNCLEAR
        if signs:
            return next(iter(signs))
        if is_money(column.unit):
            return "," if has_point else "."
        if has_comma:
            return {",": ".", ";": ","}.get(separator, UNCLEAR)
        return UNCLEAR if separator == ";" else "."

    return [sign(column, may_be_days) if column.bare else "." for column, may_be_days in pairs]


def sign_notes(columns: list[Texts], decimals: list[str]) -> list[str]:
    """Sentences on columns of numbers: on decimal commas, on signs between thousands, and on what
    was taken away."""
    pairs = list(zip(columns, decimals, strict=True))
    notes, grouped = [], {}
    with_commas = (column.numbers for column, decimal in pairs if decimal == ",")
    if example := next(filter(None, (_first_with(",", texts) for texts in with_commas)), ""):
        notes.append(f"Commas are before decimals: {example} is {number_of(example, ','):.12g}.")
    for column, decimal in pairs:
        if text := _first_with(BETWEEN + (",", ".")[decimal == ","], column.numbers):
            grouped[column.name] = f"{text} is {number_of(text, decimal):.12g}"
    if grouped:
        example = next(iter(grouped.values()))
        notes.append(f"In {listed(list(grouped))} there are signs between thousands: {example}.")
    by_what: dict[str, list[str]] = {}
    said: dict[str, str] = {}
    for column, decimal in pairs:
        if column.example:
            what = column.unit or "brackets"
            number = column.bare[column.texts.index(column.example)] or ""
            by_what.setdefault(what, []).append(column.name)
            said.setdefault(what, f"{column.example} is {number_of(number, decimal):.12g}")
    for what, names in by_what.items():
        thing = "the unit" if any(map(str.isalpha, what)) else "the sign"
        was = "brackets are" if what == "brackets" else f"{thing} {what} is"
        gone = "minus signs" if what == "brackets" else "taken away"
        notes.append(f"In {listed(names)} {was} {gone}: {said[what]}.")
    return notes


def _first_with(signs: str, texts: list[str]) -> str:
    """The first text that has one of the signs; "" where none does."""
    everything = "\n".join(texts)  # which is searched far faster than text by text
    signs = "".join(sign for sign in signs if sign in everything)
    return next((text for text in texts if not set(signs).isdisjoint(text)), "") if signs else ""
