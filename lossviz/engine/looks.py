"""How runs look: one colour, dash and marker each, and the words that tell them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from lossviz.base.registry import text
from lossviz.engine.choices import CHOICES
from lossviz.engine.experiment import Experiment, loss_of
from lossviz.engine.settings import PLAIN, param_of
from lossviz.engine.shades import shade
from lossviz.items.datasets.table import called
from lossviz.items.losses import LOSSES, Loss

# Each has at least 3:1 against the light and the dark background. A hue is that of a family of
# losses, and has as its first form the dash and the marker in the same place below.
COLOURS = (
    "#0072b2",  # squares; of classes, the logarithms of two
    "#d55e00",  # absolute values; of classes, hinges
    "#009e73",  # squares that turn into absolute values; of classes, the logarithms of several
    "#a56bd6",  # those that let go; of classes, squares of chances
    "#8f7300",  # heavy tails; the exponential loss
    "#c2458a",  # formulas of one's own, and no other
    "#6a6ee0",  # squares of raw scores
    "#9c5a3c",  # logarithms of counts; savage
    "#1591a8",  # lopsided ones; of classes, hinges that are smooth
)
OWN = 5
# Where hues are alike in one of the common colour blindnesses, dash and marker differ: they go
# through the members of a family by twos. Those at the end are for members past the third.
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
    "18px,3px,3px,3px",
    "2px,6px",
    "9px,3px,9px,9px",
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
    "triangle-left",
    "triangle-right",
    "hourglass",
)
MEMBERS = 3  # of a family that have forms of the first nine
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
    """A style for each run. A loss has its colour, dash and marker whatever stands beside it; of
    several runs with the same loss the first has them, and the others shades of the colour, each
    with a dash and a marker that no other run has, as long as there are any left."""
    losses = [experiment.loss for experiment in experiments]
    places = _all_places()
    hues, forms = zip(*(places[loss] for loss in losses), strict=True) if losses else ((), ())
    left = [form for form in range(len(DASHES)) if form not in forms]
    found, seen = [], Counter()
    for loss, label, hue, form in zip(losses, _labels(experiments), hues, forms, strict=True):
        number, count = seen[loss], losses.count(loss)
        seen[loss] += 1
        if number:
            form = left.pop(0) if left else (form + number) % len(DASHES)
        colour = shade(COLOURS[hue], number / (count - 1)) if number else COLOURS[hue]
        found.append(Style(label, colour, DASHES[form], SYMBOLS[form]))
    return found


def colour_of(loss: str) -> str:
    """The colour of a loss, everywhere and for good."""
    return COLOURS[_all_places()[loss][0]]


def _all_places() -> dict[str, tuple[int, int]]:
    """The hue and the form of each loss."""
    return _places(tuple((each.name, each.task, each.look) for each in LOSSES.values()))


@lru_cache(maxsize=4)
def _places(losses: tuple[tuple[str, str, int | None], ...]) -> dict[str, tuple[int, int]]:
    """Hue and form of each of these losses, of which it takes name, task and `look`.

    Members of a family, among losses for numbers or among those for classes, have forms in their
    order, so that one that is registered later changes none; a loss that names no family goes to
    the smallest.
    """
    found = {}
    for of_numbers in (True, False):
        alike = [each for each in losses if (each[1] == "regression") is of_numbers]
        sizes, members = Counter(look for _, _, look in alike), Counter()
        for name, _, hue in alike:
            if hue is None:
                hue = min((h for h in range(len(COLOURS)) if h != OWN), key=sizes.__getitem__)
                sizes[hue] += 1
            member, spare = members[hue], len(DASHES) - len(COLOURS)
            members[hue] += 1
            form = (hue + 2 * member) % len(COLOURS)
            if member >= MEMBERS:
                form = len(COLOURS) + (member - MEMBERS) % spare
            found[name] = hue, form
    return found


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
