"""Which loss suits data: what is measured of them, what that speaks for, and the proof."""

from lossviz.analysis.guide.folds import drawn, splits
from lossviz.analysis.guide.measure import Finding, linear, measure
from lossviz.analysis.guide.prove import (
    LEVEL,
    METRICS,
    Difference,
    Proof,
    comparisons,
    differences,
    prove,
    verdict,
)
from lossviz.analysis.guide.recommend import COSTS, Pick, recommend

__all__ = [
    "COSTS",
    "LEVEL",
    "METRICS",
    "Difference",
    "Finding",
    "Pick",
    "Proof",
    "comparisons",
    "differences",
    "drawn",
    "linear",
    "measure",
    "prove",
    "recommend",
    "splits",
    "verdict",
]
