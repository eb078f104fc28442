"""A panel is one registration: one that the test adds is offered, chosen, drawn and taken away."""

from __future__ import annotations

import re
from base64 import b64decode

import pytest
from canary_items import a_panel
from streamlit.testing.v1 import AppTest

from lossviz import parse, run_all
from lossviz.cli.command import main
from lossviz.engine.frames import aligned
from lossviz.export import page_of
from lossviz.player.packing import unpack
from lossviz.ui import state
from lossviz.views.panels import PANEL_VIEWS, PANELS, View, panels
from lossviz.views.panels.settings import OF_EVERY_PANEL

LINK = "loss=huber&steps=5&view.panel=canary&view.shift=2.5"


@pytest.fixture
def canary():
    """A chart that moves, a table and a setting, of runs on numbers."""
    a_panel()
    yield
    PANELS.remove("canary")


def app(query: str) -> AppTest:
    at = AppTest.from_file("../app.py", default_timeout=60)
    for key, value in (pair.split("=") for pair in query.split("&")):
        at.query_params[key] = value
    at.run()
    assert not at.exception
    return at


def drawn(at: AppTest) -> dict:
    """What the page's player is given."""
    [player] = at.get("bidi_component")
    return unpack(player.proto.bytes)


def assert_shows_it(shown, shift: float) -> None:
    charts, tables = shown["charts"], shown["tables"]
    assert [chart["title"] for chart in charts] == ["Raised losses"]
    assert charts[0]["description"] == f"Raised by {shift:g}."
    assert tables[-1]["caption"] == "Raised"


def test_a_link_chooses_it_with_its_setting(canary):
    assert list(PANELS)[-1] == "canary"
    settings, notes = state.read(LINK)
    assert not notes + state.unfitting(settings)
    assert (settings["view.panel"], settings["view.shift"]) == ("canary", 2.5)
    assert state.read("view.shift=21")[1] == [
        "view.shift '21' lies outside 0 to 20, so 20 was used."
    ]


def test_the_page_shows_it_and_its_control_moves_the_link(canary):
    at = app(LINK)
    assert not at.warning
    assert_shows_it(drawn(at), 2.5)
    [choice] = [each for each in at.get("button_group") if "Canary" in str(each.proto)]
    assert choice.label == "Show"
    at.number_input(key=f"{state.WIDGET}view.shift").set_value(4.0).run()
    assert at.query_params["view.shift"] == "4"
    assert at.query_params["view.panel"] == "canary"
    assert_shows_it(drawn(at), 4.0)


def test_it_is_absent_where_it_does_not_suit_and_that_is_said(canary):
    query = "data=moons&loss=log_loss&steps=5"
    assert "canary" not in panels(list(parse(query)[0]))
    at = app(f"{query}&view.panel=canary")
    [said] = [each.value for each in at.warning]
    assert said.startswith("“Canary” has nothing to show of these runs, so the overview is shown")
    assert not [each for each in at.number_input if each.label == "Shift"]
    assert drawn(at)["charts"][0]["title"] != "Raised losses"


def offline(html: str) -> dict:
    """What the player of a page that plays offline is given."""
    [packed] = re.findall(r"[\w+/]{2000,}=*", html.partition("<body")[2])[:1]
    return unpack(b64decode(packed))


def test_the_page_that_plays_offline_has_it(canary):
    runs = aligned(run_all(parse(LINK)[0]))
    html = page_of(runs, "Canary", view=View("canary", options={"shift": 2.5}))
    assert_shows_it(offline(html), 2.5)


def test_the_command_line_lists_it_and_writes_its_page(canary, tmp_path, capsys):
    assert main(["list", "panels"]) == 0
    assert "view.shift=1  (0 to 20)" in capsys.readouterr().out
    file = tmp_path / "page.html"
    assert main(["run", LINK, "--html", str(file)]) == 0
    assert capsys.readouterr().err == ""
    assert_shows_it(offline(file.read_text("utf-8")), 2.5)


def test_nothing_is_left_of_it():
    assert "canary" not in PANELS
    assert "view.shift" not in PANEL_VIEWS
    assert state.read(LINK)[1] == [
        "view.panel 'canary' is not known and was left out.",
        "'view.shift' is not known and was left out.",
    ]


def test_settings_of_one_name_are_one_setting():
    every = [*OF_EVERY_PANEL, *(param for each in PANELS.values() for param in each.params)]
    assert len({param.name for param in every}) == len({id(param) for param in every})
