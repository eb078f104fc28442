"""Finding a browser: what does not start is no browser, and none at all is one clear line."""

import stat
import sys

import pytest

from tools import browser


@pytest.fixture
def executable(tmp_path):
    """Make a program that runs the given Python."""

    def make(name, code):
        path = tmp_path / name
        path.write_text(f"#!{sys.executable}\n{code}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    return make


def test_the_first_that_starts_is_found(monkeypatch, executable, tmp_path):
    broken = executable("broken", "raise SystemExit(1)")
    missing = str(tmp_path / "missing")
    working = executable("working", "raise SystemExit(0)")
    monkeypatch.setattr(browser, "_candidates", lambda: iter([missing, broken, working]))
    assert browser.find_browser() == working


def test_a_command_that_hangs_is_ended(executable):
    hanging = executable("hanging", "import signal; signal.pause()")
    assert not browser._run([hanging], seconds=0.3)


def test_a_command_that_is_missing_fails():
    assert not browser._run(["/nonexistent/browser"], seconds=1)


def test_no_browser_is_one_clear_line(monkeypatch):
    commands = []
    monkeypatch.setattr(browser, "_candidates", lambda: iter([]))
    monkeypatch.setattr(browser, "_run", lambda command, **_: commands.append(command) or True)
    monkeypatch.setattr(browser.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(SystemExit, match="need Chromium or Chrome") as failure:
        browser.main()
    assert "\n" not in str(failure.value)
    assert [command[-1] for command in commands] == ["chromium", "-qq", "chromium"]
