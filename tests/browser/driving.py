"""What tests of pages with a live player have in common."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect


def step(page: Page) -> Locator:
    """The words that tell the step."""
    return page.locator(".lv-step")


def to_step(page: Page, value: int) -> None:
    """Scrub to a step."""
    page.get_by_role("slider", name="Step").fill(str(value))
    expect(step(page)).to_have_text(re.compile(f"^Step {value} of"))


def open_group(page: Page, title: str) -> None:
    """Unfold a group of settings. By keyboard, as what is above it may still grow, and move it from
    under a mouse between press and release."""
    group = page.get_by_test_id("stExpander").filter(has=page.locator("summary", has_text=title))
    group.locator("summary").first.press("Enter")
    expect(group.locator("details").first).to_have_attribute("open", "")


def pick(page: Page, group: str, option: str) -> None:
    """Choose one of a group of radio buttons, by keyboard for the same reason, once it shows which
    is chosen."""
    buttons = page.get_by_role("radiogroup", name=group)
    expect(buttons.locator("[role=radio][aria-checked=true]")).to_have_count(1)
    buttons.get_by_role("radio", name=option, exact=True).press("Space")


def drag(page: Page, place: Locator, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Drag the mouse over a place, from and to points in pixels from its top left corner."""
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box
    page.mouse.move(box["x"] + start[0], box["y"] + start[1])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0], box["y"] + end[1], steps=5)
    page.mouse.up()


def serious_faults(page: Page) -> list[tuple[str, list[object]]]:
    """What axe finds on the page that is serious or critical, each with a few of its places."""
    return [
        (fault["id"], [node["target"] for node in fault["nodes"]][:5])
        for fault in Axe().run(page).response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
