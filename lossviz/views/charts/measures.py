"""In what convergence is measured: distances to the least that is possible, shares, or units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lossviz.analysis.floors import Floor
from lossviz.base.arrays import Array
from lossviz.base.words import listed
from lossviz.engine.looks import Style
from lossviz.engine.numbers import tick

GAP, RELATIVE, OWN = "gap", "relative", "own"
UNITS = (GAP, RELATIVE, OWN)
LEAST = 1e-6  # of the way: what is left below it is drawn there, as rounding is not far
NOISY = 1e4  # times rounding: a first gap that is too small to have shares
MOST_NAMED = 4
WHICH = "Thick: training. Thin: clean test rows."


@dataclass(frozen=True, eq=False)
class Measure:
    """Curves as they are drawn: what is taken off a run's training and test loss, by what both are
    divided, how low they may go; what the axis is called, and what there is to say.

    A test loss whose floor is not known is not drawn: its `test` is NaN.
    """

    train: Sequence[float]
    test: Sequence[float]
    units: Sequence[tuple[float, float]]
    least: float
    title: str
    words: str

    def training(self, number: int, values: Array) -> Array:
        """Training losses of that run as they are drawn."""
        return np.maximum((values - self.train[number]) / self.units[number][0], self.least)

    def testing(self, number: int, values: Array) -> Array:
        """Clean test losses of that run as they are drawn."""
        return np.maximum((values - self.test[number]) / self.units[number][1], self.least)


def measure(
    units: str,
    styles: Sequence[Style],
    training: Sequence[Array],
    testing: Sequence[Array],
    floors: Sequence[Floor | None],
    *,
    is_log: bool,
) -> Measure:
    """How to draw training and test losses (F,) of each run in these UNITS; where a floor that is
    asked for is not known, all are shares of their first values."""
    none, zeros = -np.inf, [0.0] * len(styles)
    known = [floor for floor in floors if floor is not None]
    if units == GAP and len(known) == len(styles):
        return _gaps(styles, training, known, is_log=is_log)
    if units == OWN:
        ones = [(1.0, 1.0)] * len(styles)
        return Measure(zeros, zeros, ones, none, "loss, each in its own units", WHICH)
    shares = [(_size(train), _size(test)) for train, test in zip(training, testing, strict=True)]
    words = f"{WHICH} Losses have different units, so each is divided by its first value."
    if units == GAP:
        lost = [style.label for style, floor in zip(styles, floors, strict=True) if floor is None]
        who = f" of {listed(lost, most=MOST_NAMED)}" if len(styles) > 1 else ""
        words = (
            f"{WHICH} The minimum{who} is not known, so each loss is divided by its first value."
        )
    return Measure(zeros, zeros, shares, none, "loss ÷ its first value", words)


def _gaps(
    styles: Sequence[Style], training: Sequence[Array], floors: Sequence[Floor], *, is_log: bool
) -> Measure:
    units, there, rounding = [], [], [LEAST]
    for style, curve, floor in zip(styles, training, floors, strict=True):
        unit, noise = float(curve[0]) - floor.training, floor.rounding
        if unit <= NOISY * noise:
            there.append(style.label)
            unit = 1.0
        units.append((unit, unit))
        rounding.append(noise / unit)
    least = max(rounding) if is_log else 0.0
    title = "gap to minimum"
    words = (
        "Thick: training, thin: clean test rows; how far each is above the least that its loss can "
        "be there, where training starts at 1."
    )
    if there:
        start = "start" if len(there) > 1 else "starts"
        words += f" {listed(there, most=MOST_NAMED)} {start} there: shown in units of the loss."
    endless = [
        style.label for style, floor in zip(styles, floors, strict=True) if not floor.is_attained
    ]
    if endless:
        who = f" of {listed(endless, most=MOST_NAMED)}" if len(styles) > 1 else ""
        words += f" The least{who} is what the loss tends to; no parameters attain it."
    if any(floor.testing is None for floor in floors):
        words += " Of so many test rows the least is not looked for, and no test loss is drawn."
    lowest = min(
        float(np.min(curve - floor.training)) / unit
        for curve, floor, (unit, _) in zip(training, floors, units, strict=True)
    )
    if lowest < least:
        words += f" What is left below {tick(float(f'{least:.0e}'))} is drawn there."
    return Measure(
        [floor.training for floor in floors],
        [np.nan if floor.testing is None else floor.testing for floor in floors],
        units,
        least,
        title,
        words,
    )


def _size(curve: Array) -> float:
    return abs(float(curve[0])) or 1.0
