"""What experiments cost, counted from their shapes before anything is drawn or allocated.

    total(list(sweep)).memory        bytes, to hold against `limits.LINK`
    sweep, note = held(sweep)        a smaller sweep, and a sentence on what was cut

The rule by which a sweep is cut: sizes of models, then steps, are lowered until each run fits
alone; then every setting keeps its first few values, as many as let all runs fit together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf

from lossviz.base import limits
from lossviz.base.limits import Budget
from lossviz.base.registry import Value
from lossviz.base.words import counted
from lossviz.engine.experiment import ROWS, Experiment, Sweep
from lossviz.items.datasets import DATASETS
from lossviz.items.datasets.table import MissingTable
from lossviz.items.losses import LOSSES
from lossviz.items.models import MODELS
from lossviz.items.optimizers import OPTIMIZERS

NUMBER = 8  # bytes
TEMPORARIES = 8  # arrays of rows and outputs that a loss makes on its way
COPIES = 3  # of the kept frames: as they are kept, and of a run in both coordinates
BEND, LOSS = 10, 20  # multiplications that a unit, and the loss of an output, are worth
SIZES = ("mlp.width", "mlp.depth", "polynomial.degree")  # of models, in the order of lowering
UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


@dataclass(frozen=True)
class Cost:
    """What a run takes: bytes of its rows, which runs on the same rows share, its own, and those
    that it needs for a moment; multiplications of a step and of all."""

    rows: int
    own: int
    passing: int
    step: int
    work: int


def frames(parameters: int) -> int:
    """The most frames that are kept of a run of so many parameters."""
    return min(max(limits.KEPT // parameters, limits.FEWEST_FRAMES), limits.FRAMES)


def cost(experiment: Experiment) -> Cost:
    """What one run takes; nothing where it names rows that are not here, as it cannot begin."""
    e = experiment
    loss, optimizer = LOSSES[e.loss], OPTIMIZERS[e.optimizer]
    try:
        size = DATASETS[e.data].size(**e.params_of("data"))
    except MissingTable:
        return Cost(rows=0, own=0, passing=0, step=0, work=0)
    outputs = size.classes if loss.task == "multiclass" else 0
    learned = 0 if loss.learned is None else len(loss.learned.names)
    model = (e.model, tuple(e.params_of("model").items()))
    return _cost(*size[:3], outputs, learned, model, optimizer.slots, e.steps, e.batch)


@lru_cache(maxsize=4096)
def _cost(
    n: int,
    tested: int,
    d: int,
    outputs: int,
    learned: int,
    model: tuple[str, tuple[tuple[str, Value], ...]],
    slots: int,
    steps: int,
    batch: int,
) -> Cost:
    name, options = model
    layers = MODELS[name].layers(d, outputs, **dict(options))
    inputs, last = layers[0][1], max(outputs, 1)
    parameters = sum(units * columns for units, columns in layers) + learned
    hidden = [units for units, _ in layers[:-1]]
    is_batched, most = 0 < batch < n, max(n, tested)
    # What the rows are, and what the model makes of them; batches take them from a copy by row.
    rows = (d + inputs) * (n + tested) + is_batched * inputs * n
    own = (
        COPIES * min(frames(parameters), steps + 1) * parameters
        + 5 * (steps + 1)
        + (5 + slots) * parameters
        + TEMPORARIES * last * most
        + (2 * sum(1 + units for units in hidden) + 3 * max(hidden, default=0)) * most
    )
    # Features are made of scaled rows; a few steps stand together before they are recorded; the
    # largest rate is read off a matrix of features by features.
    passing = d * most + min(256 * parameters, 2**23 // most + parameters) + 3 * inputs**2
    one_row = _products(layers) + LOSS * last
    # The way back is worth two ways there; test rows, and with batches all rows, are measured.
    step = one_row * ((3 * batch + n if is_batched else 3 * n) + tested)
    return Cost(
        rows=NUMBER * rows, own=NUMBER * own, passing=NUMBER * passing, step=step, work=step * steps
    )


def _products(layers: Sequence[tuple[int, int]]) -> int:
    """The multiplications of one row's way through these layers."""
    return sum(units * (columns + BEND) for units, columns in layers)


def total(experiments: Iterable[Experiment]) -> Budget:
    """What these runs take if they are trained together."""
    costs = [(_rows_of(e), cost(e)) for e in experiments]
    rows = dict((key, each.rows) for key, each in costs)
    return Budget(
        sum(rows.values())
        + sum(each.own for _, each in costs)
        + max((each.passing for _, each in costs), default=0),
        sum(each.step for _, each in costs),
        sum(each.work for _, each in costs),
    )


def _rows_of(experiment: Experiment) -> tuple:
    """What decides the features of a run."""
    e = experiment
    owners = (e.data, e.outliers, e.model)
    own = tuple(pair for pair in e.params if pair[0].partition(".")[0] in owners)
    return (*(e[key] for key in ROWS), own)


def too_much(experiments: Iterable[Experiment], budget: Budget) -> str:
    """What is too much for training these runs together, in words; "" where nothing is."""
    taken = total(experiments)
    found = (
        (taken.memory, budget.memory, _bytes, "of memory"),
        (taken.step, budget.step, _count, "products a step"),
        (taken.work, budget.work, _count, "products in all"),
    )
    return " and ".join(
        f"{words(asked)} {what} ({words(most)} at most)"
        for asked, most, words, what in found
        if asked > most
    )


def check(experiments: Sequence[Experiment]) -> None:
    """ValueError where no machine should begin to train these runs together."""
    if why := too_much(experiments, limits.MACHINE):
        raise ValueError(f"Training {counted(len(experiments), 'run')} takes {why}.")


def check_surface(points: int, rows: int, layers: Sequence[tuple[int, int]]) -> None:
    """ValueError where no machine should draw the objective on so many rows at so many points."""
    work = points * rows * _products(layers)
    if 3 * NUMBER * points > limits.MACHINE.memory or work > limits.MACHINE.work:
        raise ValueError(f"A surface of {points:,} points takes too long, or too much memory.")


def beyond(sweep: Sweep, budget: Budget = limits.LINK) -> str:
    """What of a sweep is too much for a link, in words; "" where a link may ask for it."""
    if sweep.size > limits.RUNS:
        return f"{sweep.size:,} runs ({limits.RUNS:,} at most)"
    return too_much(sweep, budget)


def held(sweep: Sweep, budget: Budget = limits.LINK) -> tuple[Sweep, str]:
    """As much of the sweep as a link may ask for; what it asks for and what was cut, in words that
    follow "The link asks for", or "" where that is nothing."""
    why = beyond(sweep, budget)
    if not why:
        return sweep, ""
    smaller = _first_values(sweep, lambda some: some.size <= limits.RUNS)
    sizes, steps = Budget(budget.memory, budget.step, inf), Budget(inf, inf, budget.work)
    for key in SIZES:
        smaller = _lowered(smaller, key, lambda each: not too_much([each], sizes))
    smaller = _lowered(smaller, "steps", lambda each: not too_much([each], steps))
    smaller = _first_values(smaller, lambda some: not too_much(some, budget))
    if too_much(smaller, budget):  # for a line, even: then it is the rows that are too many
        smaller = smaller.replace({"data": Experiment.data})
    return smaller, f"{why}: {_cuts(sweep, smaller)}"


def _first_values(sweep: Sweep, fits: Callable[[Sweep], bool]) -> Sweep:
    """The sweep with the first few values of every setting, as many as fit."""
    if fits(sweep):
        return sweep

    def first(count: int) -> Sweep:
        return sweep.replace({key: axis[:count] for key, axis in sweep.axes})

    return first(_largest(max(len(axis) for _, axis in sweep.axes), lambda n: fits(first(n))))


def _lowered(sweep: Sweep, key: str, fits: Callable[[Experiment], bool]) -> Sweep:
    """The sweep with no value of the setting above the largest with which each run fits."""
    if not sweep.uses(key) or all(fits(each) for each in sweep):
        return sweep

    def most(value: int) -> Sweep:
        return sweep.replace({key: [min(int(each), value) for each in sweep[key]]})

    highest = max(int(value) for value in sweep[key])
    return most(_largest(highest, lambda value: all(fits(each) for each in most(value))))


def _largest(high: int, fits: Callable[[int], bool]) -> int:
    """The largest number from 1 to high that fits, found by halving; 1 if none does."""
    low = 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _cuts(sweep: Sweep, smaller: Sweep) -> str:
    said = []
    for key, axis in sweep.axes:
        kept = smaller[key]
        if not smaller.uses(key) or kept == axis:
            continue
        if key == "data" and kept[0] not in axis:
            said.append(f"{key} is {kept[0]} instead")
        elif kept[-1] in axis:
            said.append(f"of {key} {len(kept):,} of {len(axis):,} values are kept")
        else:
            said.append(f"{key} is at most {max(map(int, kept)):,}")
    rest = len(said) - 3
    return "; ".join(said[:3]) + (f"; and so on for {rest:,} more" if rest > 0 else "")


def _bytes(count: float) -> str:
    power = 0
    while count >= 1024 and power < len(UNITS) - 1:
        count, power = count / 1024, power + 1
    return f"{count:.3g} {UNITS[power]}"


def _count(number: float) -> str:
    return f"{number:.2g}".replace("e+", "e")
