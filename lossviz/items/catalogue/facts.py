"""What is known of a loss, at given parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lossviz.base.registry import Value
from lossviz.items.losses import Loss


@dataclass(frozen=True)
class Facts:
    """A loss's declared facts as numbers and yes or no.

    pull: the largest |slope|, None if there is none. curvature: the largest second derivative, None
    if it is unbounded or the loss has kinks. kinks: the residuals or margins where the slope jumps.
    """

    task: str
    convex: bool
    pull: float | None
    redescending: bool
    kinks: tuple[float, ...]
    curvature: float | None
    estimates: str
    probabilistic: bool

    @property
    def robust(self) -> bool:
        """Whether one row's pull is bounded, however far off the row is."""
        return self.pull is not None

    @property
    def smooth(self) -> bool:
        """Whether the slope is continuous."""
        return not self.kinks


def facts(loss: Loss) -> Facts:
    """The facts at the default parameters."""
    return facts_at(loss, {param.name: param.default for param in loss.params})


def facts_at(loss: Loss, params: Mapping[str, Value]) -> Facts:
    """The facts at these parameters; letting go is that of every value."""
    options: dict[str, Any] = dict(params)
    return Facts(
        task=loss.task,
        convex=loss.is_convex(**options),
        pull=_finite(loss.slope_bound(**options)) if loss.slope_bound else None,
        redescending=loss.redescending,
        kinks=tuple(loss.kinks(**options)),
        curvature=_finite(loss.curvature(**options)) if loss.curvature else None,
        estimates=loss.estimates,
        probabilistic=loss.probabilistic,
    )


def _finite(bound: float) -> float | None:
    return bound if math.isfinite(bound) else None
