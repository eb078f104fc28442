"""What training gives, or has given so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lossviz.base import notebook
from lossviz.base.arrays import Array
from lossviz.engine.experiment import Experiment
from lossviz.engine.task import Task


@dataclass(frozen=True, eq=False)
class Run:
    """What training gave, or has given so far.

    task: the experiment with its rows: what is drawn or said of the run is drawn from these.
    loss, test_loss (k+1,): training objective and clean test loss at steps 0..k, where k is
        `experiment.steps` once training is over.
    steps (F,): the steps kept as frames, at most limits.FRAMES, first and last always among them.
    theta (F, P): parameters at those steps, in the data's own units, named by `names`.
    path (F, P): the same in the coordinates in which descent moves (scaled features).
    error, test_error (F,): the shares of training and clean test rows that are put into a wrong
        class at those steps; None where targets are numbers.
    status: a sentence on how it went; diverged_at: the step at which it diverged, or None: from
        there on the run stands still at its last finite point; stopped_at: the step at which
        patience with it ended, or None: there it stands still.
    """

    task: Task
    steps: Array
    theta: Array
    path: Array
    loss: Array
    test_loss: Array
    error: Array | None
    test_error: Array | None
    names: tuple[str, ...]
    status: str
    diverged_at: int | None
    stopped_at: int | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Run):
            return NotImplemented
        arrays = ("steps", "theta", "path", "loss", "test_loss", "error", "test_error")
        plain = ("experiment", "status", "diverged_at", "stopped_at")
        return all(getattr(self, name) == getattr(other, name) for name in plain) and all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in arrays
        )

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    @property
    def experiment(self) -> Experiment:
        """What was trained."""
        return self.task.experiment

    @property
    def is_done(self) -> bool:
        """Whether training is over."""
        return len(self.loss) == self.experiment.steps + 1

    @property
    def best_step(self) -> int:
        """The step with the lowest clean test loss so far."""
        return int(np.argmin(self.test_loss))

    def _repr_html_(self) -> str:
        ends = {"Training loss": self.loss[-1], "Clean test loss": self.test_loss[-1]}
        if self.error is not None and self.test_error is not None:
            ends |= {"Training error": self.error[-1], "Clean test error": self.test_error[-1]}
        ends |= dict(zip(self.names[:4], self.theta[-1], strict=False))
        facts = {name: f"{value:.6g}" for name, value in ends.items()}
        curve = notebook.curve("Training loss", self.loss[self.steps])
        title = f"Run of {self.experiment.query() or 'the defaults'}"
        return notebook.card(title, facts, curve, notebook.paragraph(self.status))
