"""A ratio of two things measured in one run, and how to measure them side by side."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

BETTER = {">=": operator.ge, "<=": operator.le}


@dataclass(frozen=True)
class Ratio:
    """What is compared with what, in words; the two measures with their unit; their ratio and
    its target such as ">= 4", "" where it is only stated."""

    what: str
    ours: str
    theirs: str
    value: float
    target: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the ratio reaches its target."""
        sign, _, bound = self.target.partition(" ")
        return not self.target or BETTER[sign](self.value, float(bound))

    def __str__(self) -> str:
        verdict = ("met" if self.is_met else "MISSED") if self.target else ""
        return (
            f"  {self.value:8.2f}  {self.target:7}{verdict:8}{self.what}\n"
            f"{'':27}{self.ours} against {self.theirs}"
        )


def seconds(function: Callable[[], object]) -> float:
    """How long one call takes."""
    start = perf_counter()
    function()
    return perf_counter() - start


def interleaved(*functions: Callable[[], object], rounds: int = 9) -> list[float]:
    """Median seconds of each, called in turn, so that a busy moment strikes all alike."""
    for function in functions:
        function()  # warm
    times = [[seconds(function) for function in functions] for _ in range(rounds)]
    return [median(column) for column in zip(*times, strict=True)]
