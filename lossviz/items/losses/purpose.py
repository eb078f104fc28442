"""Losses made for a purpose: growth, tolerances, counts, and mistakes that cost unequally."""

from __future__ import annotations

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param
from lossviz.items.losses.base import loss
from lossviz.items.losses.known import Known, in_keras, in_sklearn, in_torch
from lossviz.items.losses.regression import mean

# Beyond this argument exp goes on as its tangent: finite everywhere, and descent can come back.
LIMIT = 50.0
EXP_LIMIT = float(np.exp(LIMIT))

EPSILON = Param(
    "epsilon", 0.5, 0.0, 100.0, label="ε", help="Half the width of the band where errors are free"
)


def band_edges(epsilon: float) -> tuple[float, ...]:
    """Where the dead zone ends."""
    return (-epsilon, epsilon) if epsilon else (0.0,)


def exp(z: Array) -> Array:
    """exp(z), continued by its tangent beyond z = 50."""
    return np.exp(np.minimum(z, LIMIT)) * (1.0 + np.maximum(z - LIMIT, 0.0))


def log(rate: Array) -> Array:
    """The inverse of `exp` above; zero and less are read as the smallest normal number."""
    inside = np.minimum(np.maximum(rate, np.finfo(float).tiny), EXP_LIMIT)
    return np.log(inside) + np.maximum(rate / EXP_LIMIT - 1.0, 0.0)


def odd_log1p(z: Array) -> Array:
    """log(1 + z) for z >= 0, and -log(1 - z) below."""
    return np.copysign(np.log1p(np.abs(z)), z)


@loss(
    "squared_log_error",
    label="Mean squared logarithmic error (MSLE)",
    formula=r"\bigl(\log(1 + z) - \log(1 + y)\bigr)^2",
    notes=(
        "For targets that span orders of magnitude, such as sales, populations or growth, where "
        "being off by a factor matters and not by an amount. Its best constant is the geometric "
        "mean of 1 + y, less 1. Huge targets pull gently and too low a prediction costs more "
        "than too high a one; small targets, on the other hand, weigh heavily."
    ),
    reference=(
        "F. Pedregosa et al. (2011), Scikit-learn: machine learning in Python, Journal of Machine "
        "Learning Research 12, 2825–2830; function mean_squared_log_error"
    ),
    convex=False,
    constant=lambda y: float(np.expm1(np.mean(np.log1p(y)))),
    estimates="geometric mean of 1 + y, less 1",
    domain=(0.0, np.inf),
    outside=(
        "A target below 0 is read as 0. For a prediction below 0 the logarithm goes on as "
        "-log(1 - z), so that the slope still points back up."
    ),
    of_residual=False,
    look=7,
    known=Known(
        use="Targets span orders of magnitude, and being off by a factor is what matters.",
        avoid="Targets may be negative, or being off by an amount is what costs.",
        peers=(
            in_sklearn(
                "metrics.mean_squared_log_error",
                "metrics.mean_squared_log_error(y, np.maximum(0, z))",
            ),
            in_keras("mean_squared_logarithmic_error", "y, z"),
        ),
        code="(sign(z) * log1p(abs(z)) - log1p(y)) ** 2",
    ),
)
def squared_log_error(z: Array, y: Array) -> tuple[Array, Array]:
    size = np.abs(z)
    ratio = np.copysign(np.log1p(size), z) - odd_log1p(y)
    return ratio * ratio, 2.0 * ratio / (1.0 + size)


@loss(
    "epsilon_insensitive",
    label="Epsilon-insensitive (support vector regression)",
    params=(EPSILON,),
    formula=r"\max(|r| - \varepsilon,\, 0)",
    notes=(
        "For measurements with a tolerance: errors up to ε are free, beyond that the cost is "
        "absolute error. It estimates a middle that leaves as little as possible outside a tube "
        "of half-width ε; there is often a whole range of equally good answers. Outliers pull "
        "with force 1 and no more, and points inside the tube do not pull at all."
    ),
    reference=(
        "A. J. Smola and B. Schölkopf (2004), A tutorial on support vector regression, "
        "Statistics and Computing 14, 199–222, doi:10.1023/B:STCO.0000035301.49549.88"
    ),
    convex=True,
    kinks=band_edges,
    slope_bound=lambda epsilon: 1.0,
    look=1,
    known=Known(
        use="Errors below a tolerance do not matter, and outliers must not count for more.",
        avoid="One best answer is wanted: there is often a whole range of equally good ones.",
        peers=(in_sklearn('SGDRegressor(loss="epsilon_insensitive", epsilon=0.5)'),),
        spelling="max(abs(r) - epsilon, 0)",
        estimator="SVR",
    ),
)
def epsilon_insensitive(z: Array, y: Array, *, epsilon: float | Array) -> tuple[Array, Array]:
    r = z - y
    beyond = r - np.minimum(np.maximum(r, -epsilon), epsilon)
    return np.abs(beyond), np.sign(beyond)


@loss(
    "squared_epsilon_insensitive",
    label="Squared epsilon-insensitive",
    params=(EPSILON,),
    formula=r"\max(|r| - \varepsilon,\, 0)^2",
    notes=(
        "Errors up to ε are free, and what exceeds them is squared: the smooth form of the "
        "epsilon-insensitive loss, which solvers for large data prefer. For ε = 0 it estimates "
        "the mean. Outliers pull in proportion to their distance, as in squared error."
    ),
    reference=(
        "C.-H. Ho and C.-J. Lin (2012), Large-scale linear support vector regression, "
        "Journal of Machine Learning Research 13, 3323–3348"
    ),
    convex=True,
    curvature=lambda epsilon: 2.0,
    look=0,
    known=Known(
        use="Errors below a tolerance do not matter, and large ones matter most.",
        avoid="Targets have outliers, which pull as hard as in squared error.",
        peers=(in_sklearn('SGDRegressor(loss="squared_epsilon_insensitive", epsilon=0.5)'),),
        spelling="max(abs(r) - epsilon, 0) ** 2",
        no_estimator="LinearSVR puts the penalty on the intercept too",
    ),
)
def squared_epsilon_insensitive(
    z: Array, y: Array, *, epsilon: float | Array
) -> tuple[Array, Array]:
    r = z - y
    beyond = r - np.minimum(np.maximum(r, -epsilon), epsilon)
    return beyond * beyond, beyond + beyond


@loss(
    "poisson",
    label="Poisson (log link)",
    formula=r"e^{z} - y\,z",
    notes=(
        "For counts, such as visits or accidents per day: the model predicts the logarithm of the "
        "expected count, so the count itself is never negative. It is the likelihood of Poisson's "
        "distribution up to a constant that does not depend on z, and its best constant is the "
        "mean (its logarithm). An excessive count pulls in proportion to its size."
    ),
    reference=(
        "J. A. Nelder and R. W. M. Wedderburn (1972), Generalized linear models, Journal of the "
        "Royal Statistical Society A 135(3), 370–384, doi:10.2307/2344614"
    ),
    convex=True,
    constant=lambda y: float(log(np.mean(y))),
    estimates="mean",
    domain=(0.0, np.inf),
    outside=(
        "A target below 0 is read as 0. For a prediction above 50 (a count of 5e21) the "
        "exponential goes on as its tangent, so that descent can come back."
    ),
    inverse_link=exp,
    link=log,
    of_residual=False,
    counts=True,
    look=7,
    known=Known(
        use="Targets are counts, and a rate that is never negative is wanted.",
        avoid="Counts vary far more than their mean, or targets are negative.",
        peers=(
            in_sklearn("PoissonRegressor()"),
            in_sklearn('HistGradientBoostingRegressor(loss="poisson")'),
            in_torch("poisson_nll_loss", "z, y, log_input=True, full=False"),
            in_keras("poisson", "y, ops.exp(z)"),
        ),
        code="exp(z) - y * z",
        estimator="PoissonRegressor",
        torch="F.poisson_nll_loss",
    ),
)
def poisson(z: Array, y: Array) -> tuple[Array, Array]:
    # exp needs no lower guard: it goes to 0 quietly. Above, see LIMIT.
    grown = np.exp(np.minimum(z, LIMIT))
    return grown * (1.0 + np.maximum(z - LIMIT, 0.0)) - y * z, grown - y


def exponential_mean(y: Array, a: float) -> float:
    """-log(mean(exp(-a y))) / a over y (n,); for a = 0 its limit, the mean (Zellner 1986)."""
    if a == 0.0:
        return mean(y)
    t = -a * y
    top = np.max(t)
    return float(-(top + np.log(np.mean(np.exp(t - top)))) / a)


@loss(
    "linex",
    label="Linex (linear–exponential)",
    params=(
        Param(
            "a",
            1.0,
            -3.0,
            3.0,
            label="a",
            help=(
                "Above 0 too high a prediction is the dear one, below 0 too low a one; "
                "at 0 the loss is flat and nothing is learned"
            ),
        ),
    ),
    formula=r"e^{a r} - a r - 1",
    notes=(
        "For mistakes that cost unequally: on one side the cost grows exponentially, on the other "
        "about linearly, as when a dam is built too low or too high. It estimates a level on the "
        "cheap side of the mean; for small a it is nearly ½a²r². Outliers on the dear side are "
        "disastrous, on the other they pull with the force |a|. Where a·r exceeds 50 the "
        "exponential goes on as a straight line."
    ),
    reference=(
        "A. Zellner (1986), Bayesian estimation and prediction using asymmetric loss functions, "
        "Journal of the American Statistical Association 81(394), 446–451, "
        "doi:10.1080/01621459.1986.10478289"
    ),
    convex=True,
    constant=exponential_mean,
    estimates="exponential mean",
    look=8,
    known=Known(
        use="Mistakes on one side are far dearer than on the other, as with a dam too low.",
        avoid="Outliers may lie on the dear side: their cost grows exponentially.",
        peers=(),
        spelling="where(a * r < 50, expm1(a * r) - a * r, expm1(50) * (a * r - 49) - 50)",
        code="exp(a * r) - a * r - 1",
    ),
)
def linex(z: Array, y: Array, *, a: float | Array) -> tuple[Array, Array]:
    # expm1(t) - t keeps its digits near 0; beyond LIMIT comes the tangent, as in `exp`.
    t = a * (z - y)
    m = np.minimum(t, LIMIT)
    grown = np.expm1(m)
    return grown - m + grown * (t - m), a * grown
