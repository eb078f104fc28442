"""`lossviz run`: training without a browser, to a table on the terminal and to files."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl

import lossviz
from lossviz.base.limits import MACHINE, RUNS_OF_A_COMMAND, SHOWN
from lossviz.base.registry import Value, quote
from lossviz.cli.file_options import add_options, check, rows_of
from lossviz.cli.terminal import say, tell
from lossviz.engine.cost import too_much
from lossviz.engine.experiment import Experiment
from lossviz.engine.frames import aligned
from lossviz.engine.link import VIEW, query_of, read_unlimited
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
    sweep, notes = read_unlimited(args.link, rows)
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
    views: dict[str, Value] = {}
    if args.html:
        notes += (about := _views(args.link, views, [run.experiment for run in runs]))
        for note in about:
            say(note)
    files: dict[str, Callable[[], str]] = {
        args.csv: lambda: csv_within(runs),
        args.html: lambda: _page(runs, views, [*said, *notes]),
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


def _views(link: str, views: dict[str, Value], asked: Sequence[Experiment]) -> list[str]:
    """Gather how a link looks at the runs; sentences on what the offline page has not."""
    from lossviz.views.panels import PANEL_VIEWS, read_view, unfit

    said = []
    for key, words in parse_qsl(query_of(link), keep_blank_values=True, errors="replace"):
        if key in PANEL_VIEWS:
            said.append(read_view(key, words, views, PANEL_VIEWS))
        elif key.startswith(VIEW):
            said.append(f"{quote(key)} is no setting of a page that plays offline; left out.")
    shown = {key.removeprefix(VIEW): value for key, value in views.items()}
    return [*filter(None, dict.fromkeys(said)), *unfit(shown, asked[:SHOWN])]


def _page(runs: Sequence[Run], views: Mapping[str, Value], said: Sequence[str]) -> str:
    """The page that plays offline, of as many runs as it can show, with what was said of them."""
    from lossviz.views.panels import view_of

    notes = list(said)
    alike = [run for run in runs if (run.error is None) == (runs[0].error is None)]
    shown = aligned(alike[:SHOWN])
    if len(shown) < len(runs):
        cut = f"The page shows {len(shown)} of the {len(runs)} runs: no more fit into its charts."
        say(cut)
        notes.append(cut)
    title = "LossViz: " + " and ".join(dict.fromkeys(run.experiment.loss for run in shown))
    view = view_of(views, [run.experiment for run in shown])
    return page_of(shown, title, view=view, notes=notes)


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
