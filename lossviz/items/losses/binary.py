"""The usual losses for two classes: y is 0 or 1, s = 2y - 1 is its sign and m = s z the margin."""

from __future__ import annotations

from functools import partial

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param
from lossviz.items.losses import base
from lossviz.items.losses.base import TINY
from lossviz.items.losses.known import Known, in_keras, in_optax, in_sklearn, in_torch
from lossviz.items.losses.scores import (
    bent,
    doubled_sigmoid,
    half_logit,
    logit,
    ramp,
    sigmoid,
    signed,
    unbent,
)


def weight(name: str, label: str, words: str) -> Param:
    """What mistakes on one class cost."""
    return Param(name, 1.0, 0.05, 20.0, label=label, help=words, log=True, plain=True)


def labels_mean(y: Array) -> float:
    """The mean of the labels ±1, which every squared loss of the margin has in common."""
    return float(np.mean(2.0 * y - 1.0))


def log_odds(y: Array, weight_0: float = 1.0, weight_1: float = 1.0) -> float:
    """The log of the (weighted) number of ones over that of zeros; none at all reads as 1e-308."""
    ones = weight_1 * np.mean(y)
    zeros = weight_0 * np.mean(1.0 - y)
    return float(np.log(max(ones, TINY)) - np.log(max(zeros, TINY)))


def log_loss_in_torch(weight_0: float, weight_1: float) -> str:
    """PyTorch's function, with a weight for each row where the classes' weights are not both 1."""
    name = "F.binary_cross_entropy_with_logits"
    if weight_0 == weight_1 == 1.0:
        return name
    weight = f"torch.where(t == 1, {weight_1!r}, {weight_0!r})"
    return f"lambda z, t: {name}(z, t, weight={weight})"


loss = partial(base.loss, task="binary", domain=(0.0, 1.0), of_residual=False)
logistic = partial(loss, inverse_link=sigmoid, link=logit)
doubled = partial(loss, inverse_link=doubled_sigmoid, link=half_logit, probabilistic=True)
squared = partial(loss, inverse_link=ramp, link=signed, probabilistic=True)


@logistic(
    "log_loss",
    label="Binary cross-entropy (BCE, log loss, logistic)",
    params=(
        weight("weight_0", "w₀", "What a false alarm costs: the weight of the rows of class 0"),
        weight("weight_1", "w₁", "What a miss costs: the weight of the rows of class 1"),
    ),
    formula=r"w_1\, y \log(1 + e^{-z}) + w_0\, (1 - y) \log(1 + e^{z})",
    notes=(
        "The usual choice for two classes, and the loss of logistic regression: it is the negative "
        "logarithm of the probability that was given to what happened. Its best constant is the "
        "log of the odds, so its sigmoid is a probability to be believed while both weights are 1. "
        "A row that is wrong for sure pulls with its weight and no more. Raising a weight makes "
        "mistakes on that class dearer and moves the boundary away from it."
    ),
    reference=(
        "D. R. Cox (1958), The regression analysis of binary sequences, Journal of the Royal "
        "Statistical Society B 20(2), 215–242, doi:10.1111/j.2517-6161.1958.tb00292.x"
    ),
    convex=True,
    slope_bound=lambda weight_0, weight_1: max(weight_0, weight_1),
    curvature=lambda weight_0, weight_1: max(weight_0, weight_1) / 4.0,
    constant=log_odds,
    estimates="log-odds",
    probabilistic=True,
    usual=True,
    costs=("weight_0", "weight_1"),
    calibrated_at={"weight_0": 1.0, "weight_1": 1.0},
    look=0,
    shown_first=True,
    known=Known(
        use="There are two classes, and probabilities are wanted. Begin here.",
        avoid="Labels are wrong for a good share of rows, each of which pulls for ever.",
        peers=(
            in_sklearn(
                "metrics.log_loss",
                "metrics.log_loss(y, special.expit(z), sample_weight=cost, normalize=False)"
                " / len(y)",
            ),
            in_sklearn('SGDClassifier(loss="log_loss")'),
            in_sklearn("LogisticRegression()"),
            in_torch("binary_cross_entropy_with_logits", "z, y, weight=cost"),
            in_torch("soft_margin_loss", "z, s", plain=True),
            in_keras(
                "binary_crossentropy",
                "y[:, None], z[:, None], from_logits=True",
                rows=True,
                weighted="cost * ",
            ),
            in_optax("sigmoid_binary_cross_entropy", "z, y", weighted="cost * "),
        ),
        spelling="softplus(-m)",
        estimator="LogisticRegression",
        torch=log_loss_in_torch,
    ),
)
def log_loss(
    z: Array, y: Array, *, weight_0: float | Array, weight_1: float | Array
) -> tuple[Array, Array]:
    # softplus(±z) = log1p(e) + max(±z, 0) with e = exp(-|z|), and far out the slope is w₀ (1 - y)
    # on the right and -w₁ y on the left. The sign bit tells the sides apart at -0.0 as well.
    e = np.exp(-np.abs(z))
    ones, zeros = weight_1 * y, weight_0 * (1.0 - y)
    both, far = ones + zeros, np.where(np.signbit(z), -ones, zeros)
    return both * np.log1p(e) + far * z, far - np.copysign(both * e / (1.0 + e), z)


@logistic(
    "hinge",
    label="Hinge (support vector machine)",
    formula=r"\max(1 - m,\, 0)",
    notes=(
        "The loss of the support vector machine: a point on its right side with a margin of 1 and "
        "more costs nothing and is forgotten, so the boundary rests on the few points near it. "
        "What it estimates is the likelier class, not how likely. A point on the wrong side pulls "
        "with force 1, however far it lies."
    ),
    reference=(
        "C. Cortes and V. Vapnik (1995), Support-vector networks, Machine Learning 20, 273–297, "
        "doi:10.1007/BF00994018"
    ),
    convex=True,
    kinks=lambda: (1.0,),
    slope_bound=lambda: 1.0,
    look=1,
    shown_first=True,
    known=Known(
        use="Only the decision counts, and it should rest on few rows near the boundary.",
        avoid="Probabilities are wanted: it does not estimate any.",
        peers=(
            in_sklearn("metrics.hinge_loss", "metrics.hinge_loss(y, z)"),
            in_sklearn('SGDClassifier(loss="hinge")'),
            in_keras("hinge", "s, z"),
            in_optax("hinge_loss", "z, s"),
        ),
        spelling="max(1 - m, 0)",
        estimator="SVC",
        torch="lambda z, t: F.margin_ranking_loss(z, 0 * z, 2 * t - 1, margin=1.0)",
    ),
)
def hinge(z: Array, y: Array) -> tuple[Array, Array]:
    s = 2.0 * y - 1.0
    short = 1.0 - s * z
    return np.maximum(short, 0.0), np.where(short > 0.0, -s, 0.0)


@squared(
    "squared_hinge",
    label="Squared hinge (L2-SVM)",
    formula=r"\max(1 - m,\, 0)^2",
    notes=(
        "The hinge without its kink, which solvers for linear support vector machines like. "
        "Points with a margin of 1 and more are free. Cut to -1 and 1 its prediction reads as a "
        "probability. A point far on the wrong side pulls in proportion to its distance, so one "
        "wrong label can turn the boundary."
    ),
    reference=(
        "K.-W. Chang, C.-J. Hsieh and C.-J. Lin (2008), Coordinate descent method for large-scale "
        "L2-loss linear support vector machines, Journal of Machine Learning Research 9, 1369–1398"
    ),
    convex=True,
    curvature=lambda: 2.0,
    constant=labels_mean,
    estimates="mean of ±1",
    look=8,
    shown_first=True,
    known=Known(
        use="A support vector machine is wanted by a quick smooth solver.",
        avoid="Labels may be wrong: far ones pull in proportion to their distance.",
        peers=(
            in_sklearn('SGDClassifier(loss="squared_hinge")'),
            in_sklearn('LinearSVC(loss="squared_hinge")'),
            in_keras("squared_hinge", "s, z"),
        ),
        spelling="max(1 - m, 0) ** 2",
        no_estimator="LinearSVC puts the penalty on the intercept too",
    ),
)
def squared_hinge(z: Array, y: Array) -> tuple[Array, Array]:
    s = 2.0 * y - 1.0
    short = np.maximum(1.0 - s * z, 0.0)
    return short * short, -2.0 * s * short


@loss(
    "smoothed_hinge",
    label="Smoothed hinge (Rennie–Srebro)",
    formula=(
        r"\begin{cases} \tfrac12 - m & m \le 0 \\ \tfrac12 (1 - m)^2 & 0 < m < 1 \\ "
        r"0 & m \ge 1 \end{cases}"
    ),
    notes=(
        "A hinge whose corner is rounded off by a parabola between margins 0 and 1: as steady "
        "against wrong labels as the hinge, and as easy to descend as the squared one. Inside the "
        "rounded part it does estimate how likely a class is. A point on the wrong side pulls with "
        "force 1."
    ),
    reference=(
        "J. D. M. Rennie and N. Srebro (2005), Loss functions for preference levels: regression "
        "with discrete ordered labels, IJCAI Multidisciplinary Workshop on Advances in Preference "
        "Handling, 180–186"
    ),
    convex=True,
    slope_bound=lambda: 1.0,
    curvature=lambda: 1.0,
    constant=lambda y: float(unbent(np.mean(y))),
    estimates="bent share of ones",
    inverse_link=bent,
    link=unbent,
    probabilistic=True,
    look=8,
    known=Known(
        use="The hinge is right, and gradient descent should not hop about its kink.",
        avoid="Probabilities below a half and above it are to be told apart finely.",
        peers=(),
        spelling="where(m <= 0, 0.5 - m, max(1 - m, 0) ** 2 / 2)",
    ),
)
def smoothed_hinge(z: Array, y: Array) -> tuple[Array, Array]:
    # Huber's loss of what is missing to a margin of 1, for delta = 1.
    s = 2.0 * y - 1.0
    short = np.maximum(1.0 - s * z, 0.0)
    c = np.minimum(short, 1.0)
    return c * (short - 0.5 * c), -s * c


@squared(
    "modified_huber",
    label="Modified Huber",
    formula=(r"\begin{cases} \max(1 - m,\, 0)^2 & m \ge -1 \\ -4m & m < -1 \end{cases}"),
    notes=(
        "The squared hinge, continued by a straight line below a margin of -1, so that a wrong "
        "label pulls with the force 4 and no more. Like the squared hinge it estimates the "
        "probability of the likelier class, and lets points with a margin of 1 and more be."
    ),
    reference=(
        "T. Zhang (2004), Solving large scale linear prediction problems using stochastic gradient "
        "descent algorithms, International Conference on Machine Learning, 116, "
        "doi:10.1145/1015330.1015332"
    ),
    convex=True,
    slope_bound=lambda: 4.0,
    curvature=lambda: 2.0,
    constant=labels_mean,
    estimates="mean of ±1",
    look=8,
    known=Known(
        use="A squared hinge is wanted that bears some wrong labels, with probabilities.",
        avoid="A good share of labels are wrong, as each still pulls with force 4.",
        peers=(in_sklearn('SGDClassifier(loss="modified_huber")'),),
        spelling="where(m >= -1, max(1 - m, 0) ** 2, -4 * m)",
        no_estimator="SGDClassifier descends by itself, and only comes near the minimum",
    ),
)
def modified_huber(z: Array, y: Array) -> tuple[Array, Array]:
    # Twice Huber's loss of what is missing to a margin of 1, for delta = 2.
    s = 2.0 * y - 1.0
    short = np.maximum(1.0 - s * z, 0.0)
    c = np.minimum(short, 2.0)
    return c * (short + short - c), -2.0 * s * c
