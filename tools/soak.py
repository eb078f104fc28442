"""The browser's tests again and again: `python -m tools.soak --runs 20`.

A test that is red once in twenty runs is a fault, of the page or of the test. With `--busy` the
runs have programs beside them that keep all cores busy. A line a run, and of a red one all that
pytest says; each failure by its name at the end, with 1 if there was any.
"""

import argparse
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic

TESTS = "tests/browser"
MINUTES = 30  # for one run; then it counts as failed
# Ends with its parent, whatever becomes of that.
SPIN = "import os; parent = os.getppid()\nwhile os.getppid() == parent: pass"


def main(argv: Sequence[str] | None = None) -> int:
    """Read the command line, run, and say what failed; 1 if anything did."""
    parser = argparse.ArgumentParser(prog="python -m tools.soak", description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--busy", action="store_true", help="keep all cores busy meanwhile")
    parser.add_argument("rest", nargs="*", help=f"for pytest, after --; otherwise {TESTS}")
    asked = parser.parse_args(argv)
    command = [sys.executable, "-m", "pytest", "-n", str(asked.workers), "-q", "-rfE"]
    command += asked.rest or [TESTS]
    with _busy(os.cpu_count() or 1 if asked.busy else 0):
        return soak(asked.runs, lambda: _run(command))


def soak(runs: int, run: Callable[[], tuple[int, str]]) -> int:
    """Run so often, print a line a run, and what failed; 1 if any run failed, else 0.

    `run` gives the exit status of pytest and what it printed, with a short summary of failures.
    """
    failed: Counter[str] = Counter()
    red = 0
    for number in range(1, runs + 1):
        start = monotonic()
        status, said = run()
        failed.update(failures(said))
        red += status != 0
        word = "green" if status == 0 else "RED"
        lines = said.strip().splitlines() or ["nothing was printed"]
        seconds = monotonic() - start
        print(f"{number} of {runs}: {word} in {seconds:.0f} s: {lines[-1].strip('= ')}", flush=True)
        if status != 0:  # all that is known of it: it may not come again
            print("\n".join(f"    {line}" for line in lines), flush=True)
    print(f"{runs - red} of {runs} runs were green.")
    for name, times in failed.most_common():
        print(f"    {times} times: {name}")
    return int(red > 0)


def failures(said: str) -> list[str]:
    """The tests that pytest's summary names as failed."""
    return re.findall(r"^(?:FAILED|ERROR) (\S.*?)(?: - .*)?$", said, re.MULTILINE)


def _run(command: Sequence[str]) -> tuple[int, str]:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60 * MINUTES,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 1, f"not done after {MINUTES} minutes"
    return done.returncode, done.stdout + done.stderr


@contextmanager
def _busy(cores: int) -> Iterator[None]:
    programs = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(cores)]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


if __name__ == "__main__":
    sys.exit(main())
