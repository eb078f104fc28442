"""Whether an exact minimum is found in about a second, or is not looked for.

The work is counted, never timed, so that answers do not depend on the machine.
"""

from __future__ import annotations

from lossviz.engine.experiment import loss_of
from lossviz.engine.task import Task

ALWAYS_SEARCHED_ROWS = 2_000  # rows up to which any minimum is looked for
# Rows times what a row is: of smooth losses, parameters squared, once for each Newton step.
SMOOTH = 150_000_000
# Of losses with kinks, parameters: the entries of a linear programme's table.
ENTRIES = 300_000
# Of losses that are not convex the same as for Newton's method, and for every start as much as
# DEAR multiplications to weigh a row by its slope; of two classes or more there are fewer starts.
SEARCHED, SEARCHED_CLASSES, DEAR = 10_000_000, 40_000_000, 60
TURNS = 6  # times as much as a search, where the loss learns its own parameters


def is_beyond(task: Task, *, is_convex: bool) -> bool:
    """Whether a solver would take longer than about a second for all the rows of a linear model;
    is_convex: whether the loss is, with its parameters."""
    e, n = task.experiment, len(task.y)
    if n <= ALWAYS_SEARCHED_ROWS:
        return False
    loss, size = loss_of(e), len(task.penalised)
    if loss.kinks(**e.params_of("loss")):
        return n * size > ENTRIES
    if is_convex:
        return n * size**2 > SMOOTH
    if loss.task != "regression":
        return n * size**2 > SEARCHED_CLASSES
    return n * (size**2 + DEAR) * (TURNS if task.learned else 1) > SEARCHED
