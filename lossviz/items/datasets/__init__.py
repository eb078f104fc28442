"""The datasets, in gallery order."""

from lossviz.items.datasets import synthetic, classic, plane, credit, labelled, given  # noqa: F401, I001  (in gallery order)
from lossviz.items.datasets.base import DATASETS, Dataset

__all__ = ["DATASETS", "Dataset"]
