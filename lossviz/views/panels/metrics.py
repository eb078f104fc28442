"""The panel of metrics: what the predictions for clean test rows are worth, at every step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lossviz.analysis.metrics import Metrics, costs, gives_probabilities, measure
from lossviz.base.arrays import Array
from lossviz.base.limits import SHOWN
from lossviz.base.registry import Param
from lossviz.base.words import listed
from lossviz.engine.experiment import Experiment
from lossviz.engine.frames import latest, thinned
from lossviz.engine.link import VIEW
from lossviz.engine.looks import Style
from lossviz.engine.numbers import number
from lossviz.engine.run import Run
from lossviz.items.datasets import DATASETS
from lossviz.items.losses import LOSSES
from lossviz.player import Row, Story, Table
from lossviz.views.charts.metrics import calibration, confusion, precision_recall, roc
from lossviz.views.panels.base import Content, Control, View, panel
from lossviz.views.sentences.moves import Move
from lossviz.views.sentences.story import story

FRAMES, FEWEST = 40, 15
MATRICES = 120  # over all runs
RANKED, LEAST = 4_000_000, 5  # rows put in order over all frames, classes and runs; frames even so
COLUMNS = {
    "Accuracy": "accuracy",
    "Balanced accuracy": "balanced_accuracy",
    "Precision": "precision",
    "Recall": "recall",
    "Specificity": "specificity",
    "F1": "f1",
    "AUC": "auc",
    "Average precision": "average_precision",
    "Calibration error": "calibration_error",
    "Cost": "cost",
}


THRESHOLD = Param(
    "threshold", 0.5, 0.0, 1.0, "Threshold", "From this chance of class 1 on, a row is put into it."
)


def _has_classes(experiments: Sequence[Experiment]) -> bool:
    return DATASETS[experiments[0].data].task != "regression"


def _controls(experiments: Sequence[Experiment], features: Sequence[str]) -> list[Control]:
    """The threshold, and what the losses say that mistakes cost."""
    if DATASETS[experiments[0].data].task != "binary":
        return []
    weights = [
        Control(
            f"{name}.{param.name}",
            f"{param.help.partition(':')[0]} ({param.label})",
            width=210,
            is_slider=True,
        )
        for name in dict.fromkeys(each.loss for each in experiments)
        for param in LOSSES[name].params
        if param.name in (LOSSES[name].costs or ())
    ]
    return [Control(VIEW + THRESHOLD.name, width=150), *weights]


@panel(
    "metrics",
    label="Threshold and metrics",
    params=(THRESHOLD,),
    suits=_has_classes,
    controls=_controls,
)
def metrics(
    runs: Sequence[Run], looks: Sequence[Style], view: View, *, threshold: float
) -> Content:
    """Confusion matrices, ROC, precision–recall, calibration and their figures, of the runs that
    have the classes of the one in focus."""
    kept = runs[0].steps
    classes, rows = _classes(runs[view.focus]), len(runs[view.focus].task.y_test)
    frames = max(FEWEST, min(FRAMES, MATRICES // len(runs)))
    frames = min(frames, max(LEAST, RANKED // (rows * len(classes) * len(runs))))
    frames = thinned(len(kept), frames)
    there = [i for i, run in enumerate(runs) if _classes(run) == classes]
    runs, looks = [runs[i] for i in there], [looks[i] for i in there]
    measured = [measure(run, frames, threshold) for run in runs]
    counts = [each.confusion for each in measured]
    matrix = confusion("confusion", looks, classes, counts, frames)
    scenes = {
        "confusion": matrix,
        "roc": roc("roc", looks, measured),
        "precision_recall": precision_recall("precision_recall", looks, measured),
        "calibration": calibration(
            "calibration", looks, measured, _meaning(runs, looks), span=matrix.chart.span
        ),
    }
    tables = (_table(runs, looks, measured, len(kept), threshold),)
    return Content(scenes, tables, story=_areas(runs, measured, frames))


def _areas(runs: Sequence[Run], measured: Sequence[Metrics], frames: Array) -> Story | None:
    """What there is to tell of the areas under the ROC curves, where these are defined."""
    areas = np.array([each.auc for each in measured])
    if not np.isfinite(areas).all():
        return None
    return story(runs, Move("area under the ROC curve", "", areas, "to"), frames)


def _classes(run: Run) -> tuple[str, ...]:
    return run.task.sample.classes


def _meaning(runs: Sequence[Run], looks: Sequence[Style]) -> str:
    """Whose chances are probabilities."""
    meant = [look.label for run, look in zip(runs, looks, strict=True) if gives_probabilities(run)]
    if len(meant) == len(runs):
        return "The chances are meant as probabilities."
    if not meant:
        return "The chances are scores between 0 and 1, not meant as probabilities."
    those = listed(meant, most=SHOWN)
    return f"Meant as probabilities are those of {those}; the others are scores between 0 and 1."


def _table(
    runs: Sequence[Run],
    looks: Sequence[Style],
    measured: Sequence[Metrics],
    count: int,
    threshold: float,
) -> Table:
    rows = [
        Row(
            look.label,
            (
                *(latest(each.frames, count, getattr(each, name)) for name in COLUMNS.values()),
                _sentence(run, each),
            ),
            look.colour,
            look.dash,
        )
        for run, look, each in zip(runs, looks, measured, strict=True)
    ]
    first = measured[0]
    frames = first.frames
    caption = "On the clean test rows"
    if first.is_binary:
        caption += f", called {first.wanted} where its chance is above {number(threshold, 3)}"
    else:
        caption += ", the largest chance deciding: precision to average precision are means over"
        caption += " the classes, each against the rest"
    if len(frames) < count:
        caption += f"; measured at {len(frames)} of the steps"
    if any(np.isnan(getattr(each, name)).any() for each in measured for name in COLUMNS.values()):
        caption += f". A dash is a figure that is not defined{_why_undefined(first)}"
    return Table(
        caption,
        ("Loss", *COLUMNS, "Cost in words"),
        tuple(rows),
        spoken=("Accuracy", "F1"),
        below="Cost in words",
    )


def _why_undefined(each: Metrics) -> str:
    present = each.confusion[-1].sum(axis=1) > 0
    if present.sum() == 1:
        only = each.classes[int(np.argmax(present))]
        return f", as all test rows are {only}"
    return f", such as the precision while no row is called {each.wanted}"


def _sentence(run: Run, each: Metrics) -> str:
    """What mistakes cost."""
    if not each.is_binary:
        return "Every mistake costs 1: the cost per row is the share of mistakes."
    alarm, miss = (number(cost, 3) for cost in costs(run))
    why = "" if alarm == miss == "1" else ", as the loss weighs the classes"
    other, wanted = each.classes
    return (
        f"Cost: {miss} for each row of {wanted} that is missed, {alarm} for each of {other} "
        f"called {wanted}{why}; per row."
    )
