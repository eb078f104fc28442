"""The playground's charts and tables, of runs at the same steps."""

from __future__ import annotations

from collections.abc import Sequence

from lossviz.engine.looks import styles
from lossviz.engine.run import Run
from lossviz.player import Movie
from lossviz.views.charts.scene import movie
from lossviz.views.panels.base import FIRST, PANELS, View, panels
from lossviz.views.panels.overview import best_of
from lossviz.views.panels.step_table import table
from lossviz.views.sentences.story import story


def playground(runs: Sequence[Run], view: View | None = None) -> Movie:
    """One panel of runs at the same steps, and its tables. A panel that has nothing to show of
    these runs gives way to the first."""
    view, asked = view or View(), [run.experiment for run in runs]
    looks = styles(asked)
    panel = PANELS[view.panel if view.panel in panels(asked) else FIRST]
    shown = panel.build(runs, looks, view)
    tables = [table(runs, looks), *shown.tables]
    told = shown.story or story(runs)
    return movie(shown.scenes, runs[0].steps, tables, shown.details, shown.names, told)


def marks(runs: Sequence[Run]) -> list[dict[str, object]]:
    """The steps worth a visit: for each run where its clean test loss is lowest, if it matters."""
    looks = styles([run.experiment for run in runs])
    found = [(best_of(run), look) for run, look in zip(runs, looks, strict=True)]
    return [
        {"label": f"{look.label}: lowest test loss", "step": best.step, "colour": look.colour}
        for best, look in found
        if best is not None
    ]
