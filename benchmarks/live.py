"""What one sees: playback, the way from a control to the charts, and opening the page.

Each is held against the least that the same browser and the same Streamlit can do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import count
from statistics import median

from playwright.sync_api import Browser, Page, ViewportSize

import lossviz
from benchmarks.ratios import Ratio
from benchmarks.serving import Server, browser_path, browsing, serving, unwatched
from lossviz.player import payload
from lossviz.views.panels import playground

PLAYBACK, GLANCE, IDLE = 60.0, 20.0, 10.0  # seconds
CHANGES, VISITS = 15, 7
REST = 100  # ms in which the charts beside the one that is edited are drawn
MOONS = "data=moons&loss=log_loss&loss=hinge&steps=500"
NETWORK = "data=moons&loss=log_loss&model=mlp&steps=500"
# Pages that play: what they show, their link, how many charts they have.
CLASSES = (
    ("decision regions of two losses", MOONS, 4),
    ("a network's decision regions", NETWORK, 4),
    ("the network's panel", f"{NETWORK}&view.panel=network", 3),
)
LEAST = 20  # redraws a second
# Pages whose points are dragged.
EDITED = {
    "two losses on rows of one's own": "data=table&loss=squared_error&loss=huber",
    "the welcome page": "",
}
# Pages whose knobs are turned: which knob, and the link.
TURNED = {
    "three losses on the welcome page, their outliers' number": ("Outliers", ""),
    "their distance": ("How far", ""),
    "the rate": ("Learning rate", ""),
}
THUMB = 20  # pixels that it is wide
DRAG_ECHO = "benchmarks/pages/drag_echo.py"
LOOK_AWAY = 5.0  # seconds in which a page must have opened
SCREEN: ViewportSize = {"width": 1440, "height": 1000}
# Charts are there when Plotly has drawn all.
CHARTS = "(count) => document.querySelectorAll('.lv-chart .modebar-container').length >= count"
IDLE_SCRIPT = "[data-testid=stApp][data-test-script-state=notRunning]"
AT_REST = "[...document.querySelectorAll('.lv-canvas')].every((canvas) => canvas.hidden)"
NODES = "document.querySelectorAll('.lv-plot')"
ZOOM = f"{NODES}[2]._fullLayout.xaxis.range"

# Animation frames a second of a page that does nothing else.
FRAME_RATE = """(seconds) => new Promise((resolve) => {
  let [first, count] = [null, 0];
  requestAnimationFrame(function tick(now) {
    first ??= now;
    if (now - first >= 1000 * seconds) resolve((1000 * count) / (now - first));
    else { count++; requestAnimationFrame(tick); }
  });
})"""

# Redraws of all charts a second.
REDRAW_RATE = """(seconds) => new Promise((resolve) => {
  const [start, before] = [performance.now(), window.lossvizPlayer.redraws];
  setTimeout(() => resolve(
    (1000 * (window.lossvizPlayer.redraws - before)) / (performance.now() - start),
  ), 1000 * seconds);
})"""

# Milliseconds from the next such event to the next change under a node, into `window.took`.
STOPWATCH = """([selector, filter, event]) => {
  window.took = null;
  let start = null;
  document.addEventListener(event, () => { start = performance.now(); },
    { capture: true, once: true });
  const observer = new MutationObserver(() => {
    if (start === null) return;
    window.took = performance.now() - start;
    observer.disconnect();
  });
  observer.observe(document.querySelector(selector), filter);
}"""


# Where a point is on the screen.
POINT = """() => {
  const box = document.querySelectorAll(".lv-plot .point")[2].getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""


def measure() -> Iterator[Ratio]:
    """All ratios of the live page."""
    with ExitStack() as stack:
        app = stack.enter_context(serving("app.py"))
        empty = stack.enter_context(serving("benchmarks/pages/empty.py"))
        echo = stack.enter_context(serving("benchmarks/pages/echo.py"))
        path = browser_path()
        browser = stack.enter_context(browsing(path))
        yield from opening(browser, path, app, empty)
        yield from changing(browser, app, echo)
        drag_echo = stack.enter_context(serving(DRAG_ECHO))
        yield from dragging(browser, app, drag_echo)
        yield from turning(browser, app, drag_echo)
        yield from playing(browser, app)
        yield from playing_classes(browser, app)
    yield sending()


def opening(browser: Browser, path: str, app: Server, empty: Server) -> Iterator[Ratio]:
    """A first visit each time: nothing in the browser's cache, but servers that are warm."""
    ours, theirs = in_turn(
        lambda: visit(browser, path, app, "lossviz chart"),
        lambda: visit(browser, path, empty, "text"),
        rounds=VISITS,
    )
    yield Ratio(
        "opening to the first chart, drawn, over opening an empty page to its text",
        f"{ours:.0f} ms",
        f"{theirs:.0f} ms",
        ours / theirs,
        "<= 2",
    )


def visit(browser: Browser, path: str, server: Server, mark: str) -> float:
    """Milliseconds from the start of navigation to the first mark of this name."""
    with unwatched(path, server.url, LOOK_AWAY) as port:
        reader = browser.browser_type.connect_over_cdp(f"http://127.0.0.1:{port}")
        pages = [page for context in reader.contexts for page in context.pages]
        (page,) = (page for page in pages if page.url.startswith(server.url))
        found = f"performance.getEntriesByName('{mark}')[0]?.startTime"
        return page.wait_for_function(found).json_value()


def changing(browser: Browser, app: Server, echo: Server) -> Iterator[Ratio]:
    """Another learning rate, each time one that no cache knows."""
    rates = iter(f"0.0{number}" for number in range(301, 999))
    links = {"the welcome page": "", "two losses on moons": MOONS, "a network on moons": NETWORK}
    pages = [visited(browser, app, link) for link in links.values()]
    bare = visited(browser, echo)
    for page in pages:
        page.bring_to_front()  # the browser draws nothing that is hidden
        page.wait_for_function(CHARTS, arg=4)
        page.get_by_test_id("stSidebar").locator("summary", has_text="Descent").click()

    def redrawn(page: Page) -> Callable[[], float]:
        shown: dict[str, object] = {"attributeFilter": ["data-shown"]}
        return lambda: change(page, next(rates), ".lv-player", shown)

    *charts, text = in_turn(
        *map(redrawn, pages),
        lambda: change(bare, next(rates), ".benchmark", {"childList": True}),
        rounds=CHANGES,
    )
    for what, took, target in zip(links, charts, ("<= 1.5", "", ""), strict=True):
        yield Ratio(
            f"from a control to all charts redrawn over a bare echo component: {what}",
            f"{took:.0f} ms",
            f"{text:.0f} ms",
            took / text,
            target,
        )
    for page in (*pages, bare):
        page.context.close()


def change(page: Page, rate: str, selector: str, what: dict[str, object]) -> float:
    page.bring_to_front()
    box = page.get_by_role("spinbutton", name="Learning rate")
    box.fill(rate)
    page.evaluate(STOPWATCH, [selector, what, "keydown"])
    box.press("Enter")
    took = page.wait_for_function("window.took").json_value()
    page.wait_for_selector(IDLE_SCRIPT)
    page.wait_for_function(AT_REST)  # what follows is not to be slowed by this page
    return took


def dragging(browser: Browser, app: Server, echo: Server) -> Iterator[Ratio]:
    """A held point from place to place, each time one that no cache knows, and the runs' fits,
    which follow it through Python."""
    pages, bare = [visited(browser, app, link) for link in EDITED.values()], visited(browser, echo)
    measures: list[Callable[[], float]] = []
    for page in pages:
        page.bring_to_front()
        page.wait_for_function(CHARTS, arg=4)
        page.get_by_role("button", name="Edit points").click()
        page.wait_for_selector(".lv-figure[data-editing=drag]")
        page.wait_for_selector(IDLE_SCRIPT)
        page.wait_for_function(AT_REST)
        at = page.evaluate(POINT)
        page.mouse.move(*at)
        page.mouse.down()
        page.mouse.move(at[0] + 20, at[1])
        page.wait_for_selector(".lv-figure[data-cursor=grabbing]")
        shown: dict[str, object] = {"attributeFilter": ["data-shown"]}
        places = rightwards(at[0] + 30, at[1], 1.0)
        measures.append(partial(moved, page, places, ".lv-player", shown))
    yield from over_echo("a held point's move to the fits redrawn", EDITED, measures, bare)
    for page in (*pages, bare):
        page.context.close()


def moved(
    page: Page, places: Iterator[tuple[float, float]], selector: str, what: dict[str, object]
) -> float:
    """Milliseconds from the mouse's move to its next place to the next change under a node."""
    page.bring_to_front()
    page.evaluate(STOPWATCH, [selector, what, "pointermove"])
    page.mouse.move(*next(places))
    took = page.wait_for_function("window.took").json_value()
    page.wait_for_selector(IDLE_SCRIPT)
    page.wait_for_timeout(REST)  # the other charts are not to slow what follows
    return took


def over_echo(
    way: str, names: Iterable[str], measures: Sequence[Callable[[], float]], bare: Page
) -> Iterator[Ratio]:
    """What is measured of each of these, from a move of the mouse on, over the bare component."""
    *found, text = in_turn(*measures, echoed(bare), rounds=CHANGES)
    for name, took in zip(names, found, strict=True):
        yield Ratio(
            f"from {way} over a bare echo component: {name}",
            f"{took:.0f} ms",
            f"{text:.0f} ms",
            took / text,
            "<= 1.5",
        )


def echoed(bare: Page) -> Callable[[], float]:
    """The same for the bare component."""
    bare.bring_to_front()
    bare.wait_for_selector(".benchmark")
    box = bare.locator(".benchmark").bounding_box()
    assert box is not None
    places = rightwards(box["x"], box["y"] + 5, 1.0)
    return partial(moved, bare, places, ".benchmark", {"childList": True})


def rightwards(x: float, y: float, step: float) -> Iterator[tuple[float, float]]:
    """Places on the screen, each a step in pixels further to the right."""
    return ((x + step * k, y) for k in count())


def turning(browser: Browser, app: Server, echo: Server) -> Iterator[Ratio]:
    """A held knob from place to place, each time one that no cache knows, and the first chart,
    which follows it through Python."""
    pages, bare = (
        [visited(browser, app, link) for _, link in TURNED.values()],
        visited(browser, echo),
    )
    measures: list[Callable[[], float]] = []
    for page, (knob, _) in zip(pages, TURNED.values(), strict=True):
        page.bring_to_front()
        page.wait_for_function(CHARTS, arg=4)
        page.wait_for_selector(IDLE_SCRIPT)
        page.wait_for_function(AT_REST)
        slider = page.get_by_role("slider", name=knob)
        slider.scroll_into_view_if_needed()
        box, last = slider.bounding_box(), float(slider.get_attribute("max") or 0)
        assert box is not None
        x, y = box["x"] + THUMB / 2, box["y"] + box["height"] / 2
        rung = (box["width"] - THUMB) / last
        page.mouse.move(x + rung, y)
        page.mouse.down()
        places = rightwards(x + 2 * rung, y, rung)
        shown: dict[str, object] = {"attributeFilter": ["data-shown"]}
        measures.append(partial(moved, page, places, ".lv-player", shown))
    yield from over_echo("a held knob's move to the first chart", TURNED, measures, bare)
    for page in (*pages, bare):
        page.context.close()


def playing(browser: Browser, app: Server) -> Iterator[Ratio]:
    """The welcome page in a loop, between two looks at what the browser can do at best."""
    before = frame_rate(browser)
    page = marked(browser, app, "", 4)
    zoom = zoomed(page)
    cpu = app.cpu_seconds()
    redraws = played(page, PLAYBACK)
    cpu = app.cpu_seconds() - cpu
    kept = still_marked(page)
    is_zoomed = page.evaluate(ZOOM) == zoom
    page.context.close()
    idle = (before + frame_rate(browser)) / 2
    yield Ratio(
        "redraws of four charts a second over an idle page's animation frames",
        f"{redraws:.1f} a second",
        f"{idle:.1f} a second",
        redraws / idle,
        ">= 0.9",
    )
    yield Ratio(
        "charts that were never rebuilt meanwhile, and one that kept its zoom",
        f"{kept} and {is_zoomed:d}",
        "4 and 1",
        (kept + is_zoomed) / 5,
        ">= 1",
    )
    yield Ratio(
        "the server's processor time over the time of playback",
        f"{cpu:.2f} s",
        f"{PLAYBACK:.0f} s",
        cpu / PLAYBACK,
        "<= 0.01",
    )


def playing_classes(browser: Browser, app: Server) -> Iterator[Ratio]:
    """The same for pages of classifiers, whose regions are pictures."""
    for what, link, charts in CLASSES:
        page = marked(browser, app, link, charts)
        redraws, kept = played(page, GLANCE), still_marked(page)
        page.context.close()
        yield Ratio(
            f"redraws a second of {what} over {LEAST}",
            f"{redraws:.1f} a second",
            f"{LEAST} a second",
            redraws / LEAST,
            ">= 1",
        )
        yield Ratio(
            "charts that were never rebuilt meanwhile",
            f"{kept}",
            f"{charts}",
            kept / charts,
            ">= 1",
        )


def sending() -> Ratio:
    """What goes to the browser for the overview of three losses over 500 steps."""
    experiments, _ = lossviz.parse(f"{MOONS}&loss=brier")
    size = len(payload(playground(lossviz.run_all(experiments)), run="")) / 1e6
    return Ratio(
        "payload of a run of three losses and 500 steps over 1.5 MB",
        f"{size:.2f} MB",
        "1.5 MB",
        size / 1.5,
        "<= 1",
    )


def marked(browser: Browser, app: Server, link: str, charts: int) -> Page:
    """The page of a link, with a mark on every chart, which a chart built anew would not have."""
    page = visited(browser, app, link)
    page.wait_for_function(CHARTS, arg=charts)
    page.evaluate(f"{NODES}.forEach((plot) => {{ plot.dataset.mark = '1'; }})")
    return page


def played(page: Page, seconds: float) -> float:
    """Redraws a second while it plays in a loop; paused and drawn to the end afterwards."""
    page.get_by_role("button", name="Loop").click()
    page.get_by_role("button", name="Play", exact=True).click()
    redraws = page.evaluate(REDRAW_RATE, seconds)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.wait_for_function(AT_REST)
    return redraws


def still_marked(page: Page) -> int:
    return page.evaluate(f"{NODES}.values().filter((plot) => plot.dataset.mark).toArray().length")


def zoomed(page: Page) -> list[float]:
    """Zooms into the third chart with the mouse; the range of its x axis then."""
    before = page.evaluate(ZOOM)
    plot = page.locator(".lv-plot").nth(2).locator(".nsewdrag").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    across, down = box["x"] + box["width"] / 4, box["y"] + box["height"] / 4
    page.mouse.move(across, down)
    page.mouse.down()
    page.mouse.move(across + box["width"] / 2, down + box["height"] / 2, steps=4)
    page.mouse.up()
    page.wait_for_function(f"String({ZOOM}) !== '{','.join(map(str, before))}'")
    return page.evaluate(ZOOM)


def frame_rate(browser: Browser) -> float:
    page = browser.new_page(viewport=SCREEN)
    rate = page.evaluate(FRAME_RATE, IDLE)
    page.close()
    return rate


def visited(browser: Browser, server: Server, link: str = "") -> Page:
    page = browser.new_context(viewport=SCREEN).new_page()
    page.goto(f"{server.url}/?{link}")
    return page


def in_turn(*measures: Callable[[], float], rounds: int) -> list[float]:
    """Median of each, measured in turn, after a round that does not count."""
    table = [[measure() for measure in measures] for _ in range(rounds + 1)]
    return [median(column) for column in zip(*table[1:], strict=True)]
