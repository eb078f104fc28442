"""Which runs are not where they should be, in sentences: `{0}` stands for the first of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lossviz.analysis.minimum import references
from lossviz.base.words import listed
from lossviz.engine.run import Run
from lossviz.engine.status import is_bouncing, last_tenth
from lossviz.views.sentences.minimisers import is_anything
from lossviz.views.sentences.names import LISTED, Who, capital
from lossviz.views.sentences.run_status import End, end_of, made_in_words

FALLING = 0.05  # of the whole fall: who makes as much in the last tenth of the steps is not done


def so_far(runs: Sequence[Run], step: int, who: Who) -> list[str]:
    """Sentences that name the runs that have diverged by a step, and those that have stopped for
    want of patience. Why each did is its status (`engine/status.py`)."""
    at = {
        k: run.diverged_at
        for k, run in enumerate(runs)
        if run.diverged_at is not None and run.diverged_at <= min(step, len(run.loss) - 1)
    }
    found, stuck = [k for k in at if at[k]], [k for k in at if not at[k]]
    said = [f"{who(stuck)} could not start."] if stuck else []
    said += [f"{who(found)} diverged{_steps(at[k] for k in found)}."] if found else []
    over = {
        k: run.stopped_at
        for k, run in enumerate(runs)
        if run.stopped_at is not None and run.stopped_at <= step
    }
    said += [f"{who(over)} stopped early{_steps(over.values())}."] if over else []
    return list(map(capital, said))


def _steps(steps: Iterable[int]) -> str:
    words = [f"{step:,}" for step in steps]
    return "" if len(words) > LISTED else f" at step {listed(words)}"


def at_the_end(runs: Sequence[Run], who: Who) -> list[str]:
    """Sentences that name the runs that took all their steps and are not at the minimum, by the
    rule of their status, and those whose minimum is one of several; none where all is well."""
    found: dict[str, dict[int, End]] = {}
    best = references(run.task for run in runs)
    for k, (run, exact) in enumerate(zip(runs, best, strict=True)):
        end = end_of(run, exact)
        if end is None and exact is None:
            end = _by_itself(run)
        if exact is not None and len(exact.theta) > 1 and is_anything(exact.range_of(1)):
            end = None  # no place to be at
        if end is not None:
            kind = end.kind if end.kind != "off" else _why_off(run)
            found.setdefault(kind, {})[k] = end
    said = []
    if late := found.get("on its way"):
        said.append(
            f"{who(late)} {_are(late)} not there yet: {_made(late)} of the way to the "
            "minimum. More steps or a larger rate are needed."
        )
    if falling := found.get("falling"):
        said.append(f"{who(falling)} {_are(falling)} not there yet: the loss still falls.")
    if standing := found.get("standing"):
        verb = "stands" if len(standing) == 1 else "stand"
        said.append(
            f"{who(standing)} {verb} elsewhere than at the minimum, {_made(standing)} of "
            "the way down."
        )
    if bouncing := found.get("bouncing"):
        verb = "bounces" if len(bouncing) == 1 else "bounce"
        said.append(f"{who(bouncing)} {verb}: the steps are too large to settle.")
    if rising := found.get("rising"):
        verb = "ends" if len(rising) == 1 else "end"
        said.append(f"{who(rising)} {verb} with a higher loss than at the start.")
    if off := found.get("off"):
        said.append(f"{who(off)} did not settle.")
    several = [
        k
        for k, exact in enumerate(best)
        if exact is not None and exact.is_attained and exact.is_unique is False
    ]
    if several:
        its = "Its minimum is" if len(runs) == 1 else f"The minimum of {who(several)} is"
        said.append(f"{its} not unique.")
    return list(map(capital, said))


def _by_itself(run: Run) -> End | None:
    """Where a run whose minimum is not known has come to, as far as its loss alone tells."""
    e, loss = run.experiment, run.loss
    is_over = run.diverged_at is not None or run.stopped_at is not None or len(loss) <= e.steps
    if is_over or run.task.is_batched:
        return None
    loss = loss[: e.steps + 1]
    if is_bouncing(loss) or loss[-1] > loss[0]:
        return End("off")
    tail = last_tenth(loss)
    is_falling = tail[0] - tail[-1] > FALLING * (loss[0] - loss[-1])
    return End("falling") if is_falling else None


def _why_off(run: Run) -> str:
    loss = run.loss[: run.experiment.steps + 1]
    if loss[-1] > loss[0]:
        return "rising"
    return "bouncing" if is_bouncing(loss) and not run.task.is_batched else "off"


def _are(some: dict[int, End]) -> str:
    return "is" if len(some) == 1 else "are"


def _made(ends: dict[int, End]) -> str:
    """How much of the way each has made, or of many the least and the most."""
    order = sorted(ends.values(), key=lambda end: end.left, reverse=True)
    least, most = made_in_words(order[0]), made_in_words(order[-1])
    if least == most:
        return most
    if len(ends) > LISTED:
        return f"{least} to {most}"
    return listed([made_in_words(end) for end in ends.values()])
