"""Barron's adaptive loss: the general one as a likelihood, whose shape and scale are learned too.

    -log p(r) = rho(r, alpha, c) + log c + log Z(alpha),  Z(alpha) = integral e^-rho(x, alpha, 1) dx

rho alone would have alpha and c run to where every row is cheap. Z makes up for it: what a shape
gains on the rows far off, it loses on those near by.
"""

from __future__ import annotations

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param
from lossviz.items.losses.base import Learned, loss
from lossviz.items.losses.known import Known
from lossviz.items.losses.robust import barron, barron_slope_bound

LEAST_SCALE = 1e-5  # Barron's own bound, which the scale only tends to
STEP, NODES = 0.125, 304  # of the quadrature: more of them change nothing but rounding
LOG_COSH = np.logaddexp(STEP * np.arange(NODES), -STEP * np.arange(NODES)) - np.log(2.0)


def growth(x: Array) -> Array:
    """(e^x - 1) / x, which is 1 at 0."""
    x = np.where(x == 0.0, 1e-300, x)
    return np.expm1(x) / x


def growth_slope(x: Array) -> Array:
    """The derivative of `growth` at x >= 0; near 0 by its series, sum x^k (k+1)/(k+2)!."""
    is_near = x < 0.02
    near, far = np.minimum(x, 0.02), np.where(is_near, 1.0, x)
    series = 1 / 2 + near * (1 / 3 + near * (1 / 8 + near * (1 / 30 + near * (1 / 144))))
    return np.where(is_near, series, (np.exp(far) - growth(far)) / far)


def slope_in_shape(v: Array, alpha: Array | float, b: Array | float) -> Array:
    # With the names of `barron`, rho = (b/2) v growth(x), where b, v and x depend on alpha:
    #   d rho / d alpha = (b v / 4) (growth(-b v / 2) - growth(x) + v growth'(x))
    x = 0.5 * alpha * v
    return 0.25 * b * v * (growth(-0.5 * b * v) - growth(x) + v * growth_slope(x))


def log_partition(alpha: Array | float) -> Array:
    """log Z at shapes alpha (...) from 0 to 2."""
    return log_area(*quadrature(alpha))


def log_partition_slope(alpha: Array | float) -> Array:
    """d log Z / d alpha = -E[d rho / d alpha] at shapes alpha (...)."""
    return mean_fall(alpha, *quadrature(alpha))


def quadrature(alpha: Array | float) -> tuple[Array, Array]:
    """Heights (..., N) of e^-rho, whose sum is Z / (2 sqrt(b) STEP), and b = 2 - alpha (..., 1), by
    the trapezoidal rule.

    With x = sqrt(b) sinh s, and so 1 + x²/b = cosh² s, the integrand falls at least like e^-s and
    is analytic in a wide strip around the axis, where this rule errs by no more than rounding."""
    alpha = np.asarray(alpha, float)[..., None]
    b = np.maximum(2.0 - alpha, 1e-17)
    heights = np.exp(LOG_COSH * (1.0 - b * growth(alpha * LOG_COSH)))
    heights[..., 0] *= 0.5
    return heights, b


def log_area(heights: Array, b: Array) -> Array:
    return np.log(2.0 * STEP * np.add.reduce(heights, axis=-1)) + 0.5 * np.log(b[..., 0])


def mean_fall(alpha: Array | float, heights: Array, b: Array) -> Array:
    bends = slope_in_shape(2.0 * LOG_COSH, np.asarray(alpha, float)[..., None], b)
    return -np.add.reduce(heights * bends, axis=-1) / np.add.reduce(heights, axis=-1)


def with_slopes(
    z: Array, y: Array, *, alpha: Array | float, scale: Array | float
) -> tuple[Array, Array, tuple[Array, Array]]:
    """What `adaptive` gives, and the slopes of the value by alpha and by the scale."""
    value, slope = barron(z, y, alpha=alpha, c=scale)
    heights, area_b = quadrature(alpha)
    value = value + (np.log(scale) + log_area(heights, area_b))
    r, b = z - y, np.maximum(2.0 - alpha, 1e-17)
    t = r / scale
    v = np.log1p(np.minimum(t * t, 1e305 * b) / b)
    by_alpha = slope_in_shape(v, alpha, b) + mean_fall(alpha, heights, area_b)
    return value, slope, (by_alpha, (1.0 - r * slope) / scale)


def to_parameters(latents: Array) -> tuple[Array, Array]:
    """alpha and scale (..., 2) of free numbers (..., 2), and the derivative of each by its own:
    alpha = 2 sigmoid(a), scale = LEAST_SCALE + log(1 + e^s)."""
    rise = 0.5 * (1.0 + np.tanh(0.5 * latents))
    a, s = latents[..., 0], latents[..., 1]
    parameters = np.stack([2.0 * rise[..., 0], LEAST_SCALE + np.logaddexp(0.0, s)], axis=-1)
    fall = 0.5 * (1.0 - np.tanh(0.5 * a))
    return parameters, np.stack([2.0 * rise[..., 0] * fall, rise[..., 1]], axis=-1)


def to_latents(parameters: Array) -> Array:
    """The free numbers (..., 2) that stand for alpha and scale (..., 2)."""
    alpha, above = parameters[..., 0], parameters[..., 1] - LEAST_SCALE
    # log(e^c - 1) = c + log(1 - e^-c)
    return np.stack([np.log(alpha / (2.0 - alpha)), above + np.log(-np.expm1(-above))], axis=-1)


@loss(
    "adaptive",
    label="Adaptive (Barron, shape and scale learned)",
    params=(
        Param(
            "alpha",
            1.0,
            0.01,
            1.99,
            label="α",
            help="Where the shape starts: near 2 it squares, 1 is pseudo-Huber, near 0 Cauchy",
        ),
        Param(
            "scale",
            1.0,
            0.01,
            100.0,
            label="c",
            help="Where the scale starts: the size of an ordinary residual",
            log=True,
        ),
    ),
    formula=(
        r"\frac{|\alpha - 2|}{\alpha} "
        r"\left( \Bigl( \frac{(r/c)^2}{|\alpha - 2|} + 1 \Bigr)^{\alpha/2} - 1 \right)"
        r" + \log c + \log Z(\alpha)"
    ),
    notes=(
        "Descent chooses how robust to be: the shape α and the scale c are learned along with the "
        "model, from where they are set here. It is the negative log-likelihood of a family of "
        "errors that has the normal distribution at one end (α = 2) and one with Cauchy's long "
        "tails at the other (α = 0); Z(α) makes each a density. Clean rows pull α up, outliers "
        "pull it down. It can fall below zero, as densities can exceed 1, and it is not convex."
    ),
    reference=(
        "J. T. Barron (2019), A general and adaptive robust loss function, IEEE/CVF Conference on "
        "Computer Vision and Pattern Recognition, 4331–4339, doi:10.1109/CVPR.2019.00446"
    ),
    convex=False,
    slope_bound=lambda alpha, scale: barron_slope_bound(alpha, scale),
    curvature=lambda alpha, scale: 1.0 / (scale * scale),
    learned=Learned(
        names=("alpha", "scale"),
        titles=("shape α", "scale c"),
        limits=((0.0, 2.0), (LEAST_SCALE, np.inf)),
        function=with_slopes,
        parameters=to_parameters,
        latents=to_latents,
    ),
    look=4,
    known=Known(
        use=(
            "Nobody knows how large the errors are, or how many are outliers: it finds out by "
            "itself."
        ),
        avoid=(
            "There are few rows, which it may fit exactly, or a scale that must not depend on them."
        ),
        peers=(),
        code="b / alpha * (((r / scale) ** 2 / b + 1) ** (alpha / 2) - 1) + log_z",
        definitions={
            "b": "abs(alpha - 2)",
            # log(c Z(alpha)): the area under the density, with x = sqrt(b) sinh(k/8) at each node.
            "log_z": "math.log(scale * b**0.5 / 8 * math.fsum("
            "math.exp(b / alpha * (1 - math.cosh(k / 8) ** alpha)) * math.cosh(k / 8) "
            "for k in range(-304, 305)))",
        },
    ),
)
def adaptive(
    z: Array, y: Array, *, alpha: float | Array, scale: float | Array
) -> tuple[Array, Array]:
    value, slope = barron(z, y, alpha=alpha, c=scale)
    return value + (np.log(scale) + log_partition(alpha)), slope
