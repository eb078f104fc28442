"""The gallery's address: which losses are on show, and their parameters.

    show=huber&show=cauchy&huber.delta=2

It is read as a sweep of losses, so that a repeated parameter gives two curves. Settings of the
playground are passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from lossviz.base.registry import text
from lossviz.engine import link
from lossviz.engine.experiment import Experiment, Sweep
from lossviz.engine.settings import PLAIN, param_of
from lossviz.items.losses import LOSSES, Loss

TASKS: Mapping[str, str] = {
    "regression": "Numbers",
    "binary": "Two classes",
    "multiclass": "Several classes",
}
# The data that stand for a task here, and that "train with it" begins with.
EXAMPLE: Mapping[str, str] = {"regression": "line", "binary": "overlapping", "multiclass": "blobs"}
COUNTS = "counts"  # for losses that want targets of 0 and more
# What is shown first: the losses that a course begins with.
FIRST_SHOWN: Mapping[str, tuple[str, ...]] = {
    "regression": ("squared_error", "absolute_error", "huber", "tukey"),
    "binary": ("log_loss", "hinge", "squared_hinge", "exponential_loss"),
    "multiclass": ("cross_entropy", "multiclass_hinge", "multiclass_brier"),
}
SHOW, TASK = "show", "task"


def parse(query: str) -> tuple[Sweep, list[str]]:
    """The losses and parameters that a query string asks for, as a sweep over its task's example
    data, and sentences on what was not understood; as `link.parse`, it never raises."""
    pairs = parse_qsl(query[: link.MAX_LINK], keep_blank_values=True, errors="replace")
    asked = [words for key, words in pairs if key == SHOW]
    task = next((words for key, words in pairs if key == TASK and words in TASKS), "")
    known = [name for name in asked if name in LOSSES]
    task = task or (LOSSES[known[0]].task if known else "regression")
    kept = [("loss" if key == SHOW else key, words) for key, words in pairs if _is_ours(key)]
    kept += [("loss", name) for name in FIRST_SHOWN[task] if not known]
    return link.parse(urlencode([("data", EXAMPLE[task]), *kept]))


def _is_ours(key: str) -> bool:
    if key in (*PLAIN, TASK):
        return False
    try:
        param_of(key)
    except KeyError:
        return True  # reading it says so
    return key.partition(".")[0] in LOSSES


def task_of(sweep: Sweep) -> str:
    """The task of the losses on show."""
    return next(task for task, data in EXAMPLE.items() if data == sweep["data"][0])


def address(sweep: Sweep) -> tuple[tuple[str, str], ...]:
    """The keys and values of the address: `parse` of them gives the sweep back."""
    task, losses = task_of(sweep), [str(name) for name in sweep["loss"]]
    pairs = [(SHOW, name) for name in losses]
    pairs += [(key, text(value)) for key, axis in sweep.axes if key not in PLAIN for value in axis]
    if LOSSES[losses[0]].task != task:
        pairs.append((TASK, task))
    return tuple(pairs)


def train_link(experiment: Experiment) -> dict[str, str]:
    """The playground's address for a loss with its parameters, on data that suit it."""
    loss = LOSSES[experiment.loss]
    pairs = {"loss": loss.name, **{key: text(value) for key, value in experiment.params}}
    data = COUNTS if _wants_counts(loss) else experiment.data
    return pairs if data == Experiment.data else {"data": data, **pairs}


def _wants_counts(loss: Loss) -> bool:
    return loss.task == "regression" and loss.domain[0] >= 0.0
