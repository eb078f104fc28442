"""Pages, run in process: settings, the address bar, notices."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from suiting import choosing

from lossviz import DATASETS, parse
from lossviz.base.limits import SHOWN
from lossviz.engine.choices import CHOICES
from lossviz.items.datasets.table import Table, keep
from lossviz.ui import page, state
from lossviz.ui.playground import sidebar
from lossviz.ui.spaces import PLAYGROUND
from lossviz.views.examples import PRESETS, WELCOME

TIMEOUT = 60


def app(query: str = "") -> AppTest:
    at = AppTest.from_file("../app.py", default_timeout=TIMEOUT)
    for key, values in _pairs(query).items():
        at.query_params[key] = values
    for title in sidebar.GROUPS:
        at.session_state[page.FOLD + title] = True
    at.run()
    assert not at.exception
    return at


def _pairs(query: str) -> dict[str, list[str]]:
    pairs: dict[str, list[str]] = {}
    for pair in filter(None, query.split("&")):
        key, _, value = pair.partition("=")
        pairs.setdefault(key, []).append(value)
    return pairs


def address(at: AppTest) -> dict[str, list[str]]:
    # A single value comes as a string, several as a list.
    return {
        key: [values] if isinstance(values, str) else list(values)
        for key, values in at.query_params.items()
    }


def widget(at: AppTest, kind: str, key: str):
    # A setting that takes several values has a widget of its own.
    return getattr(at, kind)(key=state.WIDGET + key + " several" * (kind == "multiselect"))


def words(at: AppTest) -> str:
    return " ".join(element.proto.body for element in at.get("html"))


def test_a_link_to_edited_rows_says_that_the_file_lacks_the_edits():
    named = f"file~5000~{'0' * 32}~sales.csv"
    for words, lacks in ((named, False), (f"{named}~edited", True)):
        [warning] = app(f"data=table&table.rows={words}").warning
        assert ("but what was edited by hand is as it was" in warning.value) == lacks


def test_each_setting_that_cannot_be_honoured_has_one_sentence_on_the_page():
    mad = {
        "threshold": "nan",
        "row": "2000000",
        "across": "1" + "0" * 30,
        "up": "-7",
        "scale": "",
        "panel": "text",
        "step": "late",
        "size": "1e999",
        "cost": "0",
        "surface": "no",
    }
    at = app("loss=huber&steps=5&" + "&".join(f"view.{key}={mad[key]}" for key in mad))
    assert len(at.warning) == len({each.value for each in at.warning}) == len(mad)
    assert not at.error
    assert not at.info


def test_a_loss_that_does_not_suit_new_data_is_named_and_kept_for_others():
    at = app("data=moons&loss=hinge&outliers=label_flips&steps=5")
    assert not at.warning
    widget(at, "selectbox", "data").set_value("line").run()
    [said] = [each.value.replace("\\", "") for each in at.warning]
    assert (
        "“Hinge” is for two classes, and “Straight line” has numbers, so “Mean squared error” is "
        "trained"
    ) in said
    assert "“Label flips” is for classes" in said
    assert "kept for data that they suit" in said
    widget(at, "selectbox", "data").set_value("moons").run()
    assert not at.warning
    assert address(at)["loss"] == ["hinge"]
    assert address(at)["outliers"] == ["label_flips"]


@pytest.mark.parametrize(("key", "value"), [("data", "moons"), ("outliers", "none")])
def test_where_no_row_is_an_outlier_any_more_runs_start_as_usual(key, value):
    at = app("")
    assert address(at)["init"] == ["clean"]
    widget(at, "selectbox", "data").set_value("sine").run()
    assert address(at)["init"] == ["clean"]  # which has outliers too
    widget(at, "selectbox", key).set_value(value).run()
    assert address(at).keys().isdisjoint({"init", "lr", "steps"})
    at = app("outliers=vertical&init=clean&lr=0.3")
    widget(at, "selectbox", "outliers").set_value("none").run()
    assert "init" not in address(at)
    assert address(at)["lr"] == ["0.3"]


def test_across_and_up_are_the_features_of_ones_own_rows():
    X = np.arange(24.0).reshape(8, 3) % 7
    table = Table(X, np.arange(8) % 2.0, np.zeros(8, bool), ("a", "b & c", "d"), "y", ("no", "yes"))
    rows, _ = keep(table)
    at = app(f"data=table_binary&table_binary.rows={rows}&steps=5")
    across = widget(at, "selectbox", "view.across")
    assert across.options == ["principal component", "a", "b & c", "d"]
    across.set_value(2).run()
    assert address(at)["view.across"] == ["2"]
    assert not at.exception


def test_the_first_visit_shows_the_welcome_and_its_address():
    at = app()
    assert address(at) == _pairs(parse(WELCOME.query)[0].query())
    assert "9 of 60 rows are outliers" in words(at)
    assert not at.warning


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_every_preset_opens_without_a_notice_and_says_what_it_teaches(preset):
    at = app(preset.query)
    assert not at.warning
    assert preset.lesson.split(":")[0] in words(at).replace("&#x27;", "'")


def test_choosing_a_preset_is_following_its_link():
    at = app()
    for number in (1, 2):
        at.button(key="next example").click().run()
        assert address(at) == _pairs(parse(PRESETS[number].query)[0].query())
    at.button(key="previous example").click().run()
    assert address(at) == _pairs(parse(PRESETS[1].query)[0].query())


def test_a_control_changes_the_address_and_the_address_the_control():
    at = app("loss=huber&huber.delta=0.5")
    assert widget(at, "number_input", "huber.delta").value == 0.5
    widget(at, "number_input", "huber.delta").set_value(2.5).run()
    assert address(at) == {"loss": ["huber"], "huber.delta": ["2.5"]}
    at.query_params.clear()
    at.query_params["loss"] = "huber"
    at.query_params["huber.delta"] = "0.25"
    at.run()
    assert widget(at, "number_input", "huber.delta").value == 0.25


def test_all_defaults_still_leave_an_address_that_says_so():
    at = app("loss=huber")
    widget(at, "multiselect", "loss").set_value(["squared_error"]).run()
    assert address(at) == {"data": ["line"]}
    again = app("data=line")
    assert widget(again, "multiselect", "loss").value == ["squared_error"]


def test_what_the_user_set_comes_back_with_its_loss():
    at = app("loss=squared_error&loss=huber")
    widget(at, "number_input", "huber.delta").set_value(3.0).run()
    widget(at, "multiselect", "loss").set_value(["squared_error"]).run()
    assert "huber.delta" not in address(at)
    widget(at, "multiselect", "loss").set_value(["squared_error", "huber"]).run()
    assert address(at)["huber.delta"] == ["3"]


@pytest.mark.parametrize(
    ("query", "key", "back", "words"),
    [
        ("loss=huber&lr=0.2", "loss", "tukey", "No loss is chosen"),
        ("loss=huber&lr=0.1&lr=0.2", "lr", "0.3", "No learning rate is chosen"),
        ("loss=huber&seed=1&seed=2", "seed", "7", "No seed is chosen"),
        ("data=line&data=sine", "data", "cubic", "No data is chosen"),
        ("loss=huber&huber.delta=1&huber.delta=2", "huber.delta", "3", "No Huber: δ is chosen"),
    ],
)
def test_a_setting_that_is_emptied_says_so_and_trains_nothing(query, key, back, words):
    at = app(query)
    before = address(at)
    widget(at, "multiselect", key).set_value([]).run()
    assert not at.exception
    assert [info.value for info in at.info] == [f"{words}: choose one to train."]
    assert widget(at, "multiselect", key).value == []  # nothing snaps back
    assert not at.get("bidi_component")
    assert address(at) == before  # which trains, as a link of nothing would not
    widget(at, "multiselect", key).set_value([back]).run()
    assert not at.exception
    assert not at.info
    assert at.get("bidi_component")
    assert address(at)[key] == [back]


def test_an_axis_without_a_widget_of_its_own_stays():
    at = app("loss=huber&lr=0.1&lr=0.2&seed=3")
    widget(at, "multiselect", "loss").set_value(["huber", "squared_error"]).run()
    assert address(at)["lr"] == ["0.1", "0.2"]
    assert address(at)["seed"] == ["3"]


def test_any_setting_can_take_several_values():
    at = app("loss=huber")
    at.selectbox(key="compared").select("lr").run()
    assert widget(at, "multiselect", "lr").value == ["0.1"]
    widget(at, "multiselect", "lr").set_value(["0.1", "0.4"]).run()
    assert address(at)["lr"] == ["0.1", "0.4"]
    widget(at, "multiselect", "lr").set_value(["0.1", "fast"]).run()
    assert "'fast' is not a number" in at.warning[0].value.replace("\\", "")
    assert widget(at, "multiselect", "lr").value == ["0.1", "0.4"]
    assert address(at)["lr"] == ["0.1", "0.4"]


def test_a_broken_start_is_named_and_the_old_one_kept():
    at = app("loss=huber&init=1,2")
    widget(at, "text_input", "init").set_value("here").run()
    assert "'here' is not a number" in at.warning[0].value.replace("\\", "")
    assert widget(at, "text_input", "init").value == "1,2"
    assert address(at)["init"] == ["1,2"]


def test_a_number_out_of_range_is_named_and_the_old_one_kept():
    at = app("loss=huber&steps=50")
    widget(at, "number_input", "steps").set_value(-3).run()
    assert "Steps: '-3' lies outside 1 to 20,000" in at.warning[0].value.replace("\\", "")
    assert widget(at, "number_input", "steps").value == 50


def test_the_story_of_an_example_stays_whatever_is_changed_and_leads_back():
    at = app(PRESETS[2].query)
    assert PRESETS[2].title in words(at)
    [back] = [each.label for each in at.button if each.label == "Back to the example"] or [""]
    assert back == ""
    widget(at, "multiselect", "lr").set_value(["0.3"]).run()
    assert PRESETS[2].title in words(at)
    [back] = [each for each in at.button if each.label == "Back to the example"]
    back.click().run()
    assert address(at) == _pairs(parse(PRESETS[2].query)[0].query())


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_what_an_example_proposes_can_be_done_and_changes_its_runs(preset):
    for label, query in preset.tries:
        at = app(preset.query)
        [button] = [each for each in at.button if each.label == f"Try: {label}"]
        button.click().run()
        assert not at.warning
        assert address(at) != _pairs(parse(preset.query)[0].query())
        wanted = dict(_pairs(query))
        assert wanted.items() <= dict(address(at)).items()


def test_a_broken_link_gets_one_notice_a_kind_and_the_rest_is_honoured():
    at = app("loss=huber&nonsense=1&more=2&lr=fast&steps=nan&huber.delta=1e999&seed=-5&l2=0.5")
    notices = [warning.value.replace("\\", "") for warning in at.warning]
    assert len(notices) == 3
    assert any("'nonsense'; 'more'" in notice for notice in notices)
    assert any("'fast' is not a number" in notice for notice in notices)
    assert any("seed '-5' lies outside 0" in notice for notice in notices)
    assert address(at) == {"loss": ["huber"], "l2": ["0.5"]}


def test_a_link_with_too_many_runs_is_cut_on_screen_but_kept():
    query = "loss=huber&" + "&".join(f"lr={0.001 * k:.3f}" for k in range(1, 41))
    at = app(query)
    assert "40 runs; the first 8" in at.warning[0].value
    assert len(address(at)["lr"]) == 40


def test_hostile_text_is_shown_as_text():
    at = app("loss=huber&%5Bx%5D(javascript:alert(1))=1&<script>=1")
    assert "\\<script\\>" in at.warning[0].value


def together(choice: str) -> list[str]:
    """Links that choose every item of a kind, as many in one as a page shows."""
    alike: dict[object, list[str]] = {}
    for name in CHOICES[choice]:
        data = choosing(choice, name).data
        is_class = DATASETS[data].task != "regression"
        alike.setdefault(is_class if choice == "data" else data, []).append(name)
    rest = "lr=0.001&steps=20"
    links = []
    for data, names in alike.items():
        left = iter(names)
        while few := list(islice(left, SHOWN)):
            chosen = "&".join(f"{choice}={name}" for name in few)
            links.append(f"{chosen}&{rest}" if choice == "data" else f"data={data}&{chosen}&{rest}")
    return links


@pytest.mark.parametrize("choice", CHOICES)
def test_every_item_can_be_chosen(choice):
    chosen: list[str] = []
    for link in together(choice):
        at = app(link)
        assert not at.warning, link
        chosen += address(at).get(choice, [parse(link)[0][choice][0]])
    assert sorted(map(str, chosen)) == sorted(CHOICES[choice])


@pytest.mark.parametrize(
    "query",
    ["line.n=1", "lr=10000", "data=counts&loss=poisson&outliers=vertical&vertical.direction=down"],
)
def test_odd_data_and_mad_rates_are_only_sentences(query):
    at = app(query)
    assert "nan" not in words(at).lower()


def test_a_table_too_large_to_be_taken_away_has_a_sentence(monkeypatch):
    monkeypatch.setattr("lossviz.export.csv_table.WRITTEN", 100)
    at = AppTest.from_file("../app.py", default_timeout=TIMEOUT)
    at.query_params["steps"] = ["5"]
    at.session_state[page.FOLD + "Take it away"] = True
    at.run()
    assert not at.exception
    [table] = [b.proto for b in at.get("download_button") if b.proto.label == "Runs (CSV)"]
    assert table.disabled
    assert table.help.startswith("The table would take")


def test_views_are_part_of_the_address():
    at = app("loss=huber&loss=tukey&view.scale=linear&view.surface=tukey&view.surface_in=3d")
    assert not at.warning
    assert address(at)["view.scale"] == ["linear"]
    assert PLAYGROUND.views["view.scale"].default == "log"
    at = app("loss=huber&view.scale=cubic")
    assert "view.scale" in at.warning[0].value.replace("\\", "")


def test_looks_that_do_not_fit_are_said_when_the_link_comes_and_not_again():
    at = app("loss=huber&view.surface=tukey&steps=5")
    [said] = [each.value.replace("\\", "") for each in at.warning]
    assert said.startswith("“Tukey's biweight” is not among the losses")
    widget(at, "number_input", "steps").set_value(6).run()
    assert not at.warning


def test_a_link_to_rows_that_are_elsewhere_asks_for_them_and_keeps_all_else():
    query = f"data=table&lr=0.02&table.rows=file~400~{'0' * 32}~mine.csv"
    at = app(query)
    assert "the 400 rows of mine.csv" in at.warning[0].value.replace("\\", "")
    assert not at.get("bidi_component")
    assert address(at) == _pairs(query)
    next(button for button in at.button if button.label == "Go on with an example").click().run()
    assert not at.exception
    assert not at.warning
    assert address(at) == {"data": ["table"], "lr": ["0.02"]}
    assert "the slope is" in words(at)


def test_broken_rows_in_a_link_get_a_sentence_and_the_example():
    at = app("data=table&table.rows=1eJzzzU")
    assert "broken or were cut off" in at.warning[0].value
    assert "the slope is" in words(at)
