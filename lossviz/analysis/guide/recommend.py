"""What the findings, and what errors cost, speak for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lossviz.analysis.guide import traits
from lossviz.analysis.guide.measure import RARE, Finding, linear
from lossviz.engine.experiment import Experiment
from lossviz.engine.settings import param_of
from lossviz.items.datasets import DATASETS

COSTS: Mapping[str, Mapping[str, str]] = {
    "regression": {
        "unsure": "I cannot say: let the data speak",
        "typical": "I want the typical value (the median)",
        "mean": "I want the average (totals matter)",
        "large": "Large errors are much worse than small ones",
        "low": "Too low is worse than too high",
        "high": "Too high is worse than too low",
    },
    "classes": {
        "unsure": "I cannot say: let the data speak",
        "probabilities": "I want probabilities",
        "decision": "Only right or wrong counts",
        "rare": "Missing the rare class is dearer",
    },
}
MOST_PICKS = 4
MANY_FAR = 0.01  # share of residuals beyond 3 spreads; normal errors have 0.0027
PLAINLY_WRONG = 0.05  # with so many of them, it pays to let outliers go altogether
LOPSIDED = 0.25  # Kelly's skewness
FANNING, SURELY = 0.2, 0.01  # rank correlation, and its p-value
GROWTH = 1.0  # powers of ten
NOISY = 0.03  # share of disputed labels
DEAR = 0.75  # the level at which one side costs three times the other
# Both tuned to 95 % of the efficiency of squares under normal errors: Huber (1964), Beaton and
# Tukey (1974).
HUBER, TUKEY = 1.345, 4.685
# What the loss is like, its first parameters, why, and which findings say so.
Reason = tuple[traits.Trait, tuple[float, ...], str, tuple[str, ...]]
LETS_WRONG_LABELS_GO: Reason = (
    traits.forgets_wrong_labels,
    (),
    "Some labels look wrong: it lets go of those that are far off.",
    ("disputed",),
)


@dataclass(frozen=True)
class Pick:
    """A loss that is worth trying on the data, why, and which findings say so."""

    experiment: Experiment
    reason: str
    findings: tuple[str, ...]


def recommend(
    experiment: Experiment, found: Mapping[str, Finding], cost: str = "unsure"
) -> tuple[Pick, ...]:
    """Two to four losses, the one most spoken for first. `cost` is a key of COSTS for the data's
    task; another raises KeyError."""
    base = linear(experiment)
    task = DATASETS[base.data].task
    COSTS["regression" if task == "regression" else "classes"][cost]
    values = {key: finding.value for key, finding in found.items()}
    reasons = {"regression": _numbers, "binary": _two, "multiclass": _several}[task]
    picks: dict[str, Pick] = {}
    for trait, numbers, why, keys in reasons(values, cost):
        loss = traits.first(task, trait)
        # Two digits are as many as anybody can defend.
        rounded = (float(f"{number:.2g}") for number in numbers)
        names = (f"{loss.name}.{param.name}" for param in loss.params)
        own = dict(zip(names, rounded, strict=False))
        if loss.name in picks or not all(_is_allowed(key, value) for key, value in own.items()):
            continue
        wanted = base.replace(loss=loss.name, params={**dict(base.params), **own})
        picks[loss.name] = Pick(wanted, why, tuple(key for key in keys if key in found))
    return tuple(picks.values())[:MOST_PICKS]


def _is_allowed(key: str, value: float) -> bool:
    # Elsewhere the reason would speak of another loss than the one that is trained.
    return param_of(key).nearest(value) == value


def _numbers(found: Mapping[str, float], cost: str) -> Iterator[Reason]:
    far, spread = found.get("outliers", 0.0), found.get("spread", 1.0)
    if cost in ("low", "high"):
        tau = DEAR if cost == "low" else 1 - DEAR
        side = "low" if cost == "low" else "high"
        yield (
            traits.gives_a_quantile,
            (tau,),
            f"It charges three times as much for being too {side}, and outliers do not move it.",
            ("outliers",),
        )
        if far <= MANY_FAR:
            yield (
                traits.gives_an_expectile,
                (tau,),
                "The same with squares, which uses all rows; few residuals are far off.",
                ("outliers",),
            )
    if "counts" in found and cost != "typical":
        yield (
            traits.takes_counts,
            (),
            "The targets are counts: rates are never negative, and spread grows with them.",
            ("counts", "fanning"),
        )
    if found.get("decades", 0.0) >= GROWTH and cost in ("unsure", "typical"):
        yield (
            traits.takes_growth,
            (),
            "The targets span powers of ten, so being off by a factor is what counts.",
            ("decades",),
        )
    yield from _by_outliers(far, spread, cost)
    if cost == "typical":
        yield (traits.gives_the_median, (), "It estimates the median.", ("skew", "outliers"))
    is_fanning = found.get("fanning", 0.0) >= FANNING and found.get("fanning_p", 1.0) <= SURELY
    if is_fanning and cost in ("unsure", "typical"):
        yield (
            traits.gives_the_median,
            (),
            "Errors grow with the prediction: in squares the widest rows would decide.",
            ("fanning", "fanning_p"),
        )
    if abs(found.get("skew", 0.0)) >= LOPSIDED and cost == "unsure":
        yield (
            traits.gives_the_median,
            (),
            "The errors are lopsided, so mean and median part: this one gives the median.",
            ("skew",),
        )
    why = (
        "It estimates the mean, and few residuals are far off."
        if far <= MANY_FAR
        else "The usual one, to compare with: it estimates the mean, but a few rows may carry it "
        "away."
    )
    yield traits.is_usual, (), why, ("outliers",)
    yield (
        traits.bears_outliers,
        (HUBER * spread,),
        "An insurance: nearly as good as squares if errors "
        "are normal, and safe if some are not. δ is 1.345 spreads.",
        ("spread",),
    )
    yield (
        traits.gives_the_median,
        (),
        "An insurance that needs no scale to be set.",
        ("outliers",),
    )


def _by_outliers(far: float, spread: float, cost: str) -> Iterator[Reason]:
    if far <= MANY_FAR or cost in ("low", "high"):
        return
    if cost in ("mean", "large"):
        yield (
            traits.bears_outliers,
            (3 * spread,),
            "Squares up to 3 spreads, beyond which rows are suspect and pull no harder.",
            ("outliers", "spread"),
        )
        return
    yield (
        traits.bears_outliers,
        (HUBER * spread,),
        "Some residuals are far off: beyond 1.345 spreads they pull no harder.",
        ("outliers", "spread"),
    )
    if far >= PLAINLY_WRONG and cost == "unsure":
        yield (
            traits.forgets_outliers,
            (TUKEY * spread,),
            "So many are far off that they may be plainly wrong:"
            " beyond 4.685 spreads they do not pull at all.",
            ("outliers", "spread"),
        )
    yield (
        traits.gives_the_median,
        (),
        "Some residuals are far off, and it needs no scale to be set.",
        ("outliers",),
    )


def _two(found: Mapping[str, float], cost: str) -> Iterator[Reason]:
    is_there = found["rarest"] > 0  # else no weight could make up for it
    if is_there and (cost == "rare" or (found["rarest"] < RARE and cost == "unsure")):
        yield (
            traits.is_usual,
            _weights(found),
            "It weighs the rare class so that both count alike; "
            "its probabilities are then those of equal shares.",
            ("rarest",),
        )
    if cost == "decision":
        yield (
            traits.wants_a_margin,
            (),
            "It asks only for the right side and some margin, and lets the rest be.",
            ("rows",),
        )
    if found.get("disputed", 0.0) >= NOISY:
        yield LETS_WRONG_LABELS_GO
        yield (
            traits.bears_wrong_labels,
            (),
            "Some labels look wrong: none pulls harder than 4, and the loss stays convex.",
            ("disputed",),
        )
    yield (
        traits.is_usual,
        (),
        "It gives probabilities, and is the one to begin with.",
        ("rarest", "disputed"),
    )
    yield (
        traits.wants_a_margin_smoothly,
        (),
        "It rests the decision on the rows near the boundary, smoothly.",
        ("rows",),
    )


def _weights(found: Mapping[str, float]) -> tuple[float, ...]:
    weight = (1 - found["rarest"]) / found["rarest"]
    return (1.0, weight) if found["rare_class"] else (weight, 1.0)


def _several(found: Mapping[str, float], cost: str) -> Iterator[Reason]:
    if cost == "decision":
        yield (
            traits.wants_a_margin,
            (),
            "It asks only that the right class leads by a margin.",
            ("classes",),
        )
    if found["rarest"] < RARE * 2 / found["classes"] and cost in ("unsure", "rare"):
        yield (
            traits.passes_easy_rows_over,
            (),
            "Rows that are easy, most of them of common classes, count for less.",
            ("rarest",),
        )
    if found.get("disputed", 0.0) >= NOISY:
        yield LETS_WRONG_LABELS_GO
    yield (
        traits.is_usual,
        (),
        "It gives probabilities, and is the one to begin with.",
        ("classes", "disputed"),
    )
    yield (
        traits.wants_a_margin,
        (),
        "It rests the decision on the rows near the boundaries.",
        ("classes",),
    )
