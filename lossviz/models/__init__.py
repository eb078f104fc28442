"""The models, in gallery order."""

from lossviz.models import linear, network  # noqa: F401  (importing registers them)
from lossviz.models.base import MODELS, Model

__all__ = ["MODELS", "Model"]
