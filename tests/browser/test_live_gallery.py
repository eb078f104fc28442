"""The loss gallery in a real browser."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from driving import address, drag, serious_faults, settled
from playwright.sync_api import Page, expect

from lossviz.ui import assets

OpenPage = Callable[..., Page]
PLOT = ".lv-plot"
LAYOUT = f"document.querySelector('{PLOT}')._fullLayout"
RANGES = f"[{LAYOUT}.xaxis.range, {LAYOUT}.yaxis.range]"
# The largest value of the second curve, which is the slope.
STEEPEST = f"Math.max(...document.querySelector('{PLOT}').calcdata[1].map((point) => point.y))"


def visit(page: Page, url: str, query: str = "") -> None:
    page.goto(f"{url}/losses?{query}")
    ready(page)


def ready(page: Page) -> None:
    expect(page.locator(f"{PLOT} .legend")).to_be_visible()
    expect(page.get_by_role("button", name="Measure the time of each")).to_be_visible()


def test_a_link_opens_on_the_gallery_even_if_nobody_was_here_before(
    page: Page, app_url: str
) -> None:
    visit(page, app_url, "show=huber&show=cauchy&huber.delta=2")
    expect(page.get_by_role("link", name="Playground", exact=True)).to_be_visible()
    expect(page.locator(f"{PLOT} .legendtext").first).to_have_text("Huber (δ = 2)")
    assert address(page) == {"show": ["huber", "cauchy"], "huber.delta": ["2"]}


def test_a_slider_by_keyboard_moves_the_chart_and_keeps_the_focus_and_the_zoom(
    page: Page, app_url: str
) -> None:
    visit(page, app_url, "show=huber&huber.delta=2")
    whole = page.evaluate(RANGES)
    drag(page, page.locator(PLOT), (300, 100), (600, 250))
    page.wait_for_function(f"String({RANGES}) !== String({whole})")
    zoomed = page.evaluate(f"document.querySelector('{PLOT}').here = true, {RANGES}")
    slider = page.get_by_role("slider", name="Huber: δ")
    slider.focus()
    for delta in ("2.5", "3"):
        page.keyboard.press("ArrowRight")
        page.wait_for_url(re.compile(f"huber.delta={delta}$"))
    expect(slider).to_be_focused()
    expect(page.locator(f"{PLOT} .legendtext").first).to_have_text("Huber (δ = 3)")
    # Its slope rises to δ.
    page.wait_for_function(f"{STEEPEST} === 3")
    expect(page.locator(".katex").nth(1)).to_contain_text("3")
    assert page.evaluate(f"document.querySelector('{PLOT}').here")
    assert page.evaluate(RANGES) == zoomed
    settled(page, PLOT)
    # A double click shows all that is there now: the loss at 5 is 3 (5 - 3/2). At first it was 8.
    page.locator(PLOT).dblclick(position={"x": 500, "y": 150})
    page.wait_for_function(f"{LAYOUT}.xaxis.range[1] === 5 && {LAYOUT}.yaxis.range[1] > 10.5")


def test_its_chart_stands_still_is_saved_and_needs_but_one_plotly(page: Page, app_url: str) -> None:
    fetched: set[str] = set()
    page.on("request", lambda request: fetched.add(request.url))
    visit(page, app_url, "show=huber&huber.delta=2")
    settled(page, PLOT)
    page.locator(PLOT).hover()
    page.keyboard.press("Home")  # the key to the first step where there are steps
    expect(page.locator(".lv-toolbar, .lv-tables, .lv-voice")).to_have_count(0)
    with page.expect_download() as waiting:
        page.locator("[data-title='Download as SVG']").click()
    assert waiting.value.suggested_filename == "lossviz-gallery-chart.svg"
    picture = ElementTree.parse(waiting.value.path()).getroot()
    assert {"Loss, slope and curvature", "Huber (δ = 2)", "slope L′"} <= set(picture.itertext())
    assert address(page) == {"show": ["huber"], "huber.delta": ["2"]}
    ours = f"{app_url}/{assets.PLAYER_FOLDER}/"
    plotlies = {url for url in fetched if "plotly" in url.lower() and not url.startswith(ours)}
    assert plotlies == {f"{app_url}/{assets.PLOTLY_URL}"}


def test_a_reload_keeps_everything_and_back_goes_back(page: Page, app_url: str) -> None:
    visit(page, app_url, "show=huber&huber.delta=2")
    page.get_by_role("slider", name="Huber: δ").press("ArrowRight")
    page.wait_for_url(re.compile(r"huber.delta=2\.5$"))
    page.reload()
    ready(page)
    expect(page.locator(f"{PLOT} .legendtext").first).to_have_text("Huber (δ = 2.5)")
    page.go_back()
    expect(page.locator(f"{PLOT} .legendtext").first).to_have_text("Huber (δ = 2)")
    expect(page.get_by_role("slider", name="Huber: δ")).to_have_attribute("aria-valuetext", "2")


def test_train_with_it_opens_the_playground_on_that_loss(page: Page, app_url: str) -> None:
    visit(page, app_url, "show=huber&huber.delta=2")
    page.get_by_role("link", name="Train with it").press("Enter")
    expect(page.locator(".lv-chart")).to_have_count(4)
    expect(page.locator(".lv-player table").first).to_contain_text("Huber (δ = 2)")
    page.wait_for_url(lambda url: urlsplit(url).path == "/")
    assert address(page) == {"loss": ["huber"], "huber.delta": ["2"]}


def test_the_pages_keep_their_own_settings(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/?loss=cauchy&cauchy.c=1.5")
    expect(page.locator(".lv-chart")).to_have_count(4)
    page.get_by_role("link", name="Losses", exact=True).press("Enter")
    ready(page)
    page.get_by_role("slider", name="Huber: δ").press("ArrowRight")
    page.wait_for_url(re.compile(r"huber.delta=1\.2"))
    page.get_by_role("link", name="Playground", exact=True).press("Enter")
    expect(page.locator(".lv-chart")).to_have_count(4)
    page.wait_for_url(re.compile("cauchy.c=1.5"))
    assert address(page) == {"loss": ["cauchy"], "cauchy.c": ["1.5"]}
    page.get_by_role("link", name="Losses", exact=True).press("Enter")
    ready(page)
    page.wait_for_url(re.compile(r"huber.delta=1\.2"))


def test_it_can_be_read_from_afar_and_times_are_measured_on_request(
    page: Page, app_url: str
) -> None:
    visit(page, app_url, "show=huber")
    size = "(node) => parseFloat(getComputedStyle(node).fontSize)"
    assert page.locator(".katex").first.evaluate(size) >= 18
    assert page.locator(f"{PLOT} .xtick text").first.evaluate(size) >= 14
    page.get_by_role("button", name="Measure the time of each").press("Enter")
    expect(page.get_by_text("Milliseconds on this server")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1280)])
def test_nothing_scrolls_sideways_and_axe_finds_no_serious_fault(
    open_page: OpenPage, app_url: str, scheme: str, width: int
) -> None:
    page = open_page(color_scheme=scheme, width=width, height=800)
    visit(page, app_url, "show=squared_error&show=huber&show=tukey&show=quantile")
    settled(page, PLOT)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator(PLOT).bounding_box()
    assert box
    assert box["x"] + box["width"] <= width
    visit(page, app_url, "show=huber&show=log_cosh")
    assert serious_faults(page) == []
