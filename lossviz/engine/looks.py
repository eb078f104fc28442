"""How runs look: one colour, dash and marker each, and the words that tell them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lossviz.base.registry import text
from lossviz.engine.choices import CHOICES
from lossviz.engine.experiment import Experiment, loss_of
from lossviz.engine.settings import PLAIN, param_of
from lossviz.items.datasets.table import called
from lossviz.items.losses import LOSSES, Loss

# Each has at least 3:1 against the light and the dark background, and neighbours stay apart in
# the common colour blindnesses; dash and marker say the same again without colour.
COLOURS = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#a56bd6",
    "#8f7300",
    "#c2458a",
    "#1591a8",
    "#9c5a3c",
    "#6a6ee0",
)
DASHES = (
    "solid",
    "dash",
    "dot",
    "dashdot",
    "longdash",
    "longdashdot",
    "6px,3px",
    "20px,5px",
    "12px,4px,3px,4px,3px,4px",
)
SYMBOLS = (
    "circle",
    "square",
    "diamond",
    "triangle-up",
    "triangle-down",
    "pentagon",
    "hexagon",
    "star",
    "cross",
)
# Those of the classes, which no run has. Ten, for the digits; there are no data with more.
CLASS_COLOURS = (
    "#3f7fd0",
    "#d97a1f",
    "#0f9b83",
    "#b45bb0",
    "#b8473d",
    "#7f8126",
    "#6c63c7",
    "#9a6b45",
    "#d4548c",
    "#5d8296",
)
CLASS_SYMBOLS = (
    "circle",
    "triangle-up",
    "square",
    "diamond",
    "star",
    "triangle-down",
    "cross",
    "pentagon",
    "triangle-left",
    "triangle-right",
)
CLASS_MARKS = "●▲■◆★▼✚⬟◀▶"  # the same, for sentences
DATA = "#7d8590"  # rows, the truth, and what belongs to no run
OUTLIER = "#c9302c"
LONGEST_NAME = 36  # characters of a name in a legend


@dataclass(frozen=True)
class Style:
    """How one run is told from the others."""

    label: str
    colour: str
    dash: str
    symbol: str


def styles(experiments: Sequence[Experiment]) -> list[Style]:
    """A style for each run; a loss keeps its colour whatever stands beside it, if it can."""
    labels = _labels(experiments)
    taken: set[int] = set()
    found = []
    for experiment, label in zip(experiments, labels, strict=True):
        slot = _place(experiment.loss) % len(COLOURS)
        while slot in taken and len(taken) < len(COLOURS):
            slot = (slot + 1) % len(COLOURS)
        taken.add(slot)
        found.append(Style(label, COLOURS[slot], DASHES[slot], SYMBOLS[slot]))
    return found


def _place(loss: str) -> int:
    """The place of a loss's look: the most compared declare one of their own, the others share
    these in their order."""
    look = LOSSES[loss].look
    if look is not None:
        return look
    is_like = _of_numbers(loss)
    others = (name for name, each in LOSSES.items() if each.look is None)
    return [name for name in others if _of_numbers(name) is is_like].index(loss)


def _of_numbers(loss: str) -> bool:
    """Whether the loss is for numbers, and not for classes."""
    return LOSSES[loss].task == "regression"


def short(loss: Loss) -> str:
    """The name for a legend: the abbreviation where there is one."""
    words, _, rest = loss.label.partition(" (")
    abbreviation = rest.rstrip(")").split(",")[0]
    return abbreviation if abbreviation.isupper() and len(abbreviation) <= 5 else words


def searchable(loss: Loss) -> str:
    """The label with its abbreviation in front, where narrow lists still show it."""
    name, words = short(loss), loss.label.partition(" (")[0]
    return loss.label if name == words else f"{name} – {words}"


def _labels(experiments: Sequence[Experiment]) -> list[str]:
    """The loss with its parameters, and whatever else differs between the runs."""
    varying = [
        key
        for key in dict.fromkeys(
            [key for key in PLAIN if key != "loss"]
            + [key for e in experiments for key, _ in e.params]
        )
        if key.partition(".")[0] not in LOSSES
        and len({e[key] for e in experiments if e.uses(key)}) > 1
    ]
    return [
        ", ".join([_loss_label(e)] + [_setting(e, key) for key in varying if e.uses(key)])
        for e in experiments
    ]


def _loss_label(experiment: Experiment) -> str:
    loss, options = loss_of(experiment), experiment.params_of("loss")
    values = ", ".join(
        f"{p.label or p.name} = {text(options[p.name])}"
        for p in loss.params
        if p.name != "text" and not (p.plain and options[p.name] == p.default)
    )
    # A loss of one's own goes by its formula.
    name = str(options["text"]) if "text" in options else short(loss)
    start = "from " * (loss.learned is not None)  # where what it learns starts
    return _cut(name) + (f" ({start}{values})" if values else "")


def _setting(experiment: Experiment, key: str) -> str:
    value = experiment[key]
    if key in CHOICES:
        return CHOICES[key][str(value)].label.partition(" (")[0].lower()
    label = param_of(key).label or key.rpartition(".")[2]
    return f"{label.lower()} {_table(str(value)) if key.endswith('.rows') else text(value)}"


def _table(rows: str) -> str:
    """What rows of the user's own are called."""
    return _cut(called(rows)).replace("%{", "%\N{WORD JOINER}{")  # no field of a hover box


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
