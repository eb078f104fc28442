"""Which loss suits data: what is measured of them, what that speaks for, and the proof."""

from lossviz.guide.measure import Finding, linear, measure
from lossviz.guide.prove import METRICS, Difference, Proof, differences, prove, splits, verdict
from lossviz.guide.recommend import COSTS, Pick, recommend

__all__ = [
    "COSTS", "METRICS", "Difference", "Finding", "Pick", "Proof", "differences", "linear",
    "measure", "prove", "recommend", "splits", "verdict",
]  # fmt: skip
