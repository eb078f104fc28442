"""The kinds of outliers, in gallery order."""

from lossviz.items.outliers import base, targets, labels  # noqa: F401, I001  (imported in gallery order)
from lossviz.items.outliers.base import OUTLIERS, Outliers, outliers

__all__ = ["OUTLIERS", "Outliers", "outliers"]
