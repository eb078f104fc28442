"""Knobs on the stage, in a real browser: held by mouse, by finger and by keys, and let go."""

import re
from collections.abc import Callable

from driving import address, open_group, settled, step, to_step
from playwright.sync_api import Locator, Page, expect

OpenPage = Callable[..., Page]
# How many rows the chart shows as outliers, and what its lines end at.
SPOILED = """document.querySelector(".lv-plot").data
  .filter(({ name, mode }) => mode === "markers" && /outlier/.test(name))
  .reduce((sum, { x }) => sum + x.length, 0)"""
COUNT = """() => {
  window.pushes = 0;
  const push = history.pushState;
  history.pushState = (...all) => { window.pushes++; push.apply(history, all); };
}"""
THUMB = 20  # pixels that it is wide


def visit(page: Page, url: str, query: str = "", charts: int = 4) -> None:
    page.goto(f"{url}/?{query}")
    expect(page.locator(".lv-chart")).to_have_count(charts)
    count = "(n) => document.querySelectorAll('.lv-chart .modebar-container').length >= n"
    page.wait_for_function(count, arg=charts)
    expect(page.locator(".lv-working")).to_be_hidden(timeout=60_000)
    settled(page)
    page.evaluate("document.querySelectorAll('.lv-plot').forEach((p) => { p.dataset.mark = '1'; })")
    page.evaluate(COUNT)


def knob(page: Page, name: str) -> Locator:
    return page.locator(".lv-knobs").get_by_role("slider", name=name, exact=True)


def place(slider: Locator, at: float) -> tuple[float, float]:
    """The middle of the thumb at such a place."""
    slider.scroll_into_view_if_needed()
    box, last = slider.bounding_box(), float(slider.get_attribute("max") or 0)
    assert box
    return box["x"] + THUMB / 2 + at / last * (box["width"] - THUMB), box["y"] + box["height"] / 2


def spoiled(page: Page, count: int) -> None:
    page.wait_for_function(f"{SPOILED} === {count}")


def marked(page: Page) -> int:
    return page.locator(".lv-plot[data-mark]").count()


def test_the_charts_follow_a_held_knob_and_the_page_when_it_is_let_go(
    page: Page, app_url: str, console_errors: list[str]
) -> None:
    visit(page, app_url)
    slider = knob(page, "Outliers")
    expect(slider).to_have_attribute("aria-valuetext", "9 of 60")
    open_group(page, "Outliers")
    widget = page.get_by_test_id("stSlider").filter(has_text="Share").get_by_role("slider").first
    expect(widget).to_have_attribute("aria-valuetext", "0.15")
    settled(page)
    before = page.evaluate("location.search")
    page.mouse.move(*place(slider, 9))
    page.mouse.down()
    for count in (12, 15, 20):
        page.mouse.move(*place(slider, count), steps=5)
        expect(slider).to_have_attribute("aria-valuetext", f"{count} of 60")
        spoiled(page, count)
    expect(page.locator(".lv-knob").first).to_contain_text("20 of 60")
    assert page.evaluate("location.search") == before
    expect(widget).to_have_attribute("aria-valuetext", "0.15")
    page.mouse.up()
    page.wait_for_function("location.search.includes('vertical.share=0.33')")
    expect(widget).to_have_attribute("aria-valuetext", "0.33")
    expect(slider).to_have_attribute("aria-valuetext", "20 of 60")
    spoiled(page, 20)
    assert page.evaluate("window.pushes") == 1
    assert marked(page) == 4
    expect(page.get_by_role("slider", name="How far")).to_be_visible()  # the example's, as before
    page.go_back()  # the whole move at once
    spoiled(page, 9)
    expect(slider).to_have_attribute("aria-valuetext", "9 of 60")
    expect(widget).to_have_attribute("aria-valuetext", "0.15")
    assert "vertical.share" not in address(page)
    assert marked(page) == 4
    assert console_errors == []


def test_the_last_value_always_arrives_and_no_answer_moves_the_knob_back(
    page: Page, app_url: str
) -> None:
    visit(page, app_url)
    slider = knob(page, "Outliers")
    page.evaluate("""window.seen = [];
      const number = document.querySelector(".lv-knob-number");
      new MutationObserver(() => window.seen.push(parseInt(number.textContent)))
        .observe(number, { childList: true, characterData: true, subtree: true });""")
    page.mouse.move(*place(slider, 9))
    page.mouse.down()
    page.mouse.move(*place(slider, 25), steps=60)
    page.mouse.up()
    spoiled(page, 25)
    page.wait_for_function("location.search.includes('vertical.share=')")
    settled(page)
    seen = page.evaluate("window.seen")
    assert seen == sorted(seen)
    assert seen[-1] == 25
    assert page.evaluate("window.pushes") == 1
    spoiled(page, 25)


def test_keys_turn_a_knob(page: Page, app_url: str) -> None:
    visit(page, app_url)
    slider = knob(page, "Outliers")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    spoiled(page, 12)
    for key, count in (("Home", 0), ("End", 29), ("PageDown", 26), ("ArrowLeft", 25)):
        page.keyboard.press(key)
        expect(slider).to_have_attribute("aria-valuetext", f"{count} of 60")
        spoiled(page, count)
    expect(slider).to_be_focused()
    page.wait_for_function("location.search.includes('vertical.share=0.41')")
    expect(slider).to_be_focused()
    assert marked(page) == 4


def test_a_knob_keeps_the_step_that_is_on_show_and_playback_ends(page: Page, app_url: str) -> None:
    visit(page, app_url)
    to_step(page, 40)
    knob(page, "Learning rate").press("ArrowLeft")
    page.wait_for_function("location.search.includes('lr=0.015')")
    expect(step(page)).to_have_text("Step 40 of 150")
    to_step(page, 0)  # where all begin alike
    knob(page, "How far").press("ArrowRight")
    expect(step(page)).to_have_text("Step 150 of 150")


def test_of_several_values_the_last_is_turned(page: Page, app_url: str) -> None:
    visit(page, app_url, "loss=squared_error&lr=0.1&lr=0.6&lr=0.73&steps=60")
    slider = knob(page, "Learning rate")
    expect(page.locator(".lv-knob").first).to_contain_text("beside 0.1 and 0.6")
    slider.press("ArrowLeft")
    page.wait_for_url(re.compile("lr=0.1&lr=0.6&lr=0.5&"))
    expect(page.locator(".lv-legend li")).to_have_count(3)
    slider.press("ArrowRight")
    page.wait_for_url(re.compile("lr=0.1&lr=0.6&lr=0.73&|lr=0.1&lr=0.6&lr=0.8&"))


def test_a_finger_turns_a_knob(open_page: OpenPage, app_url: str) -> None:
    page = open_page(width=390, height=844, apart=True)
    fingers = page.context.new_cdp_session(page)
    fingers.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    visit(page, app_url)
    slider = knob(page, "Outliers")

    def touched(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touched("touchStart", *place(slider, 9))
    for count in (11, 14, 18):
        touched("touchMove", *place(slider, count))
    expect(slider).to_have_attribute("aria-valuetext", "18 of 60")
    spoiled(page, 18)
    assert "vertical.share" not in address(page)
    touched("touchEnd")
    page.wait_for_function("location.search.includes('vertical.share=0.3')")
    spoiled(page, 18)


def test_what_takes_long_goes_on_while_the_knob_is_held(page: Page, app_url: str) -> None:
    link = "data=sine&sine.n=500&outliers=vertical&loss=huber&model=mlp&mlp.width=16&steps=6000"
    visit(page, app_url, link)
    slider = knob(page, "How far")
    page.mouse.move(*place(slider, 7))
    page.mouse.down()
    page.mouse.move(*place(slider, 12), steps=3)
    expect(slider).to_have_attribute("aria-valuetext", "6.5")
    expect(step(page)).to_have_text("Step 6,000 of 6,000", timeout=60_000)
    expect(page.locator(".lv-working")).to_be_hidden()
    assert "vertical.size" not in address(page)
    page.mouse.up()
    page.wait_for_function("location.search.includes('vertical.size=6.5')")
    expect(step(page)).to_have_text("Step 6,000 of 6,000")
    assert marked(page) == 4
