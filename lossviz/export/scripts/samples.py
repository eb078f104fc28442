"""The rows of experiments as code: written out, or loaded where scikit-learn ships them."""

from __future__ import annotations

import numpy as np

from lossviz.base.arrays import Array
from lossviz.engine.experiment import Experiment
from lossviz.engine.sampling import Sample, generator
from lossviz.export.scripts.code import NoScript, comment, literal
from lossviz.items.datasets import DATASETS
from lossviz.items.datasets.table import is_packed

DRAWN = ("data", "outliers", "seed", "outlier_seed")  # decide which rows there are
MOST = 100_000  # numbers of training rows that a script may hold: about 2 MB
# Sets that scikit-learn ships: the loader's arguments, and what is made of its rows.
LOADERS = {
    "diabetes": ("scaled=False", ""),
    "iris": ("", ""),
    "wine": ("", ""),
    "breast_cancer": ("", "{y} = 1 - {y}  # scikit-learn calls benign 1; here malignant is"),
    "digits": ("", "{X} = {X} / 16  # from 0 to 1"),
}


def rows_code(experiment: Experiment, data: Sample, suffix: str) -> str:
    """Code for X, y, X_test and y_test, each name with the suffix: every bit as in the sample.
    NoScript where there are too many."""
    X, y, X_test, y_test = (f"{name}{suffix}" for name in ("X", "y", "X_test", "y_test"))
    dataset = DATASETS[experiment.data]
    columns = ", ".join(data.features)
    about = f"{len(data.y)} rows of {dataset.label}. Columns of X: {columns}; y: {data.target}."
    lines = comment(about)
    if data.classes:
        named = ", ".join(f"{k} is {name}" for k, name in enumerate(data.classes))
        lines += comment(f"Of the classes {named}.")
    if experiment.data in LOADERS:
        lines += _loaded(experiment, data, (X, y, X_test, y_test))
    elif data.X.size > MOST:
        raise NoScript(
            f"The script would hold all {len(data.y):,} training rows, {data.X.size:,} numbers, "
            f"which is too much to read; up to {MOST:,} are written out."
        )
    else:
        lines += [f"{X} = {literal(data.X)}", f"{y} = {literal(_targets(data.y, data))}"]
        if np.array_equal(data.X, data.X_test) and np.array_equal(data.y, data.y_test):
            lines.append(f"{X_test}, {y_test} = {X}, {y}")
        else:
            lines += ["# Clean rows, to test on.", f"{X_test} = {literal(data.X_test)}"]
            lines.append(f"{y_test} = {literal(_targets(data.y_test, data))}")
    if data.is_outlier.any():
        places = ", ".join(map(str, np.flatnonzero(data.is_outlier)))
        lines += comment(f"Outliers are the rows {places}.")
    return "\n".join(lines)


def is_named(experiment: Experiment) -> bool:
    """Whether a link to the experiment only names its rows, which are in one session alone."""
    rows = experiment.params_of("data").get("rows")
    return rows is not None and not is_packed(str(rows))


def _loaded(e: Experiment, data: Sample, names: tuple[str, str, str, str]) -> list[str]:
    X, y, X_test, y_test = names
    arguments, made = LOADERS[e.data]
    options = ", ".join(part for part in ("return_X_y=True", arguments) if part)
    lines = [f"{X}, {y} = load_{e.data}({options})"]
    if made:
        lines.append(made.format(X=X, y=y))
    clean_X, clean_y, *_ = DATASETS[e.data].function(np.random.default_rng(0), test=0.0)
    held = len(clean_y) - len(data.y)
    if held:
        order = generator(e.seed, "data").permutation(len(clean_y))
        keep = np.sort(order[held:])
        clean_X, clean_y = clean_X[keep], clean_y[keep]
        lines += [
            f'order = np.random.default_rng([{e.seed}, *b"data"]).permutation(len({y}))',
            f"keep, out = np.sort(order[{held}:]), np.sort(order[:{held}])",
            f"{X_test}, {y_test} = {X}[out], {y}[out]",
            f"{X}, {y} = {X}[keep], {y}[keep]",
        ]
    else:
        lines.append(f"{X_test}, {y_test} = {X}.copy(), {y}.copy()")
    # What the outliers changed.
    for name, clean, now in ((X, clean_X, data.X), (y, clean_y, _targets(data.y, data))):
        is_other = clean != now
        places = np.flatnonzero(is_other.any(axis=1) if is_other.ndim == 2 else is_other)
        if len(places):
            changed = literal(places).removeprefix("np.array(").removesuffix(")")
            lines.append(f"{name}[{changed}] = {literal(now[places])}")
    return lines


def _targets(y: Array, data: Sample) -> Array:
    """Classes as whole numbers."""
    return y.astype(int) if data.classes else y


def loaders(experiments: list[Experiment]) -> list[str]:
    """The import of the loaders that the rows need."""
    used = sorted({f"load_{e.data}" for e in experiments if e.data in LOADERS})
    return [f"from sklearn.datasets import {', '.join(used)}"] if used else []
