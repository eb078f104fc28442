"""Formulas mean what they mean in Python, their slopes are exact, and what is found is there."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loss_contract import ELEMENTWISE, central_difference, corners, kinks, points

from lossviz.formula.check import check_slope
from lossviz.formula.findings import analyse
from lossviz.formula.functions import SMOOTH, loss_params, losses_of
from lossviz.formula.grammar import read
from lossviz.formula.infix import as_text
from lossviz.formula.source import spelled_out
from lossviz.formula.tree import Call, Name, Node, Number
from lossviz.formula.typed import parse
from lossviz.items.losses import LOSSES

OWN_HUBER = "where(abs(r) < d, r**2, 2*d*abs(r) - d**2)"
BLEND = "0.7*huber(r, 1) + 0.3*squared_error(r)"
BUILT_IN = [loss for loss in ELEMENTWISE if loss.name in losses_of("r") | losses_of("m")]
CASES = [
    pytest.param(loss, params, id=f"{loss.name}{tuple(params.values())}")
    for loss in BUILT_IN
    for params in corners(loss)
    # Weights depend on the class, and are no parameters of a function of the margin.
    if all(params[param.name] == 1.0 for param in loss.params if param not in loss_params(loss))
]


def variable_of(loss):
    return "r" if loss.task == "regression" else "m"


def at_and_off_kinks(loss, params):
    """Predictions and targets: spread widely, and at each declared kink."""
    z, y = points(loss)
    for target in (0.0, 1.0):
        z = np.concatenate([z, kinks(loss, target, params)])
        y = np.concatenate([y, np.full(len(z) - len(y), target)])
    return z, y


# The built-in losses


def test_every_loss_of_the_residual_or_the_margin_is_a_function():
    spelled = {name for name, loss in LOSSES.items() if loss.known.spelling}
    assert set(losses_of("r")) | set(losses_of("m")) == spelled
    gallery = [loss for name, loss in LOSSES.items() if not name.startswith("own")]
    of_residual = {loss.name for loss in gallery if loss.of_residual and not loss.learned}
    assert set(losses_of("r")) == of_residual
    assert set(losses_of("m")) == {loss.name for loss in gallery if loss.task == "binary"}


@pytest.mark.parametrize(("loss", "params"), CASES)
def test_a_built_in_loss_in_a_formula_is_the_registrys(loss, params):
    z, y = at_and_off_kinks(loss, params)
    given_params = [repr(params[param.name]) for param in loss_params(loss)]
    variable = variable_of(loss)
    formula = parse(f"{loss.name}({', '.join([variable, *given_params])})", variable)
    for found, wanted in zip(formula.evaluate(z, y), loss(z, y, **params), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize(
    ("loss", "params"), [case for case in CASES if case.values[0].known.spelling]
)
def test_a_built_in_loss_spelled_out_is_the_same(loss, params):
    z, y = at_and_off_kinks(loss, params)
    formula = parse(loss.known.spelling, variable_of(loss), spelled_out(loss.name)[1])
    assert set(formula.parameters) == {param.name for param in loss_params(loss)}
    found = formula.evaluate(z, y, **{name: params[name] for name in formula.parameters})
    for ours, wanted in zip(found, loss(z, y, **params), strict=True):
        np.testing.assert_allclose(ours, wanted, rtol=1e-12, atol=1e-12)


def test_hubers_loss_twice_over_is_the_one_of_the_issue():
    z, y = points(LOSSES["huber"])
    value, slope = parse(OWN_HUBER, "r").evaluate(z, y, d=1.5)
    huber = LOSSES["huber"](z, y, delta=1.5)
    np.testing.assert_allclose(value, 2.0 * huber[0], rtol=1e-12)
    np.testing.assert_allclose(slope, 2.0 * huber[1], rtol=1e-12)


def test_losses_are_combined_with_weights():
    z, y = points(LOSSES["huber"])
    found = parse(BLEND, "r").evaluate(z, y)
    huber, squares = LOSSES["huber"](z, y), LOSSES["squared_error"](z, y)
    for ours, first, second in zip(found, huber, squares, strict=True):
        np.testing.assert_allclose(ours, 0.7 * first + 0.3 * second, rtol=1e-14)


def test_a_loss_takes_any_argument_and_a_parameter_of_ones_own():
    z, y = points(LOSSES["huber"])
    value, slope = parse("huber(r/s, d)", "r").evaluate(z, y, s=3.0, d=0.5)
    wanted = LOSSES["huber"]((z - y) / 3.0, 0.0, delta=0.5)
    np.testing.assert_allclose(value, wanted[0], rtol=1e-14)
    np.testing.assert_allclose(slope, wanted[1] / 3.0, rtol=1e-14)


def test_a_parameter_of_a_loss_outside_its_range_makes_it_undefined():
    value, slope = parse("huber(r, d)", "r").evaluate(np.ones(2), 0.0, d=np.array([-1.0, 1.0]))
    assert np.isnan([value[0], slope[0]]).all()
    assert (value[1], slope[1]) == (0.5, 1.0)


# Random trees

NUMBERS = st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0, 1e-3, 1.25, -1.0, -2.5]).map(Number)
LEAVES = NUMBERS | st.sampled_from(["r", "r", "r", "y", "p", "a", "b"]).map(Name)
EXPONENTS = st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0]).map(Number)


def calls(name: str, *args: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.tuples(*args).map(lambda made: Call(name, made))


def larger(part: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    compared = st.one_of(*(calls(sign, part, part) for sign in ("<", "<=", ">", ">=")))
    condition = st.one_of(
        compared,
        calls("and", compared, compared),
        calls("or", compared, compared),
        calls("not", calls("and", compared, compared)),
    )
    return st.one_of(
        *(calls(sign, part, part) for sign in "+-*/"),
        calls("neg", part.filter(lambda node: not isinstance(node, Number))),
        calls("**", part, EXPONENTS),
        calls("**", part, st.just(Name("a"))),
        *(calls(name, part) for name in SMOOTH),
        *(calls(name, part, part) for name in ("min", "max")),
        calls("clip", part, part, part),
        calls("where", condition, part, part),
        *(calls(name, part) for name in ("squared_error", "tukey", "log_cosh")),
        calls("huber", part, st.sampled_from([0.5, 2.0]).map(Number) | st.just(Name("a"))),
    )


TREES = st.recursive(LEAVES, larger, max_leaves=7)
# No round numbers, at which corners are likely; of either sign and near 0.
Z = np.array([-3.3171, -1.6137, -0.7293, -0.0717, 0.0331, 0.4139, 1.1373, 2.2391, 3.7713])
Y = 0.2713
PARAMS = {"a": 1.3219, "b": -0.6113}


def evaluated(formula, z=Z, y=Y):
    return formula.evaluate(z, y, **{name: PARAMS[name] for name in formula.parameters})


@given(TREES)
def test_a_tree_reads_back_from_its_text(tree):
    text = as_text(tree)
    assert read(text, "r") == tree
    assert parse(text, "r").text == text


@given(TREES)
def test_any_finite_input_is_taken_quietly(tree):
    formula = parse(as_text(tree), "r")
    z = np.array([-1e300, -1e8, -1.0, -0.0, 0.0, 5e-324, 1.0, 1e8, 1e300])[:, None]
    y = np.array([-1e300, 0.0, 1.0])
    value, slope = evaluated(formula, z, y)
    assert value.shape == slope.shape == (9, 3)
    assert np.isnan(slope[np.isnan(value)]).all()


@pytest.mark.parametrize(
    "text",
    [
        *(f"{name}(0.3 + 0.7*abs(r))*sign(r)" for name in SMOOTH),
        *(f"{name}(0.3 - 0.7*abs(r), 0.1*r)" for name in ("min", "max")),
        "clip(0.7*r, -y, a)",
        "where(r < a*p, r*p, p/(1 + r**2))",
        "(0.3 + abs(r))**a/(2 + p**3)",
        "1/r + r/p - r*r",
        "huber(r**2, a)*tukey(p, 3)",
    ],
)
def test_each_rule_gives_the_derivative(text):
    formula = parse(text, "r")
    found = central_difference(lambda z: evaluated(formula, z)[0], Z, 1e-4)
    np.testing.assert_allclose(evaluated(formula)[1], found, rtol=1e-8, atol=1e-8)


@settings(max_examples=300)
@given(TREES)
def test_the_slope_is_the_derivative(tree):
    formula = parse(as_text(tree), "r")
    slope = evaluated(formula)[1]
    steps = 10.0 ** -np.arange(2.0, 5.5, 0.5)
    with np.errstate(all="ignore"):
        found = np.stack(
            [central_difference(lambda z: evaluated(formula, z)[0], Z, h) for h in steps]
        )
        change = np.abs(np.diff(found, axis=0)) / (1.0 + np.abs(found[1:]))
        reach = np.max([np.abs(evaluated(formula, Z + d)[0]) for d in (-0.02, 0.0, 0.02)], axis=0)
    # Tested where differences have settled, which corners and rounding may prevent.
    settled = (np.sort(change, axis=0)[:2].max(axis=0) < 1e-7) & (reach < 1e3)
    best = found[1:][np.argmin(np.nan_to_num(change, nan=np.inf), axis=0), np.arange(len(Z))]
    assert np.all(np.abs(best - slope)[settled] <= 1e-5 * (1.0 + np.abs(best[settled])))


@given(TREES)
def test_a_formula_means_what_it_means_in_python(tree):
    formula = parse(as_text(tree), "r")
    names = {
        "abs": np.abs,
        "min": np.minimum,
        "max": np.maximum,
        "arctan": np.arctan,
        "where": lambda condition, this, that: this if condition else that,
        "clip": lambda x, low, high: np.minimum(np.maximum(x, low), high),
        "sigmoid": lambda u: 1.0 / (1.0 + np.exp(-u)),
        "softplus": lambda u: np.logaddexp(0.0, u),
        "squared_error": lambda u: u * u,
        **{name: getattr(np, name) for name in SMOOTH if hasattr(np, name)},
        **{
            name: lambda u, *rest, loss=LOSSES[name]: loss.function(
                np.asarray(u, float),
                0.0,
                **dict(
                    zip(
                        [param.name for param in loss.params],
                        rest or [param.default for param in loss.params],
                        strict=True,
                    )
                ),
            )[0]
            for name in ("tukey", "log_cosh", "huber")
        },
    }
    z = np.float64(Z[2])
    scalars = {"r": z - Y, "p": z, "y": np.float64(Y)} | {
        k: np.float64(v) for k, v in PARAMS.items()
    }
    # Every number as NumPy's, which divides by 0 and takes roots of negatives as arrays do.
    code = compile(formula.text, "formula", "eval")
    constants = tuple(
        np.float64(each) if isinstance(each, int | float) else each for each in code.co_consts
    )
    with np.errstate(all="ignore"):
        try:
            wanted = eval(code.replace(co_consts=constants), {"__builtins__": {}} | names, scalars)
        except (ZeroDivisionError, OverflowError, TypeError):
            return  # constants that Python worked out by itself while compiling
        found = evaluated(formula, z)[0]
        if np.iscomplexobj(wanted):
            return
        np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9)


@given(TREES)
def test_the_numpy_code_gives_the_same(tree):
    _assert_code_agrees(parse(as_text(tree), "r"))


# Code and text


def _assert_code_agrees(formula):
    names = {"np": np}
    exec(formula.numpy_source(), names)
    params = {name: PARAMS[name] for name in formula.parameters}
    for ours, wanted in zip(names["loss"](Z, Y, **params), evaluated(formula), strict=True):
        wanted = np.where(np.isnan(wanted), ours, wanted)
        np.testing.assert_allclose(np.broadcast_to(ours, Z.shape), wanted, rtol=1e-9, atol=1e-9)


def sample_texts():
    for loss in BUILT_IN:
        if loss.known.spelling:
            yield f"{loss.name}({variable_of(loss)})", variable_of(loss)
    yield from (
        (BLEND, "r"),
        ("barron(r, 0.5, 2)", "r"),
        ("barron(r, 0)", "r"),
        ("focal(m, 1) + 0.1*hinge(m)", "m"),
    )
    yield from (("where(not (r < 1 or p > 2), a, sqrt(abs(r)))", "r"), ("max(1 - m, 0)*p", "m"))
    yield from (("clip(r, -1, 1)**2 + log(2)", "r"), ("sigmoid(-m)*softplus(a*m)", "m"))


@pytest.mark.parametrize(("text", "variable"), list(sample_texts()))
def test_the_numpy_code_stands_alone(text, variable):
    _assert_code_agrees(parse(text, variable))


@pytest.mark.parity
@pytest.mark.parametrize(("text", "variable"), list(sample_texts()))
def test_the_torch_code_agrees_in_value_and_slope(torch, text, variable):
    formula = parse(text, variable)
    names = {"torch": torch}
    exec(formula.torch_source(), names)
    z = torch.tensor(Z, requires_grad=True)
    params = {name: PARAMS[name] for name in formula.parameters}
    values = names["loss"](z, torch.tensor(1.0, dtype=torch.float64), **params)
    values.sum().backward()
    value, slope = evaluated(formula, Z, 1.0)
    np.testing.assert_allclose(values.detach().numpy(), value, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(z.grad.numpy(), slope, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (" where( abs(r)<d,r ** 2,2 * d*abs(r)-d**2 ) ", OWN_HUBER),
        ("((r))+(1)", "r + 1"),
        ("r-(1-r)", "r - (1 - r)"),
        ("(r-1)-r", "r - 1 - r"),
        ("-r**2", "-r**2"),
        ("(-r)**2", "(-r)**2"),
        ("(-2)**2 * +r", "(-2)**2*r"),
        ("r**-1**2", "r**-1**2"),
        ("r/(2*a)/b", "r/(2*a)/b"),
        ("1.50e1*r + .5", "15*r + 0.5"),
        ("where(not(r<1 and r>0)or r<2,1,2)", "where(not (r < 1 and r > 0) or r < 2, 1, 2)"),
    ],
)
def test_the_text_is_canonical(typed, text):
    formula = parse(typed, "r")
    assert formula.text == text
    assert parse(text, "r") == formula


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("r**2", "2*r"),
        (OWN_HUBER, "where(abs(r) < d, 2*r, 2*d*sign(r))"),
        (BLEND, "0.7*where(abs(r) <= 1, r, sign(r)) + 0.6*r"),
        ("abs(r)**k", "k*abs(r)**(k - 1)*sign(r)"),
        ("log(1 + r**2)", "2*r/(1 + r**2)"),
        ("3", "0"),
        ("y*exp(-a*r)", "-y*exp(-a*r)*a"),
    ],
)
def test_the_slope_is_readable(text, slope):
    assert parse(text, "r").derivative_text() == slope


def test_what_a_formula_uses_is_known():
    formula = parse("(p - y)**2 + b*log1p(abs(r)/a) + b", "r")
    assert (formula.parameters, formula.uses) == (("b", "a"), ("r", "y", "p"))
    with pytest.raises(TypeError, match="b, a"):
        formula.evaluate(1.0, 0.0, a=1.0)


def test_latex_shows_the_formula_with_its_numbers():
    formula = parse(OWN_HUBER, "r")
    assert formula.latex() == (
        r"\begin{cases} r^{2} & \left|r\right| < d \\ "
        r"2 \, d \, \left|r\right| - d^{2} & \text{else} \end{cases}"
    )
    assert formula.latex(d=1.5).endswith(r"1.5^{2} & \text{else} \end{cases}")
    assert parse("1/(1 + r)*a", "r").latex(a=-2.0) == r"\frac{1}{1 + r} \cdot -2"
    assert parse("squared_hinge(m)", "m").latex() == (
        r"\operatorname{squared\_hinge}\left(m\right)"
    )


# Evaluation


def test_batching_is_invisible():
    z = np.random.default_rng(1).normal(size=(3, 50))
    for text in (OWN_HUBER, "huber(r, d) + abs(r)**d + tanh(r/d)"):
        formula = parse(text, "r")
        d = np.array([[0.5], [2.0], [3.0]])
        together = formula.evaluate(z, 0.0, d=d)
        for i, alone in enumerate(d[:, 0]):
            for part, whole in zip(formula.evaluate(z[i], 0.0, d=alone), together, strict=True):
                np.testing.assert_array_equal(part, whole[i])


def test_the_answer_has_the_shape_of_all_that_is_given():
    for text in ("1", "r", "d", "y"):
        formula = parse(text, "r")
        params = {name: np.ones((4, 1)) for name in formula.parameters}
        value, slope = formula.evaluate(np.zeros(3), 0.0, **params)
        assert value.shape == slope.shape == ((4, 3) if params else (3,))
        value[...] = 1.0  # one's own copy


@pytest.mark.parametrize(
    ("text", "at", "slope"),
    [
        ("abs(r)", 0.0, 0.0),
        ("sqrt(abs(r))", 0.0, 0.0),
        ("sqrt(r**2)", 0.0, 0.0),
        ("abs(r)**0.5", 0.0, 0.0),
        ("max(r, 2*r)", 0.0, 1.0),
        ("min(r, -r)", 0.0, 0.0),
        ("max(1 - r, 0)", 1.0, 0.0),
        ("clip(r, -1, 1)", 1.0, 0.0),
        ("where(r < 1, r, 3*r - 2)", 1.0, 3.0),
        ("where(r > 0, log(r), r)", -1.0, 1.0),
        ("where(r > 0, sqrt(r), 0)", 0.0, 0.0),
    ],
)
def test_the_slope_at_a_corner_is_the_least(text, at, slope):
    assert parse(text, "r").evaluate(at, 0.0)[1] == slope


@pytest.mark.parametrize("text", ["log(r)", "sqrt(r)", "r**0.5", "log1p(r - 1)", "0*log(r)"])
def test_undefined_is_nan_in_value_and_slope(text):
    assert np.isnan(parse(text, "r").evaluate(-2.0, 0.0)).all()


def test_a_margin_has_its_slope_with_respect_to_the_prediction():
    z = np.array([-2.0, 0.3, 2.0])
    for text in ("exp(-m)", "exp(-m) + 0*p", "exp(-(2*y - 1)*p)"):
        for y, sign in ((0.0, -1.0), (1.0, 1.0)):
            value, slope = parse(text, "m").evaluate(z, y)
            np.testing.assert_allclose(value, np.exp(-sign * z), rtol=1e-14)
            np.testing.assert_allclose(slope, -sign * np.exp(-sign * z), rtol=1e-14)


# Findings

SQUARE = "The slope grows without end as r falls below -10 and as r rises above 10."
KNOWN = [
    ("r**2", "r", {}, [SQUARE]),
    (OWN_HUBER, "r", {"d": 1.5}, ["The slope is at most 3 on -10 to 10."]),
    ("abs(r)", "r", {}, ["Kink at 0: the slope jumps from -1 to 1.", "The slope is at most 1"]),
    (
        "tukey(r)",
        "r",
        {},
        [
            "Not convex: it bends downwards from about -4.68 to -2.1 and from about 2.1 to 4.68",
            "The slope is zero for r ≤ -4.685 and r ≥ 4.685",
            "The slope is at most 1.34",
        ],
    ),
    (
        "max(1 - m, 0)",
        "m",
        {},
        ["Kink at 1: the slope jumps from -1 to 0.", "The slope is zero for m ≥ 1", "The slope is"],
    ),
    (
        "log(1 + r)",
        "r",
        {},
        [
            "Undefined for r ≤ -1.",
            "Not bounded below, it seems: it falls on and on towards r = -1.",
            "Not convex: it bends downwards from about -0.995 to 10",
            "Not symmetric",
            "The slope grows without end towards r = -1.",
        ],
    ),
    (
        "sqrt(1 + r)",
        "r",
        {},
        [
            "Undefined for r < -1.",
            "Not convex",
            "Smallest at r = -1 and not",
            "Not symmetric",
            "The slope grows without end towards r = -1.",
        ],
    ),
    (
        "-r**2",
        "r",
        {},
        [
            "Not bounded below, it seems: it falls on and on as r falls below -10 and as r rises",
            "Not convex: it bends downwards from about -10 to 10",
            SQUARE,
        ],
    ),
    (
        "r**3",
        "r",
        {},
        [
            "Not bounded below, it seems: it falls on and on as r falls below -10.",
            "Not convex: it bends downwards from about -10 to 0",
            "Not symmetric: -1 at r = -1, 1 at",
            SQUARE,
        ],
    ),
    ("2*a", "r", {"a": 1.0}, ["Constant on -10 to 10"]),
    ("log(-1)*r", "r", {}, ["Undefined for all r from -10 to 10."]),
    ("(r - 0.5)**2", "r", {}, ["Smallest at r = 0.5 and not at 0", "Not symmetric", SQUARE]),
    (
        "where(r < 1, r**2, r**2 + 5)",
        "r",
        {},
        [
            "Jump at 1: the value jumps from 1 to 6.",
            "Not convex: it bends downwards at 1,",
            "Not symmetric",
            SQUARE,
        ],
    ),
    ("least_squares(m)", "m", {}, ["Rises with the margin for m > 1", "The slope grows without"]),
    ("log_loss(m)", "m", {}, ["The slope is at most 0.999955 on -10 to 10."]),
    (
        "log(cosh(r))",
        "r",
        {},
        ["No finite value for r < -710.476 and r > 710.476", "The slope is at most 1 "],
    ),
    (
        "sqrt(abs(r))",
        "r",
        {},
        ["Kink at 0: the slope jumps from -∞ to ∞.", "Not convex", "The slope grows"],
    ),
    (
        "1/(r - 1/3)",
        "r",
        {},
        [
            "Not bounded below, it seems: it falls on and on towards r = 0.333333.",
            "Without bounds near r = 0.333333.",
            "Not convex",
            "Not symmetric",
            "The slope grows",
        ],
    ),
]


@pytest.mark.parametrize(("text", "variable", "params", "wanted"), KNOWN, ids=lambda v: str(v)[:30])
def test_what_is_found_is_what_is_known(text, variable, params, wanted):
    sentences = analyse(parse(text, variable), params).sentences
    assert [s for s, w in zip(sentences, wanted, strict=False) if not s.startswith(w)] == []
    assert len(sentences) == len(wanted)


@pytest.mark.parametrize(("loss", "params"), [case for case in CASES if "0.01" not in str(case.id)])
def test_the_findings_of_a_built_in_loss_are_its_declared_facts(loss, params):
    arguments = [variable_of(loss), *(repr(params[param.name]) for param in loss_params(loss))]
    formula = parse(f"{loss.name}({', '.join(arguments)})", variable_of(loss))
    found = analyse(formula, {})
    kink, declared = found.of("kink"), [k for k in loss.kinks(**params) if abs(k) < 10.0]
    np.testing.assert_allclose(kink.places if kink else (), declared, rtol=0, atol=1e-9)
    if loss.is_convex(**params):
        assert found.of("not_convex") is None
    if loss.slope_bound is not None and math.isfinite(loss.slope_bound(**params)):
        assert found.of("steep") is None
        assert np.nanmax(np.abs(found.slope)) <= loss.slope_bound(**params) * (1.0 + 1e-12)
    assert found.of("unbounded") is found.of("undefined") is found.of("jump") is None
    if variable_of(loss) == "r":
        assert found.of("minimum") is None


def test_places_are_found_between_the_points_of_the_grid():
    formula = parse("max(abs(r - a), b)", "r")
    found = analyse(formula, {"a": 1 / 3, "b": 1 / 7})
    np.testing.assert_allclose(found.of("kink").places, [4 / 21, 10 / 21], atol=1e-9)
    np.testing.assert_allclose(found.of("flat").intervals, [(4 / 21, 10 / 21)], atol=1e-9)


def test_the_span_and_the_target_can_be_chosen():
    formula = parse("where(y > 0, 2, 1)*max(1 - m, 0)", "m")
    one, zero = (analyse(formula, {}, (-2.0, 3.0), target) for target in (1.0, 0.0))
    assert one.of("kink").sentence == "Kink at 1: the slope jumps from -2 to 0."
    assert zero.of("kink").sentence == "Kink at 1: the slope jumps from -1 to 0."
    assert (one.x[0], one.x[-1]) == (-2.0, 3.0)


@pytest.mark.parametrize(
    ("text", "variable", "params"),
    [(OWN_HUBER, "r", {"d": 1.3}), (BLEND, "r", {}), ("hinge(m)", "m", {}), ("exp(-m)", "m", {})],
)
def test_the_check_shows_agreement(text, variable, params):
    rows = check_slope(parse(text, variable), params)
    assert len(rows) == 10
    for row in rows:
        assert row.difference == abs(row.exact - row.by_differences)
        assert row.difference <= 1e-9 * (1.0 + abs(row.exact))


def test_the_check_stays_off_corners():
    for kink in (3.3, -1.3, 0.3):
        rows = check_slope(parse(f"abs(r - {kink})", "r"), {})
        assert all(row.difference < 1e-9 for row in rows)
