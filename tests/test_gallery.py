"""The gallery: curves, facts, formulas and names of every loss, and its page run in process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import numpy as np
import plotly.graph_objects as go
import pytest
from gallery_cases import sample_of, variants
from sklearn import ensemble, linear_model, svm
from streamlit.testing.v1 import AppTest

from lossviz import parse
from lossviz.base.registry import Param, text
from lossviz.engine.looks import styles
from lossviz.formula.functions import ARITY
from lossviz.formula.item import VARIABLES
from lossviz.items import catalogue as gallery
from lossviz.items.catalogue.code import arithmetic, theirs
from lossviz.items.catalogue.curves import places
from lossviz.items.catalogue.filled import LETTERS
from lossviz.items.catalogue.jumps import curve_with_gaps
from lossviz.items.catalogue.timing import YARDSTICK
from lossviz.items.losses import LOSSES, Loss, loss
from lossviz.player import unpack
from lossviz.ui import state
from lossviz.ui.gallery.address import TASKS, address, as_link
from lossviz.ui.gallery.cards import train_link
from lossviz.ui.spaces import GALLERY
from lossviz.views.charts.gallery import gallery as figure

TIMEOUT = 60
X = np.linspace(-4.0, 4.0, 161)
# Losses that the user writes have no formula before they are written.
NAMED = [name for name in LOSSES if name not in VARIABLES]
CASES = [(name, params) for name in NAMED for params in variants(LOSSES[name])]

CODED = [case for case in CASES if gallery.snippet(LOSSES[case[0]], "sklearn", case[1])]


@pytest.fixture
def newcomer() -> Iterator[Loss]:
    """A loss that the gallery's tables do not know."""

    @loss(
        "newcomer",
        label="Newcomer",
        formula="r^4",
        notes="",
        reference="",
        convex=True,
        params=(Param("height", 1.0, 0.1, 10.0, label="h"),),
    )
    def newcomer(z, y, *, height):
        r = z - y
        return height * r**4, 4.0 * height * r**3

    yield LOSSES["newcomer"]
    LOSSES.remove("newcomer")


def kinks(name: str, params: dict) -> list[float]:
    return list(LOSSES[name].kinks(**params))


@pytest.mark.parametrize(("name", "params"), CASES)
def test_a_curve_is_the_integral_of_its_slope_and_the_slope_of_its_curvature(name, params):
    x = np.linspace(-4.0, 4.0, 8001)
    for curve in gallery.curve(LOSSES[name], params, x, target=5.0):
        if name == "poisson":
            continue  # its slope is with respect to the logarithm of the rate
        for whole, part in ((curve.value, curve.slope), (curve.slope, curve.curvature)):
            middle = np.nan_to_num((part[1:] + part[:-1]) / 2.0)
            rise = np.diff(whole)
            jumps = np.any([np.abs(x[1:] - kink) < 0.01 for kink in kinks(name, params)], axis=0)
            smooth = ~jumps & np.isfinite(rise)
            # A seam within a step has two curvatures.
            np.testing.assert_allclose(rise[smooth], 1e-3 * middle[smooth], atol=0.011)
            assert np.median(np.abs(rise - 1e-3 * middle)[smooth]) < 1e-7


@pytest.mark.parametrize(("name", "params"), CASES)
def test_no_curve_leaves_the_declared_bounds(name, params):
    found = gallery.facts_at(LOSSES[name], params)
    for curve in gallery.curve(LOSSES[name], params, X):
        if found.pull is not None:
            assert np.nanmax(np.abs(curve.slope)) <= found.pull * (1 + 1e-9)
        if found.curvature is not None:
            assert np.nanmax(curve.curvature) <= found.curvature * (1 + 1e-5) + 1e-5
        if found.convex:
            assert np.nanmin(curve.curvature) >= -1e-5


def test_two_classes_at_different_costs_have_two_curves():
    plain, dear = (
        gallery.curve(LOSSES["log_loss"], {"weight_0": 1.0, "weight_1": cost}, X)
        for cost in (1.0, 5.0)
    )
    assert len(plain) == 1
    np.testing.assert_allclose(dear[0].value, 5.0 * dear[1].value)
    np.testing.assert_allclose(dear[1].value, plain[0].value)


def test_a_rate_cannot_be_negative():
    curve = gallery.curve(LOSSES["poisson"], {}, X, target=3.0)[0]
    assert np.isnan(curve.value[X < -3.0]).all()
    assert np.isfinite(curve.value[X > -3.0]).all()


def test_a_kink_has_a_slope_on_each_side_and_none_at_itself():
    x = places(-1.0, 1.0, kinks("quantile", {"tau": 0.9}))
    curve = gallery.curve(LOSSES["quantile"], {"tau": 0.9}, x)[0]
    assert set(np.round(curve.slope[~np.isnan(curve.slope)], 12)) == {-0.9, 0.1}
    assert np.isnan(curve.slope[x == 0.0]).all()
    assert np.nanmax(np.abs(curve.curvature)) < 1e-9


@pytest.mark.parametrize("delta", [1.0, 1.2345])
def test_a_jump_of_the_curvature_is_a_gap_and_no_slope(delta):
    [found] = curve_with_gaps(LOSSES["huber"], {"delta": delta}, places(-4.0, 4.0, []))
    seen = found.curvature[np.isfinite(found.curvature)]
    assert set(np.round(seen, 6)) == {0.0, 1.0}  # and nothing between them
    steps = np.flatnonzero(np.abs(np.diff(np.nan_to_num(found.curvature, nan=0.5))) > 0.1)
    assert len(steps) == 4  # down to a gap and up from it, twice
    gaps = found.x[np.isnan(found.curvature)]
    assert np.abs(np.abs(gaps) - delta).max() < 1e-4
    assert np.diff(found.x).min() > 0


@pytest.mark.parametrize(
    "name", ["squared_error", "pseudo_huber", "log_cosh", "cauchy", "log_loss"]
)
def test_a_curvature_that_is_smooth_has_no_gap(name):
    params = {param.name: param.default for param in LOSSES[name].params}
    if name == "pseudo_huber":
        params["delta"] = 0.05
    [found] = curve_with_gaps(LOSSES[name], params, places(-4.0, 4.0, []))
    [plain] = gallery.curve(LOSSES[name], params, places(-4.0, 4.0, []))
    np.testing.assert_array_equal(found.x, plain.x)
    np.testing.assert_array_equal(found.curvature, plain.curvature)


@pytest.mark.parametrize(("name", "params"), [case for case in CASES if LOSSES[case[0]].params])
def test_a_filled_formula_holds_every_number_and_no_letter(name, params):
    words = gallery.filled(LOSSES[name], params)
    if name == "barron" and params["alpha"] in (0.0, 2.0):
        return  # its limit stands there, see below
    for param in LOSSES[name].params:
        letter = LETTERS.get(param.label, param.label)
        symbol = rf"(?<![A-Za-z\\]){re.escape(letter)}(?![A-Za-z])"
        count = len(re.findall(symbol, LOSSES[name].formula))
        assert count
        assert not re.search(symbol, words)
        assert words.count(text(params[param.name])) >= count


def test_a_number_after_a_fraction_is_no_mixed_number():
    assert r"\tfrac12 \cdot 2" in gallery.filled(LOSSES["huber"], {"delta": 2.0})


@pytest.mark.parametrize(("alpha", "limit"), [(0.0, r"\log"), (2.0, r"\tfrac12")])
def test_where_a_formula_divides_nothing_by_nothing_its_limit_stands(alpha, limit):
    words = gallery.filled(LOSSES["barron"], {"alpha": alpha, "c": 2.0})
    assert words.startswith(limit)
    assert r"\frac{" not in words


@pytest.mark.parametrize(("name", "params"), CODED)
def test_scikit_learns_code_gives_our_mean_loss(name, params):
    z, y = sample_of(LOSSES[name])
    given = {"z": z, "y": y}
    exec(gallery.snippet(LOSSES[name], "sklearn", params), given)
    assert given["loss"] == pytest.approx(LOSSES[name](z, y, **params)[0].mean(), rel=1e-9)


@pytest.mark.parametrize("name", [name for name in LOSSES if LOSSES[name].known.peers])
def test_scikit_learns_own_value_is_ours_by_its_factor(name):
    z, y = sample_of(LOSSES[name])
    params = {param.name: param.default for param in LOSSES[name].params}
    for peer in LOSSES[name].known.peers:
        if peer.library == "sklearn" and peer.call:
            given = {"z": z, "y": y}
            exec(theirs(LOSSES[name], peer, params), given)
            factor = eval(peer.factor, {**params, "K": z.shape[-1]})
            ours = LOSSES[name](z, y, **params)[0].mean()
            assert given["loss"] == pytest.approx(factor * ours, rel=1e-9)


ESTIMATORS = [
    (name, peer)
    for name, loss in LOSSES.items()
    for peer in loss.known.peers or ()
    if peer.library == "sklearn" and not peer.call
]
STATIONARY = {"LogisticRegression()", "RidgeClassifier()", "PoissonRegressor()"}
STATIONARY |= {'LinearSVC(loss="squared_hinge")', "HuberRegressor(epsilon=1.0)"}


@pytest.mark.parametrize(("name", "peer"), ESTIMATORS, ids=lambda each: getattr(each, "name", each))
def test_an_estimator_has_the_loss_inside_and_at_its_factor(name, peer):
    estimator = eval(peer.name, {**vars(linear_model), **vars(ensemble), **vars(svm)})
    z, y = sample_of(LOSSES[name])
    params = {param.name: param.default for param in LOSSES[name].params}
    ours = eval(peer.factor) * LOSSES[name](z, y, **params)[0]
    if hasattr(estimator, "loss_functions"):
        kind, *options = estimator.loss_functions[estimator.loss]
        if options and "epsilon" in peer.name:
            options = [estimator.epsilon]
        inside = kind(*options)
        if hasattr(inside, "py_loss"):
            s = 2.0 * y - 1.0 if LOSSES[name].task == "binary" else y
            found = [inside.py_loss(*pair) for pair in zip(z, s, strict=True)]
        else:
            found = np.empty_like(z)
            inside.loss(y, z, None, found, 1)
    elif peer.name.startswith(("HistGradient", "GradientBoosting")):
        found = boosted(estimator).loss(y_true=y, raw_prediction=z)
    else:
        assert peer.name in STATIONARY  # the tests below
        return
    np.testing.assert_allclose(found, ours, rtol=1e-9, atol=1e-12)


def boosted(estimator):
    from sklearn._loss import loss as inside

    if "quantile" in str(estimator.loss):
        return inside.PinballLoss(quantile=estimator.quantile)
    kinds = {
        "squared_error": inside.HalfSquaredError,
        "absolute_error": inside.AbsoluteError,
        "poisson": inside.HalfPoissonLoss,
        "exponential": inside.ExponentialLoss,
    }
    return kinds[estimator.loss]()


@pytest.mark.parametrize(
    ("name", "made", "penalty"),
    [
        # The weight of ½|w|² in what is minimised, when each row's loss has the weight 1.
        ("log_loss", linear_model.LogisticRegression(C=2.0, fit_intercept=False, tol=1e-10), 0.5),
        ("least_squares", linear_model.RidgeClassifier(alpha=3.0, fit_intercept=False), 6.0),
        (
            "squared_hinge",
            svm.LinearSVC(loss="squared_hinge", C=2.0, fit_intercept=False, tol=1e-10),
            0.5,
        ),
        (
            "poisson",
            linear_model.PoissonRegressor(alpha=0.1, fit_intercept=False, tol=1e-10),
            0.1 * 200,
        ),
        (
            "huber",
            linear_model.HuberRegressor(epsilon=1.5, alpha=2.0, fit_intercept=False, tol=1e-10),
            4.0,
        ),
    ],
)
def test_a_fitted_estimator_balances_its_penalty_with_our_slopes(name, made, penalty):
    generator = np.random.default_rng(4)
    X = generator.normal(size=(200, 2))
    if LOSSES[name].task == "binary":
        y = (X @ [1.0, -2.0] + generator.normal(size=200) > 0).astype(float)
    elif name == "poisson":
        y = generator.poisson(np.exp(X @ [0.5, 0.2])).astype(float)
    else:
        y = X @ [1.0, -2.0] + generator.standard_t(2, size=200)
    made.fit(X, y)
    w = np.ravel(made.coef_)
    z, factor = X @ w, 1.0
    if name == "huber":
        # |r/σ| below ε is squared, and all is multiplied by σ: twice ours of r/σ.
        scale, factor = made.scale_, 2.0
        slope = LOSSES[name](z / scale, y / scale, delta=1.5)[1]
    else:
        slope = LOSSES[name](z, y)[1]
    np.testing.assert_allclose(factor * slope @ X, -penalty * w, rtol=1e-3)


def test_the_factor_is_told_in_the_losss_own_letter():
    peers = {peer.name.rpartition(".")[2]: peer for peer in LOSSES["huber"].known.peers}
    told = {name: gallery.factor_words(peer, LOSSES["huber"]) for name, peer in peers.items()}
    assert told["smooth_l1_loss"] == "1/δ of ours"
    assert told["huber_loss"] == "the same"


def test_times_are_told_against_squared_error():
    found = gallery.timings(["absolute_error", YARDSTICK])
    assert list(found) == ["absolute_error", YARDSTICK]
    assert found[YARDSTICK].ratio == 1.0
    assert found["absolute_error"].milliseconds > 0.0


@pytest.mark.parametrize(
    "query",
    [
        "show=huber&show=cauchy&huber.delta=2",
        "show=huber&huber.delta=0.5&huber.delta=2",
        "show=log_loss&show=cross_entropy&log_loss.weight_1=5",
        "show=cross_entropy&task=binary",
        *(f"show={name}" for name in NAMED),
    ],
)
def test_an_address_reads_back_as_what_wrote_it(query):
    sweep, notes = parse(as_link(query))
    assert notes == []
    assert urlencode(address(sweep)) == query
    assert parse(as_link(urlencode(address(sweep)))) == (sweep, [])


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("show=huber&x=1", "Unknown settings were left out: 'x'"),
        ("show=hubris", "'hubris' is not one of"),
        ("show=huber&huber.delta=1e9", "outside 0.01 to 100, so 100 was used"),
        ("show=huber&show=hinge", "“Hinge” is for two classes"),
        ("show=huber&cauchy.c=1", "not chosen were left out: cauchy.c"),
    ],
)
def test_what_a_link_asks_in_vain_gets_a_sentence(query, note):
    sweep, notes = parse(as_link(query))
    assert len(notes) == 1
    assert note in notes[0]
    assert list(sweep)


FOREIGN = "show=huber&lr=0.1&data=moons&line.n=5&view.panel=x"


def test_the_playgrounds_settings_are_passed_over():
    assert parse(as_link(FOREIGN))[1] == state.read(FOREIGN, GALLERY)[1] == []


@pytest.mark.parametrize("name", NAMED)
def test_train_with_it_is_a_link_that_the_playground_honours(name):
    params = {
        f"{name}.{param.name}": param.nearest(param.default * 1.5) for param in LOSSES[name].params
    }
    sweep = parse(as_link(f"show={name}"))[0].replace(params)
    found, notes = parse(urlencode(train_link(next(iter(sweep)))))
    assert notes == []
    assert found["loss"] == (name,)
    assert all(found[key] == (value,) for key, value in params.items())


@pytest.mark.parametrize("task", TASKS)
def test_the_chart_is_valid_plotly_with_named_axes(task):
    wanted = list(parse(as_link(f"task={task}"))[0])
    curves = [gallery.curve(LOSSES[e.loss], e.params_of("loss"), X) for e in wanted]
    drawn = go.Figure(figure(styles(wanted), curves, is_margin=task != "regression"))
    assert len(drawn.data) == 3 * len(wanted)
    for axis in (drawn.layout.yaxis, drawn.layout.yaxis2, drawn.layout.yaxis3, drawn.layout.xaxis):
        assert axis.title.text
    np.testing.assert_array_equal(drawn.data[0].y, curves[0][0].value)


def test_a_loss_that_the_tables_do_not_know_still_has_a_place(newcomer):
    params = {"height": 2.0}
    assert gallery.snippet(newcomer, "torch", params) is None
    assert gallery.filled(newcomer, params) == "r^4"
    assert gallery.facts_at(newcomer, params).pull is None
    np.testing.assert_allclose(gallery.curve(newcomer, params, X)[0].value, 2.0 * X**4)
    at = page("show=newcomer&newcomer.height=2")
    assert not at.warning
    assert "### Newcomer" in words(at)


def page(query: str = "") -> AppTest:
    at = AppTest.from_file("../app.py", default_timeout=TIMEOUT)
    for key, value in parse_qsl(query):
        at.query_params[key] = [*at.query_params.get(key, []), value]
    at.switch_page("pages/losses.py").run()
    assert not at.exception
    return at


def shown_in(at: AppTest) -> dict[str, list[str]]:
    return {
        key: [values] if isinstance(values, str) else list(values)
        for key, values in at.query_params.items()
    }


def words(at: AppTest) -> str:
    return "\n".join(element.value for element in at.markdown)


def pictures(at: AppTest) -> list[dict[str, Any]]:
    """The figures on the page, from the top."""
    found = [unpack(element.proto.bytes) for element in at.get("bidi_component")]
    return [chart["figure"] for data in found for chart in data["charts"]]


def rows(at: AppTest) -> list[str]:
    return list(at.dataframe[0].value["Loss"])


def test_the_first_visit_shows_the_losses_that_a_course_begins_with():
    at = page()
    assert shown_in(at)["show"] == ["squared_error", "absolute_error", "huber", "tukey"]
    assert len(rows(at)) == len(LOSSES)
    assert not at.warning


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_has_a_card(name):
    at = page(f"show={name}")
    assert f"### {LOSSES[name].label}" in words(at)
    assert not at.warning
    if name in VARIABLES:
        assert at.latex
        return
    defaults = {param.name: param.default for param in LOSSES[name].params}
    script = gallery.snippet(LOSSES[name], "sklearn", defaults)
    assert [code.value for code in at.code] == ([script.rstrip("\n")] if script else [])


def test_a_slider_moves_the_curve_the_formula_and_the_address():
    at = page("show=huber&huber.delta=2")
    before = pictures(at)[0]["data"]
    at.select_slider[0].set_value(0.5).run()
    assert not at.exception
    assert shown_in(at) == {"show": ["huber"], "huber.delta": ["0.5"]}
    slope = pictures(at)[0]["data"][1]["y"]
    assert before[1]["y"].max() == 2.0
    assert slope.max() == 0.5
    assert any(r"\tfrac12 \cdot 0.5" in latex.value for latex in at.latex)


def test_a_parameter_may_have_several_values_each_with_a_slider():
    at = page("show=huber&huber.delta=0.5&huber.delta=2")
    at.select_slider[1].set_value(3.0).run()
    assert shown_in(at)["huber.delta"] == ["0.5", "3"]


def test_a_task_brings_its_own_losses_and_keeps_those_of_the_others():
    at = page("show=huber&huber.delta=2")
    switch, *_ = at.segmented_control
    switch.set_value("overlapping").run()
    assert shown_in(at)["show"] == ["log_loss", "hinge", "squared_hinge", "exponential_loss"]
    at.segmented_control[0].set_value("line").run()
    assert shown_in(at) == {"show": ["huber"], "huber.delta": ["2"]}


def test_an_emptied_choice_says_so_and_shows_nothing():
    at = page("show=huber")
    before = dict(at.query_params)
    at.multiselect[0].set_value([]).run()
    assert not at.exception
    assert [info.value for info in at.info] == ["No loss is chosen: choose one to see it."]
    assert at.multiselect[0].value == []
    assert dict(at.query_params) == before
    at.multiselect[0].set_value(["huber"]).run()
    assert not at.info
    assert shown_in(at) == {"show": ["huber"]}


def test_another_address_wins():
    at = page("show=huber&huber.delta=2")
    at.query_params.clear()
    at.query_params["show"] = "cauchy"
    at.run()
    assert at.multiselect[0].value == ["cauchy"]


def test_a_broken_link_gets_sentences_and_still_draws():
    at = page("show=huber&hubris=1&huber.delta=fast&view.target=x")
    notices = [warning.value.replace("\\", "") for warning in at.warning]
    assert len(notices) == 3
    assert any("'hubris'" in notice for notice in notices)
    assert pictures(at)


def test_the_target_is_part_of_the_address():
    at = page("show=poisson")
    at.slider[0].set_value(7.0).run()
    assert shown_in(at) == {"show": ["poisson"], "view.target": ["7"]}
    assert page("show=poisson&view.target=7").slider[0].value == 7.0


def test_filters_leave_the_losses_of_which_all_is_true():
    at = page()
    at.pills[0].set_value(["Two classes", "robust", "smooth"]).run()
    expected = [
        each.label
        for each in LOSSES.values()
        if each.task == "binary" and each.slope_bound is not None and not list(each.kinks())
    ]
    assert rows(at) == expected
    assert 0 < len(expected) < 11
    assert {"for two classes", "robust"} <= set(at.pills[0].options)


def test_times_are_measured_when_they_are_asked_for():
    at = page()
    assert "ms per million" not in at.dataframe[0].value
    at.button[0].click().run()
    assert (at.dataframe[0].value["ms per million"] > 0.0).all()
    # Beside the names: at the end they would be out of sight.
    assert list(at.dataframe[0].value)[:3] == ["Loss", "ms per million", "× squared error"]


def test_the_gallery_leaves_the_playgrounds_settings_alone():
    at = AppTest.from_file("../app.py", default_timeout=TIMEOUT)
    at.query_params["loss"] = "huber"
    at.query_params["huber.delta"] = "0.25"
    at.run()
    before = dict(at.session_state["settings"])
    at.query_params.clear()
    at.switch_page("pages/losses.py").run()
    at.select_slider[0].set_value(3.0).run()
    assert not at.exception
    assert at.session_state["settings"] == before
    at.query_params.clear()
    at.switch_page("pages/playground.py").run()
    assert not at.exception
    assert shown_in(at) == {"loss": ["huber"], "huber.delta": ["0.25"]}


def test_nothing_is_lost_between_the_pages():
    at = page("show=huber&huber.delta=2&view.target=4")
    at.select_slider[0].set_value(3.0).run()
    at.segmented_control[0].set_value("overlapping").run()
    at.multiselect[0].set_value(["hinge"]).run()
    for there in ("playground", "choose", "playground"):
        at.query_params.clear()
        at.switch_page(f"pages/{there}.py").run()
        assert not at.exception
        assert not at.warning
        assert "show" not in shown_in(at)
        if there == "playground":  # what is compared there is of no concern to the gallery
            at.selectbox(key="compared").select("data").run()
    at.query_params.clear()
    at.switch_page("pages/losses.py").run()
    assert not at.exception
    assert shown_in(at) == {"show": ["hinge"], "view.target": ["4"]}
    at.segmented_control[0].set_value("line").run()
    assert shown_in(at) == {"show": ["huber"], "huber.delta": ["3"], "view.target": ["4"]}


def test_a_target_out_of_range_is_moved_as_any_setting_is():
    at = page("show=poisson&view.target=99")
    assert [each.value.replace("\\", "") for each in at.warning] == [
        "view.target '99' lies outside 0 to 20, so 20 was used."
    ]
    assert at.slider[0].value == 20.0


@pytest.mark.shipped
@pytest.mark.parametrize("name", NAMED)
def test_every_loss_that_is_not_the_users_has_advice_names_and_code(name):
    loss = LOSSES[name]
    assert loss.known.use
    assert loss.known.avoid
    assert loss.known.peers is not None
    assert arithmetic(loss, {param.name: param.default for param in loss.params})


def test_a_loss_of_ones_own_is_drawn_and_a_broken_formula_named():
    at = page("show=own&own.text=abs(r)*a&own.a=3")
    assert not at.warning
    assert [slider.label for slider in at.slider][:1] == ["Your own: a"]
    found = pictures(at)[1]
    assert [line["label"]["text"] for line in found["layout"]["shapes"]] == ["kink at 0"]
    at.text_input[0].set_value("abs(r").run()
    assert "the old value was kept" in at.warning[0].value
    assert at.text_input[0].value.replace(" ", "") in ("abs(r)*a", "a*abs(r)")


@pytest.mark.parametrize("library", gallery.LIBRARIES)
def test_a_library_has_a_name_for_every_function_that_a_spelling_may_hold(library):
    # Python's own `abs` takes the arrays of each.
    assert ARITY.keys() - {"abs"} <= gallery.LIBRARIES[library].spelling.keys()
