"""Points that are edited in the live player, in a real browser, and a line that follows them."""

import re
from collections.abc import Callable

import pytest
from driving import settled, step, to_step
from playwright.sync_api import Page, expect

Serve = Callable[[str], str]
OpenPage = Callable[..., Page]
RANGES = """["xaxis", "yaxis", "xaxis2", "yaxis2"].map(
  (name) => document.querySelector(".lv-plot")._fullLayout[name].range.map(Number))"""
# Where a place of a panel is on the screen, and where Plotly's marker of a point is.
PLACE = """([panel, x, y]) => {
  const gd = document.querySelector(".lv-plot");
  const {xaxis, yaxis} = gd._fullLayout._plots[`x${panel}y${panel}`];
  const box = gd.getBoundingClientRect();
  return [box.x + xaxis._offset + xaxis.c2p(x), box.y + yaxis._offset + yaxis.c2p(y)];
}"""
MARKER = """([trace, i]) => {
  const group = [...document.querySelectorAll(".lv-plot .scatterlayer > .trace")]
    .find((node) => node.__data__[0].trace.index === trace);
  const box = group?.querySelectorAll(".point")[i]?.getBoundingClientRect();
  return box ? [box.x + box.width / 2, box.y + box.height / 2] : [NaN, NaN];
}"""
LEFT, RIGHT = "", "2"  # panels


@pytest.fixture(scope="session")
def demo(serve: Serve) -> str:
    return serve("tests/browser/points_demo.py")


def visit(page: Page, demo: str, mode: str) -> None:
    page.goto(demo)
    page.wait_for_function("document.querySelectorAll('.lv-chart .modebar-container').length >= 2")
    settled(page)
    switch(page, mode)


def switch(page: Page, mode: str) -> None:
    page.get_by_test_id("stRadio").get_by_text(mode, exact=True).click()
    here = "" if mode == "none" else f'="{mode}"'
    expect(page.locator(f".lv-figure[data-editing{here}]")).to_have_count(int(mode != "none"))


def place(page: Page, panel: str, x: float, y: float) -> tuple[float, float]:
    across, up = page.evaluate(PLACE, [panel, x, y])
    return across, up


def marker_is_at(page: Page, trace: int, i: int, panel: str, x: float, y: float) -> None:
    """Waits until a point is drawn at its place, wherever the axes have that by then."""
    page.wait_for_function(
        f"([index, where]) => {{ const [[a, b], [x, y]] = [({MARKER})(index), ({PLACE})(where)];"
        " return Math.hypot(a - x, b - y) < 1.5; }",
        arg=[[trace, i], [panel, x, y]],
    )


def cursor(page: Page, kind: str) -> None:
    expect(page.locator(".lv-figure").first).to_have_attribute("data-cursor", kind)


def said(page: Page, words: str) -> None:
    """What Python heard last; numbers by a pattern."""
    pattern = words.replace(".", r"\.")
    expect(page.get_by_text(re.compile(rf"^Said: {pattern}\.$"))).to_be_visible()


def kinds(page: Page, words: str) -> None:
    expect(page.get_by_text(f"Kinds: {words}.")).to_be_visible()


def test_a_dragged_point_follows_and_the_line_with_it(
    page: Page, demo: str, console_errors: list[str]
) -> None:
    visit(page, demo, "drag")
    to_step(page, 10)
    height = page.get_by_role("row", name="line").locator("td")
    ranges = page.evaluate(RANGES)
    x, y = place(page, LEFT, 4.0, 5.0)
    page.mouse.move(x + 3, y + 2)
    cursor(page, "grab")
    under = f"getComputedStyle(document.elementFromPoint({x + 3}, {y + 2})).cursor"
    assert page.evaluate(under) == "grab"
    page.mouse.down()
    top = place(page, LEFT, 4.0, 7.0)
    page.mouse.move(top[0] + 3, top[1] + 2, steps=8)
    cursor(page, "grabbing")
    marker_is_at(page, 0, 3, LEFT, 4.0, 7.0)  # where it was taken up, the finger is beside it
    marker_is_at(page, 2, 3, RIGHT, 4.0, 7.0)
    said(page, "drag 3 4 7")
    expect(step(page)).to_have_text("Step 38 of 38")
    before = height.inner_text()
    # Above the plot it stays at its edge, and the axes where they are.
    page.mouse.move(top[0] + 3, 1, steps=3)
    edge = f"{ranges[1][1]:.2f}"
    said(page, f"drag 3 4 {edge}")
    expect(height).not_to_have_text(before)
    assert page.evaluate(RANGES) == ranges
    page.mouse.up()
    said(page, f"drop 3 4 {edge}")
    kinds(page, "drop")
    page.wait_for_function(f"({RANGES})[1][1] > {ranges[1][1]}")
    marker_is_at(page, 0, 3, LEFT, 4.0, float(edge))
    cursor(page, "")
    expect(page.get_by_text("Reruns: 1.")).to_be_visible()  # of the page: edits rerun a part of it
    assert console_errors == []


def test_a_zoom_survives_a_drag_on_a_logarithmic_axis(page: Page, demo: str) -> None:
    visit(page, demo, "drag")
    start, end = place(page, RIGHT, 0.5, 6.0), place(page, RIGHT, 50.0, 2.5)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.mouse.up()
    page.wait_for_function(f"({RANGES})[2][1] < 1.9")
    ranges = page.evaluate(RANGES)
    page.mouse.move(*place(page, RIGHT, 5.0, 4.5))
    page.mouse.down()
    page.mouse.move(*place(page, RIGHT, 20.0, 3.0), steps=4)
    marker_is_at(page, 2, 4, RIGHT, 20.0, 3.0)
    page.mouse.up()
    said(page, "drop 4 (20|19.9|20.1) (3|2.99|3.01)")
    # The other panel shows all of the new points, this one what it showed.
    page.wait_for_function(f"({RANGES})[0][1] > 20")
    assert page.evaluate(RANGES)[2:] == ranges[2:]


def test_what_is_taken_back_or_refused_goes_back(page: Page, demo: str) -> None:
    visit(page, demo, "drag")
    home = place(page, LEFT, 2.0, 3.5)
    page.mouse.move(*home)
    page.mouse.down()
    page.mouse.move(*place(page, LEFT, 3.0, 6.0), steps=4)
    said(page, "drag 1 3 6")
    page.keyboard.press("Escape")
    said(page, "drop 1 2 3.5")
    marker_is_at(page, 0, 1, LEFT, 2.0, 3.5)
    page.mouse.up()
    page.mouse.click(*home)  # a press that does not move the point is nothing
    page.mouse.move(*place(page, RIGHT, 3.0, 3.0))
    page.mouse.down()
    page.mouse.move(*place(page, RIGHT, 60.0, 3.0))
    page.mouse.up()
    kinds(page, "drop drop")
    marker_is_at(page, 2, 2, RIGHT, 3.0, 3.0)


def test_what_stands_by_a_held_point_follows_it_through_python(page: Page, demo: str) -> None:
    visit(page, demo, "drag")
    page.mouse.move(*place(page, LEFT, 8.0, 7.0))
    page.mouse.down()
    for x, y in [(7.5, 6.0), (6.0, 4.0), (7.0, 3.0)]:
        page.mouse.move(*place(page, LEFT, x, y), steps=2)
        said(page, f"drag 5 {x:g} {y:g}")
        marker_is_at(page, 1, 0, LEFT, x, y)
        marker_is_at(page, 5, 0, LEFT, x, y)  # a ring, of which the browser knows nothing
    page.mouse.up()
    said(page, "drop 5 7 3")
    page.wait_for_function(f"({RANGES})[0][1] < 7.5")
    marker_is_at(page, 5, 0, LEFT, 7.0, 3.0)


def test_points_are_added_removed_and_marked(page: Page, demo: str) -> None:
    visit(page, demo, "add")
    for x, y in [(6.0, 3.0), (6.5, 2.5)]:  # as quick as a double click, which Plotly answers
        page.mouse.click(*place(page, LEFT, x, y))
    kinds(page, "add add")
    said(page, "add None 6.5 2.5")
    marker_is_at(page, 0, 6, LEFT, 6.5, 2.5)
    page.mouse.move(*place(page, LEFT, 6.5, 2.5))
    cursor(page, "")
    page.mouse.move(*place(page, LEFT, 7.0, 4.0))
    cursor(page, "copy")
    switch(page, "remove")
    page.mouse.click(*place(page, LEFT, 1.0, 2.0))
    kinds(page, "add add remove")
    said(page, "remove 0 1 2")
    marker_is_at(page, 0, 0, LEFT, 2.0, 3.5)
    switch(page, "mark")
    page.mouse.click(*place(page, RIGHT, 2.0, 3.5))
    said(page, "mark 0 2 3.5")
    marker_is_at(page, 1, 0, LEFT, 2.0, 3.5)
    page.mouse.move(*place(page, RIGHT, 3.0, 3.0))
    cursor(page, "pointer")


def test_fingers_drag_points_where_they_may(open_page: OpenPage, demo: str) -> None:
    page = open_page(width=400, apart=True)
    fingers = page.context.new_cdp_session(page)
    fingers.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    visit(page, demo, "drag")
    touch = "getComputedStyle(document.querySelector('.lv-plot')).touchAction"
    assert page.evaluate(touch) == "none"
    (x, y), end = place(page, LEFT, 4.0, 5.0), place(page, LEFT, 4.0, 3.0)

    def touched(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touched("touchStart", x + 12, y + 12)  # fingers are blunt
    for part in (0.2, 0.6, 1.0):
        touched("touchMove", x + 12, y + 12 + part * (end[1] - y))
    marker_is_at(page, 0, 3, LEFT, 4.0, 3.0)
    touched("touchEnd")
    said(page, "drop 3 4 (3|2.99|3.01)")
    switch(page, "none")
    assert page.evaluate(touch) == "auto"
