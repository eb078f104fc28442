"""Items that only tests know, with no more than a registration asks for: the recipes of
CONTRIBUTING.md.

As a plugin of pytest (`-p canary_items`) they are there before the tests are collected, so that
every test over a registry is run for them.
"""

from functools import partial

import numpy as np

from lossviz.base.registry import Param
from lossviz.items.datasets import DATASETS
from lossviz.items.datasets.base import synthetic
from lossviz.items.models import MODELS, Model
from lossviz.items.models.linear import (
    activations,
    forward,
    layers,
    parameter_names,
    polynomial_features,
    units,
    usual_start,
)
from lossviz.items.optimizers import optimizer
from lossviz.items.outliers import outliers
from lossviz.items.outliers.base import how_many, marked, share_param, size_param, spread_of
from lossviz.items.schedules import schedule
from lossviz.player import Chart, Row, Table, Track
from lossviz.views.charts.scene import Scene
from lossviz.views.charts.style import axis, figure
from lossviz.views.panels import Content, panel


def a_dataset() -> None:
    @synthetic(
        "zigzag",
        label="A zigzag",
        notes=(
            "A line that turns where x is 0. A straight line is too stiff for it, and lies flat "
            "between the two arms; a polynomial of degree 2 comes close."
        ),
        params=(
            Param("n", 40, 1, 500, "Rows", "How many rows to draw."),
            Param("noise", 0.1, 0.0, 1.0, "Noise", "Standard deviation of the noise."),
        ),
        truth=lambda X, *, n, noise: np.abs(X[:, 0]),
    )
    def zigzag(rng, *, n, noise):
        positions, deviates = rng.spawn(2)  # so that more rows keep the earlier ones
        X = positions.uniform(-2.0, 2.0, (n, 1))
        return X, np.abs(X[:, 0]) + noise * deviates.standard_normal(n)


def an_outlier_kind() -> None:
    @outliers(
        "delays",
        label="Delays",
        task="regression",
        notes="Some targets are late: by the size at least, and a few by much more.",
        params=(
            share_param(0.2),
            size_param(4.0, "The least delay, in standard deviations of the target."),
        ),
    )
    def delays(rng, X, y, *, share, size):
        """Raise some targets by `size` standard deviations and an exponential wait."""
        X, y = np.array(X, float), np.array(y, float)
        rows = rng.permutation(len(y))[: how_many(share, len(y))]
        waits = rng.exponential(size=len(y))  # for all rows, so that a larger share keeps these
        y[rows] += spread_of(y) * (size + waits[rows])
        return X, y, marked(rows, len(y))


def an_optimizer() -> None:
    @optimizer(
        "sign_descent",
        label="Descent by signs",
        slots=0,
        formula=r"\theta \leftarrow \theta - \eta \operatorname{sign} g",
        notes="Every parameter moves by the rate.",
        reference="Bernstein et al. (2018), signSGD, ICML. arXiv:1802.04434",
        params=(Param("least", 0.0, 0.0, 1.0, "Least slope"),),
    )
    def sign_descent(theta, gradient, state, rate, t, *, least):
        return theta - rate * np.sign(gradient) * (np.abs(gradient) >= least), state


def a_schedule() -> None:
    @schedule(
        "halving",
        label="Halving",
        formula=r"\eta_k = \eta \, 2^{-k / \text{every}}",
        params=(Param("every", 50, 1, 1000, "Half-life"),),
    )
    def halving(k, total, *, every):
        return 0.5 ** (k / every)


def a_model() -> None:
    def squares(X):
        return polynomial_features(X, degree=2)

    MODELS.add(
        Model(
            name="quadratic",
            label="Quadratic",
            params=(),
            function=squares,
            forward=forward,
            layers=partial(layers, degree=2),
            names=partial(parameter_names, degree=2),
            units=partial(units, degree=2),
            activations=activations,
            usual_start=usual_start,
            formula=r"z = b + \sum_j (w_{j1} x_j + w_{j2} x_j^2)",
            notes="A slope and a bend for each feature.",
            linear=True,
        )
    )


def a_panel() -> None:
    @panel(
        "canary",
        label="Canary",
        params=(Param("shift", 1.0, 0.0, 20.0, "Shift", "By how much the losses are raised."),),
        suits=lambda experiments: DATASETS[experiments[0].data].task == "regression",
    )
    def canary(runs, looks, view, *, shift):
        kept, [style, *_] = runs[0].steps, looks
        raised = runs[view.focus].loss[kept] + shift
        trace = {"type": "scatter", "name": style.label, "x": kept, "y": raised}
        layout = {"xaxis": axis("step"), "yaxis": axis("loss, raised")}
        chart = Chart(
            figure([trace], **layout), "Raised losses", description=f"Raised by {shift:g}."
        )
        track = Track("raised", 0, "grow", x=kept, y=raised)
        table = Table("Raised", ("Loss", "Loss, raised"), (Row(style.label, (raised,)),))
        return Content({"raised": Scene(chart, (track,))}, (table,))


def pytest_configure() -> None:
    """Registered for the whole of a run."""
    for add in (a_dataset, an_outlier_kind, an_optimizer, a_schedule, a_model, a_panel):
        add()
