"""The exact minimiser of a training objective, and what it says about runs and outliers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from lossviz.analysis.minimum import several, solvers
from lossviz.analysis.minimum.budget import is_beyond
from lossviz.analysis.minimum.face import face
from lossviz.analysis.minimum.infinity import limit
from lossviz.analysis.minimum.joint import at_an_end as parameters_at_an_end
from lossviz.analysis.minimum.joint import joint_minimum
from lossviz.analysis.minimum.notes import about, about_minimiser, at_an_end
from lossviz.analysis.minimum.problem import RANK, Problem, is_straight, problem_of
from lossviz.analysis.minimum.ranges import NOTHING, ends_of
from lossviz.analysis.minimum.result import Range, Reference
from lossviz.analysis.minimum.search import good_start, search, smooth_minimum
from lossviz.analysis.minimum.tidy import in_tidy_units, noise_of, rounding_of, size_of, tidy
from lossviz.analysis.minimum.together import plain_minimisers
from lossviz.base.arrays import Array
from lossviz.base.cache import KEPT
from lossviz.engine.experiment import OBJECTIVE, Experiment, loss_of
from lossviz.engine.objective import Objective
from lossviz.engine.run import Run
from lossviz.engine.task import Task
from lossviz.items.losses import LOSSES

SAME = 1e-12  # share of a parameter that is only rounding


@dataclass(frozen=True)
class Shift:
    """A parameter of the exact minimiser, in the data's units, without and with the outliers, and
    its ranges where other parameters may do as well, as `Reference.range_of` gives them."""

    name: str
    clean: float
    spoiled: float
    clean_range: Range | None
    spoiled_range: Range | None

    @property
    def by(self) -> float:
        """How far it moved; what is but rounding is 0."""
        moved = self.spoiled - self.clean
        return 0.0 if abs(moved) <= SAME * max(abs(self.clean), abs(self.spoiled)) else moved


def reference(of: Experiment | Task) -> Reference | None:
    """The exact minimiser of the training objective of an experiment, or of a task such as a run
    has; never raises.

    None where the model is not linear in its parameters: no solver can promise the minimum of a
    network; where no solver knows the loss; and where there are so many rows that a solver would
    take much longer than a second.
    It does not depend on how the experiment descends. Equal questions are answered from a cache.
    """
    return references([of])[0]


def references(of: Iterable[Experiment | Task]) -> list[Reference | None]:
    """The exact minimiser of each, as `reference` gives it to the last bit; what is not in the
    cache yet is looked for at once, many tasks in one batch where they are alike."""
    tasks = [_asked(each if isinstance(each, Task) else Task.of(each)) for each in of]
    keys = [("reference", task.experiment) for task in tasks]
    new = {
        (id(task.sample), key): task
        for task, key in zip(tasks, keys, strict=True)
        if not KEPT.has(task.sample, key)
    }
    found = dict(zip(new, _minimised(list(new.values())), strict=True))

    def answer(task: Task, key: tuple[str, Experiment]) -> Reference | None:
        place = id(task.sample), key
        return found[place] if place in found else _minimised([task])[0]

    return [
        KEPT.of(task.sample, key, partial(answer, task, key))
        for task, key in zip(tasks, keys, strict=True)
    ]


def with_and_without_outliers(
    of: Sequence[Experiment | Task],
) -> tuple[list[Reference | None], list[Reference | None]]:
    """The exact minimiser of each as it is, and of each on the rows without outliers; all are
    looked for at once."""
    asked = [each.experiment if isinstance(each, Task) else each for each in of]
    found = references([*of, *(each.unspoiled() for each in asked)])
    return found[: len(of)], found[len(of) :]


def _asked(task: Task) -> Task:
    """The task without what does not matter to its minimum."""
    asked = task.experiment.only(OBJECTIVE)
    learned = LOSSES[asked.loss].learned
    if learned is not None:  # where these start does not matter either
        own = {f"{asked.loss}.{name}" for name in learned.names}
        asked = asked.replace(params=[pair for pair in asked.params if pair[0] not in own])
    return replace(task, experiment=asked, given=None)


def _minimised(tasks: Sequence[Task]) -> list[Reference | None]:
    """Of each task, where it would not take long; else None."""
    short = [
        k
        for k, task in enumerate(tasks)
        if not (task.is_linear and is_beyond(task, is_convex=_is_convex(task.experiment)))
    ]
    found: list[Reference | None] = [None] * len(tasks)
    plain = plain_minimisers([tasks[k] for k in short])
    for k, answer in zip(short, plain, strict=True):
        found[k] = minimise(tasks[k]) if answer is None else answer
    return found


def is_solved(e: Experiment) -> bool:
    """Whether there are solvers for the loss, which there are but for some that have kinks."""
    return is_straight(loss_of(e), e.params_of("loss"))


def minimise(task: Task) -> Reference | None:
    """The exact minimiser of a task, on however many rows it holds; None for networks, where rows
    have weights, and where no solver knows the loss."""
    if not task.is_linear or task.sample.weight is not None or not is_solved(task.experiment):
        return None
    with np.errstate(all="ignore"):
        problem, latents = problem_of(task), np.empty(0)
        if task.learned is None:
            answer, is_global = _solve(task.experiment, problem)
        else:
            answer, problem, latents = joint_minimum(task, problem, task.learned)
            is_global = False
        answer = replace(answer, gamma=_at_rest(problem, answer.gamma))
        objective, rounding = Objective.of([task]), rounding_of(problem, answer.gamma)
        size = size_of(problem, answer.gamma)

        def values(weights: Array) -> Array:
            own = np.broadcast_to(latents, (len(weights), len(latents)))
            return objective.values(np.hstack([weights, own])[:, None])[:, 0]

        def as_low(best: Array, *others: Array | None) -> Array:
            for other in others:
                if other is not None and not np.array_equal(best, other):
                    here, there = values(np.stack([best, other]))
                    slack = 1e-12 * abs(here) + rounding_of(problem, problem.gamma(other))()
                    best = other if there <= here + slack else best
            return best

        weights, noise = problem.theta(answer.gamma), noise_of(task, size)
        weights = as_low(weights, *_shorter(task, problem, weights))
        weights = as_low(weights, tidy(weights, noise))
        end, ends = limit(task, problem, answer.gamma, np.append(weights, latents)), NOTHING
        costs_nothing = abs(values(weights[None])[0]) <= rounding()
        if costs_nothing and (problem.l2.any() or not answer.has_converged):
            answer = _at_nothing(problem, weights, answer)
        is_sure = costs_nothing or answer.has_converged
        if end is None:
            around = face(task, problem, answer) if is_sure else None
            ends = ends_of(task, problem, answer, around, values, is_global=is_global)
            weights = as_low(weights, ends.shown)
        weights = as_low(weights, tidy(weights, noise))
        value = float(tidy(values(weights[None]), np.array(rounding()))[0])
    if end is not None:
        value, is_global = end.value, is_global or end.is_bound
    said = about(task.experiment.loss, is_global=is_global)
    if end is not None:
        said.append(end.note)
    else:
        is_idle = value == 0 and _is_idle(task, weights)
        said += about_minimiser(ends, is_sure=is_sure, is_idle=is_idle)
    if task.learned is not None:
        said += [at_an_end(*each) for each in parameters_at_an_end(task.learned, latents)]
    internal = np.append(weights, latents)
    return Reference(
        theta=in_tidy_units(task, internal, size),
        internal=internal,
        value=value,
        method=answer.method,
        is_global=is_global,
        note=" ".join(said),
        is_attained=end is None,
        is_unique=ends.is_unique,
        ranges=ends.ranges,
    )


def moved_by_outliers(experiment: Experiment) -> Shift:
    """How far the outliers move the first slope of the exact minimiser of a regression;
    ValueError where the model has no exact minimiser."""
    [spoiled], [clean] = with_and_without_outliers([experiment])
    if spoiled is None or clean is None:
        raise ValueError(f"{experiment.model}: no exact minimiser is known")
    task = Task.of(experiment)
    first = int(np.argmax(task.penalised > 0))
    return Shift(
        name=task.names[first],
        clean=float(clean.theta[first]),
        spoiled=float(spoiled.theta[first]),
        clean_range=clean.range_of(first),
        spoiled_range=spoiled.range_of(first),
    )


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
    if LOSSES[e.loss].quadratic and not e.l1:
        return solvers.least_squares(problem), True
    if problem.has_corners:
        return several.several_hinge(problem), True
    if problem.is_linear_programme:
        answer = solvers.linear_programme(problem)
        return answer if answer.has_converged else solvers.newton(problem, answer.gamma), True
    solve = solvers.newton if problem.loss is None else smooth_minimum
    return solve(problem, good_start(problem)), True


def _is_convex(e: Experiment) -> bool:
    """Whether the loss is convex with the parameters it has here."""
    return LOSSES[e.loss].is_convex(**e.params_of("loss"))


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


def _at_rest(problem: Problem, gamma: Array) -> Array:
    """The same classifier, or a surer one that costs nothing at all."""
    if problem.is_of_residual or problem.loss is None or problem.is_penalised:
        return gamma
    margin = float(problem.margins(gamma).min())
    if margin > 0:
        for surer in (1.0, 1.0 / margin, 2.0 / margin):
            if problem.value(surer * gamma) == 0:
                return surer * gamma
    return gamma


def _at_nothing(problem: Problem, weights: Array, answer: solvers.Answer) -> solvers.Answer:
    """The answer at parameters that cost nothing, which nothing can be below."""
    gamma = problem.gamma(weights)
    cancelling = several.cancelling if problem.has_corners else solvers.cancelling
    return solvers.Answer(gamma, answer.method, True, cancelling(problem, gamma))


def _is_idle(task: Task, weights: Array) -> bool:
    """Whether a classifier says nothing at all."""
    return bool(task.sample.classes) and not weights.any()
