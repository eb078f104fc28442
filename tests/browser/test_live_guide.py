"""The guide to losses in a real browser."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from driving import serious_faults
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]
QUERY = "data=line&outliers=vertical"


def visit(page: Page, url: str) -> None:
    page.goto(f"{url}/choose?{QUERY}")
    expect(page.get_by_role("button", name="Prove it by cross-validation")).to_be_visible()


def test_the_advice_carries_everything_into_the_playground(page: Page, app_url: str) -> None:
    visit(page, app_url)
    page.get_by_role("link", name="Open Huber").click()
    expect(page.locator(".lv-chart")).to_have_count(4)
    assert urlsplit(page.url).path == "/"
    found = dict(parse_qsl(urlsplit(page.url).query))
    assert (found["outliers"], found["loss"]) == ("vertical", "huber")
    assert float(found["huber.delta"]) > 0


@pytest.mark.parametrize("width", [390, 1280])
def test_the_proof_is_drawn_and_axe_finds_no_serious_fault(
    open_page: OpenPage, app_url: str, width: int
) -> None:
    page = open_page(width=width, height=900)
    visit(page, app_url)
    page.get_by_role("button", name="Prove it by cross-validation").click()
    expect(page.locator(".js-plotly-plot .xtick").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious_faults(page) == []
