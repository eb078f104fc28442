"""Synthetic data: rows drawn from a seed around a known curve.

Positions and deviates come from separate streams, one draw per row in the order of the rows. So
a larger n keeps the rows that were there and adds to them, and a change of noise or shape moves
the same points instead of drawing new ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param
from lossviz.items.datasets.base import Rows, synthetic

# Unit-rate arrivals kept per row of `counts`. Its largest rate within the parameters' ranges is
# exp(2 + 1 * 2) = 54.6, and a Poisson count of that mean exceeds 128 with probability below 1e-16.
ARRIVALS = 128

N = Param("n", 60, 1, 2000, "Rows", "How many rows to draw. More rows keep the earlier ones.")


def _noise(default: float, help: str = "Standard deviation of the noise, in units of y.") -> Param:
    return Param("noise", default, 0.0, 5.0, "Noise", help)


def _streams(rng: np.random.Generator, n: int) -> tuple[Array, np.random.Generator]:
    """X (n, 1), uniform on [-2, 2], and the generator of the rows' deviates."""
    positions, deviates = rng.spawn(2)
    return positions.uniform(-2.0, 2.0, (n, 1)), deviates


def _line(X: Array, *, slope: float, intercept: float, **_: Any) -> Array:
    return intercept + slope * X[:, 0]


@synthetic(
    "line",
    label="Straight line",
    truth=_line,
    params=(
        N,
        _noise(0.5),
        Param("slope", 2.0, -5.0, 5.0, "Slope", "Rise of y for one unit of x."),
        Param("intercept", 1.0, -10.0, 10.0, "Intercept", "Height of the line at x = 0."),
    ),
    notes=(
        "A straight line with Gaussian noise of the same size everywhere: the case that squared "
        "error is made for. Without outliers nearly all losses find the same line, so any "
        "difference that you see after adding some is the doing of the outliers."
    ),
)
def line(rng: np.random.Generator, *, n: int, noise: float, slope: float, intercept: float) -> Rows:
    """y = intercept + slope x + noise N(0, 1)."""
    X, deviates = _streams(rng, n)
    return X, _line(X, slope=slope, intercept=intercept) + noise * deviates.standard_normal(n)


def _sine(X: Array, **_: Any) -> Array:
    return 2.0 * np.sin(np.pi / 2 * X[:, 0])


@synthetic(
    "sine",
    label="Sine wave",
    truth=_sine,
    params=(N, _noise(0.3)),
    notes=(
        "One full period of a sine wave. A straight line is too stiff for it and leaves residuals "
        "with a pattern (underfitting); a polynomial of degree 3 follows it closely."
    ),
)
def sine(rng: np.random.Generator, *, n: int, noise: float) -> Rows:
    """y = 2 sin(pi x / 2) + noise N(0, 1)."""
    X, deviates = _streams(rng, n)
    return X, _sine(X) + noise * deviates.standard_normal(n)


def _cubic(X: Array, **_: Any) -> Array:
    x = X[:, 0]
    return x**3 - 2.0 * x


@synthetic(
    "cubic",
    label="Cubic polynomial",
    truth=_cubic,
    params=(N, _noise(0.5)),
    notes=(
        "A polynomial of degree 3 with two bends. The linear model averages them away, degree 3 "
        "is exactly right, and higher degrees have freedom to spare, which they spend on noise "
        "and outliers."
    ),
)
def cubic(rng: np.random.Generator, *, n: int, noise: float) -> Rows:
    """y = x^3 - 2 x + noise N(0, 1)."""
    X, deviates = _streams(rng, n)
    return X, _cubic(X) + noise * deviates.standard_normal(n)


def _step_function(X: Array, **_: Any) -> Array:
    return np.where(X[:, 0] < 0.0, -1.0, 1.0)


@synthetic(
    "step_function",
    label="Step function",
    truth=_step_function,
    params=(N, _noise(0.2)),
    notes=(
        "A jump from -1 to 1 at x = 0. No polynomial can jump: the smooth models ramp across it "
        "and overshoot on both sides, so large residuals near the jump are a fault of the model, "
        "not outliers, and a robust loss may wrongly treat them as such."
    ),
)
def step_function(rng: np.random.Generator, *, n: int, noise: float) -> Rows:
    """y = sign(x) + noise N(0, 1)."""
    X, deviates = _streams(rng, n)
    return X, _step_function(X) + noise * deviates.standard_normal(n)


def _heteroscedastic(X: Array, **_: Any) -> Array:
    return 1.0 + 2.0 * X[:, 0]


@synthetic(
    "heteroscedastic",
    label="Heteroscedastic line (noise grows with x)",
    truth=_heteroscedastic,
    params=(
        N,
        _noise(1.0, "Standard deviation of the noise at x = 0, in units of y."),
    ),
    notes=(
        "A straight line whose noise grows with x, from a fifth of its middle size at x = -2 to "
        "nearly twice at x = 2. Mean and median are still the same line, but the quantiles fan "
        "out: fit the quantile loss with different tau to see lines of different slopes."
    ),
)
def heteroscedastic(rng: np.random.Generator, *, n: int, noise: float) -> Rows:
    """y = 1 + 2 x + noise (1 + 0.4 x) N(0, 1), so that every quantile is a straight line."""
    X, deviates = _streams(rng, n)
    spread = noise * (1.0 + 0.4 * X[:, 0])
    return X, _heteroscedastic(X) + spread * deviates.standard_normal(n)


def _exponential_growth(X: Array, *, growth: float, level: float, **_: Any) -> Array:
    return level * np.exp(growth * X[:, 0])


@synthetic(
    "exponential_growth",
    label="Exponential growth",
    truth=_exponential_growth,
    params=(
        N,
        _noise(0.3, "Standard deviation of log y: 0.3 is about 30 percent of y either way."),
        Param("growth", 1.7, -3.0, 3.0, "Growth rate", "Rise of log y for one unit of x."),
        Param("level", 3.0, 0.01, 100.0, "Level", "Typical y at x = 0.", log=True),
    ),
    notes=(
        "Positive targets over about three decades with multiplicative noise: the scatter is a "
        "constant percentage of y. Squared error sees only the few largest targets; squared log "
        "error (MSLE) weighs errors by their ratio, so small targets count as much. The curve is "
        "the median of y; its mean lies above it by the factor exp(noise^2 / 2)."
    ),
)
def exponential_growth(
    rng: np.random.Generator, *, n: int, noise: float, growth: float, level: float
) -> Rows:
    """y = level exp(growth x) exp(noise N(0, 1))."""
    X, deviates = _streams(rng, n)
    factor = np.exp(noise * deviates.standard_normal(n))
    return X, _exponential_growth(X, growth=growth, level=level) * factor


def _counts(X: Array, *, slope: float, intercept: float, **_: Any) -> Array:
    return np.exp(intercept + slope * X[:, 0])


@synthetic(
    "counts",
    label="Counts (Poisson)",
    truth=_counts,
    params=(
        N,
        Param("slope", 0.8, -1.0, 1.0, "Slope", "Rise of the log rate for one unit of x."),
        Param("intercept", 1.0, -1.0, 2.0, "Intercept", "Log rate at x = 0."),
    ),
    target="count",
    notes=(
        "Whole numbers, such as calls an hour, drawn from a Poisson distribution whose log rate "
        "is linear in x. The variance equals the mean, so the scatter grows with the curve: the "
        "Poisson loss knows that, squared error does not. The curve is the rate, which is the "
        "mean of the counts; their median is the whole number nearest to it, or next to that."
    ),
)
def counts(rng: np.random.Generator, *, n: int, slope: float, intercept: float) -> Rows:
    """y ~ Poisson(exp(intercept + slope x)), monotone in the rate for the same seed."""
    X, deviates = _streams(rng, n)
    # The number of arrivals of a unit-rate Poisson process up to time `rate` is Poisson(rate);
    # unlike Generator.poisson it moves with the rate instead of being redrawn.
    arrivals = np.cumsum(deviates.standard_exponential((n, ARRIVALS)), axis=1)
    rate = _counts(X, slope=slope, intercept=intercept)
    return X, np.count_nonzero(arrivals <= rate[:, None], axis=1).astype(float)


def _skewed(X: Array, **_: Any) -> Array:
    return 1.0 + 2.0 * X[:, 0]


@synthetic(
    "skewed",
    label="Skewed noise",
    truth=_skewed,
    params=(N, _noise(1.0)),
    notes=(
        "A straight line with one-sided noise: most rows lie a little below it, a few far above, "
        "as with waiting times or prices. The line is the median, so absolute error finds it; "
        "squared error finds the mean, 0.31 noise higher, and the 0.9 quantile lies 1.61 noise "
        "above the line. Here the losses differ without a single outlier."
    ),
)
def skewed(rng: np.random.Generator, *, n: int, noise: float) -> Rows:
    """y = 1 + 2 x + noise (E - ln 2), E standard exponential, whose median is ln 2."""
    X, deviates = _streams(rng, n)
    return X, _skewed(X) + noise * (deviates.standard_exponential(n) - np.log(2.0))
