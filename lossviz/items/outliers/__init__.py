"""The kinds of outliers, in gallery order."""

from lossviz.items.outliers import base, targets, labels
from lossviz.items.outliers.base import OUTLIERS, Outliers, outliers

__all__ = ["OUTLIERS", "Outliers", "outliers"]
