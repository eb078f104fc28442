"""What is to be learned of a file, said in the dialog, and carried by the link."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from driving import pick, serious_faults
from playwright.sync_api import Page, expect

from lossviz.items.datasets.choice import Choice
from lossviz.items.datasets.table import chosen_in

OpenPage = Callable[..., Page]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """310 rows of a number, a city, a note that looks like markup, and a label, 1 in 5 a fraud."""
    path = tmp_path / "payments.csv"
    cities, labels = ("Rome", "Oslo", "Bern"), ("fraud", "ok", "ok", "ok", "ok")
    rows = [f"{k * 3.7 % 17:.2f},{cities[k % 3]},<b>{k}</b>,{labels[k % 5]}" for k in range(310)]
    path.write_text("\n".join(["amount,city,note,label", *rows]))
    return path


def test_all_that_is_chosen_of_a_file_travels_in_its_link(
    page: Page, app_url: str, open_page: OpenPage, file: Path
) -> None:
    page.goto(f"{app_url}/?loss=huber&outliers=vertical")
    expect(page.locator(".lossviz-headline")).to_be_visible()
    page.get_by_role("button", name="Use your own data").press("Enter")
    page.locator("input[type=file]").set_input_files(file)
    dialog = page.get_by_role("dialog")
    region = dialog.get_by_role("region", name="The first 5 rows")
    expect(region.get_by_role("cell", name="<b>4</b>")).to_be_visible()
    expect(dialog.get_by_label("note is taken for")).to_have_value("")
    expect(dialog.get_by_role("radio", name="fraud")).to_have_attribute("aria-checked", "true")
    assert serious_faults(page) == []
    header = dialog.get_by_role("switch", name="First row holds names")
    header.press("Space")
    expect(region.get_by_role("columnheader", name="column 1")).to_be_visible()
    header.press("Space")
    kind = dialog.get_by_label("city is taken for")
    kind.select_option("number")
    expect(dialog).to_contain_text("city cannot be taken for numbers")
    kind.select_option("out")
    expect(dialog).to_contain_text("310 rows, 1 feature, 2 classes.")
    pick(page, "The class looked for", "ok")
    dialog.get_by_role("button", name="Use these rows").press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("so “Binary cross-entropy” is trained")).to_be_visible()
    expect(page.get_by_text("Your rows are taken as they stand")).to_be_visible()
    page.wait_for_url(re.compile("file~310~"))
    [words] = parse_qs(urlsplit(page.url).query)["table_binary.rows"]
    assert chosen_in(words) == Choice("label", ("amount",), (("city", "out"),), True, True, "ok")
    shown = page.locator(".lossviz-headline").inner_text()
    renamed = file.with_name("payments (1).csv")
    renamed.write_bytes(file.read_bytes())
    other = open_page(width=390)
    other.goto(page.url)
    other.get_by_role("button", name="Give the file").press("Enter")
    other.locator("input[type=file]").set_input_files(renamed)
    expect(other.locator(".lossviz-headline")).to_have_text(shown)
    assert other.url == page.url
