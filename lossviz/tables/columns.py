"""What the columns of a file hold: numbers, a few categories, or what cannot be learned from."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from lossviz.base.registry import quote, shortened
from lossviz.base.words import listed
from lossviz.tables.cells import is_date
from lossviz.tables.fault import FileFault
from lossviz.tables.levels import folded
from lossviz.tables.texts import DAYS, UNCLEAR, Texts

MOST_LEVELS = 20
ENOUGH = 5  # different numbers, beside which words are slips
FEW_ROWS = 0.1  # that may hold slips
MILLION, WHOLE = 1e6, 1e15  # between these, whole numbers are written out
_LEADING = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_FRACTION = re.compile(r"[.,][0-9]*[1-9]|[eE]")
_PADDED = re.compile(r"\n0[0-9]{2,}\n")
_ERROR = re.compile(r"#[A-Z/0_]+[!?]?")


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a file.

    kind: "number", "category", or why it cannot be used: "text" (too many different values),
        "date", "constant", "out" (as was chosen).
    values (n,): numbers, nan where missing; of categories the positions of their levels, -1 where
        missing; (0,) where it cannot be used.
    why: what it holds, or why it cannot be used, to be read after its name. levels: in order.
    notes: sentences on cells that count as missing though something stands there, and on levels
        that are written in several ways. is_code: whether its numbers are written like 007.
    """

    name: str
    kind: str
    values: np.ndarray
    why: str
    levels: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_code: bool = False

    @property
    def is_usable(self) -> bool:
        return self.kind in ("number", "category")

    @property
    def is_missing(self) -> np.ndarray:
        """Whether each row lacks a value (n,)."""
        return self.values < 0 if self.kind == "category" else np.isnan(self.values)


def column_of(column: Texts, decimal: str, rows: np.ndarray, kind: str = "") -> Column:
    """The column with its kind; FileFault where it cannot be of the kind that is asked for."""
    name, texts = column.name, column.texts
    if kind == "out":
        return _unusable(name, "out", "is not used, as was chosen")
    if not texts:
        return _unusable(name, "constant", "is empty")
    if len(texts) == 1:
        return _unusable(name, "constant", f"is {quote(texts[0])} {_where(column.codes)}")
    if kind == "category":
        return _chosen_categories(*folded(column))
    found = _as_numbers(column, decimal, rows, is_chosen=kind == "number")
    if kind == "number" and not (found and found.is_usable):
        why = found.why if found else f"holds {quote(_first_word(column, decimal))}"
        raise FileFault(f"{name} cannot be taken for numbers: it {why}.")
    if found:
        return found
    if _are_dates(texts):
        why = "looks like dates, which cannot be learned from as they stand"
        return _unusable(name, "date", why)
    if len(column.units) > 1:
        return _unusable(name, "text", f"holds numbers of different units: {listed(column.units)}")
    one, notes = folded(column)
    if _can_be_categories(one):
        return _categories(one, notes)
    return _unusable(name, "text", _why_text(column, decimal, rows))


def _as_numbers(column: Texts, decimal: str, rows: np.ndarray, *, is_chosen: bool) -> Column | None:
    """The column of numbers, or why its numbers cannot be read; None for other columns."""
    if not column.numbers:
        return None
    if decimal == DAYS:
        why = "looks like days and months, which cannot be learned from as they stand"
        return _unusable(column.name, "date", why)
    if decimal == UNCLEAR:
        text = next(text for text in column.numbers if "." in text or "," in text)
        why = f"holds numbers such as {text}, whose sign may be before decimals or after thousands"
        if None in column.bare and not is_chosen:
            return None
        return _unusable(column.name, "text", why)
    numbers = column.read(decimal)
    if np.isnan(numbers).any() and not is_chosen and not _are_slips(column, np.isnan(numbers)):
        return None
    finite = np.where(np.isinf(numbers), np.nan, numbers)
    if np.isnan(finite).all():
        return (
            _unusable(column.name, "constant", "has no finite number")
            if is_chosen or not (np.isnan(numbers).any())
            else None
        )
    low, high = np.nanmin(finite), np.nanmax(finite)
    if low == high:
        where = _where(np.append(np.where(np.isnan(finite), -1, 0), -1)[column.codes])
        return _unusable(column.name, "constant", f"is {low:.6g} {where}")
    values = np.append(finite, np.nan)[column.codes]  # the code -1 takes the last
    why = f"holds numbers from {' to '.join(_ends(low, high))}"
    why += f", without their {column.unit}" if column.unit else ""
    notes = _on_slips(column, np.isnan(finite), np.isinf(numbers), rows)
    is_code = not column.unit and _is_code(column.texts, finite)
    return Column(column.name, "number", values, why, notes=notes, is_code=is_code)


def _is_code(texts: list[str], numbers: np.ndarray) -> bool:
    """Whether whole numbers are written with zeros before them, as 007 and 01067."""
    known = numbers[~np.isnan(numbers)]
    if np.any(known[:1] % 1) or np.any(known % 1):
        return False
    return _PADDED.search("\n" + "\n".join(texts) + "\n") is not None


def _ends(low: float, high: float) -> tuple[str, str]:
    """Two numbers, with enough digits to tell them apart; whole millions and more in full."""
    if max(-low, high) >= MILLION and {low % 1, high % 1} == {0} and max(-low, high) < WHOLE:
        return f"{low:,.0f}", f"{high:,.0f}"
    digits = 6 if f"{low:.6g}" != f"{high:.6g}" else 15
    return f"{low:,.{digits}g}", f"{high:,.{digits}g}"


def _are_slips(column: Texts, is_word: np.ndarray) -> bool:
    """Whether the texts that are no numbers are slips in a column of numbers.

    They are where they stand in a tenth of the rows at most (or in one row), beside at least five
    different numbers; in a single row three different numbers in four rows are enough. What a
    spreadsheet writes for an error, such as #NUM!, is a slip anyway. But beside whole numbers alone
    words may belong to a code, and are no slips then: with digits, where they stand in several rows
    (136A) or could be one of few categories (3+, 10-20); without digits, where they are one of few
    categories and about as frequent as the others (X after 9).
    """
    counts = column.counts
    odd = [i for i in np.flatnonzero(is_word) if not _ERROR.fullmatch(column.texts[i])]
    words, numbers = int(counts[is_word].sum()), int(counts[~is_word].sum())
    different = int(np.count_nonzero(~is_word))
    if different < 2 or words > max(1, FEW_ROWS * (words + numbers)) or numbers <= words:
        return False
    if not any(map(_FRACTION.search, column.numbers)):
        are_few = _can_be_categories(column)
        with_digits = [i for i in odd if any(map(str.isdigit, column.texts[i]))]
        if with_digits and (are_few or counts[with_digits].sum() > 1):
            return False
        if are_few and any(1 < counts[i] >= 0.5 * numbers / different for i in odd):
            return False
    return different >= ENOUGH or not odd or (words == 1 and different >= 3 and numbers >= 4)


def _on_slips(
    column: Texts, is_slip: np.ndarray, is_infinite: np.ndarray, rows: np.ndarray
) -> tuple[str, ...]:
    """Which cells count as missing, and what stands there."""
    at = np.flatnonzero((column.codes >= 0) & np.append(is_slip, False)[column.codes])
    if not len(at):
        return ()
    said = [quote(column.texts[code]) for code in dict.fromkeys(column.codes[at].tolist())]
    if len(at) == 1:
        what = "infinite" if is_infinite[column.codes[at[0]]] else "no number"
        if what == "no number" and column.bare[column.codes[at[0]]] is None and column.unit:
            what = f"no number with {column.unit}"
        return (
            f"Row {rows[at[0]]:,} of {column.name} holds {said[0]}, which is {what}: it counts as "
            "missing.",
        )
    which = listed([f"{row:,}" for row in rows[at]])
    return (
        f"Rows {which} of {column.name} hold no finite numbers but {listed(said)}: they count as "
        "missing.",
    )


def _are_dates(texts: list[str]) -> bool:
    """Whether nearly all are dates."""
    some = texts[:: -(-len(texts) // 200)]
    return sum(map(is_date, some)) >= 0.9 * len(some)


def _can_be_categories(column: Texts) -> bool:
    """Whether there are few different texts, which come again."""
    few = len(column.texts) <= MOST_LEVELS
    return few and (len(column.texts) == 2 or bool(column.counts.max() > 1))


def _chosen_categories(column: Texts, notes: tuple[str, ...]) -> Column:
    if len(column.texts) > MOST_LEVELS:
        raise FileFault(
            f"{column.name} has {len(column.texts):,} different values; categories are at most "
            f"{MOST_LEVELS}."
        )
    return _categories(column, notes)


def _categories(column: Texts, notes: tuple[str, ...]) -> Column:
    texts = column.texts
    order = sorted(range(len(texts)), key=lambda i: _rank(texts[i]))
    place = np.empty(len(texts) + 1, np.int32)
    place[order], place[-1] = np.arange(len(texts)), -1
    levels = tuple(texts[i] for i in order)
    why = f"holds {len(levels)} categories: {listed([shortened(level) for level in levels])}"
    return Column(
        name=column.name,
        kind="category",
        values=place[column.codes],
        why=why,
        levels=levels,
        notes=notes,
    )


def _rank(text: str) -> tuple[float, str, str]:
    """10 comes after 2, and words after numbers, as in the alphabet."""
    leading = _LEADING.match(text)
    return float(leading[0]) if leading else np.inf, text.casefold(), text


def _where(codes: np.ndarray) -> str:
    return "in every row" if np.all(codes >= 0) else "wherever it has a value"


def _unusable(name: str, kind: str, why: str) -> Column:
    return Column(name, kind, np.zeros(0), why)


def _first_word(column: Texts, decimal: str) -> str:
    """The first text that is no number."""
    if not column.bare:
        return column.texts[0]
    numbers = column.read(decimal)
    return column.texts[int(np.argmax(np.isnan(numbers)))]


def _why_text(column: Texts, decimal: str, rows: np.ndarray) -> str:
    """Texts that are mostly numbers have slips in some rows; else there are too many of them."""
    counts = column.counts
    if column.bare and decimal not in (DAYS, UNCLEAR):
        is_word = np.isnan(column.read(decimal))
        if is_word.any() and counts[is_word].sum() <= counts[~is_word].sum():
            at = int(np.flatnonzero(is_word)[0])
            row = rows[np.flatnonzero(column.codes == at)[0]]
            text = quote(column.texts[at])
            return f"holds {text} in row {row:,}, where most rows hold numbers"
    if counts.max() == 1:
        return "holds another text in every row"
    return f"holds {len(column.texts):,} different texts; categories are at most {MOST_LEVELS}"
