"""What the losses are called in other libraries, and how large they are there.

Tests run every call and hold every factor: scikit-learn's with the others, those of PyTorch,
Keras and Optax by `make parity`. TensorFlow's `tf.keras.losses` is Keras' own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lossviz.items.losses import Loss


@dataclass(frozen=True)
class Peer:
    """One name of a loss in a library.

    call: gives its mean over the rows, in the names of `code.DEFINITIONS` and the loss's
        parameters; "" for an estimator, which has the loss inside.
    factor: theirs is this times ours: "1", "2", or "1 / x", with x a number, a parameter, or the
        number of classes K.
    plain: whether it is the same loss only while all parameters are at their defaults.
    """

    library: str
    name: str
    call: str = ""
    factor: str = "1"
    plain: bool = False


def factor_words(peer: Peer, loss: Loss) -> str:
    """How large theirs is, in words with the parameters' own letters."""
    if peer.factor == "1":
        return "the same"
    letters = {param.name: param.label for param in loss.params}
    size = re.sub(r"\w+", lambda word: letters.get(word[0], word[0]), peer.factor)
    return size.replace(" / ", "/") + (" of ours" if "/" in size else " times ours")


def _sklearn(*rows: tuple[str, ...]) -> tuple[Peer, ...]:
    found = []
    for row in rows:
        name, call, factor = (*row, *("", "1")[len(row) - 1 :])
        found.append(Peer("sklearn", name, call, factor))
    return tuple(found)


def _torch(name: str, arguments: str, factor: str = "1", *, plain: bool = False) -> Peer:
    call = f"F.{name}({arguments})"
    return Peer("torch", f"torch.nn.functional.{name}", call, factor, plain)


def _keras(
    name: str, arguments: str, factor: str = "1", *, rows: bool = False, weighted: str = ""
) -> Peer:
    # Keras itself takes the mean over the last axis alone: that of the rows, or of the classes.
    call = f"{weighted}keras.losses.{name}({arguments})"
    return Peer("keras", f"keras.losses.{name}", f"ops.mean({call})" if rows else call, factor)


def _optax(name: str, arguments: str, factor: str = "1", *, weighted: str = "") -> Peer:
    call = f"jnp.mean({weighted}optax.{name}({arguments}))"
    return Peer("optax", f"optax.{name}", call, factor)


PEERS: Mapping[str, tuple[Peer, ...]] = {
    "squared_error": (
        *_sklearn(
            ("metrics.mean_squared_error", "metrics.mean_squared_error(y, z)"),
            ('SGDRegressor(loss="squared_error")', "", "1 / 2"),
            ('HistGradientBoostingRegressor(loss="squared_error")', "", "1 / 2"),
        ),
        _torch("mse_loss", "z, y"),
        _keras("mean_squared_error", "y, z"),
        _optax("squared_error", "z, y"),
        _optax("l2_loss", "z, y", "1 / 2"),
    ),
    "absolute_error": (
        *_sklearn(
            ("metrics.mean_absolute_error", "metrics.mean_absolute_error(y, z)"),
            ('HistGradientBoostingRegressor(loss="absolute_error")',),
        ),
        _torch("l1_loss", "z, y"),
        _keras("mean_absolute_error", "y, z"),
    ),
    "huber": (
        *_sklearn(
            ('SGDRegressor(loss="huber", epsilon=1.0)',),
            ("HuberRegressor(epsilon=1.0)", "", "2"),
        ),
        _torch("huber_loss", "z, y, delta=delta"),
        _torch("smooth_l1_loss", "z, y, beta=delta", "1 / delta"),
        _keras("huber", "y, z, delta=delta"),
        _optax("huber_loss", "z, y, delta=delta"),
    ),
    "log_cosh": (_keras("log_cosh", "y, z"), _optax("log_cosh", "z, y")),
    "quantile": _sklearn(
        ("metrics.mean_pinball_loss", "metrics.mean_pinball_loss(y, z, alpha=tau)"),
        ('HistGradientBoostingRegressor(loss="quantile", quantile=0.9)',),
    ),
    "squared_log_error": (
        *_sklearn(
            (
                "metrics.mean_squared_log_error",
                "metrics.mean_squared_log_error(y, np.maximum(0, z))",
            ),
        ),
        _keras("mean_squared_logarithmic_error", "y, z"),
    ),
    "epsilon_insensitive": _sklearn(('SGDRegressor(loss="epsilon_insensitive", epsilon=0.5)',)),
    "squared_epsilon_insensitive": _sklearn(
        ('SGDRegressor(loss="squared_epsilon_insensitive", epsilon=0.5)',)
    ),
    "poisson": (
        *_sklearn(("PoissonRegressor()",), ('HistGradientBoostingRegressor(loss="poisson")',)),
        _torch("poisson_nll_loss", "z, y, log_input=True, full=False"),
        _keras("poisson", "y, ops.exp(z)"),
    ),
    "log_loss": (
        *_sklearn(
            (
                "metrics.log_loss",
                "metrics.log_loss(y, special.expit(z), sample_weight=cost, normalize=False)"
                " / len(y)",
            ),
            ('SGDClassifier(loss="log_loss")',),
            ("LogisticRegression()",),
        ),
        _torch("binary_cross_entropy_with_logits", "z, y, weight=cost"),
        _torch("soft_margin_loss", "z, s", plain=True),
        _keras(
            "binary_crossentropy",
            "y[:, None], z[:, None], from_logits=True",
            rows=True,
            weighted="cost * ",
        ),
        _optax("sigmoid_binary_cross_entropy", "z, y", weighted="cost * "),
    ),
    "hinge": (
        *_sklearn(
            ("metrics.hinge_loss", "metrics.hinge_loss(y, z)"),
            ('SGDClassifier(loss="hinge")',),
        ),
        _keras("hinge", "s, z"),
        _optax("hinge_loss", "z, s"),
    ),
    "squared_hinge": (
        *_sklearn(
            ('SGDClassifier(loss="squared_hinge")',),
            ('LinearSVC(loss="squared_hinge")',),
        ),
        _keras("squared_hinge", "s, z"),
    ),
    "modified_huber": _sklearn(('SGDClassifier(loss="modified_huber")',)),
    "exponential_loss": _sklearn(('GradientBoostingClassifier(loss="exponential")',)),
    "perceptron": (
        *_sklearn(('SGDClassifier(loss="perceptron")',), ("Perceptron()",)),
        _optax("losses.perceptron_loss", "z, s"),
    ),
    "focal": (
        _keras(
            "binary_focal_crossentropy",
            "y[:, None], z[:, None], gamma=gamma, from_logits=True",
            rows=True,
        ),
        _optax("sigmoid_focal_loss", "z, y, alpha=None, gamma=gamma"),
    ),
    "brier": (
        *_sklearn(
            ("metrics.brier_score_loss", "metrics.brier_score_loss(y, special.expit(z))"),
        ),
        _torch("mse_loss", "torch.sigmoid(z), y"),
        _keras("mean_squared_error", "y, ops.sigmoid(z)"),
        _optax("squared_error", "jax.nn.sigmoid(z), y"),
    ),
    "least_squares": (
        *_sklearn(
            ("metrics.mean_squared_error", "metrics.mean_squared_error(s, z)"),
            ("RidgeClassifier()",),
        ),
        _torch("mse_loss", "z, s"),
        _keras("mean_squared_error", "s, z"),
        _optax("squared_error", "z, s"),
    ),
    "cross_entropy": (
        Peer(
            "sklearn",
            "metrics.log_loss",
            "metrics.log_loss(y, special.softmax(z, -1), labels=np.arange(z.shape[-1]))",
            plain=True,
        ),
        *_sklearn(("LogisticRegression()",)),
        _torch("cross_entropy", "z, y.long(), label_smoothing=smoothing"),
        _keras(
            "categorical_crossentropy",
            "t, z, from_logits=True, label_smoothing=smoothing",
            rows=True,
        ),
        _optax("softmax_cross_entropy", "z, soft"),
    ),
    "kl_divergence": (
        _torch("kl_div", 'torch.log_softmax(z, -1), soft, reduction="batchmean"'),
        _keras("kl_divergence", "soft, p", rows=True),
        _optax("kl_divergence", "jax.nn.log_softmax(z, -1), soft"),
    ),
    "multiclass_hinge": (
        *_sklearn(
            (
                "metrics.hinge_loss",
                "metrics.hinge_loss(y, z, labels=np.arange(z.shape[-1]))",
            ),
        ),
        _optax("losses.multiclass_hinge_loss", "z, y.astype(int)"),
    ),
    "multiclass_focal": (
        _keras(
            "categorical_focal_crossentropy",
            "t, z, alpha=1.0, gamma=gamma, from_logits=True",
            rows=True,
        ),
    ),
    "multiclass_brier": (
        *_sklearn(
            (
                "metrics.brier_score_loss",
                "metrics.brier_score_loss(y, p, labels=np.arange(z.shape[-1]))",
            ),
        ),
        _torch("mse_loss", "p, t", "1 / K"),
        _keras("mean_squared_error", "t, p", "1 / K", rows=True),
        _optax("squared_error", "p, t", "1 / K"),
    ),
    "multiclass_squared_error": (
        *_sklearn(("metrics.mean_squared_error", "metrics.mean_squared_error(t, z)", "1 / K")),
        _torch("mse_loss", "z, t", "1 / K"),
        _keras("mean_squared_error", "t, z", "1 / K", rows=True),
        _optax("squared_error", "z, t", "1 / K"),
    ),
}
