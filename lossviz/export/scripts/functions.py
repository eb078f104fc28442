"""The functions that stand in the scripts, as the runs need them, and the imports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from textwrap import indent
from typing import Any

from lossviz.engine.experiment import Experiment
from lossviz.engine.sampling import batches
from lossviz.engine.starts import RANDOM
from lossviz.engine.task import Task
from lossviz.export.scripts.code import WIDTH, NoScript, definitions
from lossviz.export.scripts.helpers import (
    columns,
    first_layer_in_units,
    powers,
    report,
    share_wrong,
)
from lossviz.export.scripts.plan import Plan, is_penalised, start_of
from lossviz.export.scripts.samples import loaders
from lossviz.formula.item import VARIABLES, formula_of
from lossviz.formula.source import NoSpelling
from lossviz.formula.typed import Formula
from lossviz.items.losses import LOSSES
from lossviz.items.models import MODELS
from lossviz.items.models.base import not_bias
from lossviz.items.models.linear import polynomial_features, units
from lossviz.items.schedules import SCHEDULES


def losses_code(plan: Plan) -> list[str]:
    """The functions of the losses: value and slope."""
    is_own = [task.experiment.loss in VARIABLES for task in plan.tasks]
    names = dict.fromkeys(n for n, own in zip(plan.losses, is_own, strict=True) if not own)
    return [
        *definitions(LOSSES[name].function for name in names),
        *written_code(
            plan,
            lambda e: formula_of(e.loss, e.params_of("loss")) if e.loss in VARIABLES else None,
            lambda formula: formula.numpy_source().replace(
                "return value, slope", "return np.broadcast_arrays(value, slope, z)[:2]"
            ),
        ),
    ]


def written_code(
    plan: Plan,
    formula: Callable[[Experiment], Formula | None],
    source_of: Callable[[Formula], str],
) -> list[str]:
    """The losses that are written out as formulas, each under its name; helpers, which may be
    called like other losses, are kept inside."""
    found = {}
    for task, name in zip(plan.tasks, plan.losses, strict=True):
        written = formula(task.experiment)
        if written is None:
            continue
        try:
            source = source_of(written).strip()
        except NoSpelling as error:
            raise NoScript(str(error)) from None
        if source.startswith("def loss("):
            found[name] = source.replace("def loss(", f"def {name}(")
        else:
            inner = indent(source, "    ")
            found[name] = (
                f"def make_{name}():\n{inner}\n\n    return loss\n\n\n{name} = make_{name}()"
            )
    return list(found.values())


def imports(plan: Plan, *more: str, is_partial: bool) -> str:
    """The import lines, the standard library's first; `is_partial`: whether `partial` is used."""
    standard = ["from functools import partial"] if is_partial else []
    standard += ["from math import comb"] if plan.any(lambda task: task.sample.is_scaled) else []
    others = ["import numpy as np", *more, *loaders(plan.experiments)]
    return "\n\n".join("\n".join(block) for block in (standard, others) if block)


def models_of(plan: Plan) -> list[str]:
    """The models that a flavour has for the runs: linear ones with one output or several, and
    networks."""
    is_needed = {
        "linear": plan.any(lambda task: task.is_linear and not task.outputs),
        "linear_scores": plan.any(lambda task: task.is_linear and task.outputs),
        "network": plan.any(lambda task: not task.is_linear),
    }
    return [name for name, needed in is_needed.items() if needed]


def features_code(plan: Plan) -> list[str]:
    """Functions from X to the columns that the model multiplies."""
    return needed(
        {
            columns: plan.any(lambda task: not _has_powers(task)),
            powers: plan.any(_has_powers),
        }
    )


def _has_powers(task: Task) -> bool:
    return MODELS[task.experiment.model].function is polynomial_features


def descent_code(plan: Plan) -> list[str]:
    """Starts, schedules, mini-batches, and what the penalties leave out."""
    starts = set(map(start_of, plan.tasks))
    schedules = dict.fromkeys(e.schedule for e in plan.experiments if e.schedule != "constant")
    return needed(
        {
            **{function: name in starts for name, function in RANDOM.items()},
            **{SCHEDULES[name].function: True for name in schedules},
            batches: plan.any(lambda task: task.is_batched),
            not_bias: plan.any(is_penalised),
        }
    )


def report_code(plan: Plan) -> list[str]:
    """Parameters in the data's own units, and the functions that print a run."""
    is_scaled = plan.any(lambda task: task.sample.is_scaled)
    return needed(
        {
            units: is_scaled,
            first_layer_in_units: is_scaled,
            report: True,
            share_wrong: plan.any(lambda task: task.sample.classes),
        }
    )


def needed(functions: Mapping[Callable[..., Any], Any]) -> list[str]:
    """The code of those functions that are needed, in their order."""
    return definitions(function for function, is_so in functions.items() if is_so)


def loop(template: str, plan: Plan) -> str:
    """The training loop with what the runs need: a line that ends in "  #penalty", "  #batches" or
    "  #patience" is kept where some run has that, "  #penalised batches" where some run has the one
    and some the other, "  #no patience" where none has."""
    is_kept = {
        "penalty": plan.any(is_penalised),
        "batches": plan.any(lambda task: task.is_batched),
        "patience": plan.any(lambda task: task.experiment.patience),
    }
    is_kept["no patience"] = not is_kept["patience"]
    is_kept["penalised batches"] = is_kept["penalty"] and is_kept["batches"]
    lines = []
    for line in template.strip().splitlines():
        code, _, word = line.rpartition("  #")
        if word in is_kept:
            lines += [code] if is_kept[word] else []
        else:
            lines.append(line)
    more = {
        "penalty": "l1=0.0, l2=0.0, is_weight=False",
        "batches": "batches=None",
        "patience": 'patience=float("inf")',
    }
    options = "".join(f", {words}" for word, words in more.items() if is_kept[word])
    head, body = lines[0].replace("{options}", options), lines[1:]
    if len(head) > WIDTH:
        start, _, arguments = head.removesuffix("):").partition("(")
        head = f"{start}(\n    {arguments}\n):"
    return "\n".join([head, *body])
