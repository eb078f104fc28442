"""Data of the user's own in a real browser: brought, edited on the chart, shared by a link."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from driving import address, pick, serious_faults, settled
from playwright.sync_api import Page, expect

from lossviz.engine.numbers import number
from lossviz.items.datasets.table import Table, table_of

OpenPage = Callable[..., Page]
GROUP = "A press on a point, or beside them"
PLACE = """([x, y]) => {
  const gd = document.querySelector(".lv-plot");
  const {xaxis, yaxis} = gd._fullLayout;
  const box = gd.getBoundingClientRect();
  return [box.x + xaxis._offset + xaxis.c2p(x), box.y + yaxis._offset + yaxis.c2p(y)];
}"""


def ready(page: Page) -> None:
    expect(page.locator(".lv-chart .modebar-container")).to_have_count(4)


def bring(page: Page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Use these rows").press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    ready(page)


def rows_in(page: Page, key: str = "table.rows") -> Table:
    """The rows that the address carries."""
    page.wait_for_url(lambda url: key in parse_qs(urlsplit(url).query))
    return table_of(address(page)[key][0])


def over(page: Page, x: float, y: float, cursor: str) -> None:
    """Bring the mouse to a place of the fit, where the cursor then says what a press does."""
    settled(page)
    page.mouse.move(*page.evaluate(PLACE, [x, y]))
    expect(page.locator(".lv-figure").first).to_have_attribute("data-cursor", cursor)


def press_at(page: Page, x: float, y: float, cursor: str) -> None:
    over(page, x, y, cursor)
    page.mouse.down()
    page.mouse.up()


def mode(page: Page, label: str, name: str) -> None:
    pick(page, GROUP, label)
    expect(page.locator(f".lv-figure[data-editing={name}]")).to_have_count(1)


def minima(page: Page, words: str) -> None:
    expect(page.locator(".lossviz-minima")).to_contain_text(words)


def slope(table: Table) -> str:
    return number(float(np.polyfit(table.X[:, 0], table.y, 1)[0]), 3)


@pytest.fixture
def file(tmp_path: Path) -> Callable[[int], Path]:
    def write(rows: int) -> Path:
        rng = np.random.default_rng(rows)
        path = tmp_path / "höhen.csv"
        lines = ["Höhe;Alter;Baum"]
        for row in range(rows):
            x, y = f"{rng.normal():.2f}", f"{rng.normal():.3f}"
            lines.append(f"{x};{y if row % 10 else ''};nr {row}".replace(".", ","))
        path.write_text("\n".join(lines), "cp1252")
        return path

    return write


def test_points_are_dragged_added_marked_removed_and_brought_back(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/?data=table")
    ready(page)
    page.evaluate("document.querySelector('.lv-plot').dataset.mark = '1'")
    page.get_by_role("button", name="Edit points").press("Enter")
    expect(page.locator(".lv-figure[data-editing=drag]")).to_have_count(1)
    start = page.locator(".lossviz-minima").inner_text()
    # The last row, far below the others, up and to the left; the line follows on the way.
    over(page, 4.0, 1.0, "grab")
    page.mouse.down()
    page.mouse.move(*page.evaluate(PLACE, [3.8, 3.0]), steps=4)
    expect(page.locator(".lossviz-minima")).not_to_have_text(start)
    page.mouse.up()
    table = rows_in(page)
    assert (table.X[7, 0], table.y[7]) == pytest.approx((3.8, 3.0), abs=0.02)
    minima(page, f"the slope is {slope(table)}")
    page.get_by_role("button", name="Undo").press("Enter")
    minima(page, start)
    page.get_by_role("button", name="Redo").press("Enter")
    minima(page, f"the slope is {slope(table)}")
    mode(page, "Add", "add")
    press_at(page, 1.0, 4.5, "copy")
    expect(page.get_by_text("9 rows.")).to_be_visible()
    mode(page, "Mark as outlier", "mark")
    press_at(page, 1.0, 4.5, "pointer")
    expect(page.get_by_text("9 rows, 1 of them an outlier")).to_be_visible()
    minima(page, "1 of 9 rows is an outlier.")
    minima(page, f"({slope(table)} to ")  # without the marked row
    mode(page, "Remove", "remove")
    press_at(page, 1.0, 4.5, "pointer")
    minima(page, f"the slope is {slope(table)}")
    page.get_by_role("button", name="Done editing").press("Enter")
    expect(page.locator(".lv-figure[data-editing]")).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    expect(page.locator(".lv-plot").first).to_have_attribute("data-mark", "1")  # never rebuilt


def test_a_table_is_the_keyboards_way(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/?data=table_binary")
    ready(page)
    page.get_by_role("button", name="Edit points").press("Enter")
    page.get_by_role("button", name="Rows as a table").press("Enter")
    grid = page.get_by_role("dialog").get_by_test_id("stDataFrame").locator("canvas").first
    expect(grid).to_be_visible()
    expect(page.get_by_role("button", name="Use these rows")).to_be_disabled()
    assert serious_faults(page) == []
    grid.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("glide-cell-2-1")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("7")
    expect(page.locator("#portal input")).to_have_value("7")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("glide-cell-2-1")).to_have_text("7")
    use = page.get_by_role("dialog").get_by_role("button", name="Use these rows")
    expect(use).to_be_enabled()  # once the server knows of the cell
    use.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    table = rows_in(page, "table_binary.rows")
    assert 7.0 in table.X


def test_few_rows_of_a_file_travel_in_the_link(
    page: Page, app_url: str, open_page: OpenPage, file: Callable[[int], Path]
) -> None:
    page.goto(f"{app_url}/?loss=squared_error")
    ready(page)
    page.get_by_role("button", name="Use your own data").press("Enter")
    pick(page, "Where from", "Pasted text")
    page.get_by_role("textbox", name="Rows, such as").fill("a;b\n1;2\n3\n")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Row 3 has 1 field")
    assert serious_faults(page) == []
    pick(page, "Where from", "A file")
    page.locator("input[type=file]").set_input_files(file(60))
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("54 rows, 1 feature, a number as target.")
    expect(dialog).to_contain_text("6 of 60 rows are left out for missing values: 6 in Alter.")
    dialog.get_by_role("button", name="Use these rows").press("Enter")
    expect(page.get_by_text("54 rows.")).to_be_visible()
    table = rows_in(page)
    assert (table.features, table.target, table.name) == (("Höhe",), "Alter", "höhen.csv")
    minima(page, f"the slope is {slope(table)}")
    other = open_page(width=390)
    other.goto(page.url)
    minima(other, f"the slope is {slope(table)}")


def test_many_rows_stay_with_their_session_and_a_link_asks_for_the_file(
    page: Page, app_url: str, open_page: OpenPage, file: Callable[[int], Path]
) -> None:
    page.goto(f"{app_url}/?loss=squared_error")
    ready(page)
    page.get_by_role("button", name="Use your own data").press("Enter")
    bring(page, file(400))
    page.wait_for_url(re.compile("file~360~"))
    expect(page.get_by_text("The 360 rows of höhen.csv are too many for a link")).to_be_visible()
    shown = page.locator(".lossviz-minima").inner_text()
    other = open_page()
    for path in ("/", "/choose"):
        other.goto(page.url.replace("/?", f"{path}?"))
        expect(other.get_by_text("This link is about the 360 rows of höhen.csv")).to_be_visible()
        expect(other.locator(".lv-player, table")).to_have_count(0)
    other.goto(page.url)
    other.get_by_role("button", name="Give the file").press("Enter")
    other.locator("input[type=file]").set_input_files(file(400))  # what was chosen, the link says
    minima(other, shown)
    assert other.url == page.url
