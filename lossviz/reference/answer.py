"""The exact minimiser of a training objective, and what it says about runs and outliers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lossviz.experiment import OBJECTIVE, Experiment
from lossviz.losses import LOSSES
from lossviz.objective import Objective, Task
from lossviz.reference import solvers
from lossviz.reference.problem import RANK, Problem, problem_of
from lossviz.training import Run

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Reference:
    """The exact minimiser of mean loss + l1 sum |w| + l2 sum w².

    theta (P,): in the data's own units; internal (P,): in the coordinates of the descent, in
        which the penalty is taken; value: the objective there.
    method: which solver, in words; is_global: whether no better minimum can exist; note: what
        the reader should know besides, in sentences, or "".
    """

    theta: Array
    internal: Array
    value: float
    method: str
    is_global: bool
    note: str


@dataclass(frozen=True)
class Shift:
    """A parameter of the exact minimiser, in the data's units, without and with the outliers."""

    name: str
    clean: float
    spoiled: float


def reference(experiment: Experiment) -> Reference:
    """The exact minimiser of the experiment's training objective; never raises.

    It does not depend on how the experiment descends. Equal questions are answered from a cache.
    """
    return _reference(experiment.only(OBJECTIVE))


@lru_cache(maxsize=256)
def _reference(experiment: Experiment) -> Reference:
    return minimise(Task.of(experiment))


def minimise(task: Task) -> Reference:
    """The exact minimiser of a task, on whatever rows it holds."""
    with np.errstate(all="ignore"):
        problem = problem_of(task)
        answer, is_global = _solve(task.experiment, problem)
        objective = Objective.of([task])
        internal = problem.to_theta @ answer.gamma
        value = float(objective.values(internal[None])[0])
        if problem.rank < len(internal):
            shortest = _shortest(task, internal)
            lower = float(objective.values(shortest[None])[0])
            if lower <= value + 1e-12 * abs(value):  # on badly scaled features it can fail
                internal, value = shortest, lower
    notes = _notes(task, problem, answer, is_global)
    theta = task.to_units @ internal
    for array in (theta, internal):
        array.setflags(write=False)
    return Reference(theta, internal, value, answer.method, is_global, " ".join(notes))


def moved_by_outliers(experiment: Experiment) -> Shift:
    """How far the injected outliers move the first slope of the exact minimiser."""
    spoiled = reference(experiment)
    clean = reference(experiment.replace(outliers="none"))
    task = Task.of(experiment)
    first = int(np.argmax(task.penalised > 0))
    return Shift(task.names[first], float(clean.theta[first]), float(spoiled.theta[first]))


def steps_to(run: Run, exact: Reference, share: float = 0.01) -> int | None:
    """The first step at which the loss has come within `share` of its way to the minimum; None
    if it has not."""
    near = run.loss <= exact.value + share * max(run.loss[0] - exact.value, 0.0)
    return int(np.argmax(near)) if near.any() else None


def gap(run: Run, exact: Reference) -> Array:
    """How far the training objective is above the minimum, at each kept frame (F,)."""
    return run.loss[run.steps] - exact.value


def _solve(e: Experiment, problem: Problem) -> tuple[solvers.Answer, bool]:
    """The answer and whether it is a global minimum."""
    is_convex = LOSSES[e.loss].convex or (e.loss == "barron" and float(e["barron.alpha"]) >= 1)
    if not is_convex:
        return solvers.search(problem), False
    if e.loss == "squared_error" and not e.l1:
        return solvers.least_squares(problem), True
    if problem.is_linear_programme:
        answer = solvers.linear_programme(problem)
        return answer if answer.has_converged else solvers.newton(problem, answer.gamma), True
    return solvers.newton(problem, solvers.good_start(problem)), True


def _shortest(task: Task, theta: Array) -> Array:
    """Of all parameters (P,) with the same predictions, those of least norm, which is also where
    descent from zero ends."""
    return np.linalg.lstsq(task.features.T, task.features.T @ theta, rcond=RANK)[0]


def _notes(task: Task, problem: Problem, answer: solvers.Answer, is_global: bool) -> list[str]:
    notes = []
    if not is_global:
        notes.append("The loss is not convex, so a better minimum may exist.")
    if not answer.has_converged:
        notes.append("The solver stopped before it was done: take the numbers as approximate.")
    # Curvature that is zero in some direction means that the minimum is not a point.
    bends = np.linalg.eigvalsh(problem.bends(answer.gamma, 0.0))
    is_flat = not problem.weights.size and bends[0] <= 1e-8 * max(bends[-1], 1e-300)
    if task.experiment.loss == "poisson" and (is_flat or not task.y.any()):
        notes.append(
            "No finite minimiser exists: rows with a count of zero pull their prediction down "
            "without end. This is a point where hardly anything is left to gain."
        )
    elif is_flat or problem.rank < len(task.names):
        notes.append("The minimiser is not unique: other parameters do as well as these.")
    return notes
