"""The gallery's address: which losses are on show, and their parameters.

    show=huber&show=cauchy&huber.delta=2

It stands for a link of runs on its task's example data, so that a repeated parameter gives two
curves. Settings of the playground are passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from lossviz.base.limits import CHARACTERS
from lossviz.base.registry import text
from lossviz.engine.experiment import Sweep
from lossviz.engine.link import VIEW
from lossviz.engine.settings import PLAIN, param_of
from lossviz.items.losses import LOSSES
from lossviz.ui.preload import CUT

TASKS: Mapping[str, str] = {
    "regression": "Numbers",
    "binary": "Two classes",
    "multiclass": "Several classes",
}
# The data that stand for a task here, and that "train with it" begins with.
EXAMPLE: Mapping[str, str] = {"regression": "line", "binary": "overlapping", "multiclass": "blobs"}
SHOW, TASK = "show", "task"
TARGET = VIEW + "target"


def as_link(query: str) -> str:
    """The link of runs that an address stands for."""
    pairs = parse_qsl(query[:CHARACTERS], keep_blank_values=True, errors="replace")
    asked = [words for key, words in pairs if key == SHOW]
    task = next((words for key, words in pairs if key == TASK and words in TASKS), "")
    known = [name for name in asked if name in LOSSES]
    task = task or (LOSSES[known[0]].task if known else "regression")
    kept = [("loss" if key == SHOW else key, words) for key, words in pairs if _is_ours(key)]
    kept += [("loss", name) for name in first_shown(task) if not known]
    return urlencode([("data", EXAMPLE[task]), *kept])


def first_shown(task: str) -> tuple[str, ...]:
    """The losses that the gallery begins with."""
    return tuple(name for name, loss in LOSSES.items() if loss.task == task and loss.shown_first)


def _is_ours(key: str) -> bool:
    if key in (*PLAIN, TASK):
        return False
    if key.startswith(VIEW):
        return key in (TARGET, CUT)
    try:
        param_of(key)
    except KeyError:
        return True  # reading it says so
    return key.partition(".")[0] in LOSSES


def task_of(sweep: Sweep) -> str:
    """The task of the losses on show."""
    return next(task for task, data in EXAMPLE.items() if data == sweep["data"][0])


def address(sweep: Sweep) -> tuple[tuple[str, str], ...]:
    """The keys and values of the address of a sweep: `as_link` of them asks for it again."""
    task, losses = task_of(sweep), [str(name) for name in sweep["loss"]]
    pairs = [(SHOW, name) for name in losses]
    pairs += [(key, text(value)) for key, axis in sweep.axes if key not in PLAIN for value in axis]
    if LOSSES[losses[0]].task != task:
        pairs.append((TASK, task))
    return tuple(pairs)
