"""Losses for two classes made for a purpose, and some that teach by failing.

Exponentials are written with e = exp(-|z|), which never overflows, or cut at LIMIT.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param
from lossviz.items.losses.binary import doubled, labels_mean, log_odds, logistic, squared
from lossviz.items.losses.known import Known, in_keras, in_optax, in_sklearn, in_torch
from lossviz.items.losses.purpose import LIMIT, exp
from lossviz.items.losses.scores import sigmoid, softplus

GAMMA = Param(
    "gamma",
    2.0,
    0.0,
    5.0,
    label="γ",
    help="How much less a point counts that is already right: at 0 nothing is taken off",
)


@doubled(
    "exponential_loss",
    label="Exponential (AdaBoost)",
    formula=r"e^{-m}",
    notes=(
        "What AdaBoost minimises. The cost of a wrong point grows exponentially with its distance, "
        "so a single flipped label far out may outweigh all the rest. On clean data it estimates "
        "half the log of the odds, as faithfully as the log loss. It never quite lets go of a "
        "point that is right."
    ),
    reference=(
        "J. Friedman, T. Hastie and R. Tibshirani (2000), Additive logistic regression: a "
        "statistical view of boosting, The Annals of Statistics 28(2), 337–407, "
        "doi:10.1214/aos/1016218223"
    ),
    convex=True,
    constant=lambda y: 0.5 * log_odds(y),
    estimates="half the log-odds",
    outside=(
        "For a margin below -50 (a cost of 5e21) the exponential goes on as its tangent, so that "
        "descent can come back."
    ),
    look=4,
    shown_first=True,
    known=Known(
        use="Labels are clean, and boosting is to be understood.",
        avoid="A single label may be wrong: its cost grows exponentially.",
        peers=(in_sklearn('GradientBoostingClassifier(loss="exponential")'),),
        spelling="where(m > -50, exp(-m), exp(50) * (-m - 49))",
        code="exp(-m)",
    ),
)
def exponential_loss(z: Array, y: Array) -> tuple[Array, Array]:
    s = 2.0 * y - 1.0
    m = s * z
    return exp(-m), -s * np.exp(np.minimum(-m, LIMIT))


@logistic(
    "perceptron",
    label="Perceptron",
    formula=r"\max(-m,\, 0)",
    notes=(
        "The oldest of them: only points on the wrong side count, and each pulls with force 1 "
        "however far it lies. It is content with any boundary that separates the classes, even one "
        "that touches a point. All weights zero cost nothing either, so descent has to start "
        "elsewhere."
    ),
    reference=(
        "F. Rosenblatt (1958), The perceptron: a probabilistic model for information storage and "
        "organization in the brain, Psychological Review 65(6), 386–408, doi:10.1037/h0042519"
    ),
    convex=True,
    kinks=lambda: (0.0,),
    slope_bound=lambda: 1.0,
    look=1,
    known=Known(
        use="The history, or an online learner that changes only on mistakes, is the point.",
        avoid="A margin, a probability or a single best answer is wanted.",
        peers=(
            in_sklearn('SGDClassifier(loss="perceptron")'),
            in_sklearn("Perceptron()"),
            in_optax("losses.perceptron_loss", "z, s"),
        ),
        spelling="max(-m, 0)",
        no_estimator="SGDClassifier descends by itself, and only comes near the minimum",
        no_torch="at a margin of 0 the slope of its margin_ranking_loss is not 0",
    ),
)
def perceptron(z: Array, y: Array) -> tuple[Array, Array]:
    s = 2.0 * y - 1.0
    short = -s * z
    return np.maximum(short, 0.0), np.where(short > 0.0, -s, 0.0)


def focal_slope(z: Array, gamma: float) -> Array:
    """The slope for y = 1."""
    return focal(z, np.ones(()), gamma=gamma)[1]


def focal_bend(z: Array, gamma: float) -> Array:
    """The second derivative: q^γ p ((2γ + 1) q + γ (γ p - q) log(1/p)), with q = 1 - p."""
    p, q = sigmoid(z), sigmoid(-z)
    return q**gamma * p * ((2.0 * gamma + 1.0) * q + gamma * (gamma * p - q) * softplus(-z))


def largest(f: Callable[[Array, float], Array], gamma: float) -> float:
    """The largest |f(z, gamma)| over z from -40 to 40, by ever finer grids: there is no closed
    form. It is exact to the last digits, since f is flat around its top."""
    low, high = -40.0, 40.0
    for _ in range(8):
        z = np.linspace(low, high, 401)
        best = int(np.argmax(np.abs(f(z, gamma))))
        low, high = z[max(best - 1, 0)], z[min(best + 1, 400)]
    return float(np.abs(f(z, gamma)).max())


@logistic(
    "focal",
    label="Focal",
    params=(GAMMA,),
    formula=r"(1 - p)^{\gamma} \log(1/p), \qquad p = \frac{1}{1 + e^{-m}}",
    notes=(
        "Binary cross-entropy that counts a point the less, the surer it is right: made for "
        "detecting rare objects, where a flood of easy background drowns the few that matter. At "
        "γ = 0 it is the cross-entropy. It finds the likelier class, but for γ above 0 its sigmoid "
        "is too timid to be read as a probability. A wrong point pulls with a force near 1."
    ),
    reference=(
        "T.-Y. Lin, P. Goyal, R. Girshick, K. He and P. Dollár (2017), Focal loss for dense object "
        "detection, IEEE International Conference on Computer Vision, 2980–2988, "
        "doi:10.1109/ICCV.2017.324"
    ),
    convex=lambda gamma: gamma == 0.0,
    slope_bound=lambda gamma: largest(focal_slope, gamma),
    curvature=lambda gamma: largest(focal_bend, gamma),
    look=0,
    known=Known(
        use="Easy rows of one class are so many that they drown the hard ones.",
        avoid="Probabilities are wanted as they come: for γ above 0 they are too timid.",
        peers=(
            in_keras(
                "binary_focal_crossentropy",
                "y[:, None], z[:, None], gamma=gamma, from_logits=True",
                rows=True,
            ),
            in_optax("sigmoid_focal_loss", "z, y, alpha=None, gamma=gamma"),
        ),
        spelling="exp(-gamma * softplus(m)) * softplus(-m)",
        code="sigmoid(-m) ** gamma * softplus(-m)",
    ),
)
def focal(z: Array, y: Array, *, gamma: float | Array) -> tuple[Array, Array]:
    # With q = 1 - p: value q^γ softplus(-m), slope in m: -q^γ (γ p softplus(-m) + q).
    s = 2.0 * y - 1.0
    m = s * z
    e = np.exp(-np.abs(m))
    rest, spread = np.log1p(e), 1.0 + e
    cost = rest + np.maximum(-m, 0.0)
    p, q = np.where(m >= 0.0, 1.0, e) / spread, np.where(m >= 0.0, e, 1.0) / spread
    fade = np.exp(-gamma * (rest + np.maximum(m, 0.0)))
    return fade * cost, -s * fade * (gamma * p * cost + q)


# With q = 1 - p the slope 2 q² (1 - q) is largest at q = 2/3; its slope in turn, which is
# 2 q² (1 - q) (2 - 3q), where 12 q² - 15 q + 4 = 0.
BRIER_SLOPE = 8.0 / 27.0
BRIER_BEND = (15.0 - 33.0**0.5) / 24.0
BRIER_CURVATURE = 2.0 * BRIER_BEND**2 * (1.0 - BRIER_BEND) * (2.0 - 3.0 * BRIER_BEND)


@logistic(
    "brier",
    label="Brier score (squared error on the probability)",
    formula=r"\bigl(\sigma(z) - y\bigr)^2, \qquad \sigma(z) = \frac{1}{1 + e^{-z}}",
    notes=(
        "Squared error after the sigmoid: the wrong loss to train a sigmoid with, and a good one "
        "to judge its probabilities by. It too estimates the probability. But where the prediction "
        "is wrong and sure of itself the sigmoid is flat, the slope dies, and nothing is learned. "
        "Far wrong labels, in turn, are ignored."
    ),
    reference=(
        "G. W. Brier (1950), Verification of forecasts expressed in terms of probability, Monthly "
        "Weather Review 78(1), 1–3, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2"
    ),
    convex=False,
    slope_bound=lambda: BRIER_SLOPE,
    curvature=lambda: BRIER_CURVATURE,
    redescending=True,
    constant=log_odds,
    estimates="log-odds",
    probabilistic=True,
    look=3,
    known=Known(
        use="Probabilities are to be judged, or far wrong labels to be ignored.",
        avoid="Training starts from sure and wrong predictions: there the slope dies.",
        peers=(
            in_sklearn("metrics.brier_score_loss", "metrics.brier_score_loss(y, special.expit(z))"),
            in_torch("mse_loss", "torch.sigmoid(z), y"),
            in_keras("mean_squared_error", "y, ops.sigmoid(z)"),
            in_optax("squared_error", "jax.nn.sigmoid(z), y"),
        ),
        spelling="sigmoid(-m) ** 2",
        torch="lambda z, t: F.mse_loss(torch.sigmoid(z), t)",
    ),
)
def brier(z: Array, y: Array) -> tuple[Array, Array]:
    # Off by q = σ(-m), which keeps its digits where σ(z) - y would lose them.
    e = np.exp(-np.abs(z))
    right = z >= 0.0
    off = ((1.0 - y) * np.where(right, 1.0, e) - y * np.where(right, e, 1.0)) / (1.0 + e)
    return off * off, 2.0 * off * e / (1.0 + e) ** 2


@doubled(
    "savage",
    label="Savage (SavageBoost)",
    formula=r"\frac{1}{(1 + e^{2m})^2}",
    notes=(
        "A bounded loss made to withstand wrong labels: a point far on the wrong side costs 1 and "
        "does not pull at all. As a function of z it is the squared error on the probability, run "
        "at twice the pace. It estimates half the log of the odds; a start far off may find no "
        "slope to follow."
    ),
    reference=(
        "H. Masnadi-Shirazi and N. Vasconcelos (2008), On the design of loss functions for "
        "classification: theory, robustness to outliers, and SavageBoost, Advances in Neural "
        "Information Processing Systems 21, 1049–1056"
    ),
    convex=False,
    slope_bound=lambda: 2.0 * BRIER_SLOPE,
    curvature=lambda: 4.0 * BRIER_CURVATURE,
    redescending=True,
    constant=lambda y: 0.5 * log_odds(y),
    estimates="half the log-odds",
    look=7,
    known=Known(
        use="Many labels are wrong, and the start is close.",
        avoid="The start is poor: a row that is far off does not pull at all.",
        peers=(),
        spelling="sigmoid(-2 * m) ** 2",
    ),
)
def savage(z: Array, y: Array) -> tuple[Array, Array]:
    value, slope = brier(2.0 * z, y)
    return value, 2.0 * slope


@squared(
    "least_squares",
    label="Least squares on ±1 (raw squared error)",
    formula=r"(1 - m)^2",
    notes=(
        "Plain squared error between the raw prediction and the labels -1 and 1, as if they were "
        "measurements. Its best constant is their mean, so on the whole it does estimate a "
        "probability. But a point far on the right side is punished for being too right, and pulls "
        "the boundary towards itself; so does any outlier, in proportion to its distance."
    ),
    reference=(
        "R. Rifkin, G. Yeo and T. Poggio (2003), Regularized least-squares classification, in "
        "Advances in Learning Theory: Methods, Models and Applications, IOS Press, 131–154"
    ),
    convex=True,
    curvature=lambda: 2.0,
    constant=labels_mean,
    estimates="mean of ±1",
    quadratic=True,
    look=6,
    known=Known(
        use="A closed form or a linear solver is wanted, and classes are compact.",
        avoid="Some rows lie far on their right side, and are punished for it.",
        peers=(
            in_sklearn("metrics.mean_squared_error", "metrics.mean_squared_error(s, z)"),
            in_sklearn("RidgeClassifier()"),
            in_torch("mse_loss", "z, s"),
            in_keras("mean_squared_error", "s, z"),
            in_optax("squared_error", "z, s"),
        ),
        spelling="(1 - m) ** 2",
        estimator="LinearRegression",
        torch="lambda z, t: F.mse_loss(z, 2 * t - 1)",
    ),
)
def least_squares(z: Array, y: Array) -> tuple[Array, Array]:
    r = z - (2.0 * y - 1.0)
    return r * r, r + r
