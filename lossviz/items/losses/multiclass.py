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
from lossviz.items.losses.base import TINY
from lossviz.items.losses.known import Known, in_keras, in_optax, in_sklearn, in_torch
from lossviz.items.losses.scores import log_shares, softmax

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


def kl_divergence_in_torch(smoothing: float) -> str:
    """PyTorch's function for log-probabilities and smoothed targets."""
    soft = f"{1 - float(smoothing)!r} * t + {smoothing!r} / t.shape[1]"
    return f'lambda z, t: F.kl_div(F.log_softmax(z, 1), {soft}, reduction="batchmean")'


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
    usual=True,
    calibrated_at={"smoothing": 0.0},
    look=2,
    shown_first=True,
    known=Known(
        use="There are several classes, and probabilities are wanted. Begin here.",
        avoid="Labels are wrong for a good share of rows, each of which pulls for ever.",
        peers=(
            in_sklearn(
                "metrics.log_loss",
                "metrics.log_loss(y, special.softmax(z, -1), labels=np.arange(z.shape[-1]))",
                plain=True,
            ),
            in_sklearn("LogisticRegression()"),
            in_torch("cross_entropy", "z, y.long(), label_smoothing=smoothing"),
            in_keras(
                "categorical_crossentropy",
                "t, z, from_logits=True, label_smoothing=smoothing",
                rows=True,
            ),
            in_optax("softmax_cross_entropy", "z, soft"),
        ),
        code="-sum(soft * log_softmax(z, -1), -1)",
        estimator="LogisticRegression",
        torch=lambda smoothing: f"partial(F.cross_entropy, label_smoothing={smoothing!r})",
    ),
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
    calibrated_at={"smoothing": 0.0},
    look=2,
    known=Known(
        use="Targets are probabilities: several people's votes, or another model's answer.",
        avoid="Targets are plain labels: the cross-entropy is the same and simpler.",
        peers=(
            in_torch("kl_div", 'torch.log_softmax(z, -1), soft, reduction="batchmean"'),
            in_keras("kl_divergence", "soft, p", rows=True),
            in_optax("kl_divergence", "jax.nn.log_softmax(z, -1), soft"),
        ),
        code="sum(special.rel_entr(soft, p), -1)",
        torch=kl_divergence_in_torch,
    ),
)
def kl_divergence(z: Array, t: Array, *, smoothing: float | Array) -> tuple[Array, Array]:
    # 0 log 0 is 0. Rounding alone could take the value below 0.
    t = spread(t, smoothing)
    value, slope = cross_entropy(z, t, smoothing=0.0)
    entropy = -np.add.reduce(t * np.log(np.maximum(t, TINY)), axis=-1)
    return np.maximum(value - entropy, 0.0), slope
