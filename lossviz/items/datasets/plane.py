"""Synthetic classes in the plane, from easy to hard.

Rows take their classes in turn, so that every class is there from the first few rows on, and
draw their places in the order of the rows: a larger n keeps the rows that were there and adds to
them, and a change of noise or shape moves the same points instead of drawing new ones.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param
from lossviz.items.datasets.base import Rows, synthetic

N = Param("n", 200, 1, 2000, "Rows", "How many rows to draw. More rows keep the earlier ones.")
RARE_DISTANCE = 2.5  # between the centres of `imbalanced`, in standard deviations


def _noise(default: float) -> Param:
    help = "Standard deviation of the noise, in units of x."
    return Param("noise", default, 0.0, 2.0, "Noise", help)


def _plane(
    name: str,
    *,
    label: str,
    notes: str,
    params: tuple[Param, ...],
    classes: tuple[str, ...],
    task: str = "binary",
) -> Callable[[Callable[..., Rows]], Callable[..., Rows]]:
    return synthetic(
        name,
        label=label,
        notes=notes,
        params=params,
        task=task,
        classes=classes,
        features=("x1", "x2"),
        target="class",
    )


def _turns(n: int, classes: int) -> Array:
    """0, 1, ..., classes - 1, 0, 1, ... (n,), as whole numbers."""
    return np.arange(n) % classes


def _streams(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
    """Uniform deviates (n, 2) on [0, 1) and standard normal ones (n, 2), row by row."""
    places, deviates = rng.spawn(2)
    return places.random((n, 2)), deviates.standard_normal((n, 2))


def _polar(radius: Array, angle: Array) -> Array:
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


@_plane(
    "blobs",
    label="Blobs",
    task="multiclass",
    classes=tuple(f"blob {letter}" for letter in "ABCDEFGH"),
    params=(
        N,
        Param("classes", 3, 2, 8, "Classes", "How many blobs there are."),
        Param("spread", 0.6, 0.05, 3.0, "Spread", "Standard deviation of a blob, in units of x."),
    ),
    notes=(
        "Round Gaussian clouds of the same size, their centres evenly spaced on a circle of "
        "radius 2. Straight boundaries are the best that there are, so a linear softmax model is "
        "exactly right. More classes or more spread make the clouds overlap, and then no model "
        "gets every row right."
    ),
)
def blobs(rng: np.random.Generator, *, n: int, classes: int, spread: float) -> Rows:
    """X ~ N(2 (cos a, sin a), spread^2 I), a = 2 pi k / classes for class k."""
    _, deviates = _streams(rng, n)
    k = _turns(n, classes)
    return _polar(np.full(n, 2.0), 2 * np.pi * k / classes) + spread * deviates, k.astype(float)


@_plane(
    "moons",
    label="Two moons",
    classes=("upper moon", "lower moon"),
    params=(N, _noise(0.2)),
    notes=(
        "Two interlocking half circles. A straight boundary gets most rows right but cuts off "
        "both tips, however long it trains; polynomial features or a small hidden layer bend it "
        "into the gap between the moons. More noise closes the gap."
    ),
)
def moons(rng: np.random.Generator, *, n: int, noise: float) -> Rows:
    """Half circles of radius 1 around (-1/2, -1/4) and, upside down, (1/2, 1/4), plus noise."""
    places, deviates = _streams(rng, n)
    k = _turns(n, 2)
    sign = 1.0 - 2.0 * k
    arc = sign[:, None] * (_polar(np.ones(n), np.pi * places[:, 0]) - [0.5, 0.25])
    return arc + noise * deviates, k.astype(float)


@_plane(
    "circles",
    label="Circle in a circle",
    classes=("outer circle", "inner circle"),
    params=(
        N,
        _noise(0.2),
        Param("factor", 0.5, 0.0, 0.95, "Factor", "Radius of the inner circle over the outer."),
    ),
    notes=(
        "One class surrounds the other, and both have the same mean. The best that a straight "
        "line can do is to cut off a cap of the outer circle, two thirds right at factor 0.5, and "
        "a trained one stays near chance. The squares of the features make it easy, since x1 "
        "squared plus x2 squared tells the circles apart: polynomial features or a hidden layer "
        "of three units find a closed boundary."
    ),
)
def circles(rng: np.random.Generator, *, n: int, noise: float, factor: float) -> Rows:
    """Circles of radius 2 and 2 factor around the origin, plus noise."""
    places, deviates = _streams(rng, n)
    k = _turns(n, 2)
    radius = np.where(k == 0, 2.0, 2.0 * factor)
    return _polar(radius, 2 * np.pi * places[:, 0]) + noise * deviates, k.astype(float)


@_plane(
    "xor",
    label="XOR (exclusive or)",
    classes=("same sign", "opposite signs"),
    params=(N, _noise(0.1)),
    notes=(
        "Four squares like a chess board: the class says whether x1 and x2 differ in sign. It is "
        "the example of what a single layer cannot learn (Minsky and Papert, 1969): a straight "
        "line is at best right for two thirds of the rows, and a trained one stays near chance. A "
        "hidden layer, or the product of the features, solves it."
    ),
)
def xor(rng: np.random.Generator, *, n: int, noise: float) -> Rows:
    """X uniform on [-2, 2]^2, the quadrants in turn; class 1 where the signs differ; plus noise."""
    places, deviates = _streams(rng, n)
    quadrant = _turns(n, 4)
    signs = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])[quadrant]
    return 2.0 * signs * places + noise * deviates, (quadrant % 2).astype(float)


@_plane(
    "spirals",
    label="Two spirals",
    classes=("first arm", "second arm"),
    params=(
        N,
        _noise(0.1),
        Param("turns", 1.5, 0.25, 4.0, "Turns", "How often an arm winds around the centre."),
    ),
    notes=(
        "Two arms wound around each other. Near the centre, and with every turn more, the "
        "boundary has to bend tightly: small networks get stuck, large ones follow it, and with "
        "few rows or much noise they follow the noise as well (overfitting), which the clean test "
        "loss shows and an L2 penalty mends."
    ),
)
def spirals(rng: np.random.Generator, *, n: int, noise: float, turns: float) -> Rows:
    """Radius 2 t at the angle 2 pi turns t + pi k, t from 0.1 to 1, even in area, plus noise."""
    places, deviates = _streams(rng, n)
    k = _turns(n, 2)
    t = 0.1 + 0.9 * np.sqrt(places[:, 0])
    arms = _polar(2.0 * t, 2 * np.pi * turns * t + np.pi * k)
    return arms + noise * deviates, k.astype(float)


@_plane(
    "overlapping",
    label="Overlapping classes",
    classes=("left", "right"),
    params=(
        N,
        Param(
            "distance",
            2.0,
            0.0,
            6.0,
            "Distance",
            "Between the centres, in standard deviations of a cloud.",
        ),
    ),
    notes=(
        "Two round Gaussian clouds of standard deviation 1, equally frequent. The best possible "
        "boundary is the line x1 = 0, and even it errs in a share Φ(-distance / 2) of the rows, "
        "the Bayes error: 15.9 percent at distance 2. The true probability of the right class is "
        "1 / (1 + exp(-distance x1)), so logistic regression is exactly right. A training error "
        "below the Bayes error is luck or overfitting."
    ),
)
def overlapping(rng: np.random.Generator, *, n: int, distance: float) -> Rows:
    """X ~ N((-distance / 2, 0), I) for class 0 and N((distance / 2, 0), I) for class 1."""
    _, deviates = _streams(rng, n)
    k = _turns(n, 2)
    return deviates + np.outer(k - 0.5, [distance, 0.0]), k.astype(float)


@_plane(
    "imbalanced",
    label="Imbalanced classes",
    classes=("common", "rare"),
    params=(
        N,
        Param("ratio", 0.1, 0.01, 0.5, "Ratio", "Share of the rows that belong to the rare class."),
    ),
    notes=(
        "Two round Gaussian clouds, one of them rare, as with fraud, faults or disease. To call "
        "every row common is right in nine cases of ten and useless: accuracy deceives here, "
        "precision and recall do not. The boundary with the fewest errors keeps away from the "
        "common cloud; a larger weight on the rare class brings it back. The centres lie "
        f"{RARE_DISTANCE} standard deviations apart."
    ),
)
def imbalanced(rng: np.random.Generator, *, n: int, ratio: float) -> Rows:
    """X ~ N(-+(RARE_DISTANCE / 2, 0), I); of the first m rows, m ratio (rounded) are of class 1."""
    _, deviates = _streams(rng, n)
    counts = np.floor(ratio * np.arange(n + 1) + 0.5)
    y = np.diff(counts)
    return deviates + np.outer(y - 0.5, [RARE_DISTANCE, 0.0]), y
