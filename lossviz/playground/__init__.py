"""What the playground shows of some runs: the movie, its table, and the sentences around it."""

from lossviz.playground.movie import playground
from lossviz.playground.words import faults, headline, remarks, status

__all__ = ["faults", "headline", "playground", "remarks", "status"]
