"""Which runs are not where the sentence above the charts says the minimum is."""

from __future__ import annotations

from collections.abc import Sequence

from lossviz.analysis.minimum import references
from lossviz.base.words import listed
from lossviz.engine.looks import styles
from lossviz.engine.run import Run
from lossviz.views.sentences.run_status import End, end_of, made_in_words

LISTED = 4  # runs that a sentence can name


def who_diverged(runs: Sequence[Run]) -> list[str]:
    """A sentence that names the runs that diverged; none where none did. Why each did is its
    status (`engine/status.py`)."""
    names = _names(runs)
    at = {
        name: run.diverged_at
        for name, run in zip(names, runs, strict=True)
        if run.diverged_at is not None and run.diverged_at < len(run.loss)
    }
    found = [name for name, step in at.items() if step]
    stuck = [name for name, step in at.items() if not step]
    said = [f"{_who(stuck, runs)} could not start."] if stuck else []
    if found:
        steps = "" if len(found) > LISTED else f" at step {listed([f'{at[x]:,}' for x in found])}"
        said.append(f"{_who(found, runs)} diverged{steps}.")
    return said


def who_is_not_there(runs: Sequence[Run]) -> list[str]:
    """Sentences that name the runs that took all their steps and are not at the exact minimum, by
    the rule of their status; none where all are."""
    found: dict[str, dict[str, End]] = {}
    best = references(run.task for run in runs)
    for name, run, exact in zip(_names(runs), runs, best, strict=True):
        end = end_of(run, exact)
        if end is not None:
            found.setdefault(end.kind, {})[name] = end
    said = []
    if late := found.get("on its way"):
        said.append(
            f"{_who(list(late), runs)} {_are(late)} not there yet: {_made(late)} of the way down. "
            "More steps or a larger rate are needed."
        )
    if standing := found.get("standing"):
        verb = "stands" if len(standing) == 1 else "stand"
        said.append(
            f"{_who(list(standing), runs)} {verb} elsewhere, {_made(standing)} of the way down."
        )
    if off := found.get("off"):
        said.append(f"{_who(list(off), runs)} did not settle there.")
    return said


def _names(runs: Sequence[Run]) -> list[str]:
    return [look.label for look in styles([run.experiment for run in runs])]


def _who(names: Sequence[str], runs: Sequence[Run]) -> str:
    if len(runs) == 1:
        return "The run"
    return listed(names) if len(names) <= LISTED else f"{len(names)} of {len(runs)} runs"


def _are(names: dict[str, End]) -> str:
    return "is" if len(names) == 1 else "are"


def _made(ends: dict[str, End]) -> str:
    """How much of the way each has made, or of many the least and the most."""
    order = sorted(ends.values(), key=lambda end: end.left, reverse=True)
    least, most = made_in_words(order[0]), made_in_words(order[-1])
    if least == most:
        return most
    if len(ends) > LISTED:
        return f"{least} to {most}"
    return listed([made_in_words(end) for end in ends.values()])
