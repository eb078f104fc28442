"""How large a loss is in other libraries.

Tests run every call that a loss declares and hold every factor: scikit-learn's with the others,
those of PyTorch, Keras and Optax by `make parity`. TensorFlow's `tf.keras.losses` is Keras' own.
"""

from __future__ import annotations

import re

from lossviz.items.losses import Loss
from lossviz.items.losses.known import Peer


def factor_words(peer: Peer, loss: Loss) -> str:
    """How large theirs is, in words with the parameters' own letters."""
    if peer.factor == "1":
        return "the same"
    letters = {param.name: param.label for param in loss.params}
    size = re.sub(r"\w+", lambda word: letters.get(word[0], word[0]), peer.factor)
    return size.replace(" / ", "/") + (" of ours" if "/" in size else " times ours")
