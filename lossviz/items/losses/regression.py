"""The classic losses: squares, absolute values, their blends, and their lopsided forms."""

from __future__ import annotations

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param
from lossviz.items.losses.base import loss

TAU = Param(
    "tau",
    0.9,
    0.01,
    0.99,
    label="τ",
    help="The level that is aimed at: above 0.5 too low a prediction costs more, below it less",
)


def kink_at_zero(**_: float) -> tuple[float, ...]:
    """A slope that jumps where the prediction is exact."""
    return (0.0,)


def mean(y: Array) -> float:
    """The arithmetic mean."""
    return float(np.mean(y))


@loss(
    "squared_error",
    label="Mean squared error (MSE, L2)",
    formula=r"r^2",
    notes=(
        "The usual choice when errors are many, small and symmetric; its best constant is the "
        "mean. A residual pulls in proportion to its size, so one point ten times as far off "
        "pulls ten times as hard and costs a hundred times as much. A single outlier can "
        "therefore carry the whole fit away."
    ),
    reference=(
        "S. M. Stigler (1981), Gauss and the invention of least squares, "
        "The Annals of Statistics 9(3), 465–474, doi:10.1214/aos/1176345451"
    ),
    convex=True,
    curvature=lambda: 2.0,
    constant=mean,
    estimates="mean",
)
def squared_error(z: Array, y: Array) -> tuple[Array, Array]:
    r = z - y
    return r * r, r + r


@loss(
    "absolute_error",
    label="Mean absolute error (MAE, L1)",
    formula=r"|r|",
    notes=(
        "For data with outliers in the target; its best constant is the median. Every point pulls "
        "equally hard however far away it is, so outliers count as votes and not as distances. "
        "The pull does not fade near the optimum either, so plain gradient descent hovers around "
        "it until the rate is lowered."
    ),
    reference=(
        "S. Portnoy and R. Koenker (1997), The Gaussian hare and the Laplacian tortoise: "
        "computability of squared-error versus absolute-error estimators, "
        "Statistical Science 12(4), 279–300, doi:10.1214/ss/1030037960"
    ),
    convex=True,
    kinks=kink_at_zero,
    slope_bound=lambda: 1.0,
    constant=lambda y: float(np.median(y)),
    estimates="median",
)
def absolute_error(z: Array, y: Array) -> tuple[Array, Array]:
    r = z - y
    return np.abs(r), np.sign(r)


@loss(
    "huber",
    label="Huber",
    params=(
        Param(
            "delta",
            1.0,
            0.01,
            100.0,
            label="δ",
            help="Residual at which the parabola turns into a straight line",
            log=True,
        ),
    ),
    formula=(
        r"\begin{cases} \tfrac12 r^2 & |r| \le \delta \\ "
        r"\delta\,(|r| - \tfrac12 \delta) & |r| > \delta \end{cases}"
    ),
    notes=(
        "Squared error for small residuals, absolute error for large ones: smooth where it is "
        "minimised, and steady against outliers. What it estimates lies between the mean (large "
        "δ) and the median (small δ). An outlier pulls with the force δ and no more; with δ at "
        "1.345 noise standard deviations it is 95 % as precise as the mean on clean normal data."
    ),
    reference=(
        "P. J. Huber (1964), Robust estimation of a location parameter, "
        "The Annals of Mathematical Statistics 35(1), 73–101, doi:10.1214/aoms/1177703732"
    ),
    convex=True,
    slope_bound=lambda delta: delta,
    curvature=lambda delta: 1.0,
)
def huber(z: Array, y: Array, *, delta: float | Array) -> tuple[Array, Array]:
    # With c = r cut to [-delta, delta], both branches are c (r - c/2).
    r = z - y
    c = np.minimum(np.maximum(r, -delta), delta)
    return c * (r - 0.5 * c), c


@loss(
    "pseudo_huber",
    label="Pseudo-Huber (Charbonnier)",
    params=(
        Param(
            "delta",
            1.0,
            0.01,
            100.0,
            label="δ",
            help="Residual around which the parabola bends into a straight line",
            log=True,
        ),
    ),
    formula=r"\delta^2 \left( \sqrt{1 + (r/\delta)^2} - 1 \right)",
    notes=(
        "Huber's loss without the seam: all its derivatives are continuous, which second-order "
        "methods and image processing like. It estimates something between the mean and the "
        "median. An outlier's pull levels off at δ, a little more gently than Huber's."
    ),
    reference=(
        "P. Charbonnier, L. Blanc-Féraud, G. Aubert and M. Barlaud (1997), Deterministic "
        "edge-preserving regularization in computed imaging, IEEE Transactions on Image "
        "Processing 6(2), 298–311, doi:10.1109/83.551699"
    ),
    convex=True,
    slope_bound=lambda delta: delta,
    curvature=lambda delta: 1.0,
)
def pseudo_huber(z: Array, y: Array, *, delta: float | Array) -> tuple[Array, Array]:
    # delta² (s - 1) with s = sqrt(1 + (r/delta)²); r² / (1 + s) is the same without cancellation.
    r = z - y
    t = r / delta
    s = np.sqrt(1.0 + t * t)
    return r * r / (1.0 + s), r / s


@loss(
    "log_cosh",
    label="Log-cosh",
    formula=r"\log \cosh r",
    notes=(
        "A smooth stand-in for Huber's loss that has nothing to tune: about ½r² near zero and "
        "|r| - log 2 far away. It estimates something between the mean and the median. An "
        "outlier's pull levels off at 1, so rescaling the target changes what counts as far."
    ),
    reference=(
        "P. J. Green (1990), Bayesian reconstructions from emission tomography data using a "
        "modified EM algorithm, IEEE Transactions on Medical Imaging 9(1), 84–93, "
        "doi:10.1109/42.52985"
    ),
    convex=True,
    slope_bound=lambda: 1.0,
    curvature=lambda: 1.0,
)
def log_cosh(z: Array, y: Array) -> tuple[Array, Array]:
    # cosh m = 1 + 2 sinh²(m/2): exact near 0, where log(cosh m) cancels. Beyond 300, log cosh
    # grows as |r| to the last bit, and sinh is kept from overflowing.
    r = z - y
    size = np.abs(r)
    m = np.minimum(size, 300.0)
    s = np.sinh(0.5 * m)
    return np.log1p(2.0 * s * s) + (size - m), np.tanh(r)


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
)
def expectile(z: Array, y: Array, *, tau: float | Array) -> tuple[Array, Array]:
    r = z - y
    weighted = np.abs(tau - (r > 0.0)) * r
    return weighted * r, weighted + weighted
