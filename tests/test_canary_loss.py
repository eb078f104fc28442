"""A loss is one registration: what a test registers has its place everywhere."""

from __future__ import annotations

from urllib.parse import parse_qsl

import canary_losses
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from test_export import check

from lossviz import Experiment, run
from lossviz.analysis.minimum import reference
from lossviz.engine.looks import COLOURS, colour_of, styles
from lossviz.export import FLAVOURS, script, why_not
from lossviz.formula.typed import parse
from lossviz.items.catalogue import snippet
from lossviz.items.losses import LOSSES
from lossviz.views.sentences import cautions

TIMEOUT = 60
NAMES = ("plain_canary", "known_canary")
PURPLE = ("geman_mcclure", "welsch", "tukey")


@pytest.fixture(autouse=True)
def canaries():
    adds = canary_losses.add_plain, canary_losses.add_known, canary_losses.add_bent
    for add in adds:
        add()
    yield
    for name in (*NAMES, "bent_canary"):
        LOSSES.remove(name)


def page(path: str, query: str) -> AppTest:
    at = AppTest.from_file("../app.py", default_timeout=TIMEOUT)
    for key, value in parse_qsl(query):
        at.query_params[key] = value
    at.switch_page(path).run()
    assert not at.exception
    assert not at.warning
    return at


@pytest.mark.parametrize("name", NAMES)
def test_it_trains_to_its_exact_minimum(name):
    exact, found = reference(Experiment(loss=name)), run(Experiment(loss=name, steps=2000, lr=0.1))
    assert exact.is_global
    assert found.loss[-1] == pytest.approx(exact.value, rel=1e-6)
    assert found.loss.min() >= exact.value - 1e-12


def test_where_no_solver_knows_it_no_minimum_is_shown_and_it_is_said():
    bent = run(Experiment(loss="bent_canary"))
    assert reference(bent.experiment) is None
    said = " ".join(cautions.remarks([bent]))
    assert "Bent canary: no solver is known for its exact minimum, so none is shown." in said


@pytest.mark.parametrize("name", NAMES)
def test_it_is_on_both_pages(name):
    label = LOSSES[name].label
    card = page("pages/losses.py", f"show={name}")
    assert f"### {label}" in [each.value for each in card.markdown]
    assert label in list(card.dataframe[0].value["Loss"])
    page("pages/playground.py", f"loss={name}")


def test_what_nobody_said_reads_not_known():
    at = page("pages/losses.py", "show=plain_canary")
    words = "\n".join(each.value for each in (*at.markdown, *at.caption))
    for missing in ("**Use it when:** ", "**Not when:** ", "**PyTorch**: ", "Reference\\: "):
        assert f"{missing}not known" in words
    assert "Its code for scikit-learn: not known" in words


def test_what_is_known_is_shown():
    at = page("pages/losses.py", "show=known_canary")
    words = "\n".join(each.value for each in at.markdown)
    assert "**Use it when:** A canary is wanted." in words
    assert "`optax.fair_loss`: 1/c of ours" in words
    assert "**PyTorch**: none of its own" in words
    z, y = np.linspace(-3.0, 3.0, 7), np.zeros(7)
    given = {"z": z, "y": y}
    exec(snippet(LOSSES["known_canary"], "sklearn", {"c": 0.7}), given)
    assert given["loss"] == pytest.approx(LOSSES["known_canary"](z, y, c=0.7)[0].mean(), rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_function_in_formulas(name):
    z = np.linspace(-3.0, 3.0, 7)
    found = parse(f"2*{name}(r)", "r").evaluate(z, 0.0)
    np.testing.assert_allclose(found, 2.0 * np.stack(LOSSES[name](z, 0.0)), rtol=1e-14)


@pytest.mark.parametrize("loss", [*NAMES, "own"])
@pytest.mark.parametrize("flavour", [*FLAVOURS])
def test_its_scripts_train_alike_or_a_sentence_says_why_not(loss, flavour, tmp_path):
    written = {"own.text": "known_canary(r, 0.5) + r**2"} if loss == "own" else {}
    wanted = [Experiment(loss=loss, params=written, steps=20)]
    reason = why_not(wanted, flavour)
    if flavour in ("lossviz", "numpy"):
        assert not reason
        check(script(wanted, flavour), wanted, tmp_path)
    elif reason:
        assert reason.endswith(".")
    assert not reason or (flavour, loss) not in (("torch", "known_canary"), ("torch", "own"))


@pytest.mark.parity
@pytest.mark.parametrize("loss", ["known_canary"])
def test_its_pytorch_script_trains_alike(torch, loss, tmp_path):
    wanted = [Experiment(loss=loss, steps=20)]
    check(script(wanted, "torch"), wanted, tmp_path)


@pytest.mark.parametrize("flavour", ["numpy", "torch"])
def test_a_formula_with_one_that_has_no_spelling_says_so(flavour):
    wanted = [Experiment(loss="own", params={"own.text": "plain_canary(r) + r**2"})]
    assert "Plain canary has no spelling" in why_not(wanted, flavour)


def test_it_has_a_colour_and_no_built_in_loss_changes_its_own():
    plain, known = styles([Experiment(loss=name) for name in NAMES])
    assert {plain.colour, known.colour} < set(COLOURS)
    assert known.colour == COLOURS[3]
    assert known.dash not in {styles([Experiment(loss=name)])[0].dash for name in PURPLE}
    looks = {name: colour_of(name) for name in LOSSES}
    for name in NAMES:
        LOSSES.remove(name)
    assert {name: colour_of(name) for name in LOSSES}.items() < looks.items()
    canary_losses.add_plain()
    canary_losses.add_known()
