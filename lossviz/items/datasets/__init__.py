"""The datasets, in gallery order."""

from lossviz.items.datasets import synthetic, classic, plane, credit, labelled, given
from lossviz.items.datasets.base import DATASETS, Dataset

__all__ = ["DATASETS", "Dataset"]
