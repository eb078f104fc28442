"""The loss gallery: what a loss is called elsewhere, its code there, its facts and its cost."""

from lossviz.gallery.advice import ADVICE, Advice
from lossviz.gallery.code import snippet
from lossviz.gallery.curves import Curve, curve
from lossviz.gallery.facts import Facts, facts, facts_at
from lossviz.gallery.filled import filled
from lossviz.gallery.libraries import LIBRARIES, Library
from lossviz.gallery.link import EXAMPLE, FIRST_SHOWN, TASKS, address, parse, train_link
from lossviz.gallery.peers import PEERS, Peer, factor_words
from lossviz.gallery.timing import Timing, timings

__all__ = [
    "ADVICE", "EXAMPLE", "FIRST_SHOWN", "LIBRARIES", "PEERS", "TASKS", "Advice", "Curve", "Facts",
    "Library", "Peer", "Timing", "address", "curve", "factor_words", "facts", "facts_at", "filled",
    "parse", "snippet", "timings", "train_link",
]  # fmt: skip
