"""The datasets, in gallery order."""

from lossviz.datasets import synthetic, classic  # noqa: F401, I001  (imported in gallery order)
from lossviz.datasets.base import DATASETS, Dataset

__all__ = ["DATASETS", "Dataset"]
