"""The guide: its figures, its advice, its cross-validation, and its page run in process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

import numpy as np
import plotly.graph_objects as go
import pytest
from scipy import stats
from sklearn import linear_model, metrics, model_selection
from sklearn.neighbors import KNeighborsClassifier
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from lossviz import parse, sample
from lossviz.analysis import guide
from lossviz.analysis.guide.folds import most_rows
from lossviz.analysis.guide.measure import disputed
from lossviz.engine.experiment import Experiment
from lossviz.engine.looks import styles
from lossviz.engine.sampling import Sample
from lossviz.engine.task import Task
from lossviz.items.datasets import DATASETS
from lossviz.items.datasets.table import Table, keep
from lossviz.items.losses import LOSSES
from lossviz.items.outliers import OUTLIERS
from lossviz.views.charts.guide import WIDEST, intervals

TIMEOUT = 60
HELD = []  # tables that are too large for a link live as long as somebody holds them
CASES = [(task, cost) for task in guide.COSTS for cost in guide.COSTS[task]]


def picked(cost: str = "unsure", **settings: object) -> list[str]:
    experiment = guide.linear(Experiment(**settings))
    found = guide.measure(experiment)
    return [each.experiment.loss for each in guide.recommend(experiment, found, cost)]


def own(X: np.ndarray, y: np.ndarray, classes: tuple[str, ...] = (), **names: str) -> Experiment:
    """An experiment on rows that a test writes down."""
    features = tuple(f"column {k}" for k in range(X.shape[1]))
    words, table = keep(Table(X, y, np.zeros(len(y), bool), features, "aim", classes, **names))
    HELD.append(table)
    return Experiment(data=table.data, params={f"{table.data}.rows": words})


def least_absolute(experiment: Experiment) -> tuple[np.ndarray, np.ndarray]:
    """Residuals and predictions of scikit-learn's median regression."""
    data = sample(experiment)
    median = linear_model.QuantileRegressor(quantile=0.5, alpha=0.0).fit(data.X, data.y)
    return data.y - median.predict(data.X), median.predict(data.X)


@pytest.mark.parametrize("settings", [{"data": "engel"}, {"outliers": "vertical"}])
def test_residual_figures_are_scipys_on_scikit_learns_median_fit(settings):
    experiment = Experiment(**settings)
    found = guide.measure(experiment)
    residual, fitted = least_absolute(experiment)
    spread = stats.median_abs_deviation(residual, scale=1 / 1.4826)
    around = np.abs(residual - np.median(residual))
    assert found["spread"].value == pytest.approx(spread, rel=1e-6)
    assert found["outliers"].value == pytest.approx(np.mean(around > 3 * spread))
    low, middle, high = np.percentile(residual, (10, 50, 90))
    skew = ((high - middle) - (middle - low)) / (high - low)
    assert found["skew"].value == pytest.approx(skew, rel=1e-6, abs=1e-9)
    answer = stats.spearmanr(fitted, around)
    assert found["fanning"].value == pytest.approx(answer.statistic, abs=0.01)


def test_where_most_rows_are_fitted_exactly_the_spread_comes_from_the_mean():
    x = np.arange(12.0)
    y = np.where(x == 5, 20.0, 3 * x + 1)  # one row of twelve is 4 above a line
    found = guide.measure(own(x[:, None], y))
    assert found["spread"].value == pytest.approx(np.sqrt(np.pi / 2) * 4 / 12, rel=1e-4)
    assert found["outliers"].value == pytest.approx(1 / 12)
    exact = guide.measure(own(x[:, None], 3 * x + 1))  # what is left there is rounding
    assert {"spread", "outliers", "skew", "fanning"}.isdisjoint(exact)


def test_figures_of_targets_are_those_computed_by_hand():
    counts = sample(Experiment(data="counts")).y
    assert guide.measure(Experiment(data="counts"))["counts"].value == np.median(counts)
    grown = np.sort(sample(Experiment(data="exponential_growth")).y)
    low, high = np.percentile(grown, (5, 95))
    found = guide.measure(Experiment(data="exponential_growth"))
    assert found["decades"].value == pytest.approx(np.log10(high) - np.log10(low))
    assert "counts" not in found
    assert "counts" not in guide.measure(Experiment(data="diabetes"))  # whole, but far from 0


def test_figures_of_classes_are_those_computed_by_hand():
    data = sample(Experiment(data="imbalanced"))
    found = guide.measure(Experiment(data="imbalanced"))
    assert found["rarest"].value == pytest.approx(np.mean(data.y == found["rare_class"].value))
    assert found["rarest"].value < 0.5


def test_disputed_labels_are_those_that_a_left_out_row_would_be_refused():
    data = sample(Experiment(data="blobs", outliers="mislabelled"))
    rows = data.X / data.X.std(axis=0)
    wanted = []
    for row in range(len(rows)):
        others = np.arange(len(rows)) != row
        near = KNeighborsClassifier(10).fit(rows[others], data.y[others])
        [votes] = near.predict_proba(rows[[row]])
        wanted.append(votes.max() > 0.79 and near.classes_[votes.argmax()] != data.y[row])
    found = disputed(data.X, data.y)
    np.testing.assert_array_equal(found, wanted)
    assert found.any()


def test_robust_losses_come_first_where_there_are_outliers():
    assert picked(outliers="vertical")[:3] == ["huber", "tukey", "absolute_error"]


def test_squares_come_first_on_clean_normal_data():
    assert picked(params={"line.n": 500})[0] == "squared_error"


@pytest.mark.parametrize(
    ("settings", "first"),
    [
        ({"data": "counts"}, "poisson"),
        ({"data": "exponential_growth"}, "squared_log_error"),
        ({"data": "imbalanced"}, "log_loss"),
        ({"data": "blobs"}, "cross_entropy"),
        ({"data": "iris", "cost": "decision"}, "multiclass_hinge"),
        ({"data": "overlapping", "cost": "decision"}, "hinge"),
        ({"cost": "low"}, "quantile"),
        ({"cost": "typical"}, "absolute_error"),
        ({"cost": "mean"}, "squared_error"),
    ],
)
def test_what_is_known_of_the_data_decides(settings, first):
    assert picked(**settings)[0] == first


def test_a_loss_whose_parameter_cannot_be_what_is_wanted_is_left_out():
    # Engel's spread with outliers is about 90, and c goes to 100.
    assert "tukey" not in picked(data="engel", outliers="vertical")


def test_the_rare_class_is_weighed_up():
    experiment = Experiment(data="imbalanced")
    found = guide.measure(experiment)
    pick = guide.recommend(experiment, found)[0]
    share = np.mean(sample(experiment).y)
    weights = [pick.experiment["log_loss.weight_0"], pick.experiment["log_loss.weight_1"]]
    assert weights == pytest.approx([1.0, (1 - share) / share], rel=0.05)
    plain = guide.recommend(experiment, found, "probabilities")[0]
    assert plain.experiment == guide.linear(experiment)


@pytest.mark.parametrize("cost", ["low", "high"])
def test_the_dear_side_is_charged_three_times_as_much(cost):
    experiment = Experiment()
    pick = guide.recommend(experiment, guide.measure(experiment), cost)[0].experiment
    low, high = LOSSES["quantile"](np.array([-1.0, 1.0]), 0.0, **pick.params_of("loss"))[0]
    assert (low / high if cost == "low" else high / low) == pytest.approx(3.0, rel=0.06)


@pytest.mark.parametrize("name", list(DATASETS))
@pytest.mark.parametrize("cost", sorted({cost for _, cost in CASES}))
def test_every_data_set_gets_two_to_four_losses_with_measured_reasons(name, cost):
    kind = "regression" if DATASETS[name].task == "regression" else "classes"
    if cost not in guide.COSTS[kind]:
        return
    experiment = Experiment(data=name)
    found = guide.measure(experiment)
    picks = guide.recommend(experiment, found, cost)
    assert 2 <= len(picks) <= 4
    assert len({pick.experiment.loss for pick in picks}) == len(picks)
    assert all(pick.reason.endswith(".") and set(pick.findings) <= set(found) for pick in picks)
    assert sum(bool(pick.findings) for pick in picks) == len(picks)


def test_a_network_gives_way_to_a_line_and_the_rows_stay():
    experiment = Experiment(data="moons", model="mlp", seed=3, params={"moons.noise": 0.3})
    chosen = guide.linear(experiment)
    assert (chosen.model, chosen.seed, chosen["moons.noise"]) == ("linear", 3, 0.3)


def test_scores_of_squared_error_are_those_of_linear_regression():
    experiment = Experiment(data="engel")
    proof = guide.prove([experiment, experiment.replace(loss="absolute_error")])
    data = sample(experiment)
    folds = model_selection.RepeatedKFold(n_splits=5, n_repeats=4, random_state=0)
    direct = model_selection.cross_validate(
        linear_model.LinearRegression(),
        data.X,
        data.y,
        cv=folds,
        scoring=[
            "neg_mean_absolute_error",
            "neg_root_mean_squared_error",
            "neg_median_absolute_error",
            "r2",
        ],
    )
    wanted = [
        values * (1 if key == "test_r2" else -1)
        for key, values in direct.items()
        if key.startswith("test")
    ]
    assert proof.metrics == ("mae", "rmse", "median", "r2")
    np.testing.assert_allclose(proof.scores[0], np.transpose(wanted), rtol=1e-8)
    median = linear_model.QuantileRegressor(quantile=0.5, alpha=0.0)
    direct = model_selection.cross_val_score(
        median, data.X, data.y, cv=folds, scoring="neg_mean_absolute_error"
    )
    np.testing.assert_allclose(proof.scores[1, :, 0], -direct, rtol=1e-6)


@pytest.mark.parametrize("name", ["overlapping", "blobs"])
def test_scores_of_log_loss_are_those_of_logistic_regression(name):
    settings = {"params": {"blobs.spread": 3.0}} if name == "blobs" else {}
    experiment = Experiment(data=name, **settings)
    proof = guide.prove([experiment])
    data = sample(experiment)
    folds = model_selection.RepeatedStratifiedKFold(n_splits=5, n_repeats=4, random_state=0)
    model = linear_model.LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000)
    for fold, (train, test) in enumerate(folds.split(data.X, data.y)):
        p = model.fit(data.X[train], data.y[train]).predict_proba(data.X[test])
        y = data.y[test]
        wanted = [
            metrics.accuracy_score(y, p.argmax(axis=1)),
            metrics.balanced_accuracy_score(y, p.argmax(axis=1)),
            metrics.log_loss(y, p),
            metrics.brier_score_loss(y, p, scale_by_half=False),
        ]
        np.testing.assert_allclose(proof.scores[0, fold], wanted, rtol=1e-5)


def test_spoiled_rows_are_trained_on_but_not_scored():
    data = sample(Experiment(outliers="vertical"))
    folds = guide.splits(data)
    assert not any(data.is_outlier[test].any() for _, test in folds)
    assert all(data.is_outlier[train].any() for train, _ in folds)


@pytest.mark.parametrize(
    ("settings", "others", "comparisons"),
    [
        ({}, ["absolute_error"], 4),
        ({}, ["absolute_error", "huber", "tukey"], 12),
        ({"data": "overlapping"}, ["hinge", "brier"], 6),  # a hinge gives no probabilities
    ],
)
def test_the_intervals_are_nadeaus_and_bengios_and_hold_together(settings, others, comparisons):
    usual = Experiment(**settings)
    proof = guide.prove([usual, *(usual.replace(loss=name) for name in others)])
    assert guide.comparisons(proof) == comparisons
    [first, *_] = guide.differences(proof, 1)
    d = proof.scores[1, :, 0] - proof.scores[0, :, 0]
    # 5 times 4 folds, a quarter as many tested as trained on.
    scale = np.sqrt((1 / 20 + 1 / 4) * d.var(ddof=1))
    low, high = stats.t(19, d.mean(), scale).interval(1 - 0.05 / comparisons)
    assert (first.mean, first.low, first.high) == pytest.approx((d.mean(), low, high))


def test_a_difference_counts_as_real_where_its_p_value_times_the_comparisons_is_below_one_in_20():
    usual = Experiment(outliers="vertical", params={"line.n": 200})
    proof = guide.prove([usual, *(usual.replace(loss=name) for name in ("huber", "log_cosh"))])
    found = [each for number in (1, 2) for each in guide.differences(proof, number)]
    d = (proof.scores[1:] - proof.scores[:1]).transpose(0, 2, 1).reshape(8, 20)
    t = d.mean(axis=1) / np.sqrt((1 / 20 + proof.share) * d.var(axis=1, ddof=1))
    p = 2 * stats.t(19).sf(np.abs(t))
    assert [each.is_real for each in found] == list(8 * p < 0.05)


def test_robust_losses_are_proved_better_under_outliers_and_not_without():
    for outliers, words in (
        ("vertical", "better in mean absolute error"),
        ("none", "no difference that these rows can show"),
    ):
        usual = Experiment(outliers=outliers, params={"line.n": 200})
        proof = guide.prove([usual, usual.replace(loss="huber")])
        assert guide.verdict(proof, 1).startswith(words)


def test_a_loss_without_probabilities_has_no_score_for_them():
    usual = Experiment(data="overlapping")
    proof = guide.prove([usual, usual.replace(loss="hinge")])
    assert [each.metric for each in guide.differences(proof, 1)] == ["accuracy", "balanced"]


def test_too_few_rows_are_refused_in_words():
    X = np.arange(6.0)[:, None]
    rows = Sample(X, X[:, 0], np.zeros(6, bool), X, X[:, 0], np.zeros(1), np.ones(1))
    with pytest.raises(ValueError, match="at least 10 rows"):
        guide.splits(rows)
    with pytest.raises(ValueError, match="that are not outliers"):
        guide.splits(replace(rows, is_outlier=np.ones(6, bool)))
    one_class = own(np.arange(40.0)[:, None], np.zeros(40), ("a", "b"))
    with pytest.raises(ValueError, match="5 rows of each class"):
        guide.prove([one_class])
    for cost in guide.COSTS["classes"]:
        assert guide.recommend(one_class, guide.measure(one_class), cost)


def test_of_very_many_rows_some_are_drawn_by_the_seed_and_classes_keep_their_shares():
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(9000, 2)), np.repeat([0.0, 1.0, 2.0], [6000, 2997, 3])
    data = sample(own(X, y, ("a", "b", "c")))
    some = guide.drawn(data, 600, 0)
    assert np.bincount(some.y.astype(int)).tolist() == [400, 200, 3]
    places = [np.flatnonzero((X == row).all(axis=1))[0] for row in some.X]
    assert np.all(np.diff(places) > 0)  # each once, and each with its own target
    np.testing.assert_array_equal(y[places], some.y)
    np.testing.assert_array_equal(guide.drawn(data, 600, 0).X, some.X)
    assert not np.array_equal(guide.drawn(data, 600, 1).X, some.X)
    assert guide.drawn(data, 9000, 0) is data


@pytest.mark.parametrize("classes", [(), ("a", "b"), ("a", "b", "c", "d")])
def test_a_hundred_thousand_rows_are_looked_at_by_some_of_them(classes):
    rng = np.random.default_rng(2)
    X = rng.normal(size=(100_000, 20))
    z = X @ rng.normal(size=(20, max(len(classes), 1)))
    noisy = z + rng.gumbel(size=z.shape) - rng.gumbel(size=z.shape)
    y = {0: noisy[:, 0], 2: noisy[:, 0] > 0}.get(len(classes), noisy.argmax(axis=1))
    experiment = own(X, np.asarray(y, float), classes)
    found = guide.measure(experiment)
    assert found["rows"].value == 100_000
    assert "6,000 of them, drawn at random" in found["rows"].meaning
    if not classes:
        proof = guide.prove([experiment])
        assert (proof.rows, proof.available) == (6000, 100_000)
        assert np.isfinite(proof.scores).all()
        # The spread of the difference of two Gumbel variables: they are logistic.
        assert found["spread"].value == pytest.approx(1.4826 * np.log(3), rel=0.02)


def test_digits_are_proved_on_a_part_and_too_many_features_are_refused_in_words():
    proof = guide.prove([Experiment(data="digits")])
    assert 300 < proof.rows < 600
    assert np.isfinite(proof.scores).all()
    rng = np.random.default_rng(3)
    wide = own(rng.normal(size=(2000, 200)), rng.normal(size=2000))
    with pytest.raises(ValueError, match="With 200 features only"):
        guide.prove([wide])
    powers = own(rng.normal(size=(2000, 40)), rng.normal(size=2000))
    params = {**dict(powers.params), "polynomial.degree": 5}
    with pytest.raises(ValueError, match="With 200 features, powers counted, only"):
        guide.prove([powers.replace(model="polynomial", params=params)])


def test_the_work_of_a_proof_is_counted_before_it_begins():
    def most(classes: int, degree: int, data: str = "blobs") -> int:
        own = {"blobs.classes": classes} if data == "blobs" else {}
        e = Experiment(data=data, model="polynomial", params=own | {"polynomial.degree": degree})
        return most_rows(Task.of(e))

    # Parameters squared, for each of the classes: 8 (1 + 2 · 9) = 152, 8 (1 + 2 · 6) = 104.
    assert most(8, 9) == pytest.approx(18e6 / 152**2 / 8, rel=0.02)
    assert most(8, 6) == pytest.approx(18e6 / 104**2 / 8, rel=0.02)
    assert most(3, 9, "iris") == pytest.approx(6e6 / 111**2, rel=0.02)  # as ever


def test_residuals_of_more_features_than_can_be_fitted_are_left_out_with_a_sentence():
    rng = np.random.default_rng(4)
    rows = own(rng.normal(size=(2000, 100)), rng.normal(size=2000) ** 2)
    params = {**dict(rows.params), "polynomial.degree": 9}
    wide = rows.replace(model="polynomial", params=params)
    found = guide.measure(wide)
    assert list(found) == ["rows", "decades"]
    assert found["rows"].meaning.startswith("900 features, powers counted, are too many")
    assert guide.recommend(wide, found)[0].experiment.loss == "squared_log_error"


@pytest.mark.parametrize("settings", [{}, {"data": "overlapping"}])
def test_the_chart_is_valid_plotly_with_a_plot_for_each_metric(settings):
    usual = Experiment(**settings)
    other = usual.replace(loss="brier" if settings else "huber")
    proof = guide.prove([usual, other])
    drawn = go.Figure(
        intervals(styles([usual, other]), proof, "classes" if settings else "regression")
    )
    assert len(drawn.data) == 4
    for trace, each in zip(drawn.data, guide.differences(proof, 1), strict=True):
        assert trace.x[0] == each.mean
        assert trace.x[0] + trace.error_x.array[0] == pytest.approx(each.high)
    assert drawn.layout.xaxis4.title.text
    # A phone leaves a plot little width.
    for axis in (drawn.layout[f"xaxis{number}"] for number in ("", 2, 3, 4)):
        assert max(map(len, axis.title.text.split("<br>"))) <= WIDEST


def page(query: str = "", tables: Mapping[str, Table] | None = None) -> AppTest:
    at = AppTest.from_file("../app.py", default_timeout=TIMEOUT)
    for key, value in parse_qsl(query):
        at.query_params[key] = [*at.query_params.get(key, []), value]
    at.session_state["tables"] = dict(tables or {})
    at.switch_page("pages/choose.py").run()
    assert not at.exception
    return at


def ask_for_proof(at: AppTest) -> None:
    next(button for button in at.button if button.label.startswith("Prove")).click().run()
    assert not at.exception


def words(at: AppTest) -> str:
    said = [*at.subheader, *at.markdown]
    return "\n".join(element.value for element in said).replace("\\", "")


def test_a_link_says_which_rows_are_looked_at():
    at = page("data=engel&outliers=vertical")
    assert not at.warning
    assert "1. MAE" in words(at)
    assert "Rows" in list(at.table[0].value["Measured"])
    assert "engel" in at.query_params["data"]


@pytest.mark.parametrize(
    ("query", "is_said"),
    [
        ("data=line", True),
        ("data=table", False),
        ("data=table&outliers=vertical", True),
    ],
)
def test_of_ones_own_rows_nothing_is_said_of_outliers_that_are_not_injected(query, is_said):
    at = page(query)
    chosen = parse(query)[0]
    said = OUTLIERS[str(chosen["outliers"][0])].notes
    assert (said in at.caption[0].value) == is_said
    assert DATASETS[str(chosen["data"][0])].notes in at.caption[0].value


def test_the_proof_comes_when_it_is_asked_for_and_goes_with_other_rows():
    at = page("data=line&outliers=vertical")
    assert not at.get("bidi_component")
    ask_for_proof(at)
    assert at.get("bidi_component")
    assert "better in mean absolute error" in words(at)
    box(at, "Outliers").set_value("none").run()
    assert not at.exception
    assert not at.get("bidi_component")
    assert "1. MSE" in words(at)


def box(at: AppTest, label: str) -> Selectbox:
    return next(box for box in at.selectbox if box.label == label)


def test_what_errors_cost_changes_the_advice_and_travels_in_the_link():
    at = page("data=line")
    box(at, "What do errors cost?").set_value("low").run()
    assert not at.exception
    assert "1. Quantile" in words(at)
    assert "low" in at.query_params["view.cost"]
    links = [link.proto.query_string for link in at.get("page_link")]
    assert all("view.cost=low" in link for link in links)
    again = page("data=line&view.cost=low")
    assert words(again) == words(at)
    # On other data it is no answer, and what cannot be one is named.
    other = page("data=moons&view.cost=low")
    assert box(other, "What do errors cost?").value == "unsure"
    assert words(other) == words(page("data=moons"))
    [said] = other.warning
    assert said.value.startswith("What errors cost is said for other targets than these")
    assert any("cost" in each.value for each in page("data=line&view.cost=x").warning)


def test_the_answer_survives_the_way_to_the_playground_and_back():
    at = page("data=line&view.cost=high")
    at.switch_page("pages/playground.py").run()
    assert "high" in at.query_params["view.cost"]
    at.switch_page("pages/choose.py").run()
    assert not at.exception
    assert box(at, "What do errors cost?").value == "high"
    assert "1. Quantile" in words(at)


def test_rows_of_ones_own_are_called_by_their_own_names():
    rng = np.random.default_rng(4)
    X = rng.normal(size=(60, 2))
    cats = own(X, (X[:, 0] > rng.normal(size=60)).astype(float), ("cat", "dog"), name="pets_1.csv")
    at = page(cats.query())
    assert "cat, dog" in list(at.table[0].value["What it means"])
    assert any(each.value.startswith("pets\\_1\\.csv: ") for each in at.caption)
    ask_for_proof(at)
    assert at.get("bidi_component")


def test_a_file_that_is_not_here_is_asked_for_and_one_that_is_here_is_proved_on_a_part():
    at = page(urlencode({"data": "table", "table.rows": f"file~5000~{'0' * 32}~sales.csv"}))
    assert any("5,000 rows of sales" in each.value.replace("\\", "") for each in at.warning)
    assert not at.table
    rng = np.random.default_rng(5)
    X = rng.normal(size=(7000, 2))
    experiment = own(X, X[:, 0] + rng.normal(size=7000))
    assert page(experiment.query()).warning  # another session has no right to see them
    at = page(experiment.query(), {str(experiment["table.rows"]): HELD[-1]})
    ask_for_proof(at)
    said = "\n".join(each.value for each in at.caption)
    assert "Of 7,000 rows 6,000 were drawn" in said
    assert "intervals is drawn at 99.38\N{NO-BREAK SPACE}%" in said  # 2 losses in 4 metrics


def test_rows_that_came_by_file_are_held_to_what_the_server_takes():
    rng = np.random.default_rng(6)
    rows = own(rng.normal(size=(100_000, 40)), np.resize([0.0, 1.0], 100_000), ("a", "b"))
    words = str(rows["table_binary.rows"])
    at = page("model=polynomial&polynomial.degree=9", {words: HELD[-1]})
    assert not at.warning
    own_rows = {"data": ("table_binary",), "table_binary.rows": (words,)}
    at.session_state["settings"] = {**at.session_state["settings"], **own_rows}
    at.session_state["held"] = True  # as a widget does
    at.run()
    [said] = [each.value.replace("\\", "") for each in at.warning]
    assert said == (
        "These rows ask for 653 MiB of memory (512 MiB at most): polynomial.degree is at most 6."
    )
    assert at.table


def test_a_network_and_a_broken_link_get_sentences():
    at = page("data=moons&model=mlp&hubris=1")
    assert any("hubris" in each.value for each in at.warning)
    assert any("network" in each.value for each in at.info)
