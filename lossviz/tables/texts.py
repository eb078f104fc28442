"""The different texts of a column: the numbers in them, their unit, their decimal sign."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from lossviz.base.registry import shortened
from lossviz.tables.cells import (
    MINUS,
    are_plain,
    decimal_sign,
    is_missing,
    is_number,
    number_of,
    numbers_of,
)
from lossviz.tables.split import Cells
from lossviz.tables.units import Quantity, is_money, quantity

TELLING = 100  # different texts that tell whether a column holds numbers
DAYS = "days"  # in place of a decimal sign, where 28.10 is a day
UNCLEAR = ""


@dataclass(frozen=True, eq=False)
class Texts:
    """The different texts of a column, and which of them each row has (n,), -1 where missing.

    bare: the number in each text, without its unit, None where there is none; () where the texts
        are no numbers for the most part. unit: what was beside the numbers, "" for nothing.
    example: a text from which something was taken away. units: texts of different units.
    sign: "." or ",", which its numbers show to be before their decimals; "" where none tells.
    """

    name: str
    texts: list[str]
    codes: np.ndarray
    bare: list[str | None]
    sign: str = ""
    unit: str = ""
    example: str = ""
    units: tuple[str, ...] = ()

    @property
    def numbers(self) -> list[str]:
        return [text for text in self.bare if text is not None]

    @property
    def counts(self) -> np.ndarray:
        """How many rows have each text."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.texts))

    def read(self, decimal: str) -> np.ndarray:
        """The number of each text, nan where there is none."""
        if None not in self.bare:
            return np.array(numbers_of(self.numbers, decimal), float)
        read = [None if text is None else number_of(text, decimal) for text in self.bare]
        return np.array(read, float)


def texts_of(cells: Cells, *, are_numbers: bool = False) -> Texts:
    """The texts without blanks around them, and those that stand for nothing left out.

    are_numbers: look for numbers even where few of the texts are any.
    """
    found: dict[str, int] = {}
    place = [
        -1 if _stands_for_nothing(text) else found.setdefault(text, len(found))
        for text in map(str.strip, cells.texts)
    ]
    texts = list(found)
    column = Texts(cells.name, texts, np.array(place, np.int32)[cells.codes], [])
    some = _some(texts)
    told = [(text, each) for text in some if (each := quantity(text)) is not None]
    if not texts or (len(told) < 0.5 * len(some) and not are_numbers):
        return column
    if are_plain(texts):
        return _with_numbers(column, list(texts))
    return _without_units(column, _quantities(texts, told))


def _quantities(texts: list[str], told: list[tuple[str, Quantity]]) -> list[Quantity | None]:
    """The quantity of each text, found quickly where it is written as most of some are."""
    ways: Counter[tuple[str, str, str, bool]] = Counter()
    for text, (number, unit, is_known, is_bracketed) in told:
        if not is_bracketed and text.count(number) == 1:
            before, after = text.split(number)
            ways[before, after, unit, is_known] += 1
    before, after, unit, is_known = max(ways, key=ways.__getitem__, default=("", "", "", True))

    def read(text: str) -> Quantity | None:
        if text.startswith(before) and text.endswith(after):
            number = text[len(before) : len(text) - len(after)]
            if number[:1].isdecimal() and is_number(number):
                return Quantity(number, unit, is_known, False)
        return quantity(text)

    return [read(text) for text in texts]


def _stands_for_nothing(text: str) -> bool:
    """Whether it is missing, or nothing of it can be seen."""
    return is_missing(text) or not (text.isascii() or shortened(text))


def _some(texts: list[str]) -> list[str]:
    """As many as tell, from all over the column."""
    return texts[:: -(-len(texts) // TELLING)] if texts else []


def _with_numbers(column: Texts, bare: list[str | None]) -> Texts:
    # A slip of the comma in one cell does not tell of the others.
    numbers = [text for text in bare if text is not None]
    marks = Counter(filter(None, map(decimal_sign, _some(numbers))))
    sign = max(marks, key=marks.__getitem__, default="")
    sign = sign or next(filter(None, map(decimal_sign, numbers)), "")
    return replace(column, bare=bare, sign=sign)


def _without_units(column: Texts, found: list[Quantity | None]) -> Texts:
    """The numbers of the unit that most rows have. Numbers of another one are none of these:
    but 0 needs no unit, and a price may lack its sign."""
    rows: Counter[str] = Counter()
    for each, count in zip(found, column.counts.tolist(), strict=True):
        if each is not None:
            rows[each.unit] += count
    units = [unit for unit, _ in rows.most_common() if unit]
    unit = units[0] if units else ""
    may_lack = is_money(unit)
    if unit and rows[""] > rows[unit] and not may_lack:
        unit = ""  # a sign that a few numbers have is the slip

    def fits(each: Quantity | None) -> bool:
        if each is None or each.unit == unit:
            return each is not None
        return not each.unit and (may_lack or each.number.strip("0.,") == "")

    bare = [each.number if each and fits(each) else None for each in found]
    if all(each is None or each.is_bracketed for each in found):
        return column  # such as notes in brackets
    pairs = list(zip(column.texts, found, strict=True))
    example = next((t for t, each in pairs if each and each.unit == unit and t != each.number), "")
    first = {each.unit: text for text, each in reversed(pairs) if each}
    differ = all(each is None or each.is_known for each in found) and None not in found
    several = tuple(first[unit] for unit in rows) if len(rows) > 1 and differ else ()
    if unit:
        number = next(each.number for text, each in pairs if each and text == example)
        unit = example.replace(number.lstrip("+-"), "").strip("()+- \u00a0\u202f" + MINUS)
    return replace(_with_numbers(column, bare), unit=unit, example=example, units=several)
