"""The live player in a real browser, on sine curves."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from driving import drag, more_controls, settled, step, to_step
from PIL import Image
from playwright.sync_api import Page, WebSocket, expect

from lossviz.ui import assets

Serve = Callable[[str], str]
OpenPage = Callable[..., Page]
DEMO = "tests/browser/player_demo.py"
TRUE_PLOT = """(name) => {
  const gd = [...document.querySelectorAll(".lv-chart")]
    .find((node) => node.querySelector("h3").textContent === name).querySelector(".lv-plot");
  return gd.querySelector("canvas")?.hidden !== false && gd._fullData.map(
    (trace) => ({x: [...(trace.x ?? [])], y: [...(trace.y ?? [])]}));
}"""


@pytest.fixture(scope="session")
def demo(serve: Serve) -> str:
    return serve(DEMO)


def visit(page: Page, demo: str, query: str = "frames=60") -> None:
    page.goto(f"{demo}/?{query}")
    expect(page.locator(".lv-chart .main-svg").last).to_be_attached()
    page.wait_for_function("document.querySelectorAll('.lv-chart .modebar-container').length >= 4")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()  # not exact: no other name may hold it


def set_number(page: Page, label: str, value: float) -> None:
    page.get_by_label(label).fill(str(value))
    page.get_by_label(label).press("Enter")


def plotted(page: Page, chart: str, trace: int, length: int) -> dict[str, list[float]]:
    """A trace as Plotly has it, once it has drawn that many points."""
    page.wait_for_function(
        f"([name, i, n]) => {{ const t = ({TRUE_PLOT})(name); return t && t[i].x.length === n; }}",
        arg=[chart, trace, length],
    )
    return page.evaluate(TRUE_PLOT, chart)[trace]


def at_rest(page: Page) -> None:
    page.wait_for_function(
        "[...document.querySelectorAll('.lv-canvas')].every((canvas) => canvas.hidden)"
    )


def module(page: Page, demo: str, name: str, expression: str) -> Any:
    """The value of an expression in `m`, one of the player's modules."""
    url = f"{demo}/{assets.PLAYER_FOLDER}/{name}.js"
    return page.evaluate(f"import('{url}').then((m) => ({expression}))")


def test_it_opens_paused_at_the_end_with_nothing_marked(page: Page, demo: str) -> None:
    visit(page, demo)
    expect(step(page)).to_have_text("Step 59 of 59")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert len(plotted(page, "Phase", 0, 60)["x"]) == 60
    expect(page.locator(".lv-ticks i, .lv-marks button")).to_have_count(0)


def test_play_at_the_end_starts_over_and_stops_at_the_end(page: Page, demo: str) -> None:
    visit(page, demo)
    page.get_by_label("Speed").select_option("0.1")
    press(page, "Play")
    page.wait_for_function("parseInt(document.querySelector('.lv-step').textContent.slice(5)) < 50")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_label("Speed").select_option("10")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(step(page)).to_have_text("Step 59 of 59")
    expect(page.get_by_text("Reruns: 1")).to_be_visible()


def test_the_server_hears_nothing_of_playback(page: Page, demo: str) -> None:
    said: list[object] = []

    def listen(socket: WebSocket) -> None:
        for event in ("framesent", "framereceived"):
            socket.on(event, lambda frame: said.append(frame))

    page.on("websocket", listen)
    visit(page, demo)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    assert said
    said.clear()
    press(page, "Loop")
    page.get_by_label("Speed").select_option("10")
    press(page, "Play")
    page.wait_for_function("window.lossvizPlayer.redraws > 60")
    press(page, "Pause")
    to_step(page, 20)
    press(page, "Step forward")
    at_rest(page)
    assert said == []


def test_buttons_scrubbing_keys_and_arrows_step(page: Page, demo: str) -> None:
    visit(page, demo)
    for name, expected in [
        ("Step back", 58),
        ("Step back", 57),
        ("Step forward", 58),
        ("Reset", 0),
        ("Step back", 0),
    ]:
        press(page, name)
        expect(step(page)).to_have_text(f"Step {expected} of 59")
    to_step(page, 20)
    path = plotted(page, "Phase", 2, 21)
    assert path["x"] == list(range(21))
    assert path["y"][-1] == pytest.approx(0.03 * 20)
    # On the slider the arrows move by frames, too.
    for key, expected in [
        ("End", 59),
        ("ArrowLeft", 58),
        ("PageDown", 52),
        ("ArrowUp", 53),
        ("Home", 0),
    ]:
        page.get_by_role("slider", name="Step", exact=True).press(key)
        expect(step(page)).to_have_text(f"Step {expected} of 59")


def test_keys_play_and_step_but_in_a_field_are_the_field_s(page: Page, demo: str) -> None:
    visit(page, demo)
    for key, expected in [("Home", 0), ("ArrowRight", 1), ("End", 59), ("ArrowLeft", 58)]:
        page.keyboard.press(key)
        expect(step(page)).to_have_text(f"Step {expected} of 59")
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.keyboard.press("End")
    page.get_by_label("Shift").focus()
    for key in ("Home", "ArrowLeft", " "):
        page.keyboard.press(key)
    expect(step(page)).to_have_text("Step 59 of 59")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_loop_goes_round(page: Page, demo: str) -> None:
    visit(page, demo)
    press(page, "Loop")
    page.get_by_label("Speed").select_option("10")
    press(page, "Play")
    page.wait_for_function(
        """() => {
          const now = parseInt(document.querySelector(".lv-step").textContent.slice(5));
          window.turns = (window.turns ?? 0) + (now < (window.before ?? 0) ? 1 : 0);
          window.before = now;
          return window.turns > 2;
        }"""
    )
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_charts_are_never_rebuilt(page: Page, demo: str) -> None:
    visit(page, demo)
    marked = "document.querySelectorAll('.lv-plot .main-svg[data-mark], .scatterlayer[data-mark]')"
    page.evaluate(
        "document.querySelectorAll('.lv-plot .main-svg, .scatterlayer')"
        ".forEach((node) => { node.dataset.mark = 'here'; })"
    )
    before = page.evaluate(f"{marked}.length")
    page.get_by_label("Speed").select_option("10")
    press(page, "Play")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    set_number(page, "Shift", 1.0)
    plotted(page, "Waves", 0, 100)
    page.wait_for_function(f"Math.abs(({TRUE_PLOT})('Waves')[0].y[0] - Math.sin(1)) < 1e-6")
    page.emulate_media(color_scheme="dark")
    at_rest(page)
    assert before >= 12
    assert page.evaluate(f"{marked}.length") == before


def test_zoom_is_kept_over_playback_and_new_data(page: Page, demo: str) -> None:
    visit(page, demo)
    drag(page, page.locator(".lv-plot .nsewdrag").first, (100, 50), (300, 200))
    get_range = "document.querySelector('.lv-plot')._fullLayout.xaxis.range"
    page.wait_for_function(f"{get_range}[0] > 1")
    zoomed = page.evaluate(get_range)
    page.get_by_label("Speed").select_option("10")
    press(page, "Play")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert page.evaluate(get_range) == zoomed
    set_number(page, "Shift", 1.0)
    page.wait_for_function(f"Math.abs(({TRUE_PLOT})('Waves')[0].y[0] - Math.sin(1)) < 1e-6")
    assert page.evaluate(get_range) == zoomed
    page.locator(".lv-plot").first.hover()
    page.get_by_role("button", name="Show all").first.click()
    page.wait_for_function(f"{get_range}[0] === 0 && {get_range}[1] === 10")


def test_new_run_while_paused_shows_its_end_at_the_end_and_keeps_the_step_elsewhere(
    page: Page, demo: str
) -> None:
    visit(page, demo)
    set_number(page, "Shift", 1.0)
    page.wait_for_function(f"(({TRUE_PLOT})('Phase') || [{{y: []}}])[0].y[59] > 1.5")
    expect(step(page)).to_have_text("Step 59 of 59")
    to_step(page, 20)
    set_number(page, "Shift", 2.0)
    page.wait_for_function(f"(({TRUE_PLOT})('Phase') || [{{y: []}}])[0].y[20] > 2.1")
    expect(step(page)).to_have_text("Step 20 of 59")


def test_new_run_while_playing_starts_over_and_plays(page: Page, demo: str) -> None:
    visit(page, demo, "frames=500")
    to_step(page, 400)
    page.get_by_label("Speed").select_option("0.1")
    press(page, "Play")
    set_number(page, "Shift", 1.0)
    expect(step(page)).to_have_text(re.compile(r"^Step \d{1,2} of 499"))
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_a_longer_prefix_goes_on_from_the_same_step_and_playback_waits_at_its_end(
    page: Page, demo: str
) -> None:
    visit(page, demo, "frames=30&total=80")
    expect(step(page)).to_have_text("Step 29 of 80")
    to_step(page, 10)
    set_number(page, "Frames", 40)
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "39")
    expect(step(page)).to_have_text("Step 10 of 80")
    page.get_by_label("Speed").select_option("10")
    press(page, "Play")
    expect(step(page)).to_have_text("Step 39 of 80")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    set_number(page, "Frames", 81)
    expect(step(page)).to_have_text("Step 80 of 80")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)


def test_stop_and_actions_reach_python_once(page: Page, demo: str) -> None:
    visit(page, demo, "frames=30&total=80")
    press(page, "New seed")
    expect(page.get_by_text("Clicked: new_seed. Reruns: 2.")).to_be_visible()
    press(page, "Stop")
    expect(page.get_by_text("Clicked: stop. Reruns: 3.")).to_be_visible()


def test_the_address_holds_the_step_and_all_else(page: Page, demo: str) -> None:
    visit(page, demo, "b=2&view.step=30&frames=60&a=1")
    expect(step(page)).to_have_text("Step 30 of 59")
    to_step(page, 20)
    page.wait_for_url("**/?b=2&view.step=20&frames=60&a=1")
    set_number(page, "Shift", 1.0)
    expect(page.get_by_text("Reruns: 2")).to_be_visible()
    page.wait_for_url("**/?b=2&view.step=20&frames=60&a=1")
    page.reload()
    expect(step(page)).to_have_text("Step 20 of 59")
    page.keyboard.press("End")
    page.wait_for_url("**/?b=2&frames=60&a=1")


def point(page: Page, chart: int, trace: int, row: int) -> tuple[float, float]:
    """Where a point of Plotly's is on the screen."""
    x, y = page.evaluate(
        """([chart, trace, row]) => {
          const gd = document.querySelectorAll(".lv-plot")[chart];
          const {xaxis, yaxis} = gd._fullLayout._plots.xy;
          const {x, y} = gd._fullData[trace];
          const box = gd.getBoundingClientRect();
          return [box.x + xaxis._offset + xaxis.c2p(x[row]),
                  box.y + yaxis._offset + yaxis.c2p(y[row])];
        }""",
        [chart, trace, row],
    )
    return x, y


def test_hovering_a_row_rings_it_everywhere_with_a_card_that_follows_the_step(
    page: Page, demo: str
) -> None:
    visit(page, demo)
    rings, card = page.locator(".lv-ring:visible"), page.locator(".lv-card")
    page.mouse.move(*point(page, 0, 0, 0))
    expect(card).to_contain_text("height 0.5564")  # sin(0.59), the slow wave at step 59
    page.keyboard.press("Home")
    expect(card).to_contain_text("height 0,")
    for speed in (None, "0.1"):
        if speed:
            page.get_by_label("Speed").select_option(speed)
            press(page, "Play")
        page.mouse.move(*point(page, 0, 0, 30))
        expect(rings, f"played at {speed}").to_have_count(4)
        expect(card).to_contain_text("Point 31")
        expect(card).to_contain_text(re.compile(r"middle\s*height .*, share .*\s%"))
        page.keyboard.press("Escape")
        expect(rings).to_have_count(0)
        expect(card).to_be_hidden()


def test_the_table_tells_the_step_and_is_read_out_at_rest(page: Page, demo: str) -> None:
    visit(page, demo)
    voice = page.locator("[aria-live=polite].lv-voice")
    expect(voice).to_have_text("")
    to_step(page, 20)
    expect(page.get_by_role("row", name="middle")).to_contain_text("0.4000")
    expect(page.get_by_role("table", name="Waves at this step")).to_be_visible()
    sentence = "Step 20 of 59. slow: Phase 0.2000; middle: Phase 0.4000; fast: Phase 0.6000."
    expect(voice).to_have_text(sentence)
    page.get_by_label("Speed").select_option("0.1")
    press(page, "Play")
    # While it plays it moves on and says nothing.
    expect(step(page)).to_have_text(re.compile(r"^Step (2[2-9]|[345]\d) of 59$"))
    expect(voice).to_have_text(sentence)


def test_the_canvas_draws_what_plotly_draws(page: Page, demo: str) -> None:
    visit(page, demo, "frames=60&view.step=40")
    at_rest(page)
    worst = module(
        page,
        demo,
        "pens",
        """[...document.querySelectorAll(".lv-plot")].flatMap((gd) => gd._fullData.map((trace, i) =>
        {
          if (trace.type !== "scatter") return 0;
          const ends = [];
          let at = [0, 0];
          const put = (x, y) => ends.push([at[0] + x, at[1] + y]);
          const context = new Proxy({}, {get: (_, name) => ({
            moveTo: put, lineTo: put,
            translate: (x, y) => { at = [at[0] + x, at[1] + y]; },
            fill: () => put(0, 0),
          })[name] ?? (() => {}), set: () => true});
          const all = {x: {nested: trace.x}, y: {nested: trace.y}};
          const track = {trace: i, mode: "grow", arrays: all, rowAt: () => trace.x.length - 1};
          m.createPen(gd, track).draw(context, 0);
          const group = [...gd.querySelectorAll(".scatterlayer > .trace")][
            gd._fullData.filter((one) => one.type === "scatter").indexOf(trace)];
          const {xaxis, yaxis} = gd._fullLayout._plots.xy;
          const texts = [...group.querySelectorAll(".js-line")].map((n) => n.getAttribute("d"))
            .concat([...group.querySelectorAll(".point")].map((n) => n.getAttribute("transform")));
          const theirs = texts.flatMap((text) => text.match(/-?[\\d.]+,-?[\\d.]+/g)
            .map((pair) => pair.split(",").map(Number)));
          if (!theirs.length) return NaN;
          // Plotly leaves out points on a straight line, so each of its points must be ours.
          return Math.max(...theirs.map(([x, y]) => Math.min(...ends.map(([a, b]) =>
            Math.hypot(a - xaxis._offset - x, b - yaxis._offset - y)))));
        }))""",
    )
    assert len(worst) == 4 + 7 + 3 + 3
    assert max(worst) < 0.02


def test_only_the_canvas_shows_moving_traces_while_playing(page: Page, demo: str) -> None:
    visit(page, demo, "frames=500")
    press(page, "Play")
    hidden = "[...document.querySelectorAll('.scatterlayer > .trace')].filter("
    hidden += "(node) => getComputedStyle(node).visibility === 'hidden').length"
    page.wait_for_function(f"{hidden} === 3 + 6 + 3 + 3")
    press(page, "Pause")
    at_rest(page)
    assert page.evaluate(hidden) == 0


def test_a_trace_hidden_by_the_legend_stays_hidden(page: Page, demo: str) -> None:
    visit(page, demo)
    page.locator(".legendtoggle").first.click()
    gone = "document.querySelectorAll('.lv-plot')[2].querySelectorAll('.trace path.js-line').length"
    page.wait_for_function(f"{gone} === 2")
    page.get_by_label("Speed").select_option("10")
    press(page, "Play")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    at_rest(page)
    assert page.evaluate(gone) == 2


def test_charts_follow_the_width_the_size_and_the_theme(page: Page, demo: str) -> None:
    visit(page, demo)
    width = "document.querySelector('.lv-plot .main-svg').getBoundingClientRect().width"
    wide = page.evaluate(width)
    page.set_viewport_size({"width": 900, "height": 900})
    page.wait_for_function(f"{width} < {wide} - 100")
    size = "parseFloat(document.querySelector('.lv-plot .xtick text').style.fontSize)"
    normal = page.evaluate(size)
    page.get_by_text("Presentation").click()
    page.wait_for_function(f"{size} === 1.5 * {normal}")
    expect(step(page)).to_have_text("Step 59 of 59")
    ink = "getComputedStyle(document.querySelector('.lv-plot .xtick text')).fill"
    text = "getComputedStyle(document.querySelector('.lv-player')).color"
    light = page.evaluate(ink)
    assert light == page.evaluate(text)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{ink} !== '{light}'")
    assert page.evaluate(ink) == page.evaluate(text)


def test_the_controls_stay_in_sight(page: Page, demo: str) -> None:
    visit(page, demo)
    page.locator(".lv-table").scroll_into_view_if_needed()
    press(page, "Reset")  # refuses what is covered
    expect(step(page)).to_be_in_viewport()
    expect(step(page)).to_have_text("Step 0 of 59")
    top = page.locator(".lv-toolbar").bounding_box()
    assert top
    assert 50 <= top["y"] <= 70


def test_it_fits_a_phone(open_page: OpenPage, demo: str) -> None:
    page = open_page(width=360, height=740)
    visit(page, demo)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    lefts = page.locator(".lv-chart").evaluate_all("nodes => nodes.map((n) => n.offsetLeft)")
    assert len(set(lefts)) == 1
    small = page.locator(".lv-toolbar button, .lv-toolbar select").evaluate_all(
        "nodes => nodes.filter((n) => n.offsetWidth && (n.offsetWidth < 40 || n.offsetHeight < 40))"
    )
    assert small == []


def test_a_path_in_space_grows_and_keeps_its_camera(page: Page, demo: str) -> None:
    page.goto(f"{demo}/?frames=40&movie=space")
    expect(page.locator(".gl-container canvas")).to_be_attached()
    expect(step(page)).to_have_text("Step 39 of 39")
    drag(page, page.locator(".lv-plot"), (200, 200), (300, 230))
    camera = "document.querySelector('.lv-plot')._fullLayout.scene.camera.eye.x"
    page.wait_for_function(f"Math.abs({camera} - 1.4) > 0.05")
    turned = page.evaluate(camera)
    to_step(page, 10)
    assert plotted(page, "Space", 0, 11)["x"][0] == 1
    assert page.evaluate(camera) == pytest.approx(turned)


def test_a_missing_file_is_said_in_a_sentence(
    open_page: OpenPage, demo: str, console_errors: list[str]
) -> None:
    page = open_page(apart=True)
    page.route("**/plotly.min.js", lambda route: route.abort())
    page.goto(f"{demo}/?frames=60")
    expect(page.get_by_role("alert").filter(has_text="could not be loaded")).to_be_visible()
    console_errors.clear()


# --- pictures, words, marks and choices ---------------------------------------------------------

PICTURES = "frames=200&movie=pictures"
# How far each heatmap's pen is from Plotly's picture: the largest difference of a colour, of all
# pixels or of the middle ones of the cells.
FAR_OFF = """Promise.all([...document.querySelectorAll(".lv-plot")].slice(0, 2).flatMap((gd) =>
  [...gd.querySelectorAll(".heatmaplayer > .hm")].map(async (group) => {
    const [{trace, x, y}] = group.__data__;
    const {xaxis, yaxis} = gd._fullLayout._plots[`${trace.xaxis}${trace.yaxis}`];
    const [ours, theirs] = [0, 1].map(() => {
      const canvas = document.createElement("canvas");
      Object.assign(canvas, {width: gd.clientWidth, height: gd.clientHeight});
      return canvas.getContext("2d");
    });
    const flat = trace.z.flatMap((row) => [...row]);
    const track = {trace: trace.index, mode: "replace", arrays: {z: {flat}}, rowAt: () => 0};
    const pen = m.createPen(gd, track);
    pen.draw(ours, 0);
    const node = group.querySelector("image");
    const picture = new Image();
    picture.src = node.getAttribute("href") ?? node.getAttribute("xlink:href");
    await picture.decode();
    const at = (name) => Number(node.getAttribute(name));
    theirs.translate(xaxis._offset, yaxis._offset);
    theirs.drawImage(picture, at("x"), at("y"), at("width"), at("height"));
    const inside = (px, py) =>
      px >= 2 && py >= 2 && px < xaxis._length - 2 && py < yaxis._length - 2;
    const spots = trace.zsmooth
      ? [...Array(xaxis._length * yaxis._length | 0).keys()].map((k) =>
        [k % (xaxis._length | 0), k / (xaxis._length | 0) | 0])
      : x.slice(1).flatMap((right, i) => y.slice(1).map((top, j) =>
        [xaxis.c2p((x[i] + right) / 2), yaxis.c2p((y[j] + top) / 2)]));
    const [a, b] = [ours, theirs].map((context) =>
      context.getImageData(0, 0, gd.clientWidth, gd.clientHeight).data);
    let [worst, seen] = [0, 0];
    for (const [px, py] of spots) {
      if (!inside(px, py)) continue;
      const [column, row] = [px + xaxis._offset, py + yaxis._offset].map(Math.floor);
      const k = 4 * (row * gd.clientWidth + column);
      if (b[k + 3] === 0) continue;
      seen++;
      for (let c = 0; c < 4; c++) worst = Math.max(worst, Math.abs(a[k + c] - b[k + c]));
    }
    return [pen.below, seen, worst];
  })))"""


def test_the_canvas_has_the_colours_of_plotly_s_heatmaps(page: Page, demo: str) -> None:
    visit(page, demo, PICTURES)
    for zoomed in (False, True):
        if zoomed:
            for plot in page.locator(".lv-plot .nsewdrag.drag[data-subplot=x2y2]").all():
                drag(page, plot, (40, 60), (160, 180))
            page.wait_for_function(
                "[...document.querySelectorAll('.lv-plot')].slice(0, 2)"
                ".every((gd) => gd._fullLayout.xaxis2.range[0] > -1.9)"
            )
        at_rest(page)
        found = module(page, demo, "pens", FAR_OFF)
        assert len(found) == 4, zoomed
        for below, seen, worst in found:
            assert below, zoomed
            assert seen > 300, zoomed
            assert worst <= 8, zoomed  # Plotly rounds to whole pixels; half of one is that much


def test_heatmaps_move_on_the_canvas_and_points_stay_above(page: Page, demo: str) -> None:
    visit(page, demo, PICTURES)
    at_rest(page)
    page.get_by_label("Speed").select_option("0.1")
    press(page, "Play")
    page.evaluate("window.seen = new Set()")
    page.wait_for_function(
        """() => {
          const gd = document.querySelector(".lv-plot");
          const canvas = gd.querySelector(".lv-canvas");
          if (canvas.hidden) return false;
          window.seen.add(canvas.toDataURL());
          return window.seen.size > 3;
        }"""
    )
    order = """[...document.querySelectorAll(".lv-plot")].map((gd) =>
      [...gd.querySelectorAll(".main-svg, .lv-canvas:not([hidden])")]
        .map((node) => node.tagName).join(" "))"""
    assert page.evaluate(order)[:2] == ["CANVAS svg CANVAS svg svg"] * 2
    shown = "[...document.querySelectorAll('.hm')].map((node) => getComputedStyle(node).visibility)"
    assert page.evaluate(shown) == ["hidden"] * 4 + ["visible"]
    plot = page.locator(".lv-plot").first
    image = Image.open(BytesIO(plot.screenshot())).convert("RGB")
    places = plot.evaluate(
        """(gd) => {
          const {xaxis, yaxis} = gd._fullLayout._plots.x2y2;
          const {x, y} = gd._fullData[3];
          return [...x].map((one, i) =>
            [xaxis._offset + xaxis.c2p(one), yaxis._offset + yaxis.c2p(y[i])]);
        }"""
    )
    colours = [image.getpixel((int(x), int(y))) for x, y in places]
    assert len(colours) == 300
    assert sum(colour == (255, 0, 0) for colour in colours) > 290  # a few lie on the edge


def test_plotly_s_heatmaps_and_the_canvas_are_never_seen_together(page: Page, demo: str) -> None:
    visit(page, demo, PICTURES)
    at_rest(page)
    page.evaluate(
        """() => {
          window.seen = [];
          const plots = [...document.querySelectorAll(".lv-plot")].slice(0, 2);
          const look = () => plots.forEach((gd) => {
            const canvas = gd.querySelector(".main-svg").previousElementSibling;
            const ours = Boolean(canvas?.matches(".lv-canvas:not([hidden])"));
            for (const group of gd.querySelectorAll(".hm")) {
              window.seen.push([ours, getComputedStyle(group).visibility === "visible"]);
            }
          });
          plots.forEach((gd) => new MutationObserver(look).observe(
            gd, {subtree: true, childList: true, attributeFilter: ["hidden", "style"]}));
        }"""
    )
    for at in (20, 40, 60):
        to_step(page, at)
        page.wait_for_function("window.seen.some(([ours]) => ours)")
        at_rest(page)
    pairs = {tuple(pair) for pair in page.evaluate("window.seen")}
    assert pairs == {(True, False), (False, True)}


def test_a_grid_is_seen_through_clear_colours_alone_and_equal_axes_stay_equal(
    page: Page, demo: str
) -> None:
    visit(page, demo, PICTURES)
    ratio = """(() => {
      const {xaxis2: x, yaxis2: y} = document.querySelector(".lv-plot")._fullLayout;
      const unit = (axis) => axis._length / (axis.range[1] - axis.range[0]);
      return unit(x) / unit(y);
    })()"""
    assert page.evaluate(ratio) == pytest.approx(1)
    page.get_by_label("Speed").select_option("0.1")
    press(page, "Play")
    page.wait_for_function("window.lossvizPlayer.redraws > 10")
    shown = page.locator(".lv-plot").evaluate_all(
        """(plots) => plots.slice(0, 2).map(
          (gd) => getComputedStyle(gd.querySelector(".gridlayer > .x")).visibility)"""
    )
    assert shown == ["hidden", "visible"]
    assert page.evaluate(ratio) == pytest.approx(1)
    press(page, "Pause")
    at_rest(page)
    assert page.evaluate(ratio) == pytest.approx(1)


def test_what_no_pen_can_draw_moves_through_plotly(page: Page, demo: str) -> None:
    visit(page, demo, PICTURES)
    press(page, "Play")
    page.wait_for_function(
        """(what) => {
          window.seen = window.seen ?? what.map(() => new Set());
          what.map((each) => document.querySelector(each)).forEach(
            (node, i) => window.seen[i].add(node.getAttribute("d") ?? node.textContent));
          return window.seen.every(({size}) => size > 4);
        }""",
        arg=[".textpoint text", ".heatmap-label", ".bars .point path"],
    )
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_words_and_numbers_are_those_of_the_step(page: Page, demo: str) -> None:
    visit(page, demo, PICTURES)
    to_step(page, 20)
    words = page.locator(".textpoint")
    expect(words).to_have_text(["at 20", "still"])
    expect(page.locator(".heatmap-label")).to_have_text(["20", "21", "22", "23"])
    # Of several tables the first is the key and is read out.
    first = page.get_by_role("table", name="First").get_by_role("row")
    expect(first).to_contain_text(["Step", "20"])
    expect(first.locator(".lv-number")).to_have_text(["Step", "Part", "20", "10.0 %"])
    expect(page.get_by_role("table", name="Second").get_by_role("row")).to_contain_text(
        ["Count", "21"]
    )
    expect(page.get_by_role("list", name="Lines").get_by_role("listitem")).to_have_text(["line"])
    voice = page.locator("[aria-live=polite].lv-voice")
    expect(voice).to_have_text("Step 20 of 199. line: Step 20, Part 10.0 %.")
    for at, said in [(3, ""), (20, "at 20"), (4, ""), (10, "at 10")]:
        to_step(page, at)
        expect(words).to_have_text([said, "still"])


def test_a_mark_is_a_tick_and_a_button_that_goes_there(page: Page, demo: str) -> None:
    visit(page, demo, PICTURES)
    press(page, "Play")
    press(page, "Best")
    expect(step(page)).to_have_text("Step 12 of 199")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.keyboard.press("End")
    page.get_by_role("button", name="Best").focus()
    page.keyboard.press("Enter")
    expect(step(page)).to_have_text("Step 12 of 199")
    slider = page.get_by_role("slider", name="Step", exact=True).bounding_box()
    tick = page.locator(".lv-ticks i").first.bounding_box()
    assert slider
    assert tick
    thumb = 20  # pixels
    middle = slider["x"] + thumb / 2 + 12 / 199 * (slider["width"] - thumb)
    assert tick["x"] + tick["width"] / 2 == pytest.approx(middle, abs=1)


def test_many_marks_take_one_line(page: Page, demo: str) -> None:
    visit(page, demo, f"{PICTURES}&marks=8")
    marks = page.locator(".lv-marks button")
    expect(marks).to_have_count(8)
    for width in (1400, 390):
        page.set_viewport_size({"width": width, "height": 900})
        if width < 700:
            more_controls(page)
        settled(page, ".lv-buttons, .lv-marks, .lv-marks button")
        boxes = marks.evaluate_all("nodes => nodes.map((n) => [n.offsetTop, n.offsetWidth])")
        assert len({top for top, _ in boxes}) == 1, width
        assert max(size for _, size in boxes) <= 256, width
        edges = page.locator(".lv-buttons, .lv-marks").evaluate_all(
            "nodes => nodes.map((n) => n.getBoundingClientRect().right)"
        )
        assert max(edges) <= width
        last = page.get_by_role("button", name=re.compile("a name that is long, 7"))
        expect(last).to_have_attribute("title", re.compile("is long, 7: go to step 140"))
        to_step(page, 0)
        last.click()
        expect(step(page), f"{width} wide").to_have_text("Step 140 of 199")


def test_a_click_on_a_linked_point_reports_its_row(page: Page, demo: str) -> None:
    visit(page, demo, PICTURES)
    page.mouse.click(*point(page, 0, 2, 7))
    expect(page.get_by_text("Clicked: row 1007. Reruns: 2.")).to_be_visible()
    page.get_by_label("Speed").select_option("0.1")
    press(page, "Play")
    page.mouse.click(*point(page, 0, 2, 8))
    expect(page.get_by_text("Clicked: row 1008. Reruns: 3.")).to_be_visible()


def test_a_drag_from_a_linked_point_is_no_click(page: Page, demo: str) -> None:
    visit(page, demo, PICTURES)
    x, y = point(page, 0, 2, 7)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 60, steps=5)
    page.mouse.up()
    page.wait_for_function("document.querySelector('.lv-plot')._fullLayout.xaxis.range[1] < 1.99")
    press(page, "New seed")
    expect(page.get_by_text("Clicked: new_seed. Reruns: 2.")).to_be_visible()


def test_a_click_says_nothing_where_no_row_can_be_chosen(page: Page, demo: str) -> None:
    visit(page, demo)
    page.mouse.click(*point(page, 0, 0, 30))
    press(page, "New seed")
    expect(page.get_by_text("Clicked: new_seed. Reruns: 2.")).to_be_visible()
