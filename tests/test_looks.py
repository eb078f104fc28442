"""A loss has one look for good, and what is on show together can be told apart by everyone."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from suiting import BUILT_IN, choosing

from lossviz import Experiment, parse
from lossviz.base.limits import SHOWN
from lossviz.engine.looks import (
    CLASS_COLOURS,
    COLOURS,
    DASHES,
    SYMBOLS,
    Style,
    colour_of,
    styles,
)
from lossviz.engine.shades import luminance, shade
from lossviz.items.losses import LOSSES

OWN = ("own", "own_margin")
EVERY = [*BUILT_IN, *OWN]
LIGHT, DARK = "#ffffff", "#12161c"
THREE = "loss=squared_error&loss=absolute_error&loss=huber"
# As they are in links, screenshots and heads: whoever changes one does so knowingly.
FOR_GOOD = {
    "#0072b2": {
        "squared_error": "solid circle",
        "squared_epsilon_insensitive": "dot diamond",
        "log_loss": "solid circle",
        "focal": "dot diamond",
    },
    "#d55e00": {
        "absolute_error": "dash square",
        "epsilon_insensitive": "dashdot triangle-up",
        "hinge": "dash square",
        "perceptron": "dashdot triangle-up",
        "multiclass_hinge": "longdashdot pentagon",
    },
    "#009e73": {
        "huber": "dot diamond",
        "pseudo_huber": "longdash triangle-down",
        "log_cosh": "6px,3px hexagon",
        "cross_entropy": "dot diamond",
        "kl_divergence": "longdash triangle-down",
        "multiclass_focal": "6px,3px hexagon",
    },
    "#a56bd6": {
        "geman_mcclure": "dashdot triangle-up",
        "welsch": "longdashdot pentagon",
        "tukey": "20px,5px star",
        "brier": "dashdot triangle-up",
        "multiclass_brier": "longdashdot pentagon",
    },
    "#8f7300": {
        "cauchy": "longdash triangle-down",
        "barron": "6px,3px hexagon",
        "adaptive": "12px,4px,3px,4px,3px,4px cross",
        "exponential_loss": "longdash triangle-down",
    },
    "#c2458a": {
        "own": "longdashdot pentagon",
        "own_margin": "longdashdot pentagon",
    },
    "#6a6ee0": {
        "least_squares": "6px,3px hexagon",
        "multiclass_squared_error": "12px,4px,3px,4px,3px,4px cross",
    },
    "#9c5a3c": {
        "squared_log_error": "20px,5px star",
        "poisson": "solid circle",
        "savage": "20px,5px star",
    },
    "#1591a8": {
        "quantile": "12px,4px,3px,4px,3px,4px cross",
        "expectile": "dash square",
        "linex": "dashdot triangle-up",
        "squared_hinge": "12px,4px,3px,4px,3px,4px cross",
        "smoothed_hinge": "dash square",
        "modified_huber": "dashdot triangle-up",
    },
}
# Linear RGB as it is seen with one kind of cone missing. G. M. Machado, M. M. Oliveira and
# L. A. F. Fernandes (2009), A physiologically-based model for simulation of color vision
# deficiency, IEEE TVCG 15(6), doi:10.1109/TVCG.2009.113, severity 1.
SEEN = {
    "as most": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = TO_XYZ.sum(axis=1)
APART = 15.0  # in CIE 1976 L*a*b*; 2.3 is what an eye just sees where colours touch


def lab(colour: str, seen: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.asarray(SEEN[seen]) @ linear, 0, 1) / WHITE
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), xyz * 841 / 108 + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(one: str, other: str) -> float:
    """Of two colours, for whoever sees it least."""
    return min(float(np.linalg.norm(lab(one, seen) - lab(other, seen))) for seen in SEEN)


def are_told_apart(one: Style, other: Style) -> bool:
    differs = one.dash != other.dash and one.symbol != other.symbol
    return differs or difference(one.colour, other.colour) >= APART


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def look_of(name: str) -> Style:
    [look] = styles([choosing("loss", name)])
    return look


def test_the_simulation_knows_what_is_hard_to_see():
    assert np.linalg.norm(lab("#ff0000", "as most") - [53.24, 80.09, 67.20]) < 0.1
    assert difference("#d55e00", "#8f7300") < 5 < 40 < difference("#0072b2", "#d55e00")
    assert luminance("#ffffff") == pytest.approx(1.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.shipped
def test_every_built_in_loss_has_the_look_that_it_always_had():
    looks = {name: look_of(name) for name in EVERY}
    found = {name: (each.colour, f"{each.dash} {each.symbol}") for name, each in looks.items()}
    kept = {name: (colour, form) for colour, own in FOR_GOOD.items() for name, form in own.items()}
    new = {name: look for name, look in found.items() if name not in kept}
    assert not new, f"write the looks of new losses into FOR_GOOD, which keeps them: {new}"
    changed = {name: (look, found[name]) for name, look in kept.items() if found[name] != look}
    assert not changed, (
        "a look is for good; register a new loss after the others of its family "
        f"(before, now): {changed}"
    )


def test_the_first_three_keep_their_colours():
    names = ("squared_error", "absolute_error", "huber")
    assert [colour_of(name) for name in names] == ["#0072b2", "#d55e00", "#009e73"]


@pytest.mark.shipped
@pytest.mark.parametrize("is_of_numbers", [True, False])
def test_any_two_losses_that_may_stand_side_by_side_are_told_apart(is_of_numbers):
    names = [name for name in EVERY if (LOSSES[name].task == "regression") is is_of_numbers]
    looks = {name: look_of(name) for name in names}
    alike = [
        (one, other)
        for one, other in combinations(names, 2)
        if not are_told_apart(looks[one], looks[other])
    ]
    assert alike == []
    assert len(names) > 15


def test_formulas_of_ones_own_have_a_colour_that_no_other_loss_has():
    taken = {colour_of(name) for name in BUILT_IN}
    for name in OWN:
        assert min(difference(colour_of(name), colour) for colour in taken) >= APART


@pytest.mark.parametrize("name", EVERY)
def test_a_loss_has_its_look_whatever_stands_beside_it(name):
    others = [other for other in EVERY if other != name]
    beside = [choosing("loss", other) for other in others]
    [*_, look] = styles([*beside, choosing("loss", name)])
    alone = look_of(name)
    assert (look.colour, look.dash, look.symbol) == (alone.colour, alone.dash, alone.symbol)
    first, *_ = styles([choosing("loss", name), *beside])
    assert first.colour == alone.colour == colour_of(name)


@pytest.mark.parametrize(
    "query",
    [
        "loss=huber&huber.delta=0.2&huber.delta=1&huber.delta=5",
        "loss=squared_error&lr=0.1&lr=0.2&lr=0.3&lr=0.4&seed=1&seed=2",
        "loss=squared_error&loss=expectile&loss=poisson&loss=own&lr=0.1&lr=0.2",
        "loss=own&own.text=abs(r)&own.text=r**2&own.text=r**4&loss=huber",
        "loss=adaptive&outliers=none&outliers=vertical",
    ],
)
def test_values_of_a_setting_are_shades_and_dashes_of_the_colour_of_their_loss(query):
    experiments = list(parse(query)[0])
    assert 2 < len(experiments) + 1 <= SHOWN + 1
    looks = styles(experiments)
    for one, other in combinations(looks, 2):
        assert are_told_apart(one, other), (one, other)
    of_loss: dict[str, list[Style]] = {}
    for experiment, look in zip(experiments, looks, strict=True):
        of_loss.setdefault(experiment.loss, []).append(look)
    for loss, own in of_loss.items():
        assert own[0].colour == colour_of(loss)
        for name in ("colour", "dash", "symbol"):
            assert len({getattr(look, name) for look in own}) == len(own)
        # Each a step farther, all in one direction, and of one hue.
        steps = np.diff([lab(look.colour, "as most")[0] for look in own])
        assert (steps > 1).all() or (steps < -1).all()
        angles = [np.arctan2(*lab(look.colour, "as most")[:0:-1]) for look in own]
        assert np.ptp(angles) < 0.35


def test_of_very_many_runs_the_forms_begin_again():
    looks = styles([Experiment(lr=0.001 * (1 + k)) for k in range(40)])
    assert {look.dash for look in looks} == set(DASHES)
    assert {look.symbol for look in looks} == set(SYMBOLS)


def test_the_looks_of_no_runs_are_none():
    assert styles([]) == []


@pytest.mark.parametrize("background", [LIGHT, DARK])
@pytest.mark.parametrize("colour", [*COLOURS, *CLASS_COLOURS])
def test_colours_and_their_shades_stand_out_from_both_backgrounds(colour, background):
    assert contrast(colour, background) >= 3.0
    for share in np.linspace(0.0, 1.0, 11):
        assert contrast(shade(colour, float(share)), background) >= 3.0


def test_a_shade_of_nothing_is_the_colour_and_the_last_is_clearly_another():
    for colour in COLOURS:
        assert shade(colour, 0.0) == colour
        last = lab(shade(colour, 1.0), "as most")
        assert np.linalg.norm(last - lab(colour, "as most")) > 13
