"""Charts keep their place once they are drawn, and what stands beside each other is in line."""

from collections.abc import Callable

import pytest
from driving import WATCH_CHARTS, more_controls, settled
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]


def opened(open_page: OpenPage, url: str, width: int) -> Page:
    page = open_page(width=width, apart=True)
    page.add_init_script(WATCH_CHARTS)
    page.goto(url)
    expect(page.locator(".lv-chart .modebar-container")).to_have_count(4)
    settled(page)
    return page


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("query", ["", "data=moons&loss=log_loss&loss=hinge"])
def test_charts_keep_their_place_while_the_page_opens_and_is_edited(
    open_page: OpenPage, app_url: str, query: str, width: int
) -> None:
    page = opened(open_page, f"{app_url}/?{query}", width)
    assert page.evaluate("window.moves.splice(0)") == []
    # The bar above the charts moves them before they can be edited, and then no more.
    if width < 700:
        more_controls(page)
        settled(page)
    for name, mode, count in (("Edit points", "drag", 1), ("Done editing", "none", 0)):
        page.get_by_role("button", name=name).press("Enter")
        expect(page.locator(".lv-figure[data-editing]")).to_have_count(count)
        settled(page)
        moves = page.evaluate("window.moves.splice(0)")
        assert [move for during, move in moves if during == mode] == []


def written_at(page: Page, selector: str) -> list[float]:
    """The font sizes of what a selector finds, in pixels."""
    size = "nodes => nodes.map(node => parseFloat(getComputedStyle(node).fontSize))"
    return page.locator(selector).evaluate_all(size)


@pytest.mark.parametrize("path", ["losses", "choose"])
def test_headings_are_smaller_the_deeper_they_are(
    open_page: OpenPage, app_url: str, path: str
) -> None:
    page = open_page()
    page.goto(f"{app_url}/{path}")
    expect(page.locator("h3").first).to_be_visible()
    settled(page, "h1, h2, h3")
    title, *others = written_at(page, "h1")
    assert others == []
    assert (
        title
        > max(written_at(page, "h2"))
        >= min(written_at(page, "h2"))
        > max(written_at(page, "h3"))
    )


def test_buttons_of_a_group_stand_in_one_row_on_a_phone(open_page: OpenPage, app_url: str) -> None:
    page = open_page(width=390)
    page.goto(f"{app_url}/?data=iris&model=mlp")
    group = page.get_by_role("radiogroup", name="Show")
    expect(group.get_by_role("radio")).to_have_count(3)
    more_controls(page)
    page.get_by_role("button", name="Edit points").press("Enter")
    for name in ("Undo", "Redo", "Rows as a table"):
        expect(page.get_by_role("button", name=name)).to_be_visible()
    settled(page, "[role=radio], button")
    top = "nodes => nodes.map(node => node.getBoundingClientRect().y)"
    assert len(set(group.get_by_role("radio").evaluate_all(top))) == 1
    bar = page.locator(".st-key-editing-bar button[kind]")
    assert len(set(bar.evaluate_all(top)[:2])) == 1  # undo beside redo


def test_labels_beside_each_other_are_in_line(open_page: OpenPage, app_url: str) -> None:
    page = open_page(width=1440)
    page.goto(f"{app_url}/choose?outliers=vertical")
    expect(page.get_by_role("radiogroup", name="Direction")).to_be_visible()
    settled(page, "[data-testid=stWidgetLabel]")
    tops = {
        words: page.get_by_test_id("stWidgetLabel").filter(has_text=words).bounding_box()
        for words in ("Share", "Size", "Direction", "Where")
    }
    places = [box["y"] for box in tops.values() if box]
    assert len(places) == len(tops)
    assert max(places) - min(places) <= 2


def test_what_a_column_is_taken_for_is_shown_whole(open_page: OpenPage, app_url: str) -> None:
    page = open_page()
    page.goto(app_url)
    page.get_by_role("button", name="Use your own data").press("Enter")
    page.get_by_role("radiogroup", name="Where from").get_by_role("radio").last.press("Space")
    rows = [["day", *"abcdefghi"]]  # more columns than there is room for
    rows += [[f"2024-0{row}-03", *map(str, range(row, row + 9))] for row in (1, 2, 3)]
    page.get_by_role("textbox", name="Rows, such as").fill("\n".join(map(",".join, rows)))
    page.keyboard.press("Control+Enter")
    choices = page.locator(".lossviz-preview select")
    expect(choices).to_have_count(10)
    expect(choices.first.locator("option").first).to_have_text("Not used: date")
    missing = """nodes => nodes.map(node => {
      const shown = node.offsetWidth;
      Object.assign(node.style, { minWidth: "0", width: "max-content" });
      return node.offsetWidth - shown;
    })"""
    assert max(choices.evaluate_all(missing)) <= 0
