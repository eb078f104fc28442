"""The most that may be asked for, in one table.

Everything here is counted, never timed, so that a link shows the same on every machine. What a
chart can draw, or a solver finish in about a second, are choices of those rooms and stand there.
`cost.py` counts what experiments ask for, and holds sweeps to it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """What runs, all together, may take: bytes kept or made on the way; multiplications of one
    step, which nobody can stop half-way, and of all steps."""

    memory: float
    step: float
    work: float


# A link, and so a visitor of a page, on a server that others use too. A step of that size takes
# about a second; training goes on in ticks, and can be stopped.
LINK = Budget(memory=2**29, step=2.0**31, work=2.0**45)
# Python and the command line, on a machine of one's own: what no such machine should begin.
MACHINE = Budget(memory=2**33, step=2.0**38, work=2.0**50)

CHARACTERS = 20_000  # of a link
ROWS_OF_A_LINK = 300  # of one's own, that it may carry
ROWS = 100_000  # of a file
MEGABYTES = 20  # of a file; .streamlit/config.toml says so to the server
FEATURES = 100  # of rows of one's own
SETTINGS = 900  # of an address that a browser sends; Streamlit reads a thousand
RUNS = 2_000  # of a link: as many values of one setting as fit into it
RUNS_OF_A_COMMAND = 200  # that `lossviz run` trains
SHOWN = 8  # runs on a page: no more than there are colours
STEPS = 20_000  # of a run
FRAMES = 500  # that are kept of a run
KEPT = 2**21  # numbers in these frames; of many parameters fewer frames are kept
FEWEST_FRAMES = 50
WRITTEN = 2**27  # characters of a table of runs
STARTS = 1_000  # values that `init` gives
