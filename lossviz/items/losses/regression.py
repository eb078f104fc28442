"""The classic losses: squares, absolute values, and their blends."""

from __future__ import annotations

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param
from lossviz.items.losses.base import loss
from lossviz.items.losses.known import Known, in_keras, in_optax, in_sklearn, in_torch


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
    quadratic=True,
    usual=True,
    look=0,
    shown_first=True,
    known=Known(
        use="Errors are many, small and symmetric, and the mean is what is wanted.",
        avoid="Some targets may be plainly wrong: one of them can carry the fit away.",
        peers=(
            in_sklearn("metrics.mean_squared_error", "metrics.mean_squared_error(y, z)"),
            in_sklearn('SGDRegressor(loss="squared_error")', "", "1 / 2"),
            in_sklearn('HistGradientBoostingRegressor(loss="squared_error")', "", "1 / 2"),
            in_torch("mse_loss", "z, y"),
            in_keras("mean_squared_error", "y, z"),
            in_optax("squared_error", "z, y"),
            in_optax("l2_loss", "z, y", "1 / 2"),
        ),
        spelling="r**2",
        estimator="LinearRegression",
        torch="F.mse_loss",
    ),
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
    look=1,
    shown_first=True,
    known=Known(
        use="Targets have outliers, or the typical value is wanted and not the average one.",
        avoid="Totals matter, as the median of skewed data is not their mean.",
        peers=(
            in_sklearn("metrics.mean_absolute_error", "metrics.mean_absolute_error(y, z)"),
            in_sklearn('HistGradientBoostingRegressor(loss="absolute_error")'),
            in_torch("l1_loss", "z, y"),
            in_keras("mean_absolute_error", "y, z"),
        ),
        spelling="abs(r)",
        estimator="QuantileRegressor",
        torch="F.l1_loss",
    ),
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
        "1.345 noise standard deviations it is 95\N{NO-BREAK SPACE}% as precise as the mean on "
        "clean normal data."
    ),
    reference=(
        "P. J. Huber (1964), Robust estimation of a location parameter, "
        "The Annals of Mathematical Statistics 35(1), 73–101, doi:10.1214/aoms/1177703732"
    ),
    convex=True,
    slope_bound=lambda delta: delta,
    curvature=lambda delta: 1.0,
    look=2,
    shown_first=True,
    known=Known(
        use="Most errors are normal and some are not, and descent should stay quick.",
        avoid="You cannot say what counts as a large residual: δ is in the target's units.",
        peers=(
            in_sklearn('SGDRegressor(loss="huber", epsilon=1.0)'),
            in_sklearn("HuberRegressor(epsilon=1.0)", "", "2"),
            in_torch("huber_loss", "z, y, delta=delta"),
            in_torch("smooth_l1_loss", "z, y, beta=delta", "1 / delta"),
            in_keras("huber", "y, z, delta=delta"),
            in_optax("huber_loss", "z, y, delta=delta"),
        ),
        spelling="where(abs(r) <= delta, r**2 / 2, delta * (abs(r) - delta / 2))",
        no_estimator="HuberRegressor learns the scale of the noise as well",
        torch=lambda delta: f"partial(F.huber_loss, delta={delta!r})",
    ),
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
    look=2,
    known=Known(
        use="Huber's loss is right, and the method wants a second derivative everywhere.",
        avoid="You cannot say what counts as a large residual: δ is in the target's units.",
        peers=(),
        spelling="r**2 / (1 + sqrt(1 + (r / delta) ** 2))",
        code="delta**2 * (sqrt(1 + (r / delta) ** 2) - 1)",
    ),
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
    look=2,
    known=Known(
        use="Huber's loss is right, the targets are scaled to about 1, and nothing is to be tuned.",
        avoid="Residuals are much larger or smaller than 1: then it is absolute or squared error.",
        peers=(
            in_keras("log_cosh", "y, z"),
            in_optax("log_cosh", "z, y"),
        ),
        spelling="abs(r) + softplus(-2 * abs(r)) - log(2)",
    ),
)
def log_cosh(z: Array, y: Array) -> tuple[Array, Array]:
    # cosh m = 1 + 2 sinh²(m/2): exact near 0, where log(cosh m) cancels. Beyond 300, log cosh
    # grows as |r| to the last bit, and sinh is kept from overflowing.
    r = z - y
    size = np.abs(r)
    m = np.minimum(size, 300.0)
    s = np.sinh(0.5 * m)
    return np.log1p(2.0 * s * s) + (size - m), np.tanh(r)
