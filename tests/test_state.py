"""Settings on the page: every value of a link that cannot be honoured is said, and every option
has its own words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote_plus

import pytest

from lossviz import parse
from lossviz.base.registry import text
from lossviz.engine.choices import CHOICES
from lossviz.engine.settings import PLAIN
from lossviz.ui import controls, state
from lossviz.ui.spaces import PLAYGROUND, VIEWS, param_of
from lossviz.views.examples import PRESETS
from lossviz.views.panels import PANELS

DOTTED = [
    f"{name}.{param.name}"
    for registry in CHOICES.values()
    for name, item in registry.items()
    for param in item.params
]
WITH_OPTIONS = [key for key in [*PLAIN, *VIEWS, *DOTTED] if (param_of(key)).choices]


def bad_values(key):
    param = PLAYGROUND.views[key]
    yield from ("", "no such thing", "\x1b[31m", "1e999")
    if not isinstance(param.default, str):
        yield from ("nan", "-inf", text(param.low - 1))
    if isinstance(param.default, int):
        yield "0.5"


@pytest.mark.parametrize("key", PLAYGROUND.views)
def test_every_look_that_cannot_be_honoured_leaves_a_sentence(key):
    for words in bad_values(key):
        settings, notes = state.read(f"loss=huber&{key}={words}")
        notes += state.unfitting(settings)
        assert len(notes) == 1, words
        assert key in notes[0]
        assert notes[0].isprintable()
        value = settings.get(key)
        assert value is None or PLAYGROUND.views[key].check(value) == value


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("view.step=late", "view.step 'late' is no step."),
        ("view.panels=network", "'view.panels' is not known and was left out."),
        ("view.=1", "'view.' is not known and was left out."),
        (
            "view.scale=log&view.scale=linear",
            "view.scale takes one value: log was used, 'linear' was left out.",
        ),
    ],
)
def test_what_is_no_look_leaves_a_sentence(query, words):
    assert state.read(query)[1] == [words]


def test_looks_that_can_be_honoured_leave_none():
    for key, param in PLAYGROUND.views.items():
        other = list(param.choices)[-1] if param.choices else math.ceil(param.low) + 1
        assert state.read(f"{key}={other}") == ({key: param.check(other)}, [])
    assert state.read("view.step=17&view.scale=log&view.scale=log")[1] == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "data=moons&loss=log_loss&view.panel=network",
            ["“Network” has nothing to show of these runs, so the overview is shown."],
        ),
        (
            "view.panel=metrics&view.surface=hinge",
            [
                "“Threshold and metrics” has nothing to show of these runs, "
                "so the overview is shown.",
                "“Hinge” is not among the losses, so the surface is that of “Mean squared error”.",
            ],
        ),
        (
            "data=moons&loss=log_loss&view.cost=mean",
            ["What errors cost is said for other targets than these, and was left out."],
        ),
        ("view.row=61", ["The data have 60 training rows: the last one is shown."]),
        ("view.row=2000000", ["The data have 60 training rows: the last one is shown."]),
        (
            "data=iris&view.across=4&view.up=5",
            ["The data have 4 features, so another than the link's goes up."],
        ),
        ("view.across=1e12", ["The data have 1 feature, so another than the link's goes across."]),
        (
            "data=iris&loss=cross_entropy&model=mlp&view.panel=network&view.row=112&view.up=4"
            "&view.surface=cross_entropy&view.cost=decision",
            [],
        ),
        (f"data=table&table.rows=file~5000~{'0' * 32}~sales.csv&view.row=9", []),  # asks for it
    ],
)
def test_looks_that_do_not_fit_what_a_link_asks_for_are_said(query, said):
    settings, notes = state.read(query)
    assert notes == []
    assert state.unfitting(settings) == said


MAD = ("", "no such thing", "nan", "-inf", "1e999", "1" + "0" * 400, "-1e30", "1e30", "\x1b[31m")
DATA = {"regression": "line", "binary": "moons", "multiclass": "iris"}


@pytest.mark.parametrize("kind", CHOICES)
def test_a_value_that_cannot_be_honoured_has_one_sentence(kind):
    """Whether what it is a setting of is chosen or not, and however often it is said."""
    for name, item in CHOICES[kind].items():
        task = getattr(item, "task", getattr(item, "tasks", "regression"))
        task = task if isinstance(task, str) else task[0]
        here = f"data={name}" if kind == "data" else f"data={DATA.get(task, 'line')}&{kind}={name}"
        other = "data=moons" if name == PLAIN["data"].default else f"data={PLAIN['data'].default}"
        for param in item.params:
            bad = [words for words in MAD if not isinstance(param.default, str) or words == ""]
            for words in bad:
                said = quote_plus(f"{name}.{param.name}") + "=" + quote_plus(words)
                for link in (f"{here}&{said}", f"{other}&{said}", f"{here}&{said}&{said}"):
                    settings, notes = state.read(link)
                    assert len(notes + state.unfitting(settings)) == 1, link


def test_a_setting_that_is_not_chosen_is_said_to_be_left_out_and_no_more():
    _, notes = parse("loss=squared_error&huber.delta=-1&huber.delta=-2&lr=-1&lr=-2")
    assert notes == [
        "Values out of range were moved to the nearest allowed one: lr '-1' lies outside 1e-06 to "
        "10,000, so 1e-06 was used; lr '-2' lies outside 1e-06 to 10,000, so 1e-06 was used.",
        "Settings of things that are not chosen were left out: huber.delta.",
    ]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_presets_look_at_what_there_is(preset):
    assert state.unfitting(state.read(preset.query)[0]) == []


def test_units_of_convergence_have_words_of_their_own():
    options = PLAYGROUND.views["view.units"].choices
    assert [controls._words("view.units", option) for option in options] == [
        "gap",
        "relative",
        "own",
    ]
    assert controls._words("view.panel", "metrics") == PANELS["metrics"].label
    assert controls._words("view.surface", "huber") == "Huber"
    assert controls._words("mlp.activation", "relu") == "relu"


@pytest.mark.parametrize("key", WITH_OPTIONS)
def test_an_option_is_never_called_what_an_item_of_another_registry_is(key):
    param = param_of(key)
    for option in param.choices:
        words = controls._words(key, option)
        assert words
        assert "<" not in words
        for registry in CHOICES.values():
            if registry is not param.choices and option in registry:
                label = registry[option].label
                assert words not in (label, label.partition(" (")[0])


def test_the_number_of_settings_that_a_link_had_is_no_longer_than_a_number():
    assert state.read("view.cut=9999")[1][0].startswith("The link has 9999 settings")
    assert max(map(len, state.read("view.cut=" + "9" * 18_000)[1])) < 100


class Interrupted(BaseException):
    """What Streamlit raises where a script asks for something while the next request waits."""


class Session(dict[str, Any]):
    """The session, which a request interrupts once it waits."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked_for = False

    def __getitem__(self, key: str) -> Any:
        return self._at_once(super().__getitem__(key))

    def get(self, key: str, default: Any = None) -> Any:
        return self._at_once(super().get(key, default))

    def setdefault(self, key: str, default: Any = None) -> Any:
        return self._at_once(super().setdefault(key, default))

    def pop(self, key: str, default: Any = None) -> Any:
        return self._at_once(super().pop(key, default))

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, self._at_once(value))

    def _at_once(self, value: Any) -> Any:
        if self.is_asked_for:
            raise Interrupted
        return value


class Address(dict[str, list[str]]):
    """The address bar, which the visitor leaves again as soon as it is written."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def get_all(self, key: str) -> list[str]:
        return self.get(key, [])

    def from_dict(self, pairs: Mapping[str, list[str]]) -> None:
        self.clear()
        self.update(pairs)
        self.session.is_asked_for = True


def test_who_goes_back_while_the_address_is_being_written_is_taken_back(monkeypatch):
    session = Session()
    address = Address(session)
    monkeypatch.setattr(state, "st", SimpleNamespace(session_state=session, query_params=address))
    address["loss"] = ["huber"]
    state.load(PLAYGROUND)
    state.save()
    state.change("steps", [50])
    state.load(PLAYGROUND)
    with suppress(Interrupted):
        state.save()
    assert address["steps"] == ["50"]
    session.is_asked_for = False
    del address["steps"]
    state.load(PLAYGROUND)
    assert state.values("steps") == (200,)
