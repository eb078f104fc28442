"""Losses for K classes made for a purpose: margins, hard rows, and squares."""

from __future__ import annotations

import numpy as np

from lossviz.base.arrays import Array
from lossviz.items.losses.base import TINY, identity
from lossviz.items.losses.binary_special import (
    BRIER_CURVATURE,
    BRIER_SLOPE,
    GAMMA,
    focal_bend,
    focal_slope,
    largest,
)
from lossviz.items.losses.known import Known, in_keras, in_optax, in_sklearn, in_torch
from lossviz.items.losses.multiclass import log_mean, loss, softmaxed
from lossviz.items.losses.scores import nearest_shares, softmax

ROOT_2 = 2.0**0.5


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
    leads_by_one=True,
    look=1,
    shown_first=True,
    known=Known(
        use="Only the decision counts, and classes can nearly be told apart.",
        avoid="Probabilities are wanted, or often no class has half of the votes.",
        peers=(
            in_sklearn(
                "metrics.hinge_loss", "metrics.hinge_loss(y, z, labels=np.arange(z.shape[-1]))"
            ),
            in_optax("losses.multiclass_hinge_loss", "z, y.astype(int)"),
        ),
        code="amax(z + 1 - t, -1) - sum(t * z, -1)",
        no_estimator="LinearSVC puts the penalty on the intercepts too",
        no_torch="its multi_margin_loss adds up all rivals instead of taking the strongest",
    ),
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
    convex=lambda gamma: gamma == 0.0,
    # Largest where all but two classes are out of the running, as for two classes alone.
    slope_bound=lambda gamma: ROOT_2 * largest(focal_slope, gamma),
    curvature=lambda gamma: 2.0 * largest(focal_bend, gamma),
    look=2,
    known=Known(
        use="Easy rows are so many that they drown the hard ones.",
        avoid="Probabilities are wanted as they come: for γ above 0 they are too timid.",
        peers=(
            in_keras(
                "categorical_focal_crossentropy",
                "t, z, alpha=1.0, gamma=gamma, from_logits=True",
                rows=True,
            ),
        ),
        code="-sum(t * (1 - p) ** gamma * log_softmax(z, -1), -1)",
    ),
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
    look=3,
    shown_first=True,
    known=Known(
        use="Probabilities are to be judged, or far wrong labels to be ignored.",
        avoid="Training starts from sure and wrong predictions: there the slope dies.",
        peers=(
            in_sklearn(
                "metrics.brier_score_loss",
                "metrics.brier_score_loss(y, p, labels=np.arange(z.shape[-1]))",
            ),
            in_torch("mse_loss", "p, t", "1 / K"),
            in_keras("mean_squared_error", "t, p", "1 / K", rows=True),
            in_optax("squared_error", "p, t", "1 / K"),
        ),
        code="sum((p - t) ** 2, -1)",
        torch="lambda z, t: t.shape[1] * F.mse_loss(torch.softmax(z, 1), t)",
    ),
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
    quadratic=True,
    look=6,
    known=Known(
        use="A closed form is wanted, and classes do not lie in a row.",
        avoid="One class lies between others: straight boundaries mask it.",
        peers=(
            in_sklearn("metrics.mean_squared_error", "metrics.mean_squared_error(t, z)", "1 / K"),
            in_torch("mse_loss", "z, t", "1 / K"),
            in_keras("mean_squared_error", "t, z", "1 / K", rows=True),
            in_optax("squared_error", "z, t", "1 / K"),
        ),
        code="sum((z - t) ** 2, -1)",
        estimator="LinearRegression",
        torch="lambda z, t: t.shape[1] * F.mse_loss(z, t)",
    ),
)
def multiclass_squared_error(z: Array, t: Array) -> tuple[Array, Array]:
    r = z - t
    return np.add.reduce(r * r, axis=-1), r + r
