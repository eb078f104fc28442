"""From a file and what is chosen of it to rows, in the page and on the command line alike."""

from __future__ import annotations

from dataclasses import dataclass

from lossviz.items.datasets.choice import Choice
from lossviz.items.datasets.table import Table, edited_in
from lossviz.tables.choose import choose
from lossviz.tables.fault import FileFault
from lossviz.tables.read import Raw, read
from lossviz.tables.suggest import left_out, suggest

OTHER_ROWS = (
    "These are other rows than the link's: another file, or another choice of its columns. They "
    "are used."
)
UNEDITED_ROWS = (
    "These are other rows than the link's, which were edited by hand: no file holds them so. The "
    "file's are used."
)


@dataclass(frozen=True, eq=False)
class Picked:
    """Rows of a file; the choice that gives them, with nothing left to be suggested; and sentences
    on what was found and done."""

    table: Table
    choice: Choice
    notes: tuple[str, ...]


def said_of_other(asked: str) -> str:
    """The sentence where a file gives other rows than the text of a link names."""
    return UNEDITED_ROWS if edited_in(asked) else OTHER_ROWS


def read_as(given: bytes | str, name: str, choice: Choice) -> Raw:
    """The file, read as the choice says. FileFault as of `read`."""
    return read(given, name, header=choice.header, kinds=dict(choice.kinds))


def columns_for(raw: Raw, choice: Choice) -> tuple[str, tuple[str, ...]]:
    """The target and the features of a choice; what it does not name is suggested."""
    if choice.target and choice.features:
        return choice.target, choice.features
    target, others = suggest(raw, choice.target)
    if target in choice.features:  # what is to be predicted is said by what it is predicted from
        target = next((each for each in others if each not in choice.features), target)
    return target, choice.features or others


def pick(raw: Raw, choice: Choice) -> Picked:
    """The rows that a choice means, of a file that was read as it says. FileFault says what does
    not work."""
    target, features = columns_for(raw, choice)
    table, notes = choose(raw, target, features, classes=choice.classes, positive=choice.positive)
    count = len(table.classes)
    if choice.positive and count != 2:
        has = f"{count} classes" if count else "numbers"
        raise FileFault(f"Of two classes one is looked for; {target} has {has}.")
    made = Choice(
        target=target,
        features=features,
        kinds=tuple(sorted(choice.kinds)),
        header=raw.has_names,
        classes=bool(count),
        positive=table.classes[1] if count == 2 else "",
    )
    out = () if choice.features else left_out(raw, target)
    return Picked(table, made, (*raw.notes, *out, *notes))
