"""Names of runs and of parameters as they are shown in sentences."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from lossviz.base.words import listed
from lossviz.engine.experiment import loss_of
from lossviz.engine.looks import short, styles
from lossviz.engine.run import Run
from lossviz.formula.item import VARIABLES
from lossviz.tables.header import unique

LISTED = 4  # runs that a sentence can name
THINGS = {"schedule": "schedule", "model": "model"}  # of which a name alone would not tell
Who = Callable[[Iterable[int]], str]  # of runs with these numbers: `{0}` stands for the first
OF_ONE = re.compile(r"[^(),]+( \([^()]*\))?, ")  # the loss in front of what else tells runs apart


def names_of(runs: Sequence[Run]) -> tuple[list[str], bool]:
    """What runs are called in a sentence: of losses that all differ the short names; of runs of one
    loss what tells them apart; else as in a legend. And whether they are names that may own
    something, such as "MSE", whose line sank."""
    asked = [run.experiment for run in runs]
    labels, losses = [look.label for look in styles(asked)], {each.loss for each in asked}
    is_own = not losses.isdisjoint(VARIABLES)
    if len(losses) == len(runs) and not is_own:
        names = [short(loss_of(each)) for each in asked]
        return names, not any("'" in name for name in names)
    found = OF_ONE.match(labels[0])
    rest = [label.removeprefix(found[0]) for label in labels] if found else labels
    if is_own or any(map(str.__eq__, rest, labels)):
        return labels, False
    for choice, thing in THINGS.items():
        if len({each[choice] for each in asked}) == len(runs):
            rest = [f"{name} {thing}" if " " not in name else name for name in rest]
    return rest, False


def subjects(count: int, *, is_short: bool) -> Who:
    """What some of so many runs are called as the subject of a sentence."""

    def who(some: Iterable[int]) -> str:
        names = [f"{{{k}}}" for k in some]
        if count == 1:
            return "the run"
        if len(names) > LISTED:
            return f"{len(names)} of {count} runs"
        plural = "s" if len(names) > 1 else ""
        return listed(names) if is_short else f"the run{plural} with {listed(names)}"

    return who


def capital(words: str) -> str:
    """Words as they begin a sentence."""
    return words[:1].upper() + words[1:]


def short_names(parameters: Iterable[str], leave_out: str = "") -> dict[str, str]:
    """For each parameter its name without units, and without what else is left out at its start.
    Where that would call two of them alike, they keep theirs."""
    full = dict.fromkeys(parameters)
    bare = {name: name.removeprefix(leave_out) for name in full}
    short = {name: re.sub(r" \([^()]*\)", "", bare[name]) for name in full}
    for fuller in (bare, {name: name for name in full}):
        counts = Counter(short.values())
        short = {name: fuller[name] if counts[word] > 1 else word for name, word in short.items()}
    return dict(zip(full, unique(short.values()), strict=True))
