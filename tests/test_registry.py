"""Parameters, and the errors that a faulty registration raises."""

import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

import lossviz
from lossviz.base import registry, reserved
from lossviz.base.registry import OutOfRange, Param, Registry
from lossviz.base.reserved import RESERVED
from lossviz.engine.link import VIEW
from lossviz.engine.settings import PLAIN
from lossviz.formula.functions import ARITY
from lossviz.formula.grammar import GIVEN, VARIABLES
from lossviz.formula.item import LETTERS
from lossviz.formula.tree import CONDITIONS

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Thing:
    name: str = "thing"
    label: str = "A thing"
    params: tuple[Param, ...] = (Param("size", 1.0, 0.0, 2.0),)
    function: Any = field(default=lambda x, *, size: x * size)


@pytest.fixture
def things(monkeypatch):
    """An empty registry; the names that it takes are given back."""
    monkeypatch.setattr(registry, "_taken", dict(registry._taken))
    return Registry[Thing]("thing kind")


def test_a_registry_is_a_mapping_in_order_of_registration(things):
    second, first = things.add(Thing("zebra")), things.add(Thing("ant"))
    assert list(things) == ["zebra", "ant"]
    assert dict(things) == {"zebra": second, "ant": first}
    assert len(things) == 2
    assert "ant" in things
    assert "bee" not in things


def test_an_unknown_name_is_answered_with_the_known_ones(things):
    things.add(Thing("zebra"))
    things.add(Thing("ant"))
    with pytest.raises(KeyError, match="no thing kind 'bee'; there are zebra, ant"):
        things["bee"]


def test_a_name_is_taken_in_all_registries_at_once(things):
    things.add(Thing("zebra"))
    with pytest.raises(ValueError, match="'zebra': the name is taken by a thing kind"):
        things.add(Thing("zebra"))
    with pytest.raises(ValueError, match="other 'zebra': the name is taken by a thing kind"):
        Registry("other").add(Thing("zebra"))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("arctan", "function of formulas"),
        ("r", "letter of formulas"),
        ("lr", "setting of links"),
        ("view", "setting of links"),
        ("and", "word of Python"),
        ("lambda", "word of Python"),
    ],
)
def test_a_name_that_means_something_else_is_no_items(things, name, kind):
    with pytest.raises(ValueError, match=f"{name!r}: the name is taken by a {kind}"):
        things.add(Thing(name))


def test_what_is_reserved_is_what_formulas_and_links_know():
    assert set(reserved.FUNCTIONS) == ARITY.keys()
    assert set(reserved.SETTINGS) == PLAIN.keys()
    words = {each for each in CONDITIONS if each.isidentifier()}
    assert {*VARIABLES, *GIVEN, *LETTERS, *words, VIEW.strip(".")} <= RESERVED.keys()


@pytest.mark.parametrize("name", ["arctan", "log", "r"])
def test_a_loss_with_a_name_of_formulas_is_refused_before_one_is_read(name):
    code = (
        "import sys\nfrom lossviz.items.losses import loss\n"
        f"loss({name!r}, label='A', formula='A', convex=True)(lambda z, y: (z, y))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert f"ValueError: loss {name!r}: the name is taken by a" in answer.stderr


def test_a_removed_name_is_free_again(things):
    things.add(Thing("zebra"))
    things.remove("zebra")
    assert "zebra" not in things
    assert things.add(Thing("zebra")) is things["zebra"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "Big"}, "'Big': a name is a lower-case identifier"),
        ({"name": "two words"}, "'two words': a name is a lower-case identifier"),
        ({"label": ""}, "'thing': has no label"),
        ({"params": ()}, r"'thing': keyword arguments \('size',\) but params \(\)"),
        ({"function": lambda x: x}, r"'thing': keyword arguments \(\) but params \('size',\)"),
        ({"function": lambda x, *, width: x}, r"keyword arguments \('width',\) but params"),
        (
            {"params": (Param("size", 3.0, 0.0, 2.0),)},
            "'thing': default of size: '3.0' lies outside 0 to 2",
        ),
        (
            {"params": (Param("size", "round", choices=("square",)),)},
            "'thing': default of size: 'round' is not one of square",
        ),
    ],
)
def test_a_faulty_declaration_is_refused_with_its_name(things, change, words):
    with pytest.raises(ValueError, match=words):
        things.add(replace(Thing(), **change))
    assert not things
    assert things.add(Thing()) is things["thing"]


NUMBER = Param("rate", 0.5, 0.0, 2.0)
WHOLE = Param("degree", 3, 1, 9)
WORD = Param("kind", "up", choices=("up", "down"))


@pytest.mark.parametrize(
    ("param", "given", "value"),
    [
        (NUMBER, "1e-1", 0.1),
        (NUMBER, 2, 2.0),
        (NUMBER, 0, 0.0),
        (WHOLE, "4", 4),
        (WHOLE, 9.0, 9),
        (WORD, "down", "down"),
        (Param("f", "x", reader=str.lower), "X", "x"),
    ],
)
def test_a_value_comes_in_its_parameters_type(param, given, value):
    found = param.check(given)
    assert found == value
    assert type(found) is type(param.default)


@pytest.mark.parametrize(
    ("param", "given", "words"),
    [
        (NUMBER, "fast", "'fast' is not a number"),
        (NUMBER, None, "'None' is not a number"),
        (NUMBER, 10**400, "is not a number"),
        (NUMBER, "nan", "'nan' is not a finite number"),
        (NUMBER, "1e999", "'1e999' is not a finite number"),
        (NUMBER, 2.5, "'2.5' lies outside 0 to 2"),
        (NUMBER, -1e-9, "lies outside 0 to 2"),
        (WHOLE, 2.5, "'2.5' is not a whole number"),
        (WHOLE, 10, "'10' lies outside 1 to 9"),
        (WORD, "left", "'left' is not one of up, down"),
        (NUMBER, "x" * 999, r"^'x{37}\.\.\.' is not a number"),
    ],
)
def test_a_bad_value_is_refused_in_words(param, given, words):
    with pytest.raises(ValueError, match=words):
        param.check(given)


def test_a_number_out_of_range_is_told_apart():
    with pytest.raises(OutOfRange):
        NUMBER.check(7)


@pytest.mark.parametrize(
    ("param", "given", "value"),
    [(NUMBER, 7.0, 2.0), (NUMBER, -1.0, 0.0), (NUMBER, 0.3, 0.3), (WHOLE, 99.0, 9)],
)
def test_the_nearest_value_lies_in_range(param, given, value):
    found = param.nearest(given)
    assert found == value
    assert type(found) is type(param.default)


@pytest.mark.parametrize(
    ("value", "words"), [(2.0, "2"), (0.1, "0.1"), (3, "3"), (1e-7, "1e-07"), ("up", "up")]
)
def test_text_is_short_and_reads_back(value, words):
    assert registry.text(value) == words
    assert type(value)(words) == value


@pytest.mark.parametrize("names", ["LOSSES", "DATASETS", "OUTLIERS", "MODELS", "OPTIMIZERS"])
def test_a_registry_is_whole_whichever_name_of_the_package_is_asked_for_first(names):
    code = f"import lossviz; print(*getattr(lossviz, {names!r}), sep=',')"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip().split(",") == list(getattr(lossviz, names))
