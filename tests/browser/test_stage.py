"""What a visitor sees first: one chart that is large and whole, others that change places with it,
the story, and chips for the data and the losses."""

import re
from collections.abc import Callable

import pytest
from driving import address, press, serious_faults, settled
from playwright.sync_api import Page, expect

from lossviz.views.examples import PRESETS

OpenPage = Callable[..., Page]

SIZES = [(1280, 720), (1440, 900), (1920, 1080), (390, 844)]
# Some that differ most: a line, two losses of classes, a network, many features, real data.
EXAMPLES = [0, 8, 13, 18, 21]
PLACES = """() => Object.fromEntries([...document.querySelectorAll('.lv-chart')].map((node) => {
  const { left, top, right, bottom } = node.getBoundingClientRect();
  const name = node.dataset.role + ' ' + node.querySelector('h3').textContent;
  return [name, [left, top, right, bottom]];
}))"""
HERO = "[data-role=hero]"


def opened(open_page: OpenPage, url: str, width: int = 1280, height: int = 720) -> Page:
    page = open_page(width=width, height=height)
    page.goto(url)
    expect(page.locator(f"{HERO} .modebar-container")).to_have_count(1)
    settled(page)
    return page


def meet(a: list[float], b: list[float]) -> bool:
    """Whether two boxes have more than a pixel in common."""
    return min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_large_chart_is_whole_and_nearly_a_third_of_the_first_screen(
    open_page: OpenPage, app_url: str, width: int, height: int
) -> None:
    page = opened(open_page, app_url, width, height)
    for number in EXAMPLES:
        page.goto(f"{app_url}/?{PRESETS[number].query}")
        expect(page.get_by_role("heading", level=1)).to_have_text(PRESETS[number].title)
        expect(page.locator(f"{HERO} .modebar-container")).to_have_count(1)
        settled(page)
        places = page.evaluate(PLACES)
        [(left, top, right, bottom)] = [box for name, box in places.items() if "hero" in name]
        assert (right - left) * (bottom - top) >= 0.3 * width * height, number
        assert left >= 0, number
        assert top >= 0, number
        assert right <= width, number
        assert bottom <= height, number
        boxes = list(places.values())
        assert not any(meet(a, b) for k, a in enumerate(boxes) for b in boxes[:k]), number
        play = page.get_by_role("button", name="Play", exact=True)
        expect(play).to_be_in_viewport(ratio=1)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_small_picture_changes_places_with_the_large_chart(
    open_page: OpenPage, app_url: str
) -> None:
    page, asked = open_page(), []
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: asked.append(data)))
    page.goto(f"{app_url}/?loss=squared_error&loss=huber")
    hero = page.locator(f"{HERO} h3")
    expect(hero).to_have_text("Fit")
    settled(page)
    asked.clear()
    mark = "document.querySelectorAll('.lv-plot').forEach((gd) => { gd.dataset.mark = '1'; })"
    page.evaluate(mark)
    page.get_by_role("button", name="Enlarge: Convergence").click()
    expect(hero).to_have_text("Convergence")
    page.wait_for_url(re.compile("view.hero=convergence"))
    page.get_by_role("button", name="Enlarge: Loss and its slope").press("Enter")
    expect(hero).to_have_text("Loss and its slope")
    page.wait_for_url(re.compile("view.hero=shape"))
    settled(page)
    assert page.locator(".lv-plot[data-mark='1']").count() == 4
    assert asked == []  # of the server
    page.reload()
    expect(hero).to_have_text("Loss and its slope")
    assert address(page)["view.hero"] == ["shape"]
    page.get_by_role("button", name="Enlarge: Fit").press("Enter")
    expect(hero).to_have_text("Fit")
    page.wait_for_function("!location.search.includes('view.hero')")


def test_an_example_opens_on_a_large_chart_of_its_own_whatever_was_large_before(
    open_page: OpenPage, app_url: str
) -> None:
    page = opened(open_page, f"{app_url}/?view.hero=convergence")
    hero = page.locator(f"{HERO} h3")
    expect(hero).to_have_text("Convergence")
    press(page, "›")
    expect(page.get_by_role("heading", level=1)).to_have_text(PRESETS[1].title)
    expect(hero).to_have_text("Fit")
    page.wait_for_function("!location.search.includes('view.hero')")
    press(page, "‹")
    expect(page.get_by_role("heading", level=1)).to_have_text(PRESETS[0].title)


def test_data_and_losses_are_chips_two_taps_from_any_other(
    open_page: OpenPage, app_url: str
) -> None:
    page = opened(open_page, f"{app_url}/?loss=squared_error&loss=huber")
    press(page, "Loss")
    page.get_by_role("menuitem", name="MAE – Mean absolute error").press("Enter")
    page.wait_for_url(re.compile("loss=absolute_error"))
    press(page, "MSE")
    press(page, "Switch off")
    page.wait_for_function("!location.search.includes('squared_error')")
    assert address(page) == {"loss": ["huber", "absolute_error"]}
    press(page, "Huber")
    delta = page.get_by_test_id("stPopoverBody").get_by_role("spinbutton")
    delta.fill("0.5")
    delta.press("Enter")
    page.wait_for_url(re.compile("huber.delta=0.5"))
    press(page, "Show its surface")
    expect(page.locator(f"{HERO} h3")).to_have_text(re.compile("Loss surface: Huber"))
    assert address(page)["view.surface"] == ["huber"]
    page.keyboard.press("Escape")
    press(page, "Straight line")
    page.get_by_role("menuitem", name="Sine wave").press("Enter")
    page.wait_for_url(re.compile("data=sine"))
    assert address(page)["huber.delta"] == ["0.5"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_on_the_first_screen(
    open_page: OpenPage, app_url: str, scheme: str
) -> None:
    page = open_page(height=720, color_scheme=scheme)
    page.goto(app_url)
    expect(page.locator(f"{HERO} .modebar-container")).to_have_count(1)
    settled(page)
    assert serious_faults(page) == []
