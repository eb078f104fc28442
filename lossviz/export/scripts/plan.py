"""What a script has to say, worked out once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lossviz.analysis.starts import tasks_of
from lossviz.engine.experiment import Experiment
from lossviz.engine.looks import styles
from lossviz.engine.objective import Objective
from lossviz.engine.settings import CLEAN, STARTS
from lossviz.engine.task import Task
from lossviz.engine.training import LIMIT
from lossviz.export.scripts.code import NoScript
from lossviz.export.scripts.samples import DRAWN, rows_code
from lossviz.formula.item import VARIABLES
from lossviz.items.losses import LOSSES
from lossviz.items.models import MODELS, network
from lossviz.items.models.linear import linear_features, polynomial_features

# The features of the models that the scripts' functions make.
SPELLED = (linear_features, polynomial_features, network.features)


@dataclass(frozen=True, eq=False)
class Plan:
    """What a script has to say, worked out once.

    tasks: of the runs, in their order; labels: theirs, one each.
    losses: what each run's loss is called: two written ones need two names.
    rows: the code for each distinct sample; suffixes: what its names end in, by run.
    """

    tasks: tuple[Task, ...]
    labels: tuple[str, ...]
    losses: tuple[str, ...]
    rows: tuple[str, ...]
    suffixes: tuple[str, ...]

    @property
    def experiments(self) -> list[Experiment]:
        return [task.experiment for task in self.tasks]

    def any(self, is_so: Callable[[Task], Any]) -> bool:
        """Whether it is so for some run."""
        return any(map(is_so, self.tasks))


def plan_of(experiments: Sequence[Experiment]) -> Plan:
    """The plan; NoScript where a run diverges before its first step, its loss learns,
    or its model has no code."""
    tasks = tuple(tasks_of(experiments))
    for task in tasks:
        model = MODELS[task.experiment.model]
        if model.function not in SPELLED:
            label = model.label.partition(" (")[0]
            raise NoScript(f"The model {label} is known to LossViz's own script alone.")
        if task.learned is not None:
            label = LOSSES[task.experiment.loss].label.partition(" (")[0]
            raise NoScript(
                f"{label} learns its own parameters along with the model's, which only LossViz's "
                "own script does."
            )
        objective = Objective.of([task])
        with np.errstate(all="ignore"):
            values = objective.values(task.start[None])[0], objective.test(task.start[None])[0][0]
        if not max(values) <= LIMIT:
            raise NoScript("The run diverges before its first step, so there is nothing to say.")
    drawn = list(dict.fromkeys(e.only(DRAWN) for e in experiments))
    suffixes = [f"_{k}" if len(drawn) > 1 else "" for k in range(1, len(drawn) + 1)]
    samples = [Task.of(e).sample for e in drawn]
    return Plan(
        tasks=tasks,
        labels=tuple(style.label for style in styles(experiments)),
        losses=tuple(map(_loss_names(experiments).__getitem__, experiments)),
        rows=tuple(map(rows_code, drawn, samples, suffixes)),
        suffixes=tuple(suffixes[drawn.index(e.only(DRAWN))] for e in experiments),
    )


def _loss_names(experiments: Sequence[Experiment]) -> dict[Experiment, str]:
    texts = {e: e[f"{e.loss}.text"] for e in experiments if e.loss in VARIABLES}
    order = list(dict.fromkeys((e.loss, text) for e, text in texts.items()))
    number = {key: "" if len(order) == 1 else f"_{k}" for k, key in enumerate(order, 1)}
    return {e: e.loss + (number[e.loss, texts[e]] if e in texts else "") for e in experiments}


def start_of(task: Task) -> str:
    """How the start is made: zeros, normal, xavier, he, or given."""
    e = task.experiment
    if task.given is not None or e.init not in STARTS:
        return "given"
    usual = MODELS[e.model].usual_start(**e.params_of("model"))
    return usual if e.init in ("auto", CLEAN) else e.init


def is_penalised(task: Task) -> bool:
    """Whether a penalty is added to the mean loss."""
    return bool(task.experiment.l1 or task.experiment.l2)
