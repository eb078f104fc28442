"""The exact minimiser of a training objective, and what it says about runs and outliers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from lossviz.cache import KEPT
from lossviz.experiment import OBJECTIVE, Experiment
from lossviz.losses import LOSSES
from lossviz.objective import Objective
from lossviz.reference import solvers
from lossviz.reference.budget import is_beyond
from lossviz.reference.joint import at_an_end, joint_minimum
from lossviz.reference.large import LARGE
from lossviz.reference.limits import Limit, is_flat, limit
from lossviz.reference.problem import RANK, Problem, problem_of
from lossviz.reference.search import good_start, search, smooth_minimum
from lossviz.reference.several import several_hinge
from lossviz.task import Task
from lossviz.training import Run
from lossviz.written import VARIABLES

Array = np.ndarray
SQUARES = ("squared_error", "least_squares", "multiclass_squared_error")


@dataclass(frozen=True, eq=False)
class Reference:
    """The exact minimiser of mean loss + l1 sum |w| + l2 sum w².

    theta (P,): in the data's own units; internal (P,): in the coordinates of the descent, in
        which the penalty is taken; value: the objective there.
    method: which solver, in words; is_global: whether no better minimum can exist; note: what
        the reader should know besides, in sentences, or "".
    is_attained: False where no finite minimiser exists. Then theta and internal are a point far
        out where the solver stopped, and value is what the objective tends to beyond it (0 where
        the classes can be separated), which no run can reach.
    """

    theta: Array
    internal: Array
    value: float
    method: str
    is_global: bool
    note: str
    is_attained: bool


@dataclass(frozen=True)
class Shift:
    """A parameter of the exact minimiser, in the data's units, without and with the outliers."""

    name: str
    clean: float
    spoiled: float


def reference(of: Experiment | Task) -> Reference | None:
    """The exact minimiser of the training objective of an experiment, or of a task such as a run
    has; never raises.

    None where the model is not linear in its parameters: no solver can promise the minimum of a
    network; and where there are so many rows that a solver would take much longer than a second.
    It does not depend on how the experiment descends. Equal questions are answered from a cache.
    """
    task = of if isinstance(of, Task) else Task.of(of)
    asked = task.experiment.only(OBJECTIVE)
    learned = LOSSES[asked.loss].learned
    if learned is not None:  # where these start does not matter either
        own = {f"{asked.loss}.{name}" for name in learned.names}
        asked = asked.replace(params=[pair for pair in asked.params if pair[0] not in own])
    key = "reference", asked
    return KEPT.of(task.sample, key, lambda: _reference(replace(task, experiment=asked)))


def _reference(task: Task) -> Reference | None:
    if task.is_linear and is_beyond(task, is_convex=_is_convex(task.experiment)):
        return None
    return minimise(task)


def minimise(task: Task) -> Reference | None:
    """The exact minimiser of a task, on however many rows it holds; None for networks and where
    rows have weights."""
    if not task.is_linear or task.sample.weight is not None:
        return None
    with np.errstate(all="ignore"):
        problem, latents = problem_of(task), np.empty(0)
        if task.learned is None:
            answer, is_global = _solve(task.experiment, problem)
        else:
            answer, problem, latents = joint_minimum(task, problem, task.learned)
            is_global = False
        objective = Objective.of([task])
        weights = problem.theta(answer.gamma)
        internal = np.append(weights, latents)
        value = float(objective.values(internal[None])[0])
        for shorter in _shorter(task, problem, weights):
            shorter = np.append(shorter, latents)
            lower = float(objective.values(shorter[None])[0])
            if lower <= value + 1e-12 * abs(value):  # on badly scaled features it can fail
                internal, value = shorter, lower
        end = limit(task, problem, answer.gamma, internal)
        if end is not None:
            value, is_global = end.value, is_global or end.is_bound
        notes = _notes(task, problem, answer, is_global, end)
        if task.learned is not None:
            notes += [_at_an_end(*each) for each in at_an_end(task.learned, latents)]
    theta = task.in_units(internal)
    for array in (theta, internal):
        array.setflags(write=False)
    return Reference(theta, internal, value, answer.method, is_global, " ".join(notes), end is None)


def moved_by_outliers(experiment: Experiment) -> Shift:
    """How far the outliers move the first slope of the exact minimiser of a regression;
    ValueError where the model has no exact minimiser."""
    spoiled = reference(experiment)
    clean = reference(experiment.unspoiled())
    if spoiled is None or clean is None:
        raise ValueError(f"{experiment.model}: no exact minimiser is known")
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
    if not _is_convex(e):
        return search(problem), False
    if e.loss in SQUARES and not e.l1:
        return solvers.least_squares(problem), True
    if e.loss == "multiclass_hinge":
        return several_hinge(problem), True
    if problem.is_linear_programme:
        answer = solvers.linear_programme(problem)
        return answer if answer.has_converged else solvers.newton(problem, answer.gamma), True
    solve = solvers.newton if problem.loss is None else smooth_minimum
    return solve(problem, good_start(problem)), True


def _is_convex(e: Experiment) -> bool:
    """Whether the loss is convex with the parameters it has here."""
    if e.loss == "barron":
        return float(e["barron.alpha"]) >= 1
    if e.loss in ("focal", "multiclass_focal"):
        return e[f"{e.loss}.gamma"] == 0
    return LOSSES[e.loss].convex


def _shorter(task: Task, problem: Problem, internal: Array) -> Iterator[Array]:
    """Other parameters (P,) that may do as well, and are of least norm, which is also where descent
    from zero ends."""
    rows = internal.reshape(max(task.outputs, 1), -1)
    if problem.features.shape[0] < rows.shape[1]:
        rows = np.linalg.lstsq(task.features.T, task.features.T @ rows.T, rcond=RANK)[0].T
        yield rows.ravel()
    if task.outputs:
        # Where only differences between classes count, what all have in common can go.
        mean = rows.mean(axis=0)
        yield (rows - np.where(np.arange(len(mean)) == 0, mean, 0.0)).ravel()
        yield (rows - mean).ravel()


def _notes(
    task: Task, problem: Problem, answer: solvers.Answer, is_global: bool, end: Limit | None
) -> list[str]:
    notes = []
    if not is_global:
        what = "is not known to be" if task.experiment.loss in VARIABLES else "is not"
        notes.append(f"The loss {what} convex, so a better minimum may exist.")
    if end is not None:
        return [*notes, end.note]
    if not answer.has_converged:
        notes.append("The solver stopped before it was done: take the numbers as approximate.")
    if _is_idle(problem, answer.gamma):
        notes.append("All predictions are 0 here, which costs nothing: the loss asks no margin.")
    elif problem.features.shape[0] < len(task.features) or _is_loose(problem, answer.gamma):
        notes.append("The minimiser is not unique: other parameters do as well as these.")
    return notes


def _at_an_end(name: str, end: float) -> str:
    said = f"The loss's {name} is at the end of its range, {end:g}, to which descent only tends."
    if name == "scale":
        said += " Rows that are fitted exactly would have it fall without end."
    return said


def _is_idle(problem: Problem, gamma: Array) -> bool:
    """Whether a classifier is best off saying nothing."""
    is_margin = problem.loss is None and not problem.is_of_residual
    return is_margin and float(np.abs(problem.predict(gamma)).max()) <= solvers.EXACT


def _is_loose(problem: Problem, gamma: Array) -> bool:
    """Whether a minimum is seen not to be a point."""
    if problem.loss is None or problem.has_corners:
        # Classes that are apart enough to cost nothing can be further apart.
        is_penalised = problem.is_penalised or problem.is_of_residual
        return not is_penalised and float(problem.margins(gamma).min()) > 0
    return not problem.weights.size and problem.rank <= LARGE and is_flat(problem, gamma)
