"""Files that are taken away from the playground, and a loss that is written into it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

from driving import open_group, settled, to_step
from playwright.sync_api import Page, expect

from lossviz import parse, run_all
from lossviz.export import csv, script

OpenPage = Callable[..., Page]
QUERY = "loss=squared_error&loss=huber&outliers=vertical&steps=40"


def taken(page: Page, name: str) -> str:
    """The content of the file that a button gives."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name).press("Enter")
    return Path(str(waiting.value.path())).read_bytes().decode()


def test_what_is_taken_away_is_what_is_on_show(open_page: OpenPage, app_url: str) -> None:
    page = open_page()
    page.goto(f"{app_url}/?{QUERY}")
    open_group(page, "Take it away")
    expect(page.get_by_role("button", name="Runs (CSV)")).to_be_visible()
    wanted = list(parse(QUERY)[0])
    assert taken(page, "Runs (CSV)") == csv(run_all(wanted))
    assert taken(page, "Script: plain NumPy") == script(wanted, "numpy")
    animation = taken(page, "Animation (HTML")
    assert animation.startswith("<!doctype html>")
    assert 'src="http' not in animation


def test_a_chart_is_saved_as_the_vectors_that_are_seen(open_page: OpenPage, app_url: str) -> None:
    page = open_page(color_scheme="dark")
    page.goto(f"{app_url}/?{QUERY}")
    chart = page.locator(".lv-chart", has_text="Loss and its slope")
    expect(chart.locator(".modebar-container")).to_be_attached()
    page.get_by_role("button", name="Enlarge: Loss and its slope").press("Enter")
    to_step(page, 5)
    settled(page)
    chart.hover()
    with page.expect_download() as waiting:
        chart.locator("[data-title='Download as SVG']").click()
    assert waiting.value.suggested_filename == "lossviz-shape.svg"
    picture = ElementTree.parse(waiting.value.path()).getroot()
    assert picture.tag.endswith("svg")
    assert {"Loss and its slope", "residual: prediction − y", "loss L"} <= set(picture.itertext())
    assert "rgb(18, 22, 28)" in picture[0].get("style", "")  # the ground of the dark theme
    # The page comes to rest on the very dots of the file.
    dots = [node.get("transform") for node in picture.iter() if node.get("class") == "point"]
    assert len(dots) > 100
    expect(chart.locator("path.point").first).to_have_attribute("transform", str(dots[0]))
    assert dots == chart.locator("path.point").evaluate_all(
        "(nodes) => nodes.map((node) => node.getAttribute('transform'))"
    )


def test_a_formula_is_typed_trained_and_refused_with_its_place(
    open_page: OpenPage, app_url: str
) -> None:
    page = open_page()
    page.goto(f"{app_url}/?loss=own&outliers=vertical")
    legend = page.get_by_role("list", name="Lines")
    expect(legend).to_contain_text("where(abs(r) < d")
    open_group(page, "Loss parameters")
    box = page.get_by_role("textbox", name="Formula")
    box.fill("abs(r)**a")
    box.press("Enter")
    expect(legend).to_contain_text("abs(r)**a (a = 1)")
    expect(page).to_have_url(re.compile("own.text=abs"))
    box.fill("abs(r")
    box.press("Enter")
    expect(page.get_by_text("the old value was kept")).to_be_visible()
    expect(legend).to_contain_text("abs(r)**a (a = 1)")
