"""What a panel is: charts and tables of some runs, with settings of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lossviz.base.registry import Param, Registry, Value
from lossviz.engine.experiment import Experiment
from lossviz.engine.link import VIEW
from lossviz.engine.looks import Style
from lossviz.engine.run import Run
from lossviz.player import Detail, Story, Table
from lossviz.views.charts.measures import GAP
from lossviz.views.charts.scene import Scene

FIRST = "overview"  # the panel that suits all runs


@dataclass(frozen=True)
class View:
    """What is drawn, and how.

    panel: one of PANELS. focus: the number of the run whose objective is drawn as the surface,
        whose rows are the ones on show, and whose network is drawn.
    units, is_log: of the convergence chart, `measures.UNITS`; in_3d: of the surface.
    options: values of the panels' own `params`, by name; one that is not there has its default.
    came_from: what the user's own rows were drawn for before they were edited, if the truth of
        that is to stay in sight.
    """

    panel: str = FIRST
    focus: int = 0
    units: str = GAP
    is_log: bool = True
    in_3d: bool = False
    options: Mapping[str, Value] = field(default_factory=dict)
    came_from: Experiment | None = None

    def option(self, param: Param) -> Value:
        """The value of a panel's own setting."""
        return self.options.get(param.name, param.default)


@dataclass(frozen=True, eq=False)
class Content:
    """What a panel shows: charts by name, and tables below that of the step. Where points are
    rows, what there is to say of each and what the rows are called. A story of its own, where what
    moved most is not what it is about."""

    scenes: Mapping[str, Scene]
    tables: Sequence[Table] = ()
    details: Sequence[Detail] = ()
    names: Sequence[str] = ()
    story: Story | None = None


@dataclass(frozen=True)
class Control:
    """A widget beside a panel for the setting with this key in a link.

    `names` are words for what may be chosen by number. `width` is in pixels. A number that moves by
    factors may have a slider.
    """

    key: str
    label: str = ""
    names: Mapping[Any, str] | None = None
    width: int = 160
    is_slider: bool = False


Suits = Callable[[Sequence[Experiment]], bool]
Controls = Callable[[Sequence[Experiment], Sequence[str]], Iterable[Control]]


@dataclass(frozen=True)
class Panel:
    """A set of charts in the same player, so that the step, the runs and the link stay.

    function: `(runs, looks, view, **params) -> Content` of runs at the same steps; `**params` are
        the panel's own settings, each `view.name` in a link.
    suits: whether it has something to show of the runs of these experiments.
    controls: `(experiments, names of the features) -> Controls` that stand beside it.
    editable: the charts in which a press changes rows, where `Content` has names for them.
    """

    name: str
    label: str
    params: tuple[Param, ...]
    function: Callable[..., Content]
    suits: Suits
    controls: Controls
    editable: tuple[str, ...]

    def build(self, runs: Sequence[Run], looks: Sequence[Style], view: View) -> Content:
        """What it shows of some runs."""
        own = {param.name: view.option(param) for param in self.params}
        return self.function(runs, looks, view, **own)


PANELS: Registry[Panel] = Registry("panel")


def panel(
    name: str,
    *,
    label: str,
    params: tuple[Param, ...] = (),
    suits: Suits = lambda experiments: True,
    controls: Controls | None = None,
    editable: tuple[str, ...] = (),
) -> Callable[[Callable[..., Content]], Panel]:
    """Register a panel. Without `controls`, a widget for each of its `params` stands beside it."""
    of_each = [Control(VIEW + param.name) for param in params]

    def register(function: Callable[..., Content]) -> Panel:
        asks = controls or (lambda experiments, features: of_each)
        return PANELS.add(
            Panel(
                name=name,
                label=label,
                params=params,
                function=function,
                suits=suits,
                controls=asks,
                editable=editable,
            )
        )

    return register


def panels(experiments: Sequence[Experiment]) -> tuple[str, ...]:
    """The panels that have something to show of these runs."""
    return tuple(name for name, each in PANELS.items() if each.suits(experiments))
