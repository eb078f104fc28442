"""The same loss as code for another library."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lossviz.base.registry import Value, text
from lossviz.items.catalogue.libraries import LIBRARIES, Library
from lossviz.items.losses import Loss
from lossviz.items.losses.known import Peer

# Names that code may use, each in those before it.
DEFINITIONS: Mapping[str, str] = {
    "K": "z.shape[-1]",
    "t": "",  # the library's own
    "s": "2 * y - 1",
    "m": "s * z",
    "r": "z - y",
    "p": "softmax(z, -1)",
    "soft": "(1 - smoothing) * t + smoothing / K",
}


# Of the formula language: a cut at 0, and a function of a number, which arrays' functions refuse.
CUT = re.compile(r"\bmax\(((?:[^(),]|\([^()]*\))+), 0\)")
OF_A_NUMBER = re.compile(r"\b(\w+)\((\d+)\)")


def snippet(loss: Loss, library: str, params: Mapping[str, Value]) -> str | None:
    """A script that takes NumPy arrays z, the raw predictions, and y, the targets or labels as
    floats, and leaves the mean loss in `loss`: by the library's own function where it has one,
    else by its arithmetic. "" for a loss that has no code; None where none is known."""
    peer = own(loss, library, params)
    result = arithmetic(loss, params) if peer is None else _scaled(peer)
    return _script(loss, LIBRARIES[library], params, result) if result else result


def own(loss: Loss, library: str, params: Mapping[str, Value]) -> Peer | None:
    """The library's function for this loss with these parameters, the first if it has several."""
    peers = loss.known.peers or ()
    found = (peer for peer in peers if peer.library == library and peer.call)
    return next((peer for peer in found if not peer.plain or _is_plain(loss, params)), None)


def arithmetic(loss: Loss, params: Mapping[str, Value]) -> str | None:
    """The mean loss, in the loss's parameters, DEFINITIONS, and functions that every library spells
    its own way; "" or None as the loss declares it."""
    known = loss.known
    limits = [limit.code for limit in known.limits if params[limit.param] == limit.value]
    code = limits[0] if limits else known.code
    if code is None and known.spelling is not None:
        code = OF_A_NUMBER.sub(r"math.\1(\2)", CUT.sub(r"relu(\1)", known.spelling))
        code = f"cost * ({code})" if loss.costs else code
    return f"mean({code})" if code else code


def theirs(loss: Loss, peer: Peer, params: Mapping[str, Value]) -> str:
    """A script that leaves in `loss` what the library's function gives, whatever its factor."""
    return _script(loss, LIBRARIES[peer.library], params, peer.call)


def _is_plain(loss: Loss, params: Mapping[str, Value]) -> bool:
    return all(params[param.name] == param.default for param in loss.params)


def _scaled(peer: Peer) -> str:
    if peer.factor == "1":
        return peer.call
    divisor = peer.factor.removeprefix("1 / ")
    return f"{peer.call} / {divisor}" if divisor == peer.factor else f"{divisor} * {peer.call}"


def _script(loss: Loss, library: Library, params: Mapping[str, Value], result: str) -> str:
    definitions = {**DEFINITIONS, **loss.known.definitions, "t": library.one_hot}
    if loss.costs:
        zero, one = loss.costs
        definitions["cost"] = f"{one} * y + {zero} * (1 - y)"
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
