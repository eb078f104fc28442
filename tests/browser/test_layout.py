"""Charts keep their place once they are drawn: nothing moves from under a finger."""

from collections.abc import Callable

import pytest
from driving import WATCH_CHARTS, settled
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
    for name, mode, count in (("Edit points", "drag", 1), ("Done editing", "none", 0)):
        page.get_by_role("button", name=name).press("Enter")
        expect(page.locator(".lv-figure[data-editing]")).to_have_count(count)
        settled(page)
        moves = page.evaluate("window.moves.splice(0)")
        assert [move for during, move in moves if during == mode] == []
