"""The harness itself: a guard that never barks would make every browser test worthless."""

import pytest
from playwright.sync_api import Error, expect

SCRIPT = "tests/browser/hello.py"


def test_a_script_is_served_once_and_reruns(page, serve, wait_idle):
    page.goto(serve(SCRIPT))
    wait_idle(page)
    page.get_by_label("Name").fill("loss")
    page.get_by_label("Name").press("Enter")
    expect(page.get_by_text("Hello, loss!")).to_be_visible()
    assert serve(SCRIPT) == page.url.rstrip("/")


def test_a_request_to_another_origin_is_a_fault(page, serve, page_faults):
    page.goto(serve(SCRIPT))
    with page.expect_request("http://elsewhere.invalid/**"):
        page.get_by_role("button", name="Fetch from elsewhere").click()
    assert page_faults == ["request to another origin: http://elsewhere.invalid/x.png"]
    page_faults.clear()


def test_an_uncaught_error_is_a_fault(page, serve, page_faults):
    page.goto(serve(SCRIPT))
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw new Error('a planted fault') })")
    assert page_faults == ["uncaught error: a planted fault"]
    page_faults.clear()


@pytest.fixture
def expect_shown_exception(page_faults):
    """Asked for before `page`, so that it looks after the page's own last look."""
    yield
    assert [fault for fault in page_faults if "a planted fault" in fault] == page_faults != []
    page_faults.clear()


def test_an_exception_left_on_the_page_is_a_fault(expect_shown_exception, page, serve):
    page.goto(serve(SCRIPT))
    page.get_by_role("button", name="Raise").click()
    expect(page.get_by_test_id("stException")).to_contain_text("a planted fault")


@pytest.fixture
def expect_dropped_tab(browser, page_faults):
    """Asked for before `page`, so that it looks after the page's own last look."""
    yield
    assert ["crashed" in fault for fault in page_faults] == [True]
    page_faults.clear()
    assert [tab.evaluate("1 + 1") for tab in browser.pages] == [2] * len(browser.pages)


def test_a_tab_that_crashes_is_dropped(expect_dropped_tab, page, serve):
    page.goto(serve(SCRIPT))
    with page.expect_event("crash"), pytest.raises(Error, match="chrome://crash"):
        page.goto("chrome://crash")


def test_each_visit_has_colours_of_its_own(open_page, serve):
    first, second = open_page(color_scheme="light"), open_page(color_scheme="dark")
    for page in (first, second):
        page.goto(serve(SCRIPT))
        expect(page.get_by_text("Hello, world!")).to_be_visible()
    colours = [
        page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
        for page in (first, second)
    ]
    assert colours == ["rgb(255, 255, 255)", "rgb(18, 22, 28)"]
