"""Robust losses whose pull fades with distance, and the family that contains most of them.

Cauchy, Geman–McClure, Welsch and Tukey are all ½r² near 0, so one learning rate serves them. Their
default constants make each 95 % as precise as the mean on normal data with standard deviation 1.
"""

from __future__ import annotations

import math

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param
from lossviz.items.losses.base import loss
from lossviz.items.losses.known import Known, Limit


def width(default: float) -> Param:
    """The parameter c."""
    return Param(
        "c",
        default,
        0.01,
        100.0,
        label="c",
        help="Residual around which a point starts to count as an outlier",
        log=True,
    )


@loss(
    "cauchy",
    label="Cauchy (Lorentzian)",
    params=(width(2.385),),
    formula=r"\tfrac12 c^2 \log\bigl(1 + (r/c)^2\bigr)",
    notes=(
        "For errors with very long tails, such as those of Cauchy's distribution, whose likelihood "
        "it is. It estimates the centre of the bulk of the data. A point pulls hardest at distance "
        "c, and less and less beyond, so outliers are let go, but never quite forgotten."
    ),
    reference=(
        "P. W. Holland and R. E. Welsch (1977), Robust regression using iteratively reweighted "
        "least-squares, Communications in Statistics: Theory and Methods 6(9), 813–827, "
        "doi:10.1080/03610927708827533"
    ),
    convex=False,
    slope_bound=lambda c: c / 2.0,
    curvature=lambda c: 1.0,
    redescending=True,
    look=4,
    known=Known(
        use="Errors have very long tails, and no row should ever be quite forgotten.",
        avoid="The start is poor: the loss is not convex, and may have several minima.",
        peers=(),
        spelling="c**2 / 2 * log1p((r / c) ** 2)",
    ),
)
def cauchy(z: Array, y: Array, *, c: float | Array) -> tuple[Array, Array]:
    r = z - y
    t = r / c
    u = t * t
    return 0.5 * c * c * np.log1p(u), r / (1.0 + u)


@loss(
    "geman_mcclure",
    label="Geman–McClure",
    params=(width(3.787),),
    formula=r"\frac{\tfrac12 r^2}{1 + (r/c)^2}",
    notes=(
        "Widely used in computer vision and robotics to discard wrong matches. It estimates the "
        "centre of the bulk of the data. The pull of an outlier falls with the cube of its "
        "distance, so it soon stops counting; the price is several local minima, and a start that "
        "matters."
    ),
    reference=(
        "S. Geman and D. E. McClure (1985), Bayesian image analysis: an application to single "
        "photon emission tomography, Proceedings of the Statistical Computing Section, American "
        "Statistical Association, 12–18"
    ),
    convex=False,
    # Largest at (r/c)² = 1/3.
    slope_bound=lambda c: c * 3.0 * math.sqrt(3.0) / 16.0,
    curvature=lambda c: 1.0,
    redescending=True,
    look=3,
    known=Known(
        use="A good share of rows are wrong matches, and the start is close.",
        avoid="The start is poor, or many honest rows lie further off than c.",
        peers=(),
        spelling="r**2 / 2 / (1 + (r / c) ** 2)",
    ),
)
def geman_mcclure(z: Array, y: Array, *, c: float | Array) -> tuple[Array, Array]:
    # The slope r / (1 + u)² as two divisions by 1 + u, whose square would overflow.
    r = z - y
    t = r / c
    rest = 1.0 / (1.0 + t * t)
    pull = r * rest
    return 0.5 * r * pull, pull * rest


@loss(
    "welsch",
    label="Welsch (Leclerc)",
    params=(width(2.985),),
    formula=r"\tfrac12 c^2 \Bigl(1 - e^{-(r/c)^2}\Bigr)",
    notes=(
        "Smooth and quick to forget: beyond about three times c a point has no influence at all, "
        "and its cost is constant. It estimates the centre of the bulk of the data, close to its "
        "mode for small c. Starting far from the bulk it may find no slope to follow."
    ),
    reference=(
        "J. E. Dennis and R. E. Welsch (1978), Techniques for nonlinear least squares and robust "
        "regression, Communications in Statistics: Simulation and Computation 7(4), 345–359, "
        "doi:10.1080/03610917808812083"
    ),
    convex=False,
    # Largest at (r/c)² = 1/2.
    slope_bound=lambda c: c * math.exp(-0.5) / math.sqrt(2.0),
    curvature=lambda c: 1.0,
    redescending=True,
    look=3,
    known=Known(
        use="Rows beyond a known distance are wrong, and should stop counting smoothly.",
        avoid="The start is poor: far from the bulk of the data there is no slope to follow.",
        peers=(),
        spelling="-(c**2) / 2 * expm1(-((r / c) ** 2))",
        code="c**2 / 2 * (1 - exp(-((r / c) ** 2)))",
    ),
)
def welsch(z: Array, y: Array, *, c: float | Array) -> tuple[Array, Array]:
    # expm1 keeps the digits of the value near 0; one exponential serves value and slope.
    r = z - y
    t = r / c
    fall = np.expm1(-(t * t))
    return -0.5 * c * c * fall, r * (1.0 + fall)


@loss(
    "tukey",
    label="Tukey's biweight (bisquare)",
    params=(width(4.685),),
    formula=(
        r"\begin{cases} \tfrac16 c^2 \Bigl(1 - \bigl(1 - (r/c)^2\bigr)^3\Bigr) & |r| \le c \\ "
        r"\tfrac16 c^2 & |r| > c \end{cases}"
    ),
    notes=(
        "The standard loss of robust statistics when outliers are plainly wrong: beyond c they are "
        "ignored outright. It estimates the centre of the bulk of the data. With c at 4.685 noise "
        "standard deviations it is 95\N{NO-BREAK SPACE}% as precise as the mean on clean normal "
        "data; it has several local minima, so it wants a robust start."
    ),
    reference=(
        "A. E. Beaton and J. W. Tukey (1974), The fitting of power series, meaning polynomials, "
        "illustrated on band-spectroscopic data, Technometrics 16(2), 147–185, "
        "doi:10.1080/00401706.1974.10489171"
    ),
    convex=False,
    # Largest at (r/c)² = 1/5.
    slope_bound=lambda c: c * 16.0 / (25.0 * math.sqrt(5.0)),
    curvature=lambda c: 1.0,
    redescending=True,
    look=3,
    shown_first=True,
    known=Known(
        use="Outliers are plainly wrong, and a robust start such as Huber's is at hand.",
        avoid="There is no such start, or the scale of the noise is not known.",
        peers=(),
        spelling="c**2 / 6 * (1 - max(1 - (r / c) ** 2, 0) ** 3)",
    ),
)
def tukey(z: Array, y: Array, *, c: float | Array) -> tuple[Array, Array]:
    # 1 - (1 - u)³ = u (3 - u (3 - u)), without cancellation near 0.
    r = z - y
    t = r / c
    u = np.minimum(t * t, 1.0)
    rest = 1.0 - u
    return c * c / 6.0 * u * (3.0 - u * (3.0 - u)), r * rest * rest


def barron_slope_bound(alpha: float, c: float) -> float:
    """Infinite above alpha = 1; else the slope at (r/c)² = (2 - alpha) / (1 - alpha)."""
    if alpha > 1.0:
        return math.inf
    if alpha == 1.0:
        return 1.0 / c
    return ((2.0 - alpha) / (1.0 - alpha)) ** ((alpha - 1.0) / 2.0) / c


@loss(
    "barron",
    label="Barron's general robust loss",
    params=(
        Param(
            "alpha",
            1.0,
            -10.0,
            2.0,
            label="α",
            help="2 squares, 1 pseudo-Huber, 0 Cauchy, -2 Geman–McClure, towards -∞ Welsch",
        ),
        width(1.0),
    ),
    formula=(
        r"\frac{|\alpha - 2|}{\alpha} "
        r"\left( \Bigl( \frac{(r/c)^2}{|\alpha - 2|} + 1 \Bigr)^{\alpha/2} - 1 \right)"
    ),
    notes=(
        "One dial from squared error (α = 2) over pseudo-Huber (1), Cauchy (0) and Geman–McClure "
        "(-2) towards Welsch, with c as the scale. What it estimates moves from the mean to the "
        "centre of the bulk of the data. It is convex for α of 1 and more; below 1 the pull of an "
        "outlier fades with distance, the faster the smaller α."
    ),
    reference=(
        "J. T. Barron (2019), A general and adaptive robust loss function, IEEE/CVF Conference on "
        "Computer Vision and Pattern Recognition, 4331–4339, doi:10.1109/CVPR.2019.00446"
    ),
    convex=lambda alpha, c: alpha >= 1.0,
    slope_bound=barron_slope_bound,
    curvature=lambda alpha, c: 1.0 / (c * c),
    look=4,
    known=Known(
        use="It is not known how robust the loss should be: α goes from squares to letting go.",
        avoid="A simpler member of the family has been settled on, as its name says more.",
        peers=(),
        spelling=(
            "where(abs(alpha) <= 0, log1p((r / c) ** 2 / 2), max(2 - alpha, 1e-17) / "
            "where(abs(alpha) <= 0, 1, alpha) * expm1(alpha / 2 * log1p((r / c) ** 2 / max(2 - "
            "alpha, 1e-17))))"
        ),
        code="b / alpha * (((r / c) ** 2 / b + 1) ** (alpha / 2) - 1)",
        definitions={"b": "abs(alpha - 2)"},
        limits=(
            Limit("alpha", 0.0, "log1p((r / c) ** 2 / 2)", r"\log\Bigl(\tfrac12 (r/c)^2 + 1\Bigr)"),
            Limit("alpha", 2.0, "(r / c) ** 2 / 2", r"\tfrac12 (r/c)^2"),
        ),
    ),
)
def barron(z: Array, y: Array, *, alpha: float | Array, c: float | Array) -> tuple[Array, Array]:
    # With b = 2 - alpha, v = log(1 + (r/c)²/b) and x = alpha v / 2:
    #   value = (b/2) v (exp(x) - 1)/x,    slope = (r/c²) exp(-b v / 2).
    # (exp(x) - 1)/x has no gap at alpha = 0, and b as small as 1e-17 stands for alpha = 2. The
    # quotient u/b is cut at 1e305, which needs |r| beyond 1e140 c and alpha beside 2.
    b = np.maximum(2.0 - alpha, 1e-17)
    t = (z - y) / c
    v = np.log1p(np.minimum(t * t, 1e305 * b) / b)
    x = 0.5 * alpha * v
    x = np.where(x == 0.0, 1e-300, x)
    return 0.5 * b * v * (np.expm1(x) / x), t / c * np.exp(-0.5 * b * v)
