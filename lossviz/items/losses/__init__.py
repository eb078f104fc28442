"""The losses. Registration order is gallery order, so these imports are not sorted by name."""

# isort: off
from lossviz.items.losses import regression  # noqa: F401
from lossviz.items.losses import asymmetric  # noqa: F401
from lossviz.items.losses import purpose  # noqa: F401
from lossviz.items.losses import robust  # noqa: F401
from lossviz.items.losses import adaptive  # noqa: F401
from lossviz.items.losses import binary  # noqa: F401
from lossviz.items.losses import binary_special  # noqa: F401
from lossviz.items.losses import multiclass  # noqa: F401
from lossviz.items.losses import multiclass_special  # noqa: F401

# isort: on
from lossviz.items.losses.base import LOSSES, Loss, loss, usual_loss

__all__ = ["LOSSES", "Loss", "loss", "usual_loss"]
