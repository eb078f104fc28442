"""Losses for K classes: z (..., K) is a score for each, t (..., K) a row of probabilities.

With w = z - max(z), exp(w) never overflows; the log of p = softmax(z) is w - log(sum(exp(w))).
Parameters broadcast with the value, so they get a class axis of 1 where they meet z and t.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param
from lossviz.items.losses import base
from lossviz.items.losses.base import TINY, identity
from lossviz.items.losses.binary_special import (
    BRIER_CURVATURE,
    BRIER_SLOPE,
    GAMMA,
    focal_bend,
    focal_slope,
    largest,
)
from lossviz.items.losses.scores import log_shares, nearest_shares, softmax

ROOT_2 = 2.0**0.5

loss = partial(base.loss, task="multiclass", domain=(0.0, np.inf), of_residual=False)
softmaxed = partial(loss, inverse_link=softmax, link=log_shares)


def smoothing(default: float) -> Param:
    """How much of each target is spread over all classes."""
    return Param(
        "smoothing",
        default,
        0.0,
        0.5,
        label="ε",
        help="Share of each target that is spread evenly over all classes",
        plain=default == 0.0,
    )


def spread(t: Array, share: float | Array) -> Array:
    """Targets t (..., K) with a share (...) of each spread evenly: (1 - ε) t + ε/K."""
    share = np.asarray(share)[..., None]
    return (1.0 - share) * t + share / t.shape[-1]


def smoothed_slope_bound(smoothing: float) -> float:
    """The length of p - t' for p and t on different classes, which is
    1 + (1 - ε)² - ε²/K squared, for ever more classes."""
    return (1.0 + (1.0 - smoothing) ** 2) ** 0.5


def log_mean(t: Array, smoothing: float = 0.0) -> Array:
    """The log of the smoothed targets' mean over rows t (n, K)."""
    return np.log(np.maximum(spread(t, smoothing).mean(axis=0), TINY))


@softmaxed(
    "cross_entropy",
    label="Cross-entropy (softmax, multinomial log loss)",
    params=(smoothing(0.0),),
    formula=(
        r"-\sum_j t'_j \log p_j, \qquad p = \operatorname{softmax}(z),\quad "
        r"t' = (1 - \varepsilon)\, t + \varepsilon / K"
    ),
    notes=(
        "The usual choice for several classes: the negative logarithm of the probability that was "
        "given to what happened. Its best constant is the log of the classes' shares, so its "
        "softmax is a probability to be believed. A row that is wrong for sure pulls with force 1 "
        "on its own class and on the wrong one. Label smoothing (ε above 0) asks for a little "
        "doubt in every row, and keeps the scores from growing for ever."
    ),
    reference=(
        "C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens and Z. Wojna (2016), Rethinking the "
        "inception architecture for computer vision, IEEE Conference on Computer Vision and "
        "Pattern Recognition, 2818–2826, doi:10.1109/CVPR.2016.308 (label smoothing)"
    ),
    convex=True,
    slope_bound=smoothed_slope_bound,
    curvature=lambda smoothing: 0.5,
    constant=log_mean,
    estimates="log of the shares",
    probabilistic=True,
)
def cross_entropy(z: Array, t: Array, *, smoothing: float | Array) -> tuple[Array, Array]:
    if np.any(smoothing):
        t = spread(t, smoothing)
    w = z - np.maximum.reduce(z, axis=-1, keepdims=True)
    p = np.exp(w)
    total = np.add.reduce(p, axis=-1, keepdims=True)
    p /= total
    return np.log(total[..., 0]) - np.add.reduce(t * w, axis=-1), p - t


@softmaxed(
    "kl_divergence",
    label="Kullback–Leibler divergence (KL, relative entropy)",
    params=(smoothing(0.1),),
    formula=(
        r"\sum_j t'_j \log \frac{t'_j}{p_j}, \qquad p = \operatorname{softmax}(z),\quad "
        r"t' = (1 - \varepsilon)\, t + \varepsilon / K"
    ),
    notes=(
        "For targets that are themselves probabilities, such as several people's votes or another "
        "model's answer: how many nats are lost by believing p where t' is true. It is the "
        "cross-entropy less the entropy of the target, which nothing can change; so both have the "
        "same slope and train the same model. Unlike the cross-entropy it is 0 when the prediction "
        "is perfect."
    ),
    reference=(
        "S. Kullback and R. A. Leibler (1951), On information and sufficiency, The Annals of "
        "Mathematical Statistics 22(1), 79–86, doi:10.1214/aoms/1177729694"
    ),
    convex=True,
    slope_bound=smoothed_slope_bound,
    curvature=lambda smoothing: 0.5,
    constant=log_mean,
    estimates="log of the shares",
    probabilistic=True,
)
def kl_divergence(z: Array, t: Array, *, smoothing: float | Array) -> tuple[Array, Array]:
    # 0 log 0 is 0. Rounding alone could take the value below 0.
    t = spread(t, smoothing)
    value, slope = cross_entropy(z, t, smoothing=0.0)
    entropy = -np.add.reduce(t * np.log(np.maximum(t, TINY)), axis=-1)
    return np.maximum(value - entropy, 0.0), slope


@softmaxed(
    "multiclass_hinge",
    label="Multi-class hinge (Crammer–Singer)",
    formula=r"\max_j (z_j + 1 - t_j) - \sum_j t_j z_j",
    notes=(
        "The support vector machine for several classes: the true class has to beat every other "
        "by a margin of 1; then the row costs nothing and is forgotten. Only the strongest rival "
        "counts. A row that fails pulls with force 1 on its own class and on the rival, however "
        "far it lies. Where no class has half of the votes it may choose badly, and its softmax is "
        "only a score."
    ),
    reference=(
        "K. Crammer and Y. Singer (2001), On the algorithmic implementation of multiclass "
        "kernel-based vector machines, Journal of Machine Learning Research 2, 265–292"
    ),
    convex=True,
    kinks=lambda: (1.0,),
    slope_bound=lambda: ROOT_2,
)
def multiclass_hinge(z: Array, t: Array) -> tuple[Array, Array]:
    # Subgradients are q - t with any shares q of the rivals that tie for the maximum; the shortest
    # takes q = t on these, and spreads evenly what is left.
    w = z - np.maximum.reduce(z, axis=-1, keepdims=True)
    reach = w + (1.0 - t)
    top = np.maximum.reduce(reach, axis=-1, keepdims=True)
    tied = reach == top
    left = 1.0 - np.add.reduce(np.where(tied, t, 0.0), axis=-1, keepdims=True)
    share = left / np.add.reduce(tied, axis=-1, keepdims=True)
    return top[..., 0] - np.add.reduce(t * w, axis=-1), np.where(tied, share, -t)


@softmaxed(
    "multiclass_focal",
    label="Focal for several classes",
    params=(GAMMA,),
    formula=(r"\sum_j t_j\, (1 - p_j)^{\gamma} \log(1/p_j), \qquad p = \operatorname{softmax}(z)"),
    notes=(
        "Cross-entropy that counts a row the less, the surer it is right, so that the hard rows "
        "are heard among many easy ones. At γ = 0 it is the cross-entropy. For γ above 0 its "
        "softmax is too timid to be read as a probability. A wrong row pulls with a force near 1 "
        "on its own class and on the wrong one."
    ),
    reference=(
        "T.-Y. Lin, P. Goyal, R. Girshick, K. He and P. Dollár (2017), Focal loss for dense object "
        "detection, IEEE International Conference on Computer Vision, 2980–2988, "
        "doi:10.1109/ICCV.2017.324"
    ),
    convex=False,
    # Largest where all but two classes are out of the running, as for two classes alone.
    slope_bound=lambda gamma: ROOT_2 * largest(focal_slope, gamma),
    curvature=lambda gamma: 2.0 * largest(focal_bend, gamma),
)
def multiclass_focal(z: Array, t: Array, *, gamma: float | Array) -> tuple[Array, Array]:
    # With u = 1 - p: value sum t u^γ log(1/p), and p times its derivative in p is t h with
    # h = u^γ (γ p log(p)/u - 1). For the winner u is a sum over the others, to keep its digits.
    w = z - np.maximum.reduce(z, axis=-1, keepdims=True)
    e = np.exp(w)
    winner = np.arange(z.shape[-1]) == np.argmax(w, axis=-1)[..., None]
    rest = np.add.reduce(np.where(winner, 0.0, e), axis=-1, keepdims=True)
    total = 1.0 + rest
    p, u = e / total, np.where(winner, rest, total - e) / total
    log_p = w - np.log1p(rest)
    ratio = np.where(u == 0.0, -1.0, log_p / np.where(u == 0.0, 1.0, u))
    gamma = np.asarray(gamma)[..., None]
    # Not u**γ: NumPy's power rounds differently by how the arrays lie, and batching would show.
    fade = np.exp(gamma * np.log(np.maximum(u, TINY)))
    pull = t * fade * (gamma * p * ratio - 1.0)
    others = np.add.reduce(pull, axis=-1, keepdims=True) - pull
    return -np.add.reduce(t * fade * log_p, axis=-1), pull * u - p * others


@softmaxed(
    "multiclass_brier",
    label="Brier score for several classes (squared error on the probabilities)",
    formula=r"\sum_j (p_j - t_j)^2, \qquad p = \operatorname{softmax}(z)",
    notes=(
        "Squared error after the softmax, over all classes; for two classes it is twice the binary "
        "one. It estimates the probabilities too. But a row that is wrong and sure of itself does "
        "not pull at all: the softmax is flat there, the slope dies, and nothing is learned. Wrong "
        "labels, in turn, are ignored."
    ),
    reference=(
        "G. W. Brier (1950), Verification of forecasts expressed in terms of probability, Monthly "
        "Weather Review 78(1), 1–3, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2"
    ),
    convex=False,
    # Largest where all but two classes are out of the running, as for two classes alone.
    slope_bound=lambda: 2.0 * ROOT_2 * BRIER_SLOPE,
    curvature=lambda: 4.0 * BRIER_CURVATURE,
    redescending=True,
    constant=log_mean,
    estimates="log of the shares",
    probabilistic=True,
)
def multiclass_brier(z: Array, t: Array) -> tuple[Array, Array]:
    p = softmax(z)
    off = p - t
    mean = np.add.reduce(p * off, axis=-1, keepdims=True)
    return np.add.reduce(off * off, axis=-1), 2.0 * p * (off - mean)


@loss(
    "multiclass_squared_error",
    label="Squared error on the raw scores (one-hot)",
    formula=r"\sum_j (z_j - t_j)^2",
    notes=(
        "Least squares against a 1 for the true class and a 0 for every other, as if they were "
        "measurements. Its best constant is the classes' shares; scores that are no probabilities "
        "are read as the nearest ones. With straight boundaries a class between two others can be "
        "masked by them, and rows that are all too right pull as hard as wrong ones."
    ),
    reference=(
        "T. Hastie, R. Tibshirani and J. Friedman (2009), The Elements of Statistical Learning, "
        "2nd edition, Springer, section 4.2, doi:10.1007/978-0-387-84858-7"
    ),
    convex=True,
    curvature=lambda: 2.0,
    constant=lambda t: t.mean(axis=0),
    estimates="shares",
    inverse_link=nearest_shares,
    link=identity,
    probabilistic=True,
)
def multiclass_squared_error(z: Array, t: Array) -> tuple[Array, Array]:
    r = z - t
    return np.add.reduce(r * r, axis=-1), r + r
