"""Runs for a page: short training at once, long training a little at every tick."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import streamlit as st

from lossviz.analysis.training import stream
from lossviz.engine.experiment import Experiment
from lossviz.engine.run import Run

AT_ONCE = 0.3  # seconds of training that nobody needs to watch
TICK = 0.1  # seconds of training between two looks at the Stop button


@dataclass
class Training:
    """Runs on their way. `more` is None once they are finished or stopped."""

    experiments: tuple[Experiment, ...]
    runs: list[Run]
    more: Iterator[list[Run]] | None

    @property
    def done(self) -> int:
        """Steps that all unfinished runs have made; there must be one."""
        return min(len(run.loss) - 1 for run in self.runs if not run.is_done)

    @property
    def total(self) -> int:
        """Steps that the longest run is to make."""
        return max(experiment.steps for experiment in self.experiments)

    def advance(self) -> None:
        """Train for one tick."""
        if self.more is not None:
            self.runs = next(self.more)
            if all(run.is_done for run in self.runs):
                self.more = None

    def stop(self) -> None:
        """Leave the runs as they are."""
        self.more = None
        self.runs = [run if run.is_done else _stopped(run) for run in self.runs]


def _stopped(run: Run) -> Run:
    done, total = len(run.loss) - 1, run.experiment.steps
    return replace(run, status=f"Stopped after {done:,} of {total:,} steps.")


def train(experiments: Sequence[Experiment]) -> Training:
    """The session's training of these experiments: begun if it is new, else as it stands."""
    wanted = tuple(experiments)
    training: Training | None = st.session_state.get("training")
    if training is None or training.experiments != wanted:
        until = perf_counter() + AT_ONCE
        training = Training(wanted, [], stream(wanted, TICK))
        training.advance()
        while training.more is not None and perf_counter() < until:
            training.advance()
        st.session_state.training = training
    return training
