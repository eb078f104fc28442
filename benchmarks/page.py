"""What a page costs the server that nobody asked for before, without Streamlit, by part.

Milliseconds of processor time, the median over seeds, so that the rows are new each time, and the
bytes that go to the browser.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from statistics import median
from time import process_time
from typing import TypeVar

import numpy as np

import lossviz
from benchmarks.ratios import Ratio
from lossviz.analysis.minimum import with_and_without_outliers
from lossviz.base.cache import KEPT
from lossviz.engine.frames import aligned
from lossviz.engine.task import Task
from lossviz.player import payload
from lossviz.views.panels import marks, playground
from lossviz.views.sentences import faults, headline, minima, remarks

LINKS = {
    "three losses pulled by outliers": (
        "outliers=vertical&vertical.direction=down&vertical.where=right"
        "&loss=squared_error&loss=absolute_error&loss=huber&lr=0.02&steps=150&init=clean"
    ),
    "two losses on moons": "data=moons&loss=log_loss&loss=hinge&steps=500",
}
SEEDS = range(1, 22)
NUMBERS = np.ones(10_000)
MOST_MS, MOST_KB = 40.0, 150.0
Value = TypeVar("Value")


class Clock:
    """Processor time by part, summed within a round."""

    def __init__(self) -> None:
        self.rounds: list[dict[str, float]] = []

    def of(self, part: str, make: Callable[[], Value]) -> Value:
        """What `make` gives, its time counted to the part."""
        start = process_time()
        value = make()
        spent = self.rounds[-1]
        spent[part] = spent.get(part, 0.0) + 1e3 * (process_time() - start)
        return value

    def medians(self) -> dict[str, float]:
        """Milliseconds of each part, and of all."""
        every = {part: [each.get(part, 0.0) for each in self.rounds] for part in self.rounds[-1]}
        every["all"] = [sum(each.values()) - each["yardstick"] for each in self.rounds]
        return {part: median(values) for part, values in every.items()}


def measure() -> Iterator[Ratio]:
    """The parts of each page, printed, and how all fares against what was set for it."""
    for what, link in LINKS.items():
        clock, sizes = Clock(), []
        _page(Clock(), f"{link}&seed=0")  # imports what is imported late
        for seed in SEEDS:
            sizes.append(_page(clock, f"{link}&seed={seed}") / 1e3)
        parts = clock.medians()
        print(
            f"{parts.pop('yardstick'):10.2f} ms  for 1000 sums of 10,000 numbers, on this machine"
        )
        for part, spent in parts.items():
            print(f"{spent:10.2f} ms  {part}")
        is_first = what == next(iter(LINKS))
        yield Ratio(
            f"the server's processor time for a page that is new: {what}",
            f"{parts['all']:.1f} ms",
            f"{MOST_MS:.0f} ms",
            parts["all"] / MOST_MS,
            "<= 1" * is_first,
        )
        yield Ratio(
            f"what goes to the browser: {what}",
            f"{median(sizes):.0f} KB",
            f"{MOST_KB:.0f} KB",
            median(sizes) / MOST_KB,
            "<= 1" * is_first,
        )


def _page(clock: Clock, link: str) -> int:
    """Make the page of a link, as the playground does; the bytes of its payload."""
    KEPT.clear()
    gc.collect()
    clock.rounds.append({})
    clock.of("yardstick", lambda: [NUMBERS.sum() for _ in range(1000)])
    asked = clock.of("link", lambda: list(lossviz.parse(link)[0]))
    tasks = clock.of("rows and tasks", lambda: [Task.of(each) for each in asked])
    runs = clock.of("training", lambda: aligned(lossviz.run_all(asked)))
    clock.of("minimisers, with and without outliers", lambda: with_and_without_outliers(tasks))
    clock.of("sentences", lambda: [headline(runs), minima(runs), *faults(runs)])
    movie = clock.of("charts and tables", lambda: playground(runs))
    sent = clock.of("payload", lambda: len(payload(movie, run=link, marks=marks(runs))))
    clock.of("remarks", lambda: remarks(runs))
    return sent
