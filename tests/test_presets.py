"""What each preset says is so: every lesson held against its runs and the exact minimisers."""

from __future__ import annotations

from urllib.parse import parse_qsl

import numpy as np
import pytest

from lossviz import DATASETS, Run, parse, run_all, sample
from lossviz.analysis.minimum import moved_by_outliers, reference
from lossviz.engine.rates import largest_rate
from lossviz.engine.task import Task
from lossviz.views.examples import PRESETS, WELCOME
from lossviz.views.panels import panels
from lossviz.views.sentences import ending

QUERIES = {preset.title: preset.query for preset in PRESETS}


def trained(title: str) -> list[Run]:
    return run_all(parse(QUERIES[title])[0])


def slopes(runs: list[Run]) -> dict[str, float]:
    return {run.experiment.loss: run.theta[-1, 1] for run in runs}


def verdict(run: Run) -> str:
    return ending(run, reference(run.experiment)).partition(":")[0]


def settles(run: Run) -> bool:
    return verdict(run) == "Settled"


UNSETTLED = (
    "What outliers do to MSE, MAE and Huber",
    "The rate at the edge",
    "Momentum in a narrow valley",
    "Drop the rate in mid-run",
    "Squared error dies where cross-entropy learns",
    "XOR needs a hidden layer",
    "Sigmoids, depth and the vanishing gradient",
    "Label smoothing and calibration",
    "Stop before it learns the noise",
)
SETTLING = [title for title in QUERIES if title not in UNSETTLED]


@pytest.mark.parametrize("title", SETTLING)
def test_what_a_preset_compares_has_settled(title):
    assert [verdict(run) for run in trained(title)] == ["Settled"] * len(trained(title))


def test_no_two_presets_are_the_same_link_and_the_first_is_the_welcome():
    # A lesson is found by its sweep, so that must be its own.
    assert len({parse(query)[0] for query in QUERIES.values()}) == len(QUERIES) == len(PRESETS)
    assert PRESETS[0] is WELCOME


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_what_a_preset_asks_of_the_page_is_there(preset):
    asked = dict(parse_qsl(preset.query))
    assert asked.get("view.panel", "overview") in panels(list(parse(preset.query)[0]))
    features = DATASETS[asked.get("data", "line")].features
    for key in ("view.across", "view.up"):
        assert int(asked.get(key, 0)) <= len(features)


def test_outliers_tilt_mse_and_hardly_move_mae_and_huber():
    moved = {
        e.loss: abs(shift.spoiled - shift.clean) / abs(shift.clean)
        for e in parse(WELCOME.query)[0]
        for shift in [moved_by_outliers(e)]
    }
    assert moved["squared_error"] > 0.7
    assert max(moved["absolute_error"], moved["huber"]) < 0.12


def test_on_the_first_page_every_line_starts_at_its_fit_without_outliers_and_nears_that_with():
    for run in run_all(parse(WELCOME.query)[0]):
        clean, spoiled = reference(run.experiment.unspoiled()), reference(run.experiment)
        assert run.theta[0] == pytest.approx(clean.theta, abs=1e-12)
        assert run.loss[-1] - spoiled.value < 0.05 * (run.loss[0] - spoiled.value)


def test_one_leverage_point_turns_mse_and_mae_and_not_tukey():
    runs = trained("One leverage point")
    assert Task.of(runs[0].experiment).sample.is_outlier.sum() == 1
    found = slopes(runs)
    assert found["squared_error"] == pytest.approx(-1.80, abs=0.01)
    assert found["absolute_error"] == pytest.approx(-2.02, abs=0.01)
    assert found["tukey"] == pytest.approx(1.96, abs=0.01)


def test_beyond_the_edge_descent_climbs():
    calm, near, beyond = trained("The rate at the edge")
    limit = largest_rate(Task.of(calm.experiment))
    assert limit is not None
    assert near.experiment.lr < limit < beyond.experiment.lr
    assert settles(calm)
    assert settles(near)
    assert beyond.loss[-1] > beyond.loss[0]
    assert f"{limit:.3g}" in beyond.status


def test_the_median_does_not_care_how_far_outliers_lie():
    query = QUERIES["The median does not care"]
    higher = query.replace("vertical.size=10", "vertical.size=20")
    for before, after in zip(parse(query)[0], parse(higher)[0], strict=True):
        moved = np.abs(reference(after).theta - reference(before).theta)
        if before.loss == "absolute_error":
            assert moved.max() < 1e-6
        else:
            assert moved[0] > 5


def test_msle_serves_the_small_targets_and_mse_the_large():
    ratios, distances = {}, {}
    for run in trained("MSLE on exponential growth"):
        rows = sample(run.experiment)
        x, y = rows.X[:, 0], rows.y
        predicted = np.polyval(run.theta[-1, ::-1], x)
        ratio = np.abs(np.log1p(np.maximum(predicted, 0)) - np.log1p(y))
        ratios[run.experiment.loss] = np.median(ratio[x < 0])
        large = y > np.quantile(y, 0.9)
        distances[run.experiment.loss] = np.mean((predicted - y)[large] ** 2)
    assert ratios["squared_log_error"] < 0.5 * ratios["squared_error"]
    assert distances["squared_error"] < distances["squared_log_error"]


def test_quantiles_draw_a_band_that_widens():
    runs = trained("Quantiles draw a band")
    rows = sample(runs[0].experiment)
    lines = [run.theta[-1] @ [np.ones(len(rows.y)), rows.X[:, 0]] for run in runs]
    for run, line in zip(runs, lines, strict=True):
        below = np.mean(rows.y < line - 1e-3)
        assert below == pytest.approx(run.experiment["quantile.tau"], abs=0.04)
    ends = rows.X[:, 0].argmin(), rows.X[:, 0].argmax()
    narrow, wide = (lines[2][end] - lines[0][end] for end in ends)
    assert wide > 2 * narrow > 0


def test_stars_fool_mse_and_mae_and_not_tukey():
    found = slopes(trained("Stars that fool least squares"))
    assert found["squared_error"] < 0
    assert found["absolute_error"] < 0
    assert found["tukey"] > 2


def test_phones_bend_mse_by_far_the_robust_less_and_tukey_not():
    runs = trained("Phone calls that were minutes")
    found = slopes(runs)
    rows = sample(runs[0].experiment)
    year = rows.X[:, 0]
    right = (year < 63) | (year > 70)
    alone = np.polyfit(year[right], rows.y[right], 1)[0]
    assert found["tukey"] == pytest.approx(alone, rel=0.02)
    assert found["squared_error"] > 4 * alone
    for loss in ("absolute_error", "huber"):
        assert alone < found[loss] < 0.4 * found["squared_error"]


def test_anscombes_third_set_has_ten_rows_on_the_line_of_mae():
    runs = trained("Anscombe's third set")
    theta = {run.experiment.loss: run.theta[-1] for run in runs}
    assert theta["squared_error"] == pytest.approx([3.00, 0.500], abs=0.005)
    rows = sample(runs[0].experiment)
    off = np.abs(theta["absolute_error"] @ [np.ones(11), rows.X[:, 0]] - rows.y)
    assert np.sum(off < 0.02) == 10
    assert off.max() > 4


def test_momentum_runs_along_the_valley_and_overshoots():
    plain, *fast = trained("Momentum in a narrow valley")
    assert not settles(plain)
    for run in fast:
        assert settles(run)
        assert (np.diff(run.loss) > 0).any()
        assert run.loss[-1] < plain.loss[-1]
    assert (np.diff(plain.loss) <= 0).all()


def test_a_dropped_rate_settles_where_a_constant_one_bounces():
    constant, dropped = trained("Drop the rate in mid-run")
    assert verdict(constant) == "Bouncing"
    assert settles(dropped)
    assert dropped.experiment["step.at"] == 100


def test_a_line_predicts_less_than_no_counts_and_poisson_never_does():
    runs = trained("Counts want Poisson")
    predicted = {}
    for run in runs:
        x = sample(run.experiment).X[:, 0]
        predicted[run.experiment.loss] = run.theta[-1] @ [np.ones(len(x)), x]
    assert predicted["squared_error"].min() < 0
    assert np.exp(predicted["poisson"]).min() > 0
    # The rate's logarithm is the straight line behind these data.
    [poisson] = [run for run in runs if run.experiment.loss == "poisson"]
    assert reference(poisson.experiment).theta == pytest.approx(poisson.theta[-1], abs=0.01)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_shape_rises_on_clean_rows_and_falls_among_outliers(seed):
    sweep = parse(QUERIES["A loss that finds its own shape"])[0]
    clean, spoiled = run_all(sweep.replace({"seed": seed}))
    assert all(map(settles, (clean, spoiled)))
    alphas = [run.theta[:, run.names.index("loss alpha")] for run in (clean, spoiled)]
    assert alphas[0][0] == alphas[1][0] == pytest.approx(1.0)
    assert alphas[0][-1] > 1.8
    assert alphas[1][-1] < 0.01
    # It lets them go: the line is the clean one.
    assert np.abs(spoiled.theta[-1, :2] - [1.0, 2.0]).max() < 0.05
    fooled = run_all([spoiled.experiment.replace(loss="squared_error")])[0]
    assert abs(fooled.theta[-1, 0] - 1.0) > 1.0
