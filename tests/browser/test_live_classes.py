"""Classes and networks in a real browser: panels, thresholds, rows, marks, and odd links."""

import re
from collections.abc import Callable, Iterator

import pytest
from driving import (
    address,
    in_both_themes,
    open_group,
    pick,
    press,
    serious_faults,
    settled,
    step,
    to_step,
)
from playwright.sync_api import Locator, Page, TimeoutError, expect

OpenPage = Callable[..., Page]
MOONS = "data=moons&loss=log_loss&loss=hinge"
CREDIT = "data=credit_default&loss=log_loss&view.panel=metrics"
NETWORK = "data=moons&loss=log_loss&model=mlp&mlp.width=4"
DIGITS = "data=digits&loss=cross_entropy&model=mlp"
TITLES = {
    "Overview": "Decision regions",
    "Threshold and metrics": "Confusion matrix",
    "Network": "Gradient in each layer",
    "Images": "The picture",
}
CHARTS = {"Network": 3}
MARKED = "document.querySelectorAll('.lv-plot[data-mark]').length"
# What the canvas of the first chart shows, picture after picture.
WATCH = """() => {
  const canvas = document.querySelector(".lv-plot .lv-canvas");
  window.seen = new Set();
  const look = () => { window.seen.add(canvas.toDataURL()); requestAnimationFrame(look); };
  look();
}"""
DRAWN = """() => document.querySelector(".lv-plot").data
  .filter(({ name }) => /^(regions|boundary|mistakes) of/.test(name))
  .map(({ name, x, y, z }) => [name, JSON.stringify(z ? [...z] : [[...x], [...y]])])"""


@pytest.fixture(autouse=True)
def quiet(console_errors: list[str]) -> Iterator[None]:
    """No page of these tests writes an error to the console."""
    yield
    assert console_errors == []


def visit(page: Page, url: str, query: str, panel: str = "Overview") -> None:
    page.goto(f"{url}/?{query}")
    ready(page, panel)


def ready(page: Page, panel: str) -> None:
    count = CHARTS.get(panel, 4)
    expect(page.locator(".lv-chart")).to_have_count(count)
    expect(page.locator(".lv-chart .modebar-container")).to_have_count(count)
    expect(page.get_by_role("heading", name=TITLES[panel], exact=True)).to_be_visible()


def show(page: Page, panel: str) -> None:
    pick(page, "Show", panel)
    ready(page, panel)


def choose(page: Page, label: str, option: str) -> None:
    # A rerun has the widget forget what is typed, or shut its list, and one may still begin: then
    # it is typed again, in a field entered anew and empty, as the same words were no change.
    box = page.get_by_role("combobox", name=label, exact=True)
    wanted = page.get_by_role("option", name=option, exact=True)
    for _ in range(4):
        expect(page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-script-state", "notRunning"
        )
        box.blur()
        box.fill("")
        box.fill(option)
        try:
            wanted.wait_for(timeout=4000)
            break
        except TimeoutError:
            continue
    expect(wanted).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")


def set_number(page: Page, label: str, value: str) -> None:
    box = page.get_by_role("spinbutton", name=label)
    box.fill(value)
    box.press("Enter")


def slide(page: Page, label: str, keys: list[str]) -> None:
    slider = page.get_by_role("slider", name=re.compile(f"^{label}"))
    slider.focus()
    for key in keys:
        slider.press(key)


def rows_of(page: Page, number: int = 0) -> Locator:
    return page.locator(".lv-player table").nth(number).locator("tbody tr:has(th)")


def cell(page: Page, column: str, table: int = 0, row: int = 0) -> Locator:
    heads = page.locator(".lv-player table").nth(table).locator("thead th").all_inner_texts()
    return rows_of(page, table).nth(row).locator("td").nth(heads.index(column) - 1)


def value(page: Page, column: str, table: int = 0, row: int = 0) -> float:
    return float(cell(page, column, table, row).inner_text().removesuffix("\N{NO-BREAK SPACE}%"))


def test_regions_boundary_rings_and_rates_move_with_the_steps_and_no_chart_is_rebuilt(
    page: Page, app_url: str
) -> None:
    visit(page, app_url, MOONS)
    page.evaluate(
        "document.querySelectorAll('.lv-plot').forEach((gd) => { gd.dataset.mark = '1'; })"
    )
    drawn = dict(page.evaluate(DRAWN))
    assert len(drawn) == 6  # three of each loss
    end = [value(page, "Clean test error", row=row) for row in (0, 1)]
    press(page, "Reset")
    expect(step(page)).to_have_text(re.compile("^Step 0 of"))
    start = [value(page, "Clean test error", row=row) for row in (0, 1)]
    assert all(before > after + 10 for before, after in zip(start, end, strict=True))
    percents = page.locator(".lossviz-headline").inner_text().replace("\N{NO-BREAK SPACE}", " ")
    assert [round(each) for each in end] == [
        round(float(x)) for x in re.findall(r" to ([\d.]+)\s%", percents)
    ]
    page.wait_for_function(
        f"(end) => ({DRAWN})().every(([name, shown]) => shown !== end[name])", arg=drawn
    )
    page.evaluate(WATCH)
    press(page, "Play")
    page.wait_for_function("window.seen.size > 20")
    press(page, "Pause")
    assert page.evaluate(MARKED) == 4


def test_presentation_size_is_larger_in_other_panels_too(page: Page, app_url: str) -> None:
    size = "parseFloat(getComputedStyle(document.querySelector('.lv-chart h3')).fontSize)"
    visit(page, app_url, f"{CREDIT}&view.size=presentation", "Threshold and metrics")
    large = page.evaluate(size)
    open_group(page, "View")
    pick(page, "Size", "normal")
    page.wait_for_function(f"1.3 * {size} <= {large}")


def test_panels_change_by_mouse_and_by_keyboard(page: Page, app_url: str) -> None:
    visit(page, app_url, NETWORK)
    show(page, "Threshold and metrics")
    page.wait_for_url(re.compile("view.panel=metrics"))
    page.get_by_role("radio", name="Threshold and metrics").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    ready(page, "Network")
    page.wait_for_url(re.compile("view.panel=network"))
    expect(step(page)).to_have_text("Step 200 of 200")  # these keys were not the player's
    page.reload()
    ready(page, "Network")
    show(page, "Overview")
    page.wait_for_url(lambda url: "view.panel" not in url)


def test_the_threshold_trades_precision_for_recall_and_a_dearer_miss_trains_for_more(
    page: Page, app_url: str
) -> None:
    visit(page, app_url, CREDIT, "Threshold and metrics")
    recall, precision = value(page, "Recall", 1), value(page, "Precision", 1)
    accuracy = value(page, "Clean test error")
    slide(page, "Threshold", ["PageDown", "PageDown", "PageDown"])
    page.wait_for_url(re.compile(r"view\.threshold=0\.2(&|$)"))
    caption = page.locator(".lv-player table").nth(1).locator("caption")
    expect(caption).to_contain_text("above 0.200")
    assert value(page, "Recall", 1) > recall
    assert value(page, "Precision", 1) < precision
    assert value(page, "Clean test error") == accuracy  # training knows no threshold
    slide(page, "Threshold", ["PageUp", "PageUp", "PageUp"])
    page.wait_for_url(lambda url: "view.threshold" not in url)
    assert value(page, "Recall", 1) == recall
    slide(page, "What a miss costs", ["ArrowRight", "ArrowRight"])
    # Both have arrived: 1, 2, 5.
    expect(page.get_by_text("Cost: 5 for each row of defaulted that is missed")).to_be_visible()
    page.wait_for_url(re.compile(r"log_loss\.weight_1=5(&|$)"))
    assert value(page, "Recall", 1) > recall


def test_a_row_by_number_goes_by_hand_through_the_network_at_each_step(
    page: Page, app_url: str
) -> None:
    visit(page, app_url, f"{NETWORK}&view.panel=network", "Network")
    caption = page.locator(".lv-player table").nth(1).locator("caption")
    set_number(page, "Training row", "17")
    expect(caption).to_have_text(re.compile("row 17,"))
    page.wait_for_url(re.compile(r"view\.row=17"))  # the address follows the charts
    loss = page.locator(".lv-player table").nth(1).get_by_text(re.compile("^Step 200"))
    expect(loss).to_be_visible()
    before = cell(page, "Sum s", 1, 0).inner_text()
    formula = page.get_by_text(re.compile(r"tanh\(s\) =")).first.inner_text()
    to_step(page, 0)
    expect(page.get_by_text(re.compile(r"tanh\(s\) =")).first).not_to_have_text(formula)
    expect(cell(page, "Sum s", 1, 0)).not_to_have_text(before)
    set_number(page, "Training row", "100000")  # beyond the rows: the last
    expect(caption).to_have_text(re.compile("row 200,"))


def test_a_click_on_a_point_chooses_its_row_for_the_network(page: Page, app_url: str) -> None:
    visit(page, app_url, f"{NETWORK}&moons.n=30")
    settled(page)
    place = page.evaluate(
        """() => {
          const gd = document.querySelector(".lv-plot");
          const { xaxis, yaxis } = gd._fullLayout._plots.xy;
          const { x, y } = gd._fullData.find(({ name }) => name === "rows");
          const box = gd.getBoundingClientRect();
          return [box.x + xaxis._offset + xaxis.c2p(x[6]),
                  box.y + yaxis._offset + yaxis.c2p(y[6])];
        }"""
    )
    page.mouse.move(*place)
    expect(page.locator(".lv-card strong")).to_have_text(re.compile(r"^Row \d+$"))
    row = page.locator(".lv-card strong").inner_text().split()[1]
    page.mouse.click(*place)
    expect(page.get_by_test_id("stToast")).to_contain_text(f"Training row {row} is chosen")
    page.wait_for_url(re.compile(f"view.row={row}(&|$)"))
    show(page, "Network")
    expect(page.get_by_role("spinbutton", name="Training row")).to_have_value(row)


def test_the_mark_goes_to_the_step_with_the_lowest_test_loss(page: Page, app_url: str) -> None:
    visit(page, app_url, f"{NETWORK}&moons.n=20&lr=3&steps=500")
    lowest = cell(page, "Lowest clean test loss").inner_text()
    loss, at = re.fullmatch(r"([\d.]+) at step ([\d,]+)", lowest).groups()
    page.get_by_role("button", name=re.compile("lowest test loss", re.I)).press("Enter")
    expect(step(page)).to_have_text(f"Step {at} of 500")
    expect(cell(page, "Clean test loss")).to_have_text(loss)


def test_digits_are_shown_as_pictures(page: Page, app_url: str) -> None:
    visit(page, app_url, f"{DIGITS}&view.panel=images&steps=60", "Images")
    table = page.get_by_role("table", name=re.compile("Training row"))
    expect(table).to_contain_text("labelled 0")
    chance = value(page, "Chance of 0", 1)
    set_number(page, "Training row", "2")
    expect(table).not_to_contain_text("labelled 0")
    set_number(page, "Training row", "1")
    expect(table).to_contain_text("labelled 0")
    to_step(page, 0)
    assert value(page, "Chance of 0", 1) < chance


def test_other_data_bring_losses_and_outliers_that_suit_and_the_old_come_back(
    page: Page, app_url: str
) -> None:
    three = "loss=squared_error&loss=absolute_error&loss=huber"
    visit_line = f"{app_url}/?{three}&outliers=vertical"
    page.goto(visit_line)
    expect(rows_of(page)).to_have_count(3)
    open_group(page, "Data")
    expect(page.get_by_role("combobox", name="Data", exact=True)).to_be_visible()
    open_group(page, "Outliers")
    expect(page.get_by_role("combobox", name="Outliers")).to_be_visible()
    choose(page, "Data", "Two moons")
    ready(page, "Overview")
    expect(rows_of(page)).to_have_count(1)
    expect(rows_of(page).first).to_contain_text("BCE")
    losses = page.get_by_test_id("stMultiSelect").first
    expect(losses).to_contain_text("BCE")
    expect(losses).not_to_contain_text("Huber")
    expect(page.get_by_role("combobox", name="Outliers")).not_to_have_value("")
    choose(page, "Data", "Straight line")
    expect(rows_of(page)).to_have_count(3)
    for words in ("MSE", "MAE", "Huber"):
        expect(losses).to_contain_text(words)
    page.wait_for_url(re.compile("outliers=vertical.*squared_error.*absolute_error.*huber"))


def test_several_activations_train_side_by_side(page: Page, app_url: str) -> None:
    visit(page, app_url, NETWORK)
    choose(page, "Compare several values of", "Neural network: Activation")
    open_group(page, "Model")
    expect(page.get_by_role("combobox", name="Activation")).to_be_visible()
    choose(page, "Activation", "relu")
    expect(rows_of(page)).to_have_count(2)
    expect(rows_of(page).nth(1)).to_contain_text("relu")
    page.wait_for_url(re.compile("mlp.activation=tanh&mlp.activation=relu"))


def test_back_goes_back_to_the_panel_and_to_the_data(page: Page, app_url: str) -> None:
    visit(page, app_url, MOONS)
    show(page, "Threshold and metrics")
    page.wait_for_url(re.compile("view.panel=metrics"))
    open_group(page, "Descent")
    set_number(page, "Steps", "50")
    page.wait_for_url(re.compile("steps=50"))
    page.go_back()
    expect(step(page)).to_have_text("Step 200 of 200")
    ready(page, "Threshold and metrics")
    page.go_back()
    ready(page, "Overview")
    assert address(page) == {"data": ["moons"], "loss": ["log_loss", "hinge"]}


def test_axe_finds_no_serious_fault_in_any_panel(page: Page, app_url: str) -> None:
    visit(page, app_url, f"{DIGITS}&steps=20")
    for panel in TITLES:
        show(page, panel)
        for scheme in in_both_themes(page):
            assert serious_faults(page) == [], (panel, scheme)


def test_no_panel_scrolls_sideways_on_a_phone(open_page: OpenPage, app_url: str) -> None:
    page = open_page(width=390, height=800)
    visit(page, app_url, f"{DIGITS}&steps=20")
    for panel in TITLES:
        show(page, panel)
        settled(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        rights = page.locator(".lv-chart, [data-testid=stButtonGroup] button").evaluate_all(
            "nodes => nodes.map((node) => node.getBoundingClientRect().right)"
        )
        assert max(rights) <= 390


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("data=digits&model=mlp&mlp.depth=99&mlp.width=1e9&loss=huber&steps=1", ["99", "huber"]),
        (
            "data=blobs&blobs.classes=1&view.panel=images&view.across=70000&view.threshold=7",
            ["blobs.classes", "view.threshold"],
        ),
        ("data=line&data=moons&loss=squared_error", ["with numbers are shown"]),
    ],
)
def test_odd_links_get_a_sentence_each_and_still_draw(
    page: Page, app_url: str, query: str, said: list[str]
) -> None:
    page.goto(f"{app_url}/?{query}")
    expect(page.locator(".lv-chart .modebar-container")).to_have_count(4)
    alerts = page.get_by_test_id("stAlert")
    for words in said:
        expect(alerts.filter(has_text=words)).to_be_visible()
    expect(page.locator(".lv-problem")).to_be_hidden()


def test_networks_at_a_mad_rate_play_with_no_nan_on_the_page(page: Page, app_url: str) -> None:
    losses = "loss=log_loss&loss=hinge&loss=exponential_loss"
    visit(page, app_url, f"data=moons&model=mlp&mlp.activation=relu&lr=10000&{losses}")
    for panel in ("Network", "Threshold and metrics", "Overview"):
        show(page, panel)
        press(page, "Reset")
        before = page.evaluate("window.lossvizPlayer.redraws")
        press(page, "Play")
        page.wait_for_function(f"window.lossvizPlayer.redraws > {before + 5}")
        page.keyboard.press("End")
        expect(page.get_by_text(re.compile("Diverged at step")).first).to_be_visible()
        expect(page.locator(".lv-problem")).to_be_hidden()
        assert not re.search("NaN|Infinity|undefined", page.locator("body").inner_text())


def test_long_training_of_a_network_on_digits_stops(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/?{DIGITS}&mlp.width=64&steps=20000")
    bar = page.get_by_role("progressbar", name="Computing")
    expect(bar).to_be_visible()
    press(page, "Stop")
    expect(bar).to_be_hidden()
    expect(page.get_by_text(re.compile("Stopped after .* of 20,000 steps")).first).to_be_visible()
