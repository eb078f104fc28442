"""What is installed is what runs: the wheel, the pins, the command and the settings."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from lossviz.cli import main
from lossviz.cli.serve import app_path, app_url

ROOT = Path(__file__).resolve().parents[1]
AA_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3
CAPTION_OPACITY = 0.6  # Streamlit writes captions in the text colour at 60 %

SETTINGS = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    with ZipFile(next(folder.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


def test_the_wheel_holds_the_whole_package(wheel_names):
    files = {path for path in (ROOT / "lossviz").rglob("*") if path.is_file()}
    wanted = {str(path.relative_to(ROOT)) for path in files if "__pycache__" not in path.parts}
    assert wanted - wheel_names == set()


def test_the_wheel_holds_the_app(wheel_names):
    pages = {f"lossviz/_app/pages/{path.name}" for path in (ROOT / "pages").glob("*.py")}
    app = {"lossviz/_app/app.py", "lossviz/_app/.streamlit/config.toml"}
    assert (pages | app) - wheel_names == set()
    assert pages


def _names(requirements):
    return {re.split(r"[\[=<>~! ;]", line)[0] for line in requirements}


def test_pins_are_exact_and_cover_what_the_package_needs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = [
        line.split(" ")[0]
        for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith(("#", "-"))
    ]
    assert [pin for pin in pins if not re.fullmatch(r"[a-z0-9-]+==[0-9.]+", pin)] == []
    assert _names(pins) == _names(project["dependencies"])


def test_the_command_starts_the_app_at_the_top_of_the_repository():
    assert app_path() == ROOT / "app.py"


def test_help_names_every_option(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    shown = capsys.readouterr().out
    assert all(option in shown for option in ("LINK", "--port", "--host", "--no-browser"))


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("", "http://localhost:8600/"),
        ("gallery", "http://localhost:8600/gallery"),
        ("loss=huber&huber.delta=0.5", "http://localhost:8600/?loss=huber&huber.delta=0.5"),
        ("?loss=huber", "http://localhost:8600/?loss=huber"),
        ("localhost:8501/?lr=0.1", "http://localhost:8600/?lr=0.1"),
        ("https://x.org/base/gallery?lr=0.1", "http://localhost:8600/gallery?lr=0.1"),
        ("https://x.org/base/", "http://localhost:8600/"),
        (" title=two words\n", "http://localhost:8600/?title=two%20words"),
        ("title=a%20b&x=1?2", "http://localhost:8600/?title=a%20b&x=1?2"),
    ],
)
def test_a_link_from_anywhere_opens_here(link, expected):
    assert app_url(link, "localhost", 8600) == expected


def test_the_server_asks_and_tells_nobody():
    assert SETTINGS["browser"] == {"gatherUsageStats": False, "serverAddress": "localhost"}


def _channels(colour):
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def _luminance(channels):
    # Relative luminance of sRGB: 0.2126 R + 0.7152 G + 0.0722 B of the linear channels.
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(ink, ground, opacity=1.0):
    ink, ground = _channels(ink), _channels(ground)
    mixed = [opacity * i + (1 - opacity) * g for i, g in zip(ink, ground, strict=True)]
    low, high = sorted((_luminance(mixed), _luminance(ground)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_the_standard_does():
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert _contrast("#ffffff", "#000000", opacity=0.0) == pytest.approx(1)


@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_are_readable(theme, ground):
    colours = SETTINGS["theme"][theme]
    for ink in ("textColor", "primaryColor", "linkColor"):
        assert _contrast(colours[ink], colours[ground]) >= AA_CONTRAST, ink
    assert _contrast(colours["textColor"], colours[ground], CAPTION_OPACITY) >= AA_CONTRAST


def test_no_button_is_white_on_a_light_accent():
    sources = [*(ROOT / "pages").glob("*.py"), *(ROOT / "lossviz/ui").rglob("*.py")]
    primary = re.compile(r"""type\s*=\s*["']primary["']""")
    assert [path for path in sources if primary.search(path.read_text(encoding="utf-8"))] == []
