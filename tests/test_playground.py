"""The numbers in the sentence and in the table, held against scikit-learn and hand-made ones."""

from __future__ import annotations

import re

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, QuantileRegressor

from lossviz import Experiment, parse, run_all, sample
from lossviz.playground import faults, headline, playground, remarks
from lossviz.replay import aligned

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
    words = headline(run_all(parse(QUERY)[0]))
    shown = numbers(words)
    assert shown[:2] == [9, 60]
    expected = []
    for loss in ("squared_error", "absolute_error"):
        clean, spoiled = fitted(loss, "none"), fitted(loss, "vertical")
        expected += [spoiled - clean, clean, spoiled]
    assert shown[2:] == pytest.approx(expected, rel=5e-3)


def test_without_injected_outliers_the_sentence_gives_the_slopes():
    words = headline(run_all(parse("data=anscombe_3&loss=squared_error&steps=2")[0]))
    assert words == "At the exact minimum the slope is 0.500 for MSE."


def test_the_sentence_counts_one_row_as_one():
    words = headline(run_all(parse("outliers=leverage&leverage.share=0.02&steps=2")[0]))
    assert words.startswith("1 of 60 rows is an outlier. It moved the best slope by ")


def table(query: str) -> dict[str, list]:
    movie = playground(aligned(run_all(parse(query)[0])))
    columns = zip(*(row.cells for row in movie.table.rows), strict=True)
    return dict(zip(movie.table.columns[1:], map(list, columns), strict=True))


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
    assert cells["Steps to within 1 %"][0] == str(int(np.argmax(within)))
    assert cells["Status"][0] == run.status


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


def test_remarks_tell_of_scaling_of_test_rows_and_of_the_solver():
    said = " ".join(remarks(run_all(parse("data=phones&loss=tukey&steps=2")[0])))
    assert "standardised features" in said
    assert "No rows are held out" in said
    assert "not convex" in said
    plain = remarks(run_all(parse("loss=squared_error&steps=2")[0]))
    assert plain == ["MSE: exact minimiser by SciPy lstsq (least squares)."]
