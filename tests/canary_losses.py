"""Losses that only tests know: one registered with the least there can be, one with all.

As a plugin of pytest (`-p canary_losses`) they are there before the tests are collected, so that
every test over the registry is run for them.
"""

import numpy as np

from lossviz.base.registry import Param
from lossviz.items.losses import loss
from lossviz.items.losses.known import Known, in_optax


def add_plain():
    """Fair's loss in the fewest lines."""

    @loss(
        "plain_canary",
        label="Plain canary",
        formula=r"|r| - \log(1 + |r|)",
        convex=True,
        slope_bound=lambda: 1.0,
        curvature=lambda: 1.0,
    )
    def plain_canary(z, y):
        r = z - y
        return np.abs(r) - np.log1p(np.abs(r)), r / (1.0 + np.abs(r))


def add_known():
    """The same with a scale, and with all that may be known of it."""

    @loss(
        "known_canary",
        label="Known canary (Fair)",
        params=(Param("c", 1.5, 0.01, 100.0, label="c", help="Where squares end", log=True),),
        formula=r"c^2 \left( |r|/c - \log(1 + |r|/c) \right)",
        notes="It sings. It stops where something is wrong.",
        reference="R. C. Fair (1974), On the robust estimation of econometric models",
        convex=True,
        slope_bound=lambda c: c,
        curvature=lambda c: 1.0,
        look=3,
        shown_first=True,
        known=Known(
            use="A canary is wanted.",
            avoid="There is no mine.",
            peers=(in_optax("fair_loss", "z, y, c=c", "1 / c"),),
            spelling="c**2 * (abs(r) / c - log1p(abs(r) / c))",
            no_estimator="none of them sings",
            torch=lambda c: (
                f"lambda z, t: {c!r}**2 * ((z - t).abs() / {c!r}"
                f" - ((z - t).abs() / {c!r}).log1p()).mean()"
            ),
        ),
    )
    def known_canary(z, y, *, c):
        r = z - y
        size = np.abs(r) / c
        return c * c * (size - np.log1p(size)), r / (1.0 + size)


def add_bent():
    """One with a kink between curves, for which there is no solver."""

    @loss("bent_canary", label="Bent canary", formula="|r| + r^2", convex=True, kinks=lambda: (0,))
    def bent_canary(z, y):
        r = z - y
        return np.abs(r) + r * r, np.sign(r) + 2.0 * r


def pytest_configure():
    """Registered for the whole of a run."""
    add_plain()
    add_known()
