"""The losses, in gallery order."""

from lossviz.items.losses import (
    regression,
    asymmetric,
    purpose,
    robust,
    adaptive,
    binary,
    binary_special,
    multiclass,
    multiclass_special,
)
from lossviz.items.losses.base import LOSSES, Loss, loss, usual_loss

__all__ = ["LOSSES", "Loss", "loss", "usual_loss"]
