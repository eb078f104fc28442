"""What tests of pages with a live player have in common."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

# Resolves when what a selector finds has been where it is, and as large, for ten pictures in a row.
STILL = """(selector) => new Promise((resolve) => {
  let [last, count] = ["", 0];
  const look = () => {
    const now = JSON.stringify([...document.querySelectorAll(selector)].map((node) => {
      const { x, y, width, height } = node.getBoundingClientRect();
      return [x, y, width, height];
    }));
    count = now === last ? count + 1 : 0;
    last = now;
    if (count < 10) requestAnimationFrame(look);
    else resolve(now);
  };
  document.fonts.ready.then(look);
})"""
# Resolves when no colour is still on its way to another.
CALM = """() => Promise.allSettled(document.getAnimations()
  .filter((each) => each instanceof CSSTransition).map((each) => each.finished))"""
# axe judges no colours of what is scrolled out of sight at the top.
SCROLL_UP = "() => document.querySelectorAll('*').forEach((node) => node.scrollTo(0, 0))"
# Notes in `window.moves` which chart, once drawn, has moved or changed its size, how points are
# edited, and from where to where. Whenever another way of editing begins, all begin anew.
WATCH_CHARTS = """
window.moves = [];
const places = new WeakMap();
const watch = () => {
  const mode = document.querySelector("[data-editing]")?.dataset.editing ?? "none";
  for (const node of document.querySelectorAll(".lv-figure:has(.main-svg)")) {
    const { x, y, width, height } = node.getBoundingClientRect();
    const place = [mode, x + scrollX, y + scrollY, width, height];
    const before = places.get(node);
    if (before?.[0] === mode && `${before}` !== `${place}`) {
      window.moves.push([mode, `${node.ariaLabel}: ${before} -> ${place}`]);
    }
    places.set(node, place);
  }
  requestAnimationFrame(watch);
};
addEventListener("DOMContentLoaded", watch);
"""


def settled(page: Page, selector: str = ".lv-figure") -> None:
    """Wait until the script is done and what the selector finds stands still: before a press by
    mouse, and before anything is measured in pixels."""
    app = page.get_by_test_id("stApp")
    for _ in range(20):
        expect(app).to_have_attribute("data-test-connection-state", "CONNECTED")
        expect(app).to_have_attribute("data-test-script-state", "notRunning")
        page.evaluate(STILL, selector)
        if app.get_attribute("data-test-script-state") == "notRunning":
            return
    raise AssertionError("the script never comes to rest")


def address(page: Page) -> dict[str, list[str]]:
    """The settings in the address bar; `page.url` may be one change behind."""
    return parse_qs(page.evaluate("location.search.slice(1)"))


def step(page: Page) -> Locator:
    """The words that tell the step."""
    return page.locator(".lv-step")


def to_step(page: Page, value: int) -> None:
    """Scrub to a step."""
    page.get_by_role("slider", name="Step", exact=True).fill(str(value))
    expect(step(page)).to_have_text(re.compile(f"^Step {value} of"))


def open_settings(page: Page) -> None:
    """Open the sidebar with all settings, if it is shut."""
    shut = page.get_by_test_id("stExpandSidebarButton")
    if shut.count():
        shut.press("Enter")
        expect(shut).to_have_count(0)


def more_controls(page: Page) -> None:
    """On a phone, show the controls of the player that wait behind a button."""
    page.get_by_role("button", name="More controls").press("Enter")


def open_group(page: Page, title: str) -> None:
    """Unfold a group of settings. By keyboard, as what is above it may still grow, and move it from
    under a mouse between press and release."""
    open_settings(page)
    group = page.get_by_test_id("stExpander").filter(has=page.locator("summary", has_text=title))
    group.locator("summary").first.press("Enter")
    expect(group.locator("details").first).to_have_attribute("open", "")


def pick(page: Page, group: str, option: str) -> None:
    """Choose one of a group of radio buttons, by keyboard for the same reason, once it shows which
    is chosen."""
    buttons = page.get_by_role("radiogroup", name=group)
    expect(buttons.locator("[role=radio][aria-checked=true]")).to_have_count(1)
    buttons.get_by_role("radio", name=option, exact=True).press("Space")


def press(page: Page, name: str) -> None:
    """Press a button, by keyboard for the same reason."""
    page.get_by_role("button", name=name, exact=True).press("Enter")


def drag(page: Page, place: Locator, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Drag the mouse over a place, from and to points in pixels from its top left corner."""
    settled(page)
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box
    page.mouse.move(box["x"] + start[0], box["y"] + start[1])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0], box["y"] + end[1], steps=5)
    page.mouse.up()


def in_both_themes(page: Page) -> Iterator[str]:
    """Turn the page light, and then dark, each once its colours have arrived."""
    for scheme, ground in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(18, 22, 28)")):
        page.emulate_media(color_scheme=scheme)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", ground)
        settled(page)
        page.evaluate(CALM)
        yield scheme


def serious_faults(page: Page) -> list[tuple[str, list[object]]]:
    """What axe finds on the page that is serious or critical, each with a few of its places."""
    page.evaluate(SCROLL_UP)
    return [
        (fault["id"], [node["target"] for node in fault["nodes"]][:5])
        for fault in Axe().run(page).response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
