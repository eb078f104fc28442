"""What some runs show, in a sentence that moves with the frame: what moved most, and how far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from math import floor, log10

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.words import listed
from lossviz.engine.frames import thinned
from lossviz.engine.looks import styles
from lossviz.engine.numbers import LARGE, SMALL, number, percent
from lossviz.engine.run import Run
from lossviz.player.story import Story
from lossviz.views.sentences.convergence import at_the_end, so_far
from lossviz.views.sentences.moves import Move, move_of
from lossviz.views.sentences.names import LISTED, capital, names_of, subjects

FRAMES = 60  # at which a sentence is told
DIGITS = 2  # that count, of what moved most


def story(runs: Sequence[Run], move: Move | None = None, frames: Array | None = None) -> Story:
    """What runs at the same steps show, and at the last of these what keeps them from their
    minimum: what moved most, or another move; at some of their frames, the first and the last
    among them, or at these."""
    frames = thinned(len(runs[0].steps), FRAMES) if frames is None else frames
    move = move_of(runs, frames) if move is None else move
    names, is_short = names_of(runs)
    said, who = Sentence(runs, move, is_short=is_short), subjects(len(runs), is_short=is_short)
    sentences = []
    for row, frame in enumerate(frames):
        step = int(runs[0].steps[frame])
        parts = [said.at(row, step), *so_far(runs, step, who)]
        if frame == frames[-1]:
            parts += at_the_end(runs, who)
        sentences.append(" ".join(filter(None, parts)))
    looks = styles([run.experiment for run in runs])
    return Story(sentences, frames.tolist(), names, [look.colour for look in looks])


class Sentence:
    """How a move is put into words."""

    def __init__(self, runs: Sequence[Run], move: Move, *, is_short: bool):
        self.runs, self.move, self.is_short = runs, move, is_short
        self.by = move.by
        ends = [k for k, run in enumerate(runs) if run.diverged_at is None] or range(len(runs))
        most = np.abs(self.by[list(ends), -1])
        most = float(most[np.isfinite(most)].max(initial=0.0))
        self.is_plain = SMALL <= most < LARGE
        self.digits = max(0, DIGITS - 1 - floor(log10(most))) if self.is_plain else 0

    def at(self, row: int, step: int) -> str:
        """The sentence at a row of the move's frames; "" where there is nothing to speak of."""
        there = [
            k
            for k, run in enumerate(self.runs)
            if (run.diverged_at is None or step < run.diverged_at)
            and np.isfinite(self.move.values[k, [0, row]]).all()
        ]
        if not there:
            return ""
        if self.move.is_still and self.move.kind == "by":
            return "Nothing has moved."
        if row == 0 and self.move.kind != "by":
            return self._start(there)
        if len(self.runs) == 1:
            return f"{self._thing()} {self._moved(0, row)}{self.move.where}."
        if len(there) > LISTED:
            is_by = self.move.kind == "by"  # the highest line first, or the fewest mistakes
            along = -self.by[:, row] if is_by else self.move.values[:, row]
            first, *_, last = sorted(there, key=along.__getitem__)
            ends = f"{self._with(first, row)} and {self._with(last, row, after=first)}"
            return f"{self._opening()} {ends}; the other {len(there) - 2} lie between them."
        if self.is_short:
            return self._possessive(there, row)
        clauses = [self._with(there[0], row)]
        clauses += [self._with(k, row, after=j) for j, k in pairwise(there)]
        return f"{self._opening()} {listed(clauses)}."

    def _start(self, there: Sequence[int]) -> str:
        """Where each begins, of what is said from where to where."""
        starts = [self._level(float(self.move.values[k, 0])) for k in there]
        verb = "begin" if self._is_many else "begins"
        opening = f"{self._thing()} {verb}"
        if len(set(starts)) == 1:
            return f"{opening} at {starts[0]}."
        if len(there) > LISTED:
            ends = (extreme(self.move.values[there, 0]) for extreme in (np.min, np.max))
            return f"{opening} between {' and '.join(self._level(float(end)) for end in ends)}."
        each = [f"at {start} with {{{k}}}" for k, start in zip(there, starts, strict=True)]
        return f"{opening} {listed(each)}."

    @property
    def _is_many(self) -> bool:
        return self.move.kind == "share"

    def _possessive(self, there: Sequence[int], row: int) -> str:
        first = there[0]
        clauses = [f"{{{first}}}'s {self.move.thing} {self._moved(first, row)}{self.move.where}"]
        clauses += [
            f"{{{k}}}'s {self._moved(k, row, after=before)}" for before, k in pairwise(there)
        ]
        return f"{listed(clauses)}."

    def _thing(self) -> str:
        return capital(self.move.thing if self._is_many else f"the {self.move.thing}")

    def _opening(self) -> str:
        """The thing, after the place where it moved."""
        if not self.move.where:
            return self._thing()
        return f"{capital(self.move.where.strip())} the {self.move.thing}"

    def _with(self, k: int, row: int, after: int | None = None) -> str:
        return f"{self._moved(k, row, after=after)} with {{{k}}}"

    def _moved(self, k: int, row: int, after: int | None = None) -> str:
        """Verb and amount, without what was said of the run `after` which this one comes."""
        verb, start, end = self._parts(k, row)
        if after is not None:
            before = self._parts(after, row)
            if before[:2] == (verb, start) and verb != "stayed at":
                return f"{'by' if self.move.kind == 'by' else 'to'} {end}"
        if self.move.kind == "by":
            return f"{verb} by {end}"
        if verb == "stayed at":
            return f"{verb} {end}"
        is_known = after is not None and self._parts(after, row)[0] == verb
        return f"{'' if is_known else f'{verb} '}from {start} to {end}"

    def _parts(self, k: int, row: int) -> tuple[str, str, str]:
        """The verb, from where, and to where or by how much."""
        by = float(self.by[k, row])
        if self.move.kind == "by":
            size = self._amount(by)
            # What rounds to nothing goes the way of the first.
            if not re.search("[1-9]", size):
                by = float(self.by[0, -1])
            rises = self.move.where != ""
            return ("rose" if by > 0 else "sank" if rises else "fell"), "", size
        start, end = (self._level(float(self.move.values[k, at])) for at in (0, row))
        return ("stayed at" if start == end else "rose" if by > 0 else "fell"), start, end

    def _amount(self, by: float) -> str:
        size = abs(by)
        if not self.is_plain or size >= LARGE:
            return number(size, DIGITS)
        return f"{size:,.{self.digits}f}"

    def _level(self, value: float) -> str:
        if self.move.kind == "share":
            return percent(number(100 * value, DIGITS))
        return number(value, 3)
