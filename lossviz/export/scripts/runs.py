"""Each run as lines of the NumPy, PyTorch and scikit-learn scripts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lossviz.engine.experiment import Experiment, loss_of
from lossviz.engine.task import Task
from lossviz.export.scripts.code import WIDTH, bound, call, literal, quoted
from lossviz.export.scripts.plan import Plan, is_penalised, start_of

SHOWN = 12  # parameters of a run that are printed


def runs_code(
    plan: Plan,
    loss: Callable[[Task, str], str],
    train: Callable[[Task], dict[str, str]],
    *,
    model: Callable[[Task], str],
    predict: str,
) -> list[str]:
    """The lines of each run: its features, its training, its report. Flavours have their own words
    for the loss of a name, some arguments of `train`, the model, and the predictions on the rows
    `each`."""
    runs = zip(plan.tasks, plan.labels, plan.suffixes, plan.losses, strict=True)
    return [
        _run_code(task, label, suffix, loss(task, name), train(task), model(task), predict)
        for task, label, suffix, name in runs
    ]


def _run_code(
    task: Task, label: str, suffix: str, loss: str, train: dict[str, str], model: str, predict: str
) -> str:
    e, data = task.experiment, task.sample
    lines = [*rows_lines(task, suffix), f"model = {model}"]
    if task.given is not None:
        lines.append("# It starts at the minimum of its loss on the rows without outliers.")
    options = {"theta": start_expression(task), **train, "rates": rates_expression(e)}
    if is_penalised(task):
        options |= {name: repr(e[name]) for name in ("l1", "l2") if e[name]}
        options["is_weight"] = f"not_bias({list(task.layers)})"
    if task.is_batched:
        options["batches"] = f"batches({e.seed}, {len(data.y)}, {e.batch})"
    if e.patience:
        options["patience"] = str(e.patience)
    training = call("train", "rows", "test_rows", "model", loss, **options)
    lines.append(f"theta, history = {training}")
    arguments = [quoted(label), names_list(task), "theta", "history"]
    if data.classes:
        y, y_test = f"y{suffix}", f"y_test{suffix}"
        lines += [
            f"z, z_test = ({predict} for each, _ in (rows, test_rows))",
            f"errors = share_wrong(z, {y}), share_wrong(z_test, {y_test})",
        ]
        arguments.append("errors")
    return "\n".join([*lines, *units_lines(task), call("report", *arguments)])


def rows_lines(task: Task, suffix: str) -> list[str]:
    """The lines that make `rows` and `test_rows`: the features and targets of one run."""
    e, data = task.experiment, task.sample
    X, y, X_test, y_test = (f"{name}{suffix}" for name in ("X", "y", "X_test", "y_test"))
    lines = [f"# {e.query() or 'All settings at their defaults.'}"]
    if data.is_scaled:
        lines += [
            "# Descent sees (x - center) / scale, by the rows as they were without outliers.",
            f"center = {literal(data.center)}",
            f"scale = {literal(data.scale)}",
        ]
    t = targets_expression(task, y, data.y, task.y)
    t_test = targets_expression(task, y_test, data.y_test, task.y_test)
    return [
        *lines,
        f"rows = {features_expression(task, X)}, {t}",
        f"test_rows = {features_expression(task, X_test)}, {t_test}",
    ]


def units_lines(task: Task) -> list[str]:
    """The lines that turn `theta` into parameters in the data's own units."""
    if not task.sample.is_scaled:
        return []
    degree = task.experiment.params_of("model").get("degree", 1)
    return [
        f"powers_of = units(center, scale, degree={degree})",
        f"theta = first_layer_in_units(theta, {task.layers[0]}, powers_of)",
    ]


def names_list(task: Task) -> str:
    """The names of the parameters that are printed."""
    names = [quoted(name) for name in task.names[:SHOWN]]
    line = f"[{', '.join(names)}]"
    if len(line) <= WIDTH - 8:
        return line
    return "\n".join(["[", *(f"    {name}," for name in names), "]"])


def features_expression(task: Task, rows: str) -> str:
    """The call that makes the features of some rows."""
    if task.sample.is_scaled:
        rows = f"({rows} - center) / scale"
    degree = task.experiment.params_of("model").get("degree")
    return f"columns({rows})" if degree is None else f"powers({rows}, {degree})"


def targets_expression(task: Task, y: str, values: np.ndarray, given: np.ndarray) -> str:
    """The expression of the targets as the loss takes them."""
    if task.outputs:
        return f"np.eye({task.outputs})[{y}]"
    return y if np.array_equal(values, given) else f"np.maximum({y}, 0.0)"


def model_expression(task: Task, activation: str = "") -> str:
    """The model's function, with the shape of its layers where it has several."""
    if not task.is_linear:
        activation = activation or activation_of(task)
        return f"partial(network, shapes={list(task.layers)}, activation={activation})"
    return "linear_scores" if task.outputs else "linear"


def activation_of(task: Task) -> str:
    """What hidden units apply; "" where there are none."""
    return str(task.experiment.params_of("model").get("activation", ""))


def loss_expression(task: Task, name: str) -> str:
    """The loss's function, so called, with its parameters."""
    used = {param.name for param in loss_of(task.experiment).params} - {"text"}
    options = task.experiment.params_of("loss").items()
    return bound(name, {key: value for key, value in options if key in used})


def start_expression(task: Task) -> str:
    """The expression of the start."""
    how, size, seed = start_of(task), len(task.names), task.experiment.seed
    if how == "zeros":
        return f"np.zeros({size})"
    if how == "normal":
        return f'np.random.default_rng([{seed}, *b"init"]).normal(size={size})'
    return literal(task.start) if how == "given" else f"{how}({seed}, {list(task.layers)})"


def rates_expression(e: Experiment) -> str:
    """The expression of the rates of all updates."""
    if e.schedule == "constant":
        return f"np.full({e.steps}, {e.lr!r})"
    options = {name: repr(value) for name, value in e.params_of("schedule").items()}
    return f"{e.lr!r} * " + call(e.schedule, f"np.arange({e.steps})", str(e.steps), **options)
