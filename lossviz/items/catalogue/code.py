"""The same loss as code for another library."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lossviz.base.registry import Value, text
from lossviz.items.catalogue.libraries import LIBRARIES, Library
from lossviz.items.catalogue.peers import PEERS, Peer
from lossviz.items.losses import Loss

# In the names below, the loss's parameters, and functions that every library spells its own way.
FORMULAS: Mapping[str, str] = {
    "squared_error": "r**2",
    "absolute_error": "abs(r)",
    "huber": "where(abs(r) <= delta, r**2 / 2, delta * (abs(r) - delta / 2))",
    "pseudo_huber": "delta**2 * (sqrt(1 + (r / delta) ** 2) - 1)",
    "log_cosh": "abs(r) + softplus(-2 * abs(r)) - math.log(2)",
    "quantile": "maximum(-tau * r, (1 - tau) * r)",
    "expectile": "where(r > 0, (1 - tau) * r**2, tau * r**2)",
    "squared_log_error": "(sign(z) * log1p(abs(z)) - log1p(y)) ** 2",
    "epsilon_insensitive": "relu(abs(r) - epsilon)",
    "squared_epsilon_insensitive": "relu(abs(r) - epsilon) ** 2",
    "poisson": "exp(z) - y * z",
    "linex": "exp(a * r) - a * r - 1",
    "cauchy": "c**2 / 2 * log1p((r / c) ** 2)",
    "geman_mcclure": "r**2 / 2 / (1 + (r / c) ** 2)",
    "welsch": "c**2 / 2 * (1 - exp(-((r / c) ** 2)))",
    "tukey": "c**2 / 6 * (1 - relu(1 - (r / c) ** 2) ** 3)",
    "barron": "b / alpha * (((r / c) ** 2 / b + 1) ** (alpha / 2) - 1)",
    "adaptive": "b / alpha * (((r / scale) ** 2 / b + 1) ** (alpha / 2) - 1) + log_z",
    "log_loss": "cost * softplus(-m)",
    "hinge": "relu(1 - m)",
    "squared_hinge": "relu(1 - m) ** 2",
    "smoothed_hinge": "where(m <= 0, 0.5 - m, relu(1 - m) ** 2 / 2)",
    "modified_huber": "where(m >= -1, relu(1 - m) ** 2, -4 * m)",
    "exponential_loss": "exp(-m)",
    "perceptron": "relu(-m)",
    "focal": "sigmoid(-m) ** gamma * softplus(-m)",
    "brier": "(sigmoid(z) - y) ** 2",
    "savage": "sigmoid(-2 * m) ** 2",
    "least_squares": "(1 - m) ** 2",
    "cross_entropy": "-sum(soft * log_softmax(z, -1), -1)",
    "kl_divergence": "sum(special.rel_entr(soft, p), -1)",  # the other libraries have it
    "multiclass_hinge": "max(z + 1 - t, -1) - sum(t * z, -1)",
    "multiclass_focal": "-sum(t * (1 - p) ** gamma * log_softmax(z, -1), -1)",
    "multiclass_brier": "sum((p - t) ** 2, -1)",
    "multiclass_squared_error": "sum((z - t) ** 2, -1)",
}
# Where the formula divides 0 by 0, its limit.
LIMITS: Mapping[tuple[str, str, Value], str] = {
    ("barron", "alpha", 0.0): "log1p((r / c) ** 2 / 2)",
    ("barron", "alpha", 2.0): "(r / c) ** 2 / 2",
}
# Names that code may use, each in those before it.
DEFINITIONS: Mapping[str, str] = {
    "K": "z.shape[-1]",
    "t": "",  # the library's own
    "s": "2 * y - 1",
    "m": "s * z",
    "r": "z - y",
    "p": "softmax(z, -1)",
    "b": "abs(alpha - 2)",
    # log(c Z(alpha)): the area under the density's top, with x = sqrt(b) sinh(k/8) at each node.
    "log_z": "math.log(scale * b**0.5 / 8 * math.fsum("
    "math.exp(b / alpha * (1 - math.cosh(k / 8) ** alpha)) * math.cosh(k / 8) "
    "for k in range(-304, 305)))",
    "cost": "weight_1 * y + weight_0 * (1 - y)",
    "soft": "(1 - smoothing) * t + smoothing / K",
}


def snippet(loss: Loss, library: str, params: Mapping[str, Value]) -> str:
    """A script that takes NumPy arrays z, the raw predictions, and y, the targets or labels as
    floats, and leaves the mean loss in `loss`: by the library's own function where it has one,
    else by its arithmetic. "" for a loss that nobody wrote down here."""
    peer = own(loss, library, params)
    if peer is None and loss.name not in FORMULAS:
        return ""
    return _script(loss, LIBRARIES[library], params, _result(loss, peer, params))


def own(loss: Loss, library: str, params: Mapping[str, Value]) -> Peer | None:
    """The library's function for this loss with these parameters, the first if it has several."""
    found = (peer for peer in PEERS.get(loss.name, ()) if peer.library == library and peer.call)
    return next((peer for peer in found if not peer.plain or _is_plain(loss, params)), None)


def theirs(loss: Loss, peer: Peer, params: Mapping[str, Value]) -> str:
    """A script that leaves in `loss` what the library's function gives, whatever its factor."""
    return _script(loss, LIBRARIES[peer.library], params, peer.call)


def _is_plain(loss: Loss, params: Mapping[str, Value]) -> bool:
    return all(params[param.name] == param.default for param in loss.params)


def _result(loss: Loss, peer: Peer | None, params: Mapping[str, Value]) -> str:
    if peer is None:
        limits = (LIMITS.get((loss.name, key, value)) for key, value in params.items())
        return f"mean({next(filter(None, limits), FORMULAS[loss.name])})"
    if peer.factor == "1":
        return peer.call
    divisor = peer.factor.removeprefix("1 / ")
    return f"{peer.call} / {divisor}" if divisor == peer.factor else f"{divisor} * {peer.call}"


def _script(loss: Loss, library: Library, params: Mapping[str, Value], result: str) -> str:
    definitions = {**DEFINITIONS, "t": library.one_hot}
    values = {param.name: text(params[param.name]) for param in loss.params}
    lines, wanted = [f"loss = {result}"], result
    for name, meaning in reversed(list({**values, **definitions}.items())):
        if _has(name, wanted):
            lines.insert(0, f"{name} = {meaning}")
            wanted += f" {meaning}"
    body = "\n".join(_spelt(line, library) for line in lines)
    if library.arrays:
        body = f"{library.arrays}\n{body}"
    imports = [line for name, line in library.imports.items() if _has(name, body)]
    return "\n".join([*imports, "", body]).lstrip() + "\n"


def _has(name: str, code: str) -> bool:
    return re.search(rf"(?<![\w.\"]){name}\b(?! *=[^=])", code) is not None


def _spelt(line: str, library: Library) -> str:
    """The formula's functions under the library's names; what is named in full stays."""

    def name(found: re.Match[str]) -> str:
        return library.spelling.get(found[1], found[0])

    return re.sub(r"(?<![\w.])(\w+)\(", name, line)
