"""The playground in a real browser: what a teacher and a student do with it."""

import re
from collections.abc import Callable

import pytest
from driving import (
    address,
    drag,
    in_both_themes,
    open_group,
    press,
    serious_faults,
    settled,
    step,
    to_step,
)
from playwright.sync_api import Page, expect

from lossviz import parse
from lossviz.views.examples import PRESETS, WELCOME

OpenPage = Callable[..., Page]
ROWS = ".lv-player table tbody tr:has(th)"  # the status of each row has one of its own
MARKED = "document.querySelectorAll('.lv-plot[data-mark]').length"


def visit(page: Page, url: str, query: str = "") -> None:
    page.goto(f"{url}/?{query}")
    ready(page)


def ready(page: Page) -> None:
    expect(page.locator(".lv-chart")).to_have_count(4)
    page.wait_for_function("document.querySelectorAll('.lv-chart .modebar-container').length >= 4")


def set_number(page: Page, label: str, value: str) -> None:
    box = page.get_by_role("spinbutton", name=label)
    box.fill(value)
    box.press("Enter")


def cell(page: Page, row: int, column: int) -> str:
    return page.locator(ROWS).nth(row).locator("td").nth(column).inner_text()


def test_the_first_visit_answers_at_a_glance_and_presets_are_links(
    page: Page, app_url: str
) -> None:
    visit(page, app_url)
    expect(page.get_by_text("9 of 60 rows are outliers.")).to_be_visible()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(step(page)).to_have_text("Step 150 of 150")
    page.wait_for_url(re.compile("loss=squared_error&loss=absolute_error&loss=huber"))
    assert parse(page.evaluate("location.search.slice(1)"))[0] == parse(WELCOME.query)[0]
    press(page, "All examples")
    page.get_by_role("menuitem", name=PRESETS[2].title).press("Enter")
    page.wait_for_url(re.compile("lr=0.73"))
    expect(page.get_by_role("heading", name=PRESETS[2].title, level=1)).to_be_visible()
    expect(page.get_by_text(PRESETS[2].lesson)).to_be_visible()
    expect(page.locator(ROWS)).to_have_count(3)


def test_play_moves_the_numbers_with_the_charts_and_keys_step(page: Page, app_url: str) -> None:
    visit(page, app_url)
    press(page, "Reset")
    before = cell(page, 0, 2)
    page.get_by_label("Speed").select_option("5")
    press(page, "Play")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(step(page)).to_have_text("Step 150 of 150")
    assert cell(page, 0, 2) != before
    page.evaluate("document.activeElement.blur()")
    for key, words in [
        ("Home", "Step 0 of 150"),
        ("ArrowRight", "Step 1 of 150"),
        ("End", "Step 150 of 150"),
        ("ArrowLeft", "Step 149 of 150"),
    ]:
        page.keyboard.press(key)
        expect(step(page)).to_have_text(words)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(step(page)).to_have_text("Step 150 of 150")


def test_a_control_moves_the_charts_without_rebuilding_them_and_keeps_the_zoom(
    page: Page, app_url: str
) -> None:
    visit(page, app_url, "view.hero=convergence")
    page.evaluate(
        "document.querySelectorAll('.lv-plot').forEach((gd) => { gd.dataset.mark = '1'; })"
    )
    zoom = "document.querySelector('[data-role=hero] .lv-plot')._fullLayout.xaxis.range"
    drag(page, page.locator("[data-role=hero] .lv-plot").locator(".nsewdrag"), (40, 40), (160, 160))
    page.wait_for_function(f"{zoom}[0] > 1")
    zoomed = page.evaluate(zoom)
    before = cell(page, 1, 0)
    open_group(page, "Descent")
    set_number(page, "Learning rate", "0.01")
    page.wait_for_url(re.compile("lr=0.01"))
    expect(page.locator(ROWS).nth(1).locator("td").first).not_to_have_text(before)
    assert page.evaluate(MARKED) == 4
    assert page.evaluate(zoom) == zoomed
    press(page, "Play")
    page.wait_for_function("window.lossvizPlayer.redraws > 20")
    press(page, "Pause")
    assert page.evaluate(MARKED) == 4
    assert page.evaluate(zoom) == zoomed


def test_a_reload_keeps_everything_step_included(page: Page, app_url: str) -> None:
    visit(page, app_url, "loss=huber&huber.delta=0.5&outliers=cluster&view.scale=linear")
    to_step(page, 42)
    page.wait_for_url(re.compile("view.step=42"))
    shown = [cell(page, 0, k) for k in range(4)]
    page.reload()
    ready(page)
    expect(step(page)).to_have_text("Step 42 of 200")
    assert [cell(page, 0, k) for k in range(4)] == shown
    assert address(page) == {
        "loss": ["huber"],
        "huber.delta": ["0.5"],
        "outliers": ["cluster"],
        "view.scale": ["linear"],
        "view.step": ["42"],
    }


def test_back_goes_back_and_quick_changes_are_all_kept(page: Page, app_url: str) -> None:
    visit(page, app_url, "loss=huber")
    open_group(page, "Descent")
    set_number(page, "Steps", "50")
    expect(step(page)).to_have_text("Step 50 of 50")
    page.wait_for_url(re.compile("steps=50"))
    page.go_back()
    expect(step(page)).to_have_text("Step 200 of 200")
    expect(page.get_by_role("spinbutton", name="Steps")).to_have_value("200")
    assert address(page) == {"loss": ["huber"]}
    expect(page.get_by_role("spinbutton", name="Batch size")).to_be_visible()
    settled(page)  # the fields begin anew with the address that came back
    for label, value in [("Learning rate", "0.02"), ("Steps", "300"), ("Batch size", "5")]:
        set_number(page, label, value)  # and no wait
    expect(step(page)).to_have_text("Step 300 of 300")
    page.wait_for_url(re.compile("batch=5"))
    assert address(page) == {"loss": ["huber"], "lr": ["0.02"], "steps": ["300"], "batch": ["5"]}


def test_long_training_grows_plays_before_it_ends_and_stops(page: Page, app_url: str) -> None:
    query = "data=diabetes&loss=squared_error&loss=huber&loss=barron&loss=log_cosh&lr=0.01"
    visit(page, app_url, f"{query}&steps=20000&model=polynomial&polynomial.degree=9")
    bar = page.get_by_role("progressbar", name="Computing")
    expect(bar).to_be_visible()
    first = int(bar.get_attribute("aria-valuenow") or 0)
    page.wait_for_function(
        "(n) => document.querySelector('.lv-bar').getAttribute('aria-valuenow') > n", arg=first
    )
    press(page, "Stop")
    expect(bar).to_be_hidden()
    expect(
        page.get_by_text(re.compile(r"Stopped after [\d,]+ of 20,000 steps")).first
    ).to_be_visible()
    assert int(step(page).inner_text().split()[1].replace(",", "")) < 20_000


def test_short_training_after_long_replaces_it(page: Page, app_url: str) -> None:
    visit(page, app_url, "data=diabetes&loss=barron&steps=20000&model=polynomial&lr=0.01")
    open_group(page, "Descent")
    set_number(page, "Steps", "100")
    expect(step(page)).to_have_text(re.compile("of 100$"))
    expect(page.get_by_role("progressbar", name="Computing")).to_be_hidden()


def test_copy_link_copies_the_address_with_its_step_and_a_new_seed_draws_new_data(
    open_page: OpenPage, app_url: str
) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    visit(page, app_url, "loss=huber")
    before = cell(page, 0, 0)
    to_step(page, 7)
    page.wait_for_url(re.compile("view.step=7"))
    press(page, "Copy link")
    expect(page.get_by_role("button", name="Link copied", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.evaluate("location.href")
    page.keyboard.press("End")
    page.wait_for_url(lambda url: "view.step" not in url)
    expect(page.locator(ROWS).first.locator("td").first).to_have_text(before)
    press(page, "New seed")
    page.wait_for_url(re.compile("seed=1"))
    expect(page.locator(ROWS).first.locator("td").first).not_to_have_text(before)


def test_hovering_a_row_shows_its_share_for_every_loss(page: Page, app_url: str) -> None:
    visit(page, app_url)
    settled(page)
    box = page.locator(".lv-plot").first.locator(".scatterlayer .trace.scatter").nth(2)
    box.locator("path.point").first.hover(force=True)
    card = page.locator(".lv-card")
    expect(card).to_be_visible()
    for words in ("MSE", "MAE", "Huber", "share of the loss", "share of the gradient"):
        expect(card).to_contain_text(words)


def test_broken_links_get_a_sentence_and_still_draw(page: Page, app_url: str) -> None:
    visit(page, app_url, "loss=huber&hubris=1&lr=1e999&steps=9999999&line.n=nan&" + "x=1&" * 400)
    alerts = page.get_by_test_id("stAlert")
    expect(alerts).to_have_count(3)
    expect(alerts.first).to_contain_text("hubris")


def test_a_link_of_ten_thousand_settings_gets_a_sentence(page: Page, app_url: str) -> None:
    visit(page, app_url, "loss=huber&" + "&".join(f"x{k}=1" for k in range(9_999)))
    alerts = page.get_by_test_id("stAlert")
    expect(alerts.first).to_contain_text("The link has 10000 settings; the first 900 were read.")
    page.wait_for_url(lambda url: "view.cut" not in url)
    assert address(page) == {"loss": ["huber"]}


def test_no_nan_shows_whatever_the_rate(page: Page, app_url: str) -> None:
    visit(page, app_url, "lr=10000&loss=squared_error&loss=huber&loss=poisson&data=counts")
    expect(page.get_by_text(re.compile("Diverged at step")).first).to_be_attached()
    assert "NaN" not in page.locator("body").inner_text()
    assert "Infinity" not in page.locator("body").inner_text()


@pytest.mark.parametrize(("width", "columns"), [(360, 2), (1280, 3)])
def test_nothing_scrolls_sideways_and_axe_finds_no_serious_fault(
    open_page: OpenPage, app_url: str, width: int, columns: int
) -> None:
    page = open_page(width=width, height=800)
    visit(page, app_url)
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    lefts = page.evaluate(
        "[...document.querySelectorAll('.lv-chart')].map((c) => c.getBoundingClientRect().left)"
    )
    assert len({round(left) for left in lefts}) == columns
    if width > 700:
        # The whole table is in sight beside the settings.
        sizes = "(node) => [node.scrollWidth, node.clientWidth]"
        needed, given = page.locator(".lv-table").evaluate(sizes)
        assert needed <= given
        said = re.compile(r"^Settled: within 0.1\s%|^On its way: 9[69]")
        expect(page.locator(".lv-table").get_by_text(said)).to_have_count(3)
        # Each row's heading speaks for its status as well.
        expect(page.locator(".lv-table tbody th[rowspan='2']")).to_have_count(3)
        for name in ("Data", "Outliers", "Loss parameters", "Model", "Descent", "View"):
            open_group(page, name)
        expect(page.get_by_role("spinbutton", name="Learning rate")).to_be_visible()
    for scheme in in_both_themes(page):
        assert serious_faults(page) == [], scheme


def test_presentation_size_is_larger(page: Page, app_url: str) -> None:
    size = "parseFloat(getComputedStyle(document.querySelector('.lv-chart h3')).fontSize)"
    visit(page, app_url, "loss=huber")
    normal = page.evaluate(size)
    visit(page, app_url, "loss=huber&view.size=presentation")
    page.wait_for_function(f"{size} >= 1.3 * {normal}")


def test_the_surface_can_be_seen_in_three_dimensions(page: Page, app_url: str) -> None:
    visit(page, app_url, "loss=squared_error&loss=huber&view.surface_in=3d")
    expect(page.locator(".lv-plot .gl-container").first).to_be_attached()
    press(page, "Play")
    page.wait_for_function("window.lossvizPlayer.redraws > 3")
