"""`lossviz run`: training without a browser, to a table on the terminal and to files."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import lossviz
from lossviz.base.limits import MACHINE, RUNS_OF_A_COMMAND, SHOWN
from lossviz.cli.file_options import add_options, check, rows_of
from lossviz.cli.terminal import say, tell
from lossviz.engine.cost import too_much
from lossviz.engine.frames import aligned
from lossviz.engine.link import read
from lossviz.engine.run import Run
from lossviz.export import FLAVOURS, NoScript, TooLarge, csv_within, page_of, script, summary
from lossviz.items.datasets.table import MissingTable


def main(words: Sequence[str]) -> int:
    """Train what a link asks for; a table on stdout, notes on stderr, files where asked for."""
    parser = _parser()
    args = parser.parse_args(words)
    check(parser, args)
    rows, _table, said = {}, None, []  # the link may only name the table, so it is held here
    if args.data:
        try:
            rows, _table, said = rows_of(args)
        except (OSError, ValueError) as error:
            say(f"{args.data}: {getattr(error, 'strerror', None) or error}")
            return 1
        for sentence in said:
            say(sentence)
    sweep, notes = read(args.link, rows)
    for note in notes:
        say(note)
    if notes and not sweep.axes:
        say("Nothing in it could be read. An example: lossviz run 'loss=huber&lr=0.1'")
        return 1
    if sweep.size > RUNS_OF_A_COMMAND:
        say(f"The link asks for {sweep.size:,} runs; here {RUNS_OF_A_COMMAND} are the most.")
        return 1
    if why := too_much(sweep, MACHINE):
        say(f"The link asks for {why}.")
        return 1
    try:
        runs = lossviz.run_all(sweep)
    except MissingTable as error:
        say(f"{error} Give it with --data.")
        return 1
    tell(summary(runs))
    files: dict[str, Callable[[], str]] = {
        args.csv: lambda: csv_within(runs),
        args.html: lambda: _page(runs, [*said, *notes]),
        args.script: lambda: script([run.experiment for run in runs], args.flavour),
    }
    return max([_write(name, made) for name, made in files.items() if name], default=0)


def _write(name: str, made: Callable[[], str]) -> int:
    """Write a file; 1 and a sentence where that cannot be done."""
    try:
        # As it is: the table has line ends of its own.
        Path(name).write_text(made(), encoding="utf-8", newline="")
    except (NoScript, TooLarge) as reason:
        say(f"{name} was not written. {reason}")
        return 1
    except OSError as error:
        say(f"{name} could not be written: {error.strerror or error}.")
        return 1
    return 0


def _page(runs: Sequence[Run], said: Sequence[str]) -> str:
    """The page that plays offline, of as many runs as it can show, with what was said of them."""
    notes = list(said)
    alike = [run for run in runs if (run.error is None) == (runs[0].error is None)]
    shown = aligned(alike[:SHOWN])
    if len(shown) < len(runs):
        cut = f"The page shows {len(shown)} of the {len(runs)} runs: no more fit into its charts."
        say(cut)
        notes.append(cut)
    title = "LossViz: " + " and ".join(dict.fromkeys(run.experiment.loss for run in shown))
    return page_of(shown, title, notes=notes)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lossviz run",
        description="Train what a query or link asks for, and print where each run comes to.",
        epilog="example: lossviz run 'loss=squared_error&loss=huber&lr=0.1' --csv runs.csv; "
        "exit codes: 0 fine, 1 nothing could be read or a file not be written, 2 wrong usage",
    )
    parser.add_argument(
        "link", metavar="QUERY", nargs="?", default="", help="a query or a LossViz link to train"
    )
    add = partial(parser.add_argument, metavar="FILE", default="")
    add_options(parser)
    add("--csv", help="write every kept step of every run as a table")
    add("--html", help="write the animation as one page that plays offline")
    add("--script", help="write a Python script that does the same")
    parser.add_argument(
        "--flavour",
        choices=list(FLAVOURS),
        default="lossviz",
        help="what the script is written with (default: %(default)s)",
    )
    return parser
