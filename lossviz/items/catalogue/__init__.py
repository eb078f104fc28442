"""The loss gallery: what a loss is called elsewhere, its code there, its facts and its cost."""

from lossviz.items.catalogue.code import snippet
from lossviz.items.catalogue.curves import Curve, curve
from lossviz.items.catalogue.facts import Facts, facts, facts_at
from lossviz.items.catalogue.filled import filled
from lossviz.items.catalogue.libraries import LIBRARIES, Library
from lossviz.items.catalogue.peers import factor_words
from lossviz.items.catalogue.timing import Timing, timings

__all__ = [
    "LIBRARIES",
    "Curve",
    "Facts",
    "Library",
    "Timing",
    "curve",
    "factor_words",
    "facts",
    "facts_at",
    "filled",
    "snippet",
    "timings",
]
