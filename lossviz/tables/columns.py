"""What the columns of a file hold: numbers, a few categories, or what cannot be learned from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lossviz.registry import quote
from lossviz.tables.cells import (
    BETWEEN,
    decimal_sign,
    is_date,
    is_missing,
    is_number,
    number_of,
    numbers_of,
)
from lossviz.tables.fault import FileFault, listed
from lossviz.tables.split import Cells

MOST_LEVELS = 20
TELLING = 100  # different texts that tell whether a column holds numbers


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a file.

    kind: "number", "category", or why it cannot be used: "text" (too many different values),
        "date", "constant".
    values (n,): numbers, nan where missing; of categories the positions of their levels, -1 where
        missing; (0,) where it cannot be used.
    why: what it holds, or why it cannot be used, to be read after its name. levels: in order.
    """

    name: str
    kind: str
    values: np.ndarray
    why: str
    levels: tuple[str, ...] = ()

    @property
    def is_usable(self) -> bool:
        return self.kind in ("number", "category")

    @property
    def is_missing(self) -> np.ndarray:
        """Whether each row lacks a value (n,)."""
        return self.values < 0 if self.kind == "category" else np.isnan(self.values)


@dataclass(frozen=True, eq=False)
class Texts:
    """The different texts of a column, and which of them each row has (n,), -1 where missing.

    sign: "." or ",", which its numbers show to be before their decimals; "" where none tells.
    """

    name: str
    texts: list[str]
    codes: np.ndarray
    is_numeric: bool
    sign: str


def texts_of(cells: Cells) -> Texts:
    """The texts without blanks around them, and those that stand for nothing left out."""
    found: dict[str, int] = {}
    place = [
        -1 if is_missing(text) else found.setdefault(text, len(found))
        for text in map(str.strip, cells.texts)
    ]
    texts = list(found)
    is_numeric = bool(texts) and all(map(is_number, texts[:TELLING]))
    sign = next(filter(None, map(decimal_sign, texts)), "") if is_numeric else ""
    return Texts(cells.name, texts, np.array(place, np.int32)[cells.codes], is_numeric, sign)


def decimal_signs(columns: list[Texts], separator: str) -> list[str]:
    """The sign before the decimals of each column's numbers; "" where that cannot be told.

    1,234 alone may be either: the file's other numbers tell, and failing them the separator. A
    comma that separates columns is hardly before decimals too; semicolons are there to let it be.
    """
    signs = {column.sign for column in columns} - {""}

    def unclear(column: Texts) -> str:
        has_point, has_comma = (any(sign in text for text in column.texts) for sign in ".,")
        if not has_point and not has_comma:
            return "."
        if (has_point and has_comma) or len(signs) > 1:
            return ""
        if signs:
            return next(iter(signs))
        if has_comma:
            return {",": ".", ";": ","}.get(separator, "")
        return "" if separator == ";" else "."

    return [column.sign or unclear(column) if column.is_numeric else "." for column in columns]


def sign_notes(columns: list[Texts], decimals: list[str], found: list[Column]) -> list[str]:
    """Sentences on decimal commas and on signs between thousands."""
    pairs = [
        (column, decimal)
        for column, decimal, result in zip(columns, decimals, found, strict=True)
        if result.kind == "number"
    ]
    notes, grouped = [], {}
    with_commas = (column.texts for column, decimal in pairs if decimal == ",")
    if example := next(filter(None, (_first_with(",", texts) for texts in with_commas)), ""):
        notes.append(f"Commas are before decimals: {example} is {number_of(example, ','):.12g}.")
    for column, decimal in pairs:
        if text := _first_with(BETWEEN + (",", ".")[decimal == ","], column.texts):
            grouped[column.name] = f"{text} is {number_of(text, decimal):.12g}"
    if grouped:
        example = next(iter(grouped.values()))
        notes.append(f"In {listed(list(grouped))} there are signs between thousands: {example}.")
    return notes


def _first_with(signs: str, texts: list[str]) -> str:
    """The first text that has one of the signs; "" where none does."""
    everything = "\n".join(texts)  # which is searched far faster than text by text
    signs = "".join(sign for sign in signs if sign in everything)
    return next((text for text in texts if not set(signs).isdisjoint(text)), "") if signs else ""


def column_of(column: Texts, decimal: str, rows: np.ndarray, kind: str = "") -> Column:
    """The column with its kind; FileFault where a number is infinite, or where it cannot be of the
    kind that is asked for."""
    name, texts, codes = column.name, column.texts, column.codes
    if kind == "out":
        return _unusable(name, "out", "is not used, as was chosen")
    if not texts:
        return _unusable(name, "constant", "is empty")
    if len(texts) == 1:
        return _unusable(name, "constant", f"is {quote(texts[0])} {_where(codes)}")
    if kind == "category":
        return _chosen_categories(column)
    if kind == "number" and not column.is_numeric:
        raise FileFault(f"{name} cannot be taken for numbers, for it holds {quote(texts[0])}.")
    if column.is_numeric and not decimal:
        text = next(text for text in texts if "." in text or "," in text)
        why = f"holds numbers such as {text}, whose sign may be before decimals or after thousands"
        return _unusable(name, "text", why)
    numbers = numbers_of(texts, decimal) if column.is_numeric else [None]
    if None not in numbers:
        return _numbers(column, np.array([*numbers, np.nan], float), rows)
    if all(map(is_date, texts)):
        why = "looks like dates, which cannot be learned from as they stand"
        return _unusable(name, "date", why)
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    if len(texts) <= MOST_LEVELS and (len(texts) == 2 or counts.max() > 1):
        return _categories(column)
    return _unusable(name, "text", _why_text(column, decimal, counts, rows))


def _chosen_categories(column: Texts) -> Column:
    if len(column.texts) > MOST_LEVELS:
        raise FileFault(
            f"{column.name} has {len(column.texts):,} different values; categories are at most "
            f"{MOST_LEVELS}."
        )
    return _categories(column)


def _categories(column: Texts) -> Column:
    texts = column.texts
    order = sorted(range(len(texts)), key=lambda i: (texts[i].casefold(), texts[i]))
    place = np.empty(len(texts) + 1, np.int32)
    place[order], place[-1] = np.arange(len(texts)), -1
    levels = tuple(texts[i] for i in order)
    why = f"holds {len(levels)} categories: {listed([shortened(level) for level in levels])}"
    return Column(column.name, "category", place[column.codes], why, levels)


def shortened(text: str) -> str:
    """The text as part of a name: on one line, and cut when long."""
    line = " ".join(text.split())
    return line if len(line) <= 80 else line[:77] + "..."


def _where(codes: np.ndarray) -> str:
    return "in every row" if np.all(codes >= 0) else "wherever it has a value"


def _unusable(name: str, kind: str, why: str) -> Column:
    return Column(name, kind, np.zeros(0), why)


def _numbers(column: Texts, numbers: np.ndarray, rows: np.ndarray) -> Column:
    values = numbers[column.codes]  # the last number is nan, for the code -1
    infinite = np.flatnonzero(np.isinf(values))
    if len(infinite):
        i = infinite[0]
        text = quote(column.texts[column.codes[i]])
        raise FileFault(f"Row {rows[i]:,} holds {text} in column {column.name}, which is infinite.")
    low, high = np.nanmin(values), np.nanmax(values)
    if low == high:
        return _unusable(column.name, "constant", f"is {low:.6g} {_where(column.codes)}")
    return Column(column.name, "number", values, f"holds numbers from {low:.6g} to {high:.6g}")


def _why_text(column: Texts, decimal: str, counts: np.ndarray, rows: np.ndarray) -> str:
    """Texts that are mostly numbers have a slip in some row; else there are too many of them."""
    if column.is_numeric:
        is_word = np.array([number is None for number in numbers_of(column.texts, decimal)])
    else:
        is_word = ~np.array([is_number(text) for text in column.texts])
    if counts[is_word].sum() <= counts[~is_word].sum():
        at = int(np.flatnonzero(is_word)[0])
        row = rows[np.flatnonzero(column.codes == at)[0]]
        return f"holds {quote(column.texts[at])} in row {row:,}, where most rows hold numbers"
    if counts.max() == 1:
        return "holds another text in every row"
    return f"holds {len(column.texts):,} different texts; categories are at most {MOST_LEVELS}"
