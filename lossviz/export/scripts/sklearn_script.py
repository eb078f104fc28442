"""The estimators of scikit-learn that find the exact minimum of what descent goes down to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lossviz.analysis.minimum import reference
from lossviz.engine.experiment import OBJECTIVE, Experiment
from lossviz.engine.task import Task
from lossviz.export.scripts import functions, runs
from lossviz.export.scripts.code import NoScript, call, quoted
from lossviz.export.scripts.plan import plan_of
from lossviz.items.losses import LOSSES

PRECISE = {"tol": "1e-12", "max_iter": "100_000"}


@dataclass(frozen=True)
class Estimator:
    """An estimator as code: its module, its name, its arguments, and what it minimises in words;
    `y` is the expression of its targets, made of {t}, those of the loss, and {y}, the labels."""

    module: str
    name: str
    arguments: Mapping[str, str]
    minimises: str
    y: str = "{t}"


def _squares(task: Task) -> Estimator:
    # n times ours: sum r² + n l2 w². Lasso and ElasticNet: half of ours.
    e, n = task.experiment, len(task.y)
    linear, halved = "linear_model", "half the mean of r²"
    y = "2 * {t} - 1" if LOSSES[e.loss].task == "binary" else "{t}"
    if not e.l1 and not e.l2:
        return Estimator(
            module=linear, name="LinearRegression", arguments={}, minimises="the sum of r²", y=y
        )
    if not e.l1:
        words = "the sum of r² + alpha w²"
        # By singular values: normal equations would lose half of the digits.
        return Estimator(
            module=linear,
            name="Ridge",
            arguments={"alpha": repr(n * e.l2), "solver": '"svd"'},
            minimises=words,
            y=y,
        )
    if not e.l2:
        arguments = {"alpha": repr(e.l1 / 2), **PRECISE}
        return Estimator(
            module=linear, name="Lasso", arguments=arguments, minimises=f"{halved} + alpha |w|", y=y
        )
    alpha = e.l1 / 2 + e.l2
    arguments = {"alpha": repr(alpha), "l1_ratio": repr(e.l1 / 2 / alpha), **PRECISE}
    words = f"{halved} + alpha (l1_ratio |w| + (1 - l1_ratio) w² / 2)"
    return Estimator(module=linear, name="ElasticNet", arguments=arguments, minimises=words, y=y)


def _quantile(task: Task) -> Estimator:
    e = task.experiment
    _refuse(task, l2=True)
    level = e.params_of("loss").get("tau")
    is_median = level is None
    arguments = {
        "quantile": "0.5" if is_median else repr(level),
        "alpha": repr(e.l1 / 2 if is_median else e.l1),
        "solver": '"highs"',
    }
    words = "the mean of " + ("|r| / 2" if is_median else "the pinball loss") + " + alpha |w|"
    return Estimator("linear_model", "QuantileRegressor", arguments, words)


def _poisson(task: Task) -> Estimator:
    _refuse(task, l1=True)
    alpha = {"alpha": repr(2 * task.experiment.l2), "solver": '"newton-cholesky"'}
    words = "the mean of half the deviance + alpha w² / 2"
    return Estimator("linear_model", "PoissonRegressor", alpha | PRECISE, words)


def _logistic(task: Task) -> Estimator:
    e, n = task.experiment, len(task.y)
    options = e.params_of("loss")
    _refuse(task, l1=True)
    if options.get("smoothing"):
        raise NoScript("LogisticRegression knows no label smoothing.")
    # Of two classes it has one score w, where ours has -w/2 and w/2: half as much penalty.
    share = 1 if task.outputs == 2 else 2
    arguments = {"C": repr(1 / (share * n * e.l2)) if e.l2 else "np.inf"}
    weights = {k: options[name] for k, name in enumerate(LOSSES[e.loss].costs or ())}
    if set(weights.values()) - {1.0}:
        arguments["class_weight"] = repr(weights)
    words = "C times the sum of the loss + w² / 2"
    arguments |= {"solver": '"newton-cholesky"', **PRECISE}
    return Estimator(
        module="linear_model",
        name="LogisticRegression",
        arguments=arguments,
        minimises=words,
        y="{y}",
    )


def _support_vectors(task: Task) -> Estimator:
    e = task.experiment
    _refuse(task, l1=True)
    name = LOSSES[e.loss].known.estimator
    if not e.l2:
        raise NoScript(f"{name} needs an L2 penalty: without one its C would be infinite.")
    arguments = {"kernel": '"linear"', "C": repr(1 / (2 * len(task.y) * e.l2)), "tol": "1e-9"}
    if name == "SVR":
        arguments["epsilon"] = repr(e.params_of("loss")["epsilon"])
    return Estimator("svm", name, arguments, "C times the sum of the loss + w² / 2")


ESTIMATORS: Mapping[str, Callable[[Task], Estimator]] = {
    "LinearRegression": _squares,
    "LogisticRegression": _logistic,
    "PoissonRegressor": _poisson,
    "QuantileRegressor": _quantile,
    "SVC": _support_vectors,
    "SVR": _support_vectors,
}


def sklearn_script(experiments: Sequence[Experiment]) -> list[str]:
    """The blocks of the script, without its first words."""
    asked = list(dict.fromkeys(e.only(OBJECTIVE) for e in experiments))
    plan = plan_of(asked)
    estimators = [_estimator(task) for task in plan.tasks]
    blocks = [
        *functions.losses_code(plan),
        *functions.features_code(plan),
        *functions.report_code(plan),
    ]
    found = [
        _fit(task, estimator, label, suffix)
        for task, estimator, label, suffix in zip(
            plan.tasks, estimators, plan.labels, plan.suffixes, strict=True
        )
    ]
    modules = {estimator.module for estimator in estimators}
    more = [
        f"from sklearn.{module} import "
        + ", ".join(sorted({each.name for each in estimators if each.module == module}))
        for module in sorted(modules)
    ]
    is_partial = any("partial(" in run for run in found)
    about = (
        "# The estimators find the exact minimum of the training loss, penalty included: where\n"
        "# descent ends if its rate is small enough and it is given enough steps."
    )
    imports = functions.imports(plan, *more, is_partial=is_partial)
    return [about, imports, *blocks, *plan.rows, *found]


def _estimator(task: Task) -> Estimator:
    e = task.experiment
    if not task.is_linear:
        raise NoScript("A network has no exact minimum that an estimator could find.")
    loss, known = LOSSES[e.loss], LOSSES[e.loss].known
    if not known.estimator:
        why = known.no_estimator and f": {known.no_estimator}"
        raise NoScript(f"scikit-learn has no estimator that minimises the loss {loss.label}{why}.")
    if task.sample.classes and len(np.unique(task.sample.y)) < len(task.sample.classes):
        raise NoScript("Some class has no rows, and scikit-learn would not know of it.")
    estimator = ESTIMATORS[known.estimator](task)
    exact = reference(e)
    if exact is not None and not exact.is_attained:
        raise NoScript(f"There is no minimum to be found. {exact.note}".strip())
    return estimator


def _refuse(task: Task, *, l1: bool = False, l2: bool = False) -> None:
    """NoScript where the loss comes with a penalty that its estimator does not have."""
    e = task.experiment
    for name, is_refused, value in (("L1", l1, e.l1), ("L2", l2, e.l2)):
        if is_refused and value:
            raise NoScript(
                f"{LOSSES[e.loss].label} with an {name} penalty is left out here: "
                "scikit-learn has no exact estimator that spares the intercept."
            )


def _fit(task: Task, estimator: Estimator, label: str, suffix: str) -> str:
    e, y, y_test = task.experiment, f"y{suffix}", f"y_test{suffix}"
    targets = estimator.y.format(t="t", y=y)
    found = [
        *runs.rows_lines(task, suffix),
        "(A, t), (A_test, t_test) = rows, test_rows",
        f"# It minimises {estimator.minimises}.",
        f"estimator = {call(estimator.name, **estimator.arguments)}",
        f"estimator.fit(A[:, 1:], {targets})",
    ]
    if task.outputs == 2 and estimator.name == "LogisticRegression":
        found += [
            "w = np.append(estimator.intercept_, estimator.coef_)",
            "W = np.array([-w / 2, w / 2])  # one score for each class",
        ]
    elif task.outputs:
        found.append("W = np.column_stack([estimator.intercept_, estimator.coef_])")
    else:
        found.append("W = np.append(estimator.intercept_, estimator.coef_)")
    found += [
        f"loss = {runs.loss_expression(task, e.loss)}",
        "z, z_test = A @ W.T, A_test @ W.T",
        "train_loss, test_loss = loss(z, t)[0].mean(), loss(z_test, t_test)[0].mean()",
    ]
    terms = [f"{e.l1!r} * np.abs(w).sum()"] if e.l1 else []
    terms += [f"{e.l2!r} * (w**2).sum()"] if e.l2 else []
    if terms:
        found += ["w = W[..., 1:]", f"train_loss += {' + '.join(terms)}"]
    arguments = [quoted(label), runs.names_list(task), "theta", "[(train_loss, test_loss)]"]
    if task.sample.classes:
        found.append(f"errors = share_wrong(z, {y}), share_wrong(z_test, {y_test})")
        arguments.append("errors")
    found += ["theta = W.ravel()", *runs.units_lines(task), call("report", *arguments)]
    return "\n".join(found)
