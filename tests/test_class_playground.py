"""What the playground says of classes and networks, held against scikit-learn; odd views, data."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, softmax
from sklearn import metrics
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from streamlit.testing.v1 import AppTest
from suiting import CLASS_DATA, NUMBER_DATA

from lossviz import DATASETS, Experiment, Run, parse, run_all, sample
from lossviz.engine.frames import aligned, thinned
from lossviz.player import Movie, payload
from lossviz.player.packing import unpack
from lossviz.views.panels import PANELS, View, panels, playground
from lossviz.views.panels.overview import best_of
from lossviz.views.sentences import faults, headline, minima, remarks

AT = 15  # any step that all panels keep
STEPS = 30
MB = 1_000_000
TRAINED = [
    "data=moons&loss=log_loss",
    "data=circles&loss=hinge&model=mlp&mlp.width=5",
    "data=credit_default&loss=brier&outliers=label_flips",
    "data=imbalanced&loss=least_squares",
    "data=blobs&loss=cross_entropy&model=mlp&mlp.depth=2&mlp.activation=relu",
    "data=iris&loss=multiclass_hinge",
    "data=wine&loss=multiclass_brier",
    "data=breast_cancer&loss=cross_entropy",
]
over_trained = pytest.mark.parametrize("query", TRAINED)


def runs_of(query: str) -> list[Run]:
    return aligned(run_all(parse(query)[0]))


def trained(query: str) -> Run:
    [run] = runs_of(f"{query}&steps={STEPS}")
    return run


def raw(run: Run, at: int, X: np.ndarray) -> np.ndarray:
    """The raw predictions, by scikit-learn's network or by hand: (n,) or (n, K)."""
    theta = run.theta[at]
    d, params = X.shape[1], run.experiment.params_of("model")
    outputs = len(DATASETS[run.experiment.data].classes)
    if run.experiment.loss in ("log_loss", "hinge", "brier", "least_squares"):
        outputs = 1
    elif "classes" in run.experiment.params_of("data"):
        outputs = run.experiment.params_of("data")["classes"]
    width, depth = params.get("width", 0), params.get("depth", 0)
    sizes = [d, *[width] * depth, outputs]
    shapes = [(units, 1 + inputs) for inputs, units in pairwise(sizes)]
    cuts = np.cumsum([np.prod(shape) for shape in shapes])[:-1]
    parts = np.split(theta, cuts)
    matrices = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
    if not depth:
        z = X @ matrices[0][:, 1:].T + matrices[0][:, 0]
    else:
        net = MLPClassifier(activation=params["activation"])
        net.coefs_ = [matrix[:, 1:].T for matrix in matrices]
        net.intercepts_ = [matrix[:, 0] for matrix in matrices]
        net.n_layers_, net.out_activation_ = len(matrices) + 1, "identity"
        z = net._forward_pass_fast(X, check_input=False)
    return z[:, 0] if outputs == 1 else z


def mean_loss(loss: str, z: np.ndarray, y: np.ndarray) -> float:
    one_hot = np.eye(z.shape[1])[y.astype(int)] if z.ndim == 2 else y
    return {
        "log_loss": lambda: metrics.log_loss(y, expit(z)),
        "hinge": lambda: metrics.hinge_loss(y, z),
        "brier": lambda: metrics.brier_score_loss(y, expit(z)),
        "least_squares": lambda: metrics.mean_squared_error(2 * y - 1, z),
        "cross_entropy": lambda: metrics.log_loss(y, softmax(z, axis=1)),
        "multiclass_hinge": lambda: metrics.hinge_loss(y, z),
        "multiclass_brier": lambda: len(z[0]) * metrics.mean_squared_error(one_hot, softmax(z, 1)),
    }[loss]()


def predicted(z: np.ndarray) -> np.ndarray:
    return z.argmax(axis=1) if z.ndim == 2 else (z > 0).astype(int)


def chance(z: np.ndarray) -> np.ndarray:
    """Of class 1, or with several outputs of every class."""
    if z.ndim == 1:
        return expit(z)
    return softmax(z, axis=1)


def cells(movie: Movie, table: int, row: int = 0) -> dict[str, Any]:
    shown = movie.tables[table]
    return dict(zip(shown.columns[1:], shown.rows[row].cells, strict=True))


def numbers(words: str) -> list[float]:
    return [float(word) for word in re.findall(r"\d+(?:\.\d+)?", words)]


@over_trained
def test_losses_and_error_rates_in_the_table_are_scikit_learns(query):
    run = trained(query)
    rows, shown = sample(run.experiment), cells(playground([run]), 0)
    for X, y, loss, error in (
        (rows.X, rows.y, "Training loss", "Training error"),
        (rows.X_test, rows.y_test, "Clean test loss", "Clean test error"),
    ):
        z = raw(run, AT, X)
        assert shown[loss][AT] == pytest.approx(mean_loss(run.experiment.loss, z, y), rel=1e-9)
        wrong = metrics.zero_one_loss(y, predicted(z))
        assert shown[error][AT] == pytest.approx(wrong)


@over_trained
def test_the_sentence_gives_the_share_of_test_rows_in_a_wrong_class(query):
    run = trained(query)
    rows, words = sample(run.experiment), headline([run])
    wrong = metrics.zero_one_loss(rows.y_test, predicted(raw(run, -1, rows.X_test)))
    first = metrics.zero_one_loss(rows.y_test, predicted(raw(run, 0, rows.X_test)))
    *start, share = re.findall(r"([\d.]+)\N{NO-BREAK SPACE}%", words.partition(". ")[0])
    assert float(share) == pytest.approx(100 * wrong, rel=0.05)
    assert [float(each) for each in start] == pytest.approx([100 * first], rel=0.05)
    counted = f"{rows.is_outlier.sum()} of {len(rows.y)} rows are outliers."
    assert minima([run]) == (counted if rows.is_outlier.any() else "")


def test_of_many_runs_the_sentence_names_the_best_and_the_worst():
    runs = runs_of("data=moons&loss=log_loss&lr=0.01&lr=0.1&lr=1&lr=2&lr=3&steps=100")
    rates = [run.test_error[-1] for run in runs]
    words = headline(runs)
    words = words.partition(". ")[0]
    shares = re.findall(r"([\d.]+)\N{NO-BREAK SPACE}%", words)
    assert [float(share) for share in shares] == pytest.approx(
        [100 * runs[0].test_error[0], 100 * min(rates), 100 * max(rates)], rel=0.05
    )
    lowest = runs[int(np.argmin(rates))].experiment.lr
    assert f"% with learning rate {lowest:g} and " in words
    assert words.endswith("; the other 3 lie between them")


def test_the_exact_minimum_in_the_table_is_scikit_learns():
    run = trained("data=overlapping&loss=log_loss&outliers=label_flips")
    rows = sample(run.experiment)
    fit = LogisticRegression(C=np.inf, tol=1e-10).fit(rows.X, rows.y)
    lowest = metrics.log_loss(rows.y, fit.predict_proba(rows.X))
    shown = cells(playground([run]), 0)
    assert float(shown["Exact minimum"]) == pytest.approx(lowest, rel=1e-3)
    assert shown["Gap to it"][AT] == pytest.approx(run.loss[AT] - lowest, rel=1e-6)


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.65])
@pytest.mark.parametrize("query", [*TRAINED[:1], *TRAINED[2:3], *TRAINED[7:]])
def test_figures_of_two_classes_are_scikit_learns(query, threshold):
    run = trained(query)
    rows = sample(run.experiment)
    score = chance(raw(run, AT, rows.X_test))
    score = score[:, 1] if score.ndim == 2 else score
    y, said = rows.y_test, (score > threshold).astype(int)
    shown = cells(playground([run], View("metrics", options={"threshold": threshold})), 1)
    rates = {
        "Accuracy": metrics.accuracy_score(y, said),
        "Balanced accuracy": metrics.balanced_accuracy_score(y, said),
        "Precision": metrics.precision_score(y, said, zero_division=np.nan),
        "Recall": metrics.recall_score(y, said),
        "Specificity": metrics.recall_score(y, said, pos_label=0),
        "F1": metrics.f1_score(y, said),
        "AUC": metrics.roc_auc_score(y, score),
        "Average precision": metrics.average_precision_score(y, score),
        "Cost": metrics.zero_one_loss(y, said),
    }
    for name, expected in rates.items():
        assert shown[name][AT] == pytest.approx(expected, nan_ok=True), name


@pytest.mark.parametrize("query", TRAINED[4:7])
def test_figures_of_several_classes_are_scikit_learns(query):
    run = trained(query)
    rows = sample(run.experiment)
    z = raw(run, AT, rows.X_test)
    y, said, means = rows.y_test, predicted(z), {"average": "macro"}
    shown = cells(playground([run], View("metrics")), 1)
    rates = {
        "Accuracy": metrics.accuracy_score(y, said),
        "Balanced accuracy": metrics.balanced_accuracy_score(y, said),
        "Precision": metrics.precision_score(y, said, **means, zero_division=0),
        "Recall": metrics.recall_score(y, said, **means),
        "F1": metrics.f1_score(y, said, **means),
        "Cost": metrics.zero_one_loss(y, said),
    }
    if run.experiment.loss != "multiclass_hinge":  # whose chances have ties of their own
        ranked = chance(z)
        rates["AUC"] = metrics.roc_auc_score(y, ranked, multi_class="ovr")
    for name, expected in rates.items():
        assert shown[name][AT] == pytest.approx(expected), name


def test_what_mistakes_cost_follows_the_weights_of_the_loss():
    weights = "log_loss.weight_0=2&log_loss.weight_1=7"
    run = trained(f"data=credit_default&loss=log_loss&{weights}")
    rows = sample(run.experiment)
    said = predicted(raw(run, AT, rows.X_test))
    shown = cells(playground([run], View("metrics")), 1)
    cost = np.where(rows.y_test == 1, 7.0, 2.0)[said != rows.y_test].sum() / len(rows.y_test)
    assert shown["Cost"][AT] == pytest.approx(cost)
    assert numbers(shown["Cost in words"]) == [7, 2]


def test_a_higher_cost_of_a_miss_buys_recall_with_precision():
    query = "data=credit_default&loss=log_loss&log_loss.weight_1=1&log_loss.weight_1=10"
    movie = playground(runs_of(query), View("metrics"))
    even, dear = cells(movie, 1, 0), cells(movie, 1, 1)
    assert dear["Recall"][-1] > even["Recall"][-1] + 0.3
    assert dear["Precision"][-1] < even["Precision"][-1] - 0.1


@pytest.mark.parametrize("row", [0, 17])
def test_the_way_by_hand_ends_at_scikit_learns_prediction_and_loss(row):
    run = trained("data=moons&loss=log_loss&model=mlp&mlp.width=4")
    rows = sample(run.experiment)
    movie = playground([run], View("network", options={"row": row + 1}))
    [*units, output, loss] = movie.tables[1].rows
    z = raw(run, -1, rows.X[row : row + 1])
    assert len(units) == 4
    assert output.cells[0][-1] == pytest.approx(z[0])
    assert output.cells[1][-1] == pytest.approx(expit(z[0]))
    assert output.cells[3][-1] == pytest.approx(expit(z[0]) - rows.y[row])
    one = metrics.log_loss(rows.y[row : row + 1], expit(z), labels=[0, 1])
    assert loss.cells[1][-1] == pytest.approx(one)
    assert f"row {row + 1}," in movie.tables[1].caption


def test_the_chances_of_a_picture_are_softmaxs():
    run = trained("data=digits&loss=cross_entropy")
    row = 5
    rows = sample(run.experiment)
    expected = softmax(raw(run, -1, rows.X[row : row + 1])[0])
    shown = cells(playground([run], View("images", options={"row": row + 1})), 1)
    label = int(rows.y[row])
    assert shown["Largest chance for"][-1] == str(expected.argmax())
    assert shown["Which is"][-1] == pytest.approx(expected.max())
    assert shown[f"Chance of {label}"][-1] == pytest.approx(expected[label])


def sent(runs: list[Run], view: View) -> bytes:
    return payload(playground(runs, view), run="test")


def assert_can_be_drawn(packed: bytes) -> None:
    """No infinity, and numbers in every track and on every axis."""

    def look(value: Any, where: str) -> None:
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            assert not np.isinf(value).any(), where
        elif isinstance(value, dict):
            for key, part in value.items():
                look(part, f"{where}.{key}")
        elif isinstance(value, list):
            for part in value:
                look(part, where)
        elif isinstance(value, str):
            assert not re.search(r"\b(nan|inf)\b", value), where

    data = unpack(packed)
    look(data["charts"], "charts")
    for chart in data["charts"]:
        layout = chart["figure"]["layout"]
        for axis in [key for key in layout if key.startswith(("xaxis", "yaxis"))]:
            ends = np.asarray(layout[axis].get("range", [0.0, 1.0]), float)
            assert np.abs(ends).max() < 1e38, (chart["key"], axis)  # float32, and no NaN


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("data", CLASS_DATA)
def test_every_panel_of_all_data_with_classes_can_be_drawn(data, panel):
    runs = runs_of(f"data={data}&model=mlp&mlp.width=3&steps=4")
    packed = sent(runs, View(panel))
    assert_can_be_drawn(packed)
    if panel not in panels([run.experiment for run in runs]):
        assert packed == sent(runs, View())


@pytest.mark.parametrize("data", NUMBER_DATA)
def test_all_data_with_numbers_can_be_drawn(data):
    runs = runs_of(f"data={data}&loss=squared_error&loss=huber&lr=1e-3&steps=4")
    assert_can_be_drawn(sent(runs, View()))


@pytest.mark.parametrize(
    "view",
    [
        {"options": {"row": 10**6}},
        {"options": {"across": 10**6, "up": 3}},
        {"options": {"across": 2, "up": 2}},
        {"options": {"threshold": 0.0}},
        {"options": {"threshold": 1.0}},
        {"in_3d": True},
        {"panel": "images"},
        {"panel": "gone"},
        {"units": "own", "is_log": False},
    ],
)
def test_odd_views_can_be_drawn(view):
    runs = runs_of("data=wine&data=credit_default&model=mlp&model=linear&steps=3")[:4]
    for panel in {"overview", "metrics", "network", view.get("panel", "overview")}:
        assert_can_be_drawn(sent(runs, View(**{**view, "panel": panel})))


@pytest.mark.parametrize("panel", ["overview", "metrics", "network"])
@pytest.mark.parametrize("rate", [1e4, 1e-12])
def test_networks_at_mad_rates_can_be_drawn(rate, panel):
    losses = "loss=log_loss&loss=hinge&loss=exponential_loss"
    runs = runs_of(f"data=moons&model=mlp&mlp.activation=relu&lr={rate}&{losses}&steps=40")
    assert_can_be_drawn(sent(runs, View(panel)))
    assert_can_be_drawn(sent(runs, View(panel, in_3d=True)))


@pytest.mark.parametrize("in_3d", [False, True])
@pytest.mark.parametrize("data", ["blobs&blobs.classes=2", "xor", "moons", "iris"])
def test_linear_models_at_mad_rates_can_be_drawn(data, in_3d):
    losses = "loss=exponential_loss&loss=least_squares"
    if data == "iris":
        losses = "loss=multiclass_squared_error&loss=cross_entropy"
    runs = runs_of(f"data={data}&lr=10000&{losses}&steps=40")
    assert_can_be_drawn(sent(runs, View(in_3d=in_3d)))


def test_the_overview_of_three_losses_over_500_steps_is_under_a_megabyte_and_a_half():
    losses = "loss=log_loss&loss=hinge&loss=brier"
    for query in (f"data=moons&{losses}", f"data=moons&model=mlp&{losses}"):
        assert len(sent(runs_of(f"{query}&steps=500"), View())) < 1.5 * MB


@pytest.mark.parametrize("panel", ["metrics", "network", "images"])
def test_the_other_panels_are_under_a_megabyte_and_a_half_too(panel):
    data = "digits" if panel == "images" else "credit_default"
    runs = runs_of(f"data={data}&model=mlp&mlp.width=16&lr=0.1&lr=0.2&lr=0.5&steps=60")
    assert len(sent(runs, View(panel))) < 1.5 * MB


@pytest.mark.parametrize("panel", ["overview", "metrics", "network"])
def test_the_same_experiments_give_the_same_bytes(panel):
    query = "data=spirals&model=mlp&loss=log_loss&loss=hinge&outliers=label_flips&steps=20"
    assert sent(runs_of(query), View(panel)) == sent(runs_of(query), View(panel))


def test_rows_of_one_class_are_said_to_be():
    runs = runs_of("data=imbalanced&imbalanced.n=9&imbalanced.ratio=0.01&steps=3")
    assert not sample(runs[0].experiment).y.any()
    [words] = faults(runs)
    assert "training rows are of class common" in words


def test_a_class_with_one_member_is_said_to_have_one():
    runs = runs_of("data=moons&moons.n=2&steps=3")
    assert len(faults(runs)) == 2
    assert all("a single training row" in words for words in faults(runs))


def test_a_class_without_members_is_said_to_have_none():
    runs = runs_of("data=blobs&blobs.classes=4&blobs.n=3&steps=3")
    there = set(sample(runs[0].experiment).y)
    assert len(there) < 4
    assert sum("No training row" in words for words in faults(runs)) == 4 - len(there)


def test_constant_features_are_named():
    runs = runs_of("data=digits&steps=1")
    flat = int(np.sum(np.ptp(sample(runs[0].experiment).X, axis=0) == 0))
    [words] = [words for words in remarks(runs) if "the same in all" in words]
    assert words.startswith(f"{flat} features are")


def test_separable_classes_have_a_minimum_that_is_not_reached():
    runs = runs_of("data=blobs&blobs.classes=2&blobs.spread=0.05&steps=3")
    assert cells(playground(runs), 0)["Exact minimum"] == "0, not reached"
    assert any("separated" in words for words in remarks(runs))


def test_a_minimum_of_nothing_but_rounding_is_shown_as_zero():
    shown = cells(playground(runs_of("data=iris&loss=multiclass_hinge&steps=3")), 0)
    assert shown["Exact minimum"] == "0"


def app(query: str) -> AppTest:
    at = AppTest.from_file("../app.py", default_timeout=60)
    for key, values in parse_pairs(query).items():
        at.query_params[key] = values
    return at.run()


def parse_pairs(query: str) -> dict[str, list[str]]:
    pairs: dict[str, list[str]] = {}
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        pairs.setdefault(key, []).append(value)
    return pairs


@pytest.mark.parametrize(
    ("query", "kind"), [("data=line&data=moons", "numbers"), ("data=iris&data=line", "classes")]
)
def test_of_data_with_numbers_and_with_classes_one_kind_is_shown_and_that_is_said(query, kind):
    at = app(query + "&steps=3")
    assert not at.exception
    assert [f"those on data with {kind} are shown" in each.value for each in at.warning] == [True]
    shown = {run.experiment.data for run in at.session_state["training"].runs}
    assert shown == {parse_pairs(query)["data"][0]}


def test_frames_of_the_tables_are_those_that_tests_look_at():
    assert AT in thinned(STEPS + 1, 40)  # so that `AT` is a measured step


def test_an_experiment_of_a_link_is_the_one_that_is_asked_for():
    [run] = runs_of("data=moons&steps=2")
    assert run.experiment == Experiment(data="moons", steps=2)


@pytest.mark.parametrize(("end", "marked"), [(1.009, None), (1.011, 1)])
def test_training_and_test_part_where_a_hundredth_of_the_fall_is_lost_again(end, marked):
    [run] = run_all(parse("data=moons&model=mlp&steps=3&lr=0.1")[0])
    curve = np.array([2.0, 1.0, 1.005, end])  # falls by 1
    best = best_of(replace(run, test_loss=curve))
    assert (best and best.step) == marked
