"""The numbers in the sentence and in the table, held against scikit-learn and hand-made ones."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, QuantileRegressor

from lossviz import Experiment, parse, run_all, sample
from lossviz.analysis.minimum import reference
from lossviz.analysis.training import stream
from lossviz.engine.frames import aligned
from lossviz.engine.numbers import number
from lossviz.export import summary
from lossviz.items.datasets.choice import Choice
from lossviz.items.datasets.table import Table, keep
from lossviz.player import payload
from lossviz.tables import pick, read_as
from lossviz.views.panels import playground
from lossviz.views.sentences import ending, faults, headline, minima, remarks
from lossviz.views.sentences.names import short_names
from lossviz.views.sentences.rounding import tidied

QUERY = "loss=squared_error&loss=absolute_error&outliers=vertical&vertical.where=right&steps=300"


def fitted(loss: str, outliers: str) -> float:
    rows = sample(Experiment(outliers=outliers, params={"vertical.where": "right"}))
    if loss == "squared_error":
        return LinearRegression().fit(rows.X, rows.y).coef_[0]
    return QuantileRegressor(quantile=0.5, alpha=0).fit(rows.X, rows.y).coef_[0]


def numbers(words: str) -> list[float]:
    found = re.findall(r"[+\u2212]?\d+(?:\.\d+)?", words)
    return [float(word.replace("\N{MINUS SIGN}", "-")) for word in found]


def test_the_sentence_says_how_far_the_outliers_moved_each_slope():
    words = minima(run_all(parse(QUERY)[0]))
    shown = numbers(words)
    assert shown[:2] == [9, 60]
    expected = []
    for loss in ("squared_error", "absolute_error"):
        clean, spoiled = fitted(loss, "none"), fitted(loss, "vertical")
        expected += [spoiled - clean, clean, spoiled]
    assert shown[2:] == pytest.approx(expected, rel=5e-3)


def test_without_injected_outliers_the_sentence_gives_the_slopes():
    words = minima(run_all(parse("data=anscombe_3&loss=squared_error&steps=2000")[0]))
    assert words == "At the exact minimum the slope is 0.500."


def test_the_sentence_counts_one_row_as_one():
    words = minima(run_all(parse("outliers=leverage&leverage.share=0.02&steps=2")[0]))
    assert words.startswith("1 of 60 rows is an outlier. It moved the best slope by ")


def table(query: str) -> dict[str, list]:
    movie = playground(aligned(run_all(parse(query)[0])))
    columns = zip(*(row.cells for row in movie.tables[0].rows), strict=True)
    return dict(zip(movie.tables[0].columns[1:], map(list, columns), strict=True))


def test_the_table_shows_parameters_losses_and_gaps_of_every_step():
    cells = table(QUERY)
    run = run_all(parse(QUERY)[0])[0]
    rows = sample(run.experiment)
    fit = LinearRegression().fit(rows.X, rows.y)
    at = 7  # any step
    intercept, slope = cells["intercept"][0][at], cells["slope"][0][at]
    predicted = intercept + slope * rows.X[:, 0]
    loss = np.mean((predicted - rows.y) ** 2)
    assert cells["Training loss"][0][at] == pytest.approx(loss)
    fresh = np.mean((intercept + slope * rows.X_test[:, 0] - rows.y_test) ** 2)
    assert cells["Clean test loss"][0][at] == pytest.approx(fresh)
    lowest = np.mean((fit.predict(rows.X) - rows.y) ** 2)
    assert cells["Gap to it"][0][at] == pytest.approx(loss - lowest)
    assert numbers(cells["Exact minimiser"][0]) == pytest.approx(
        [fit.intercept_, fit.coef_[0]], rel=5e-3
    )
    within = run.loss <= lowest + 0.01 * (run.loss[0] - lowest)
    assert cells["Steps to within 1\N{NO-BREAK SPACE}%"][0] == str(int(np.argmax(within)))
    assert cells["Status"][0] == ending(run, reference(run.experiment))


def test_scaled_features_are_shown_in_both_units():
    cells = table("data=phones&loss=squared_error&steps=400&lr=0.3")
    rows = sample(Experiment(data="phones"))
    mean, deviation = rows.X.mean(), rows.X.std()
    slope, intercept = cells["slope"][0][-1], cells["intercept"][0][-1]
    assert cells["slope, scaled"][0][-1] == pytest.approx(slope * deviation)
    assert cells["intercept, scaled"][0][-1] == pytest.approx(intercept + slope * mean)
    fit = LinearRegression().fit(rows.X, rows.y)
    assert [slope, intercept] == pytest.approx([fit.coef_[0], fit.intercept_])


def test_many_rows_get_a_dot_for_every_outlier_and_an_even_pick_of_the_rest():
    runs = run_all(parse("line.n=2000&outliers=vertical&vertical.share=0.02&steps=3")[0])
    shape = playground(runs).charts["shape"].figure.data[1]
    assert len(shape.x) == 120


def test_payload_stays_small_for_many_rows_runs_and_steps():
    # Linear in frames times dots, which are capped: twice the steps hardly cost more.
    def size(steps: int) -> int:
        movie = playground(run_all(parse(f"data=diabetes&loss=huber&steps={steps}&lr=0.01")[0]))
        return sum(a.size for track in movie.tracks for a in track.axes.values())

    assert size(400) < 1.5 * size(200)


def test_targets_outside_a_losss_domain_are_counted_in_a_sentence():
    query = "data=counts&loss=poisson&loss=huber&outliers=vertical&vertical.direction=down&steps=2"
    runs = run_all(parse(query)[0])
    negative = int(np.sum(sample(runs[0].experiment).y < 0))
    assert negative > 0
    assert faults(runs) == [
        f"{negative} of 60 targets lie below 0, where Poisson is not defined; it reads them as 0."
    ]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("init=1,2", ""),
        ("init=zeros", ""),
        ("data=iris&init=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15", ""),
        (
            "init=1,2,3",
            "The start gives 3 values, and the model has 2 parameters: the last ones are left out.",
        ),
        (
            "init=1",
            "The start gives 1 value, and the model has 2 parameters: the others begin at 0.",
        ),
        (
            "loss=adaptive&init=1,2,3,4",  # what a loss learns begins where its settings say
            "The start gives 4 values, and the model has 2 parameters: the last ones are left out.",
        ),
    ],
)
def test_a_start_of_another_size_than_the_model_is_said(query, said):
    runs = run_all(parse(f"{query}&steps=2")[0])
    found = [words for words in remarks(runs) if words.startswith("The start")]
    assert found == ([said] if said else [])
    assert ("The start" in summary(runs)) == bool(said)
    if said:
        assert summary(runs).endswith(said)


def test_remarks_tell_of_scaling_of_test_rows_and_of_the_solver():
    said = " ".join(remarks(run_all(parse("data=phones&loss=tukey&steps=2")[0])))
    assert "standardised features" in said
    assert "No rows are held out" in said
    assert "not convex" in said
    plain = remarks(run_all(parse("loss=squared_error&steps=2")[0]))
    assert plain == ["MSE: exact minimiser by singular values (least squares)."]


def test_the_payload_of_many_rows_is_about_that_of_few():
    def size(n: int) -> int:
        runs = run_all(parse(f"line.n={n}&loss=huber&loss=squared_error&steps=200")[0])
        return len(payload(playground(runs), run="x"))

    assert size(2000) < 1.1 * size(120)


# ---------------------------------------------------------------- how it went


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            "loss=squared_error",
            "Settled: within 0.1\N{NO-BREAK SPACE}% of the way to the minimum by step ",
        ),
        (
            "loss=squared_error&lr=1e-6",
            "On its way: under 0.1\N{NO-BREAK SPACE}% of the way down after 200 steps;",
        ),
        (
            "data=engel&loss=absolute_error",
            "On its way: 3.6\N{NO-BREAK SPACE}% of the way down after 200 steps;",
        ),
        ("data=diabetes&loss=cauchy", "On its way: "),
        (
            "optimizer=adagrad&loss=squared_error",
            "On its way: 98.8\N{NO-BREAK SPACE}% of the way down",
        ),
        ("loss=absolute_error&lr=2", "Bouncing: the steps are too large to settle."),
        ("loss=squared_error&batch=8", "Arrived: it hops within "),
        ("loss=squared_error&lr=0.73&steps=60", "Rising: "),
        ("loss=squared_error&lr=1.2&steps=60", "Diverging: by step "),
        ("loss=squared_error&lr=30&steps=500", "Diverged at step "),
        ("loss=tukey&tukey.c=1&init=50", "Standing still: "),
    ],
)
def test_the_status_is_held_against_the_exact_minimum(query, sentence):
    run = run_all(parse(query)[0])[0]
    assert ending(run, reference(run.experiment)).startswith(sentence)


def test_settled_names_the_step_from_which_the_loss_stays_near_the_minimum():
    run = run_all(parse("loss=absolute_error&outliers=vertical&vertical.where=right")[0])[0]
    exact = reference(run.experiment)
    words = ending(run, exact)
    step = int(re.findall(r"by step (\d+)\.$", words)[0])
    left = (run.loss - exact.value) / (run.loss[0] - exact.value)
    assert left[step:].max() <= 0.001 < left[step - 1]


def test_a_run_that_hops_near_a_kink_has_arrived_and_the_distance_is_true():
    run = run_all(parse("data=anscombe_3&loss=absolute_error&optimizer=adam&steps=600")[0])[0]
    exact = reference(run.experiment)
    words = ending(run, exact)
    assert words.endswith("% of the way to the minimum, as a constant rate must at a kink.")
    left = (run.loss - exact.value) / (run.loss[0] - exact.value)
    assert numbers(words)[0] / 100 == pytest.approx(left[-60:].max(), rel=0.05)


@pytest.mark.parametrize(
    "query",
    [
        "data=stars_cyg&loss=tukey&tukey.c=1&init=7,-0.4",
        # So far off that no row pulls.
        "outliers=vertical&vertical.share=0.4&vertical.size=10&loss=welsch&welsch.c=1&init=21,2",
    ],
)
def test_a_run_in_a_dead_end_is_told_apart_from_one_on_its_way(query):
    [stuck] = run_all(parse(query + "&lr=0.3&steps=2000")[0])
    exact = reference(stuck.experiment)
    assert stuck.loss[-1] > exact.value
    assert "yet the loss is lower elsewhere" in ending(stuck, exact)


def test_what_is_not_over_keeps_its_own_words():
    first = next(iter(stream(parse("loss=barron&steps=20000")[0], 0.0)))[0]
    assert ending(first, reference(first.experiment)) == first.status


# ---------------------------------------------------------------- sentences and the table


def test_the_sentence_names_each_objective_once_however_it_descends():
    words = minima(run_all(parse("loss=squared_error&lr=0.1&lr=0.3&steps=200")[0]))
    assert words == "At the exact minimum the slope is 2.02."
    query = "loss=squared_error&loss=huber&lr=0.1&lr=0.3&steps=2"
    said = remarks(run_all(parse(query)[0]))
    assert [words.partition(":")[0] for words in said] == ["MSE", "Huber (δ = 1)"]


@pytest.mark.parametrize(
    "query", ["line.n=1", "line.n=2&model=polynomial", "line.n=1&outliers=vertical"]
)
def test_rows_that_leave_the_fit_open_are_said_to(query):
    runs = run_all(parse(query + "&loss=squared_error&steps=2")[0])
    assert headline(runs).endswith(" Its minimum is not unique.")
    words = minima(runs)
    assert "open" in words
    assert not numbers(words)
    assert "not unique" in " ".join(remarks(runs))


def test_rounding_is_shown_as_nothing():
    cells = table("data=diabetes&loss=huber&steps=50")
    run = run_all(parse("data=diabetes&loss=huber&steps=50")[0])[0]
    assert 0 < np.abs(run.theta[1, 1:4]).max() < 1e-12
    for name in ("age", "sex", "body mass index"):
        assert cells[name][0][1] == 0
    settled = run_all(parse("loss=huber&steps=400")[0])[0]
    above = settled.loss - reference(settled.experiment).value
    assert 0 < np.abs(above[-1]) < 1e-12
    assert table("loss=huber&steps=400")["Gap to it"][0][-1] == 0


@pytest.mark.parametrize(
    "query", ["data=diabetes&loss=huber&steps=0", "loss=huber&steps=400&init=0,0", "steps=0"]
)
def test_a_terminal_shows_the_numbers_of_the_page(query):
    runs = run_all(parse(f"{query}&loss=squared_error")[0])
    head, _, *lines = summary(runs).splitlines()
    places = [head.index(name) for name in (*runs[0].names[:4], "Gap to the minimum", "Status")]
    [table] = playground(runs).tables
    gap = table.columns.index("Gap to it")
    for line, row in zip(lines, table.rows, strict=False):
        shown = re.split(r"  +", line)[3:-1]
        count = len(places) - 2
        page = [number(float(cells[-1])) for cells in (*row.cells[:count], row.cells[gap - 1])]
        assert shown == page


def test_rounding_of_a_network_is_left_as_it_is():
    [run] = run_all(parse("data=moons&loss=log_loss&model=mlp&steps=2")[0])
    assert tidied(run, None)[0] is run.theta


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (
            ["intercept", "coefficient of Price (EUR)", "coefficient of Size (m²)"],
            ["intercept", "Price", "Size"],
        ),
        (
            [
                "coefficient of Price (EUR)",
                "coefficient of Price (USD)",
                "coefficient of Size (m²)",
            ],
            ["Price (EUR)", "Price (USD)", "Size"],
        ),
        (["coefficient of Price", "coefficient of Price (USD)"], ["Price", "Price (USD)"]),
        (
            ["intercept", "coefficient of intercept", "coefficient of x"],
            ["intercept", "coefficient of intercept", "x"],
        ),
        (["A (x)", "A (y)", "A (x) (z)"], ["A (x)", "A (y)", "A (x) (z)"]),
        (["A (b)", "A (c)", "A () (b)"], ["A (b)", "A (c)", "A () (b)"]),
    ],
)
def test_units_are_kept_where_two_names_would_be_alike(names, short):
    assert list(short_names(names, "coefficient of ").values()) == short


def test_two_prices_are_told_apart_wherever_they_are_named():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(12, 2))
    names = "Price (EUR)", "Price (USD)"
    for twice in (False, True):  # of two columns that are the same, the minimiser is not unique
        given = np.stack([X[:, 0], X[:, 0] if twice else X[:, 1]], axis=1)
        table = Table(given, given.sum(axis=1) + rng.normal(size=12), np.zeros(12, bool), names)
        rows, _held = keep(table)
        asked = {"data": "table", "table.rows": rows}
        runs = run_all(parse("loss=squared_error&steps=5", asked)[0])
        if twice:
            words = " ".join(remarks(runs))
            assert "Price (EUR) any number" in words
            assert "Price (USD) any number" in words
        else:
            assert playground(runs).tables[0].columns[1:4] == ("intercept", *names)
            assert "Price (EUR)" in minima(runs)


def test_a_small_slope_of_a_large_feature_is_not_rounding():
    # By hand: 2 a second, and it is but the units that make it small beside 3.4e9.
    text = Path(__file__).with_name("cases").joinpath("millisecond_stamps.csv").read_bytes()
    found = pick(read_as(text, "stamps.csv", Choice()), Choice()).table
    for shrunk in (1.0, 1e-3):
        rows, _held = keep(replace(found, y=found.y * shrunk))
        given = {"data": "table", "table.rows": rows}
        [row] = playground(run_all(parse("lr=0.5&loss=squared_error", given)[0])).tables[0].rows
        assert row.cells[1][0] == 0
        assert row.cells[1][-1] == pytest.approx(0.002 * shrunk)
        assert row.cells[0][-1] == pytest.approx(-3.4e9 * shrunk)


def test_headings_are_short_and_the_caption_counts_what_is_shown():
    movie = playground(run_all(parse("data=diabetes&loss=huber&steps=5")[0]))
    assert movie.tables[0].columns[1:5] == ("intercept", "age", "sex", "body mass index")
    assert movie.tables[0].caption == "The current step: the first 4 of 11 parameters"
    assert movie.tables[0].below == "Status"
