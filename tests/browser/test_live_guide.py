"""The guide to losses in a real browser."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from driving import address, serious_faults, settled
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]
QUERY = "data=line&outliers=vertical"
# The titles of axes that reach out of the chart.
CUT = """() => {
  const chart = document.querySelector(".lv-plot");
  const { left, right } = chart.getBoundingClientRect();
  const titles = [...chart.querySelectorAll("[class$=title] text")];
  const box = (title) => title.getBoundingClientRect();
  const isCut = (title) => box(title).left < left || box(title).right > right;
  return titles.length ? titles.filter(isCut).map((title) => title.textContent) : ["none"];
}"""


def visit(page: Page, url: str, query: str = QUERY) -> None:
    page.goto(f"{url}/choose?{query}")
    expect(page.get_by_role("button", name="Prove it by cross-validation")).to_be_visible()


def test_the_advice_carries_everything_into_the_playground_and_back(
    page: Page, app_url: str
) -> None:
    visit(page, app_url, f"{QUERY}&view.cost=mean")
    page.get_by_role("link", name="Open Huber").press("Enter")
    expect(page.locator(".lv-chart")).to_have_count(4)
    page.wait_for_url(lambda url: urlsplit(url).path == "/" and "huber.delta" in url)
    found = address(page)
    assert (found["outliers"], found["loss"]) == (["vertical"], ["huber"])
    assert found["view.cost"] == ["mean"]
    assert float(found["huber.delta"][0]) > 0
    page.get_by_role("link", name="Which loss?").press("Enter")
    expect(page.get_by_role("combobox", name="What do errors cost?")).to_have_value(
        "I want the average (totals matter)"
    )


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_the_proof_is_drawn_and_axe_finds_no_serious_fault(
    open_page: OpenPage, app_url: str, width: int, scheme: str
) -> None:
    page = open_page(width=width, height=900, color_scheme=scheme)
    visit(page, app_url)
    page.get_by_role("button", name="Prove it by cross-validation").press("Enter")
    expect(page.locator(".lv-plot .xtick text").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    settled(page, ".lv-plot")
    assert page.evaluate(CUT) == []
    assert serious_faults(page) == []
