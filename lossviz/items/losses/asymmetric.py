"""Squares and absolute values that are lopsided: too low and too high cost differently."""

from __future__ import annotations

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param
from lossviz.items.losses.base import loss
from lossviz.items.losses.known import Known, in_sklearn
from lossviz.items.losses.regression import kink_at_zero

TAU = Param(
    "tau",
    0.9,
    0.01,
    0.99,
    label="τ",
    help="The level that is aimed at: above 0.5 too low a prediction costs more, below it less",
)


@loss(
    "quantile",
    label="Quantile (pinball)",
    params=(TAU,),
    formula=r"\max\bigl(\tau\,(y - z),\; (1 - \tau)\,(z - y)\bigr)",
    notes=(
        "For predicting a level that a share τ of the targets stays below: a stock that lasts on "
        "nine days of ten, the edge of a prediction interval. Its best constant is the "
        "τ-quantile. Like absolute error it counts outliers as votes and ignores their distance, "
        "though few points speak for a quantile near 0 or 1."
    ),
    reference=(
        "R. Koenker and G. Bassett (1978), Regression quantiles, Econometrica 46(1), 33–50, "
        "doi:10.2307/1913643"
    ),
    convex=True,
    kinks=kink_at_zero,
    slope_bound=lambda tau: max(tau, 1.0 - tau),
    # Where a whole interval is best, the default rule of np.quantile may step out of it.
    constant=lambda y, tau: float(np.quantile(y, tau, method="inverted_cdf")),
    estimates="quantile",
    look=8,
    known=Known(
        use=(
            "A level is wanted that a given share of targets stays below, or a prediction interval."
        ),
        avoid="τ is near 0 or 1 and rows are few: hardly any of them then speak for the answer.",
        peers=(
            in_sklearn("metrics.mean_pinball_loss", "metrics.mean_pinball_loss(y, z, alpha=tau)"),
            in_sklearn('HistGradientBoostingRegressor(loss="quantile", quantile=0.9)'),
        ),
        spelling="max(-tau * r, (1 - tau) * r)",
        estimator="QuantileRegressor",
    ),
)
def quantile(z: Array, y: Array, *, tau: float | Array) -> tuple[Array, Array]:
    # The slope is 1 - tau above the target, -tau below it and 0 on it.
    r = z - y
    side = np.sign(r)
    slope = side * (0.5 + (0.5 - tau) * side)
    return slope * r, slope


def expectile_of(y: Array, tau: float) -> float:
    """The tau-expectile of y (n,): the mean of y with weight tau above it and 1 - tau below.

    The weighted mean is iterated to its fixed point. This is Newton's method on a convex,
    piecewise quadratic function, so it ends exactly, after a few rounds (Newey and Powell 1987).
    """
    m, previous = float(np.mean(y)), np.nan
    for _ in range(100):
        if m == previous:
            break
        m, previous = float(np.average(y, weights=np.where(y > m, tau, 1.0 - tau))), m
    return m


@loss(
    "expectile",
    label="Expectile (asymmetric squares)",
    params=(TAU,),
    formula=r"\bigl|\tau - \mathbf{1}[y < z]\bigr|\; r^2",
    notes=(
        "The lopsided squared error: like the quantile loss it aims above or below the middle, "
        "but it heeds how far the points lie. Its best constant is the τ-expectile, for τ = ½ the "
        "mean. It is smooth and easy to descend, and as sensitive to outliers as squared error, "
        "above all to those on the dear side."
    ),
    reference=(
        "W. K. Newey and J. L. Powell (1987), Asymmetric least squares estimation and testing, "
        "Econometrica 55(4), 819–847, doi:10.2307/1911031"
    ),
    convex=True,
    curvature=lambda tau: 2.0 * max(tau, 1.0 - tau),
    constant=expectile_of,
    estimates="expectile",
    look=8,
    known=Known(
        use="Being too low costs more than being too high, or the reverse, and sizes matter.",
        avoid="Targets have outliers, or the level must be explained as a share of rows.",
        peers=(),
        spelling="where(r > 0, (1 - tau) * r**2, tau * r**2)",
    ),
)
def expectile(z: Array, y: Array, *, tau: float | Array) -> tuple[Array, Array]:
    r = z - y
    weighted = np.abs(tau - (r > 0.0)) * r
    return weighted * r, weighted + weighted
