"""What the guide wants of a loss, as facts: of several that have them it takes the first."""

from __future__ import annotations

from collections.abc import Callable

from lossviz.items.catalogue import Facts, facts
from lossviz.items.losses import LOSSES, Loss

Trait = Callable[[Loss], bool]


def first(task: str, trait: Trait) -> Loss:
    """The first loss for a task that has the trait."""
    return next(loss for loss in LOSSES.values() if loss.task == task and trait(loss))


def is_usual(loss: Loss) -> bool:
    """Taken where none is named: of numbers the squares, of classes the probabilities."""
    return loss.usual


def gives_the_median(loss: Loss) -> bool:
    """Half of the targets lie below its best constant."""
    return loss.estimates == "median"


def gives_a_quantile(loss: Loss) -> bool:
    """A share of the targets, its first parameter, lies below its best constant."""
    return loss.estimates == "quantile"


def gives_an_expectile(loss: Loss) -> bool:
    """The same with squares."""
    return loss.estimates == "expectile"


def takes_counts(loss: Loss) -> bool:
    """Its targets are counts."""
    return loss.counts


def takes_growth(loss: Loss) -> bool:
    """Its targets are positive, and not counted."""
    return loss.domain[0] == 0.0 and not loss.counts


def bears_outliers(loss: Loss) -> bool:
    """Squares up to its first parameter, beyond which no row pulls harder."""
    return _is_steady(facts(loss)) and bool(loss.params)


def forgets_outliers(loss: Loss) -> bool:
    """Rows beyond its first parameter do not pull at all."""
    if not loss.redescending or not loss.params:
        return False
    edge = float(loss.params[0].default)
    return bool(loss(1.001 * edge, 0.0)[1] == 0.0 != loss(0.999 * edge, 0.0)[1])


def wants_a_margin(loss: Loss) -> bool:
    """Right rows are let be beyond a kink at a margin, up to which they pull."""
    return any(kink > 0.0 for kink in facts(loss).kinks)


def wants_a_margin_smoothly(loss: Loss) -> bool:
    """The same without a kink, and no row pulls harder than 1."""
    return _is_steady(facts(loss)) and facts(loss).pull == 1.0 and not loss.usual


def bears_wrong_labels(loss: Loss) -> bool:
    """No row pulls harder than a bound, but squares do near the boundary."""
    return _is_steady(facts(loss)) and loss.constant is not None and facts(loss).pull != 1.0


def forgets_wrong_labels(loss: Loss) -> bool:
    """Rows that are far off do not pull."""
    return loss.redescending


def passes_easy_rows_over(loss: Loss) -> bool:
    """The surer a row is right the less it counts, be the loss convex or not."""
    found = facts(loss)
    return found.robust and not (found.convex or found.redescending or found.probabilistic)


def _is_steady(found: Facts) -> bool:
    return found.convex and found.robust and found.smooth
