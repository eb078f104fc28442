"""Knobs: the two or three settings that what is on show is about, as numbers that can be turned.

Of a setting with several values the last is turned, and the others stay to be compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import floor, log10

from lossviz.base.registry import Value
from lossviz.base.words import listed
from lossviz.engine.choices import CHOICES
from lossviz.engine.experiment import Sweep
from lossviz.engine.looks import short
from lossviz.engine.numbers import percent, tick
from lossviz.engine.run import Run
from lossviz.engine.settings import param_of
from lossviz.items.losses import LOSSES
from lossviz.items.outliers import OUTLIERS
from lossviz.items.outliers.base import how_many, share_param
from lossviz.player import Knob
from lossviz.views.examples import PRESETS, Preset

MOST = 3  # knobs
RUNGS = 50  # of a ladder by even steps
DIGITS = ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8")  # of one by factors
LEAST = 0.01  # where factors begin above 0
WIDE = 20.0  # a range that even steps cannot serve
# What is of use of settings that may be nearly anything, by key or name: from and to where, and
# where factors begin.
SPANS = {
    "lr": (1e-4, 10.0, 1e-4),
    "steps": (10, 2_000, 10),
    "patience": (0, 200, 1),
    "l1": (0.0, 1.0, 1e-4),
    "l2": (0.0, 1.0, 1e-4),
    "n": (10, 500, 10),
    "seed": (0, 30, None),
    "outlier_seed": (0, 30, None),
    "step.at": (0, 1_000, 1),
    "step.factor": (1e-3, 10.0, 1e-3),
}
SHARES = ("ratio", "default_rate")  # said in percent
LABELS = {"share": "Outliers", "size": "How far", "imbalanced.ratio": "Rare rows"}
NOT_ASKED = ("n", "test")  # of data: they change how much there is, and not what


def on_show(sweep: Sweep) -> Preset | None:
    """The example whose link this is, but for where its knobs stand."""
    alike = [each for each in PRESETS if _rest(sweep, each) == _rest(each.sweep, each)]
    return next((each for each in alike if each.sweep == sweep), (*alike, None)[0])


def _rest(sweep: Sweep, preset: Preset) -> dict[str, tuple[Value, ...]]:
    """All that the knobs of an example leave as it is."""
    return {**dict(sweep.axes), **{key: sweep[key][:-1] for key in preset.knobs}}


def knob_keys(sweep: Sweep) -> list[str]:
    """The settings that can be turned: those of the example on show or, where none is, what
    matters for what is chosen, and the rate."""
    preset = on_show(sweep)
    if preset is not None:
        return [key for key in preset.knobs if sweep.uses(key)]
    spoiled = [name for name in sweep["outliers"] if name != "none"][:1]
    found = [key for key in _numbers("outliers", spoiled) if key.endswith((".share", ".size"))]
    for choice in ("loss", "model", "data"):
        found += _numbers(choice, sweep[choice])[:1]
    return [*found[: MOST - 1], "lr"]


def _numbers(choice: str, names: Iterable[Value]) -> list[str]:
    return [
        f"{name}.{param.name}"
        for name in names
        for param in CHOICES[choice][str(name)].params
        if not (isinstance(param.default, str) or param.plain or param.name in NOT_ASKED)
        and param.has_widget
    ]


def knobs(sweep: Sweep, runs: Sequence[Run]) -> list[Knob]:
    """What can be turned of a sweep, of which these are runs: where it stands, and how far it goes.

    Of a setting with several values the last is turned; the others stay, to be compared with.
    """
    return [_knob(key, sweep[key], runs) for key in knob_keys(sweep)]


def _knob(key: str, axis: Sequence[Value], runs: Sequence[Run]) -> Knob:
    *others, value = axis
    write = _writing(key, runs)
    rungs = {write(each): each for each in reversed(ladder(key, float(value)))}
    rungs[write(float(value))] = float(value)  # of those that are written alike
    words = [words for words, each in rungs.items() if each not in others][::-1]
    values = tuple(rungs[each] for each in words)
    note = f"beside {listed([tick(float(each)) for each in others], 4)}" if others else ""
    at = values.index(float(value))
    return Knob(key, _label(key), values, tuple(words), at, note)


def ladder(key: str, value: float) -> list[float]:
    """The values that a setting goes through, rising: about fifty round ones, and this."""
    param = param_of(key)
    span = SPANS.get(key) or SPANS.get(param.name) or (param.low, param.high, None)
    low, high, least = max(span[0], param.low), min(span[1], param.high), span[2]
    is_whole = isinstance(param.default, int)
    if least is None and (param.log or high - low > (RUNGS if is_whole else WIDE)):
        least = max(low, 1.0 if is_whole else LEAST)
    rungs = _by_steps(low, high, is_whole) if least is None else _by_factors(least, high)
    rungs = [round(rung) if is_whole else rung for rung in rungs if low <= rung <= high]
    return sorted({float(rung) for rung in (low, *rungs, high, param.default, value)})


def _by_steps(low: float, high: float, is_whole: bool) -> list[float]:
    width = (high - low) / RUNGS
    decade = floor(log10(width))
    steps = [float(f"{digit}e{power}") for power in (decade, decade + 1) for digit in (1, 2, 5)]
    step = max(next(each for each in steps if each >= width * (1 - 1e-9)), float(is_whole))
    first, last = round(low / step), round(high / step)
    return [float(f"{place * step:.10g}") for place in range(first, last + 1)]


def _by_factors(least: float, high: float) -> list[float]:
    decades = range(floor(log10(least)), floor(log10(high)) + 1)
    found = (float(f"{digit}e{decade}") for decade in decades for digit in DIGITS)
    return [value for value in found if least <= value <= high]


def _label(key: str) -> str:
    param, name = param_of(key), key.partition(".")[0]
    words = param.label or param.name
    if name in LOSSES:
        return f"{short(LOSSES[name])} {words}"
    return LABELS.get(param.name, words) if name in OUTLIERS else LABELS.get(key, words)


def _writing(key: str, runs: Sequence[Run]) -> Callable[[float], str]:
    """How values are written: shares of outliers as rows, where their number is known."""
    param = param_of(key)
    if param.name in SHARES:
        return lambda value: percent(tick(100 * value))
    run = next((run for run in runs if run.experiment.uses(key)), None)
    if run is None or param != share_param(float(param.default)):
        return tick
    spoiled, share = run.task.sample.is_outlier, float(run.experiment[key])
    if spoiled.sum() != how_many(share, len(spoiled)):  # marked by the user, or of one class
        return tick
    return lambda value: f"{how_many(value, len(spoiled)):,} of {len(spoiled):,}"
