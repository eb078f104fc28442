"""What there is to say of some runs: how each went, what they show together, and what a careful
reader should know of the numbers."""

from lossviz.views.sentences.cautions import faults, remarks
from lossviz.views.sentences.headlines import headline, minima
from lossviz.views.sentences.run_status import ending
from lossviz.views.sentences.story import story

__all__ = ["ending", "faults", "headline", "minima", "remarks", "story"]
