"""The models, in gallery order."""

from lossviz.items.models import linear, network
from lossviz.items.models.base import MODELS, Model

__all__ = ["MODELS", "Model"]
