"""The page that plays offline, opened from the disk with the network off."""

import re
from pathlib import Path

import pytest
from driving import step, to_step
from playwright.sync_api import Page, expect

import lossviz
from lossviz.engine.numbers import number
from lossviz.export import page as export_page
from lossviz.views.panels import marks, playground
from lossviz.views.sentences import headline

QUERY = "loss=squared_error&loss=huber&outliers=vertical&steps=40"
CLASSES = "data=moons&loss=log_loss&loss=hinge&steps=20"


def saved(folder: Path, query: str) -> tuple[str, list[lossviz.Run]]:
    """The address of the page of these runs, and the runs."""
    runs = lossviz.run_all(lossviz.parse(query)[0])
    file = folder / "runs & more.html"
    text = export_page(
        playground(runs), "Two <losses>", sentences=[headline(runs)], marks=marks(runs)
    )
    file.write_text(text, encoding="utf-8")
    return file.as_uri(), runs


@pytest.fixture
def offline(open_page) -> Page:
    """A page without a network."""
    return open_page(offline=True)


def drawn(page: Page) -> None:
    expect(page.locator(".lv-chart .main-svg").last).to_be_attached()


@pytest.mark.parametrize("query", [QUERY, CLASSES])
def test_the_file_shows_the_runs_without_a_network(offline, tmp_path, query, console_errors):
    url, runs = saved(tmp_path, query)
    offline.goto(url)
    drawn(offline)
    expect(offline).to_have_title("Two <losses>")
    expect(offline.get_by_role("heading", level=1)).to_have_text("Two <losses>")
    expect(offline.get_by_text(headline(runs))).to_be_visible()
    steps = runs[0].experiment.steps
    expect(step(offline)).to_have_text(f"Step {steps} of {steps}")
    table = offline.get_by_role("region", name="The current step")
    for run in runs:
        for value in (run.loss[-1], run.test_loss[-1]):
            shown = number(float(value))
            expect(table.get_by_role("cell", name=shown, exact=True).first).to_be_visible()
    # It offers nothing that needs a server.
    expect(offline.get_by_role("button", name="Play")).to_be_visible()
    expect(offline.get_by_role("button", name=re.compile("Copy"))).to_have_count(0)
    assert console_errors == []


def test_the_file_plays_and_scrubs(offline, tmp_path):
    url, runs = saved(tmp_path, QUERY)
    offline.goto(url)
    drawn(offline)
    to_step(offline, 7)
    table = offline.get_by_role("region", name="The current step")
    expect(table).to_contain_text(number(float(runs[1].loss[7])))
    offline.get_by_label("Speed").select_option("0.1")
    offline.get_by_role("button", name="Play").click()
    expect(offline.get_by_role("button", name="Pause")).to_be_visible()
    offline.get_by_label("Speed").select_option("10")
    expect(step(offline)).to_have_text("Step 40 of 40")
    expect(table).to_contain_text(number(float(runs[1].loss[40])))
    expect(offline.get_by_role("alert")).to_be_hidden()


def test_the_file_is_light_or_dark_as_the_reader_is(offline, tmp_path):
    offline.goto(saved(tmp_path, QUERY)[0])
    drawn(offline)
    for scheme, colour in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(18, 22, 28)")):
        offline.emulate_media(color_scheme=scheme)
        expect(offline.locator("body"), scheme).to_have_css("background-color", colour)
