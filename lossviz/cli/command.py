"""The command line.

lossviz [LINK], lossviz serve [LINK]     start the app
lossviz run QUERY                        train, print a table, write files
lossviz list KIND                        what there is to choose from
"""

import argparse
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

_FIRST_PORT = 8501  # where Streamlit's users expect it
_PORTS_TRIED = 50
_PATIENCE = 30.0  # seconds a slow machine may take until the server answers
_KINDS = {
    "losses": "loss",
    "datasets": "data",
    "outliers": "outliers",
    "models": "model",
    "optimizers": "optimizer",
    "schedules": "schedule",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command says; the exit code: 0 if all went well, 1 if nothing could be read or
    something not written. Wrong usage exits with 2, by SystemExit."""
    words = sys.argv[1:] if argv is None else list(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal may have no sign for δ
            stream.reconfigure(errors="replace")
    if words and words[0] in _COMMANDS:
        return _COMMANDS[words[0]](words[1:])
    return _serve(words)


def _serve(words: Sequence[str]) -> int:
    """Start the app, open it in the browser, and serve until interrupted."""
    args = _serve_parser().parse_args(words)
    port = args.port or free_port(args.host)
    visible_host = "localhost" if args.host in ("127.0.0.1", "0.0.0.0") else args.host
    url = app_url(args.link, visible_host, port)
    print(f"LossViz: {url}", flush=True)
    if not args.no_browser:
        threading.Thread(target=_open_when_up, args=(args.host, port, url), daemon=True).start()

    from streamlit.web import cli

    # headless, because Streamlit's own browser window would not know the link.
    cli.main(
        [
            "run",
            str(app_path()),
            f"--server.address={args.host}",
            f"--server.port={port}",
            "--server.headless=true",
            "--server.fileWatcherType=none",
        ]
    )
    return 0


def _run(words: Sequence[str]) -> int:
    """Train what a link asks for; a table on stdout, notes on stderr, files where asked for."""
    parser = _run_parser()
    args = parser.parse_args(words)

    from lossviz import run_all
    from lossviz.base.limits import MACHINE, RUNS_OF_A_COMMAND
    from lossviz.cli.file import check, rows_of
    from lossviz.engine.cost import too_much
    from lossviz.engine.link import read
    from lossviz.export import csv_within, script, summary
    from lossviz.items.datasets.table import MissingTable

    check(parser, args)
    rows, _table, said = {}, None, []  # the link may only name the table, so it is held here
    if args.data:
        try:
            rows, _table, said = rows_of(args)
        except (OSError, ValueError) as error:
            _say(f"{args.data}: {getattr(error, 'strerror', None) or error}")
            return 1
        for sentence in said:
            _say(sentence)
    sweep, notes = read(args.link, rows)
    for note in notes:
        _say(note)
    if notes and not sweep.axes:
        _say("Nothing in it could be read. An example: lossviz run 'loss=huber&lr=0.1'")
        return 1
    if sweep.size > RUNS_OF_A_COMMAND:
        _say(f"The link asks for {sweep.size:,} runs; here {RUNS_OF_A_COMMAND} are the most.")
        return 1
    if why := too_much(sweep, MACHINE):
        _say(f"The link asks for {why}.")
        return 1
    try:
        runs = run_all(sweep)
    except MissingTable as error:
        _say(f"{error} Give it with --data.")
        return 1
    _tell(summary(runs))
    files: dict[str, Callable[[], str]] = {
        args.csv: lambda: csv_within(runs),
        args.html: lambda: _page(runs, [*said, *notes]),
        args.script: lambda: script([run.experiment for run in runs], args.flavour),
    }
    return max([_write(name, made) for name, made in files.items() if name], default=0)


def _write(name: str, made: Callable[[], str]) -> int:
    """Write a file; 1 and a sentence where that cannot be done."""
    from lossviz.export import NoScript, TooLarge

    try:
        # As it is: the table has line ends of its own.
        Path(name).write_text(made(), encoding="utf-8", newline="")
    except (NoScript, TooLarge) as reason:
        _say(f"{name} was not written. {reason}")
        return 1
    except OSError as error:
        _say(f"{name} could not be written: {error.strerror or error}.")
        return 1
    return 0


def _page(runs: Sequence, said: Sequence[str]) -> str:
    """The page that plays offline, of as many runs as it can show, with what was said of them."""
    from lossviz.base.limits import SHOWN
    from lossviz.engine.frames import aligned
    from lossviz.export import page
    from lossviz.views.panels import marks, playground
    from lossviz.views.sentences import faults, headline, remarks

    notes = list(said)
    alike = [run for run in runs if (run.error is None) == (runs[0].error is None)]
    shown = aligned(alike[:SHOWN])
    if len(shown) < len(runs):
        cut = f"The page shows {len(shown)} of the {len(runs)} runs: no more fit into its charts."
        _say(cut)
        notes.append(cut)
    title = "LossViz: " + " and ".join(dict.fromkeys(run.experiment.loss for run in shown))
    above = [*notes, headline(shown), *faults(shown)]
    return page(
        playground(shown), title, sentences=above, remarks=remarks(shown), marks=marks(shown)
    )


def _list(words: Sequence[str]) -> int:
    """What there is of a kind: names, what they are called, and their settings."""
    args = _list_parser().parse_args(words)

    from lossviz.base.registry import text
    from lossviz.engine.choices import CHOICES

    items = CHOICES[_KINDS[args.kind]]
    wide = max(map(len, items))
    for name, item in items.items():
        print(f"{name:{wide}}  {item.label}")
        for param in item.params:
            if isinstance(param.default, str):
                span = ", ".join(param.choices) or "words"
            else:
                span = f"{text(param.low)} to {text(param.high)}"
            print(f"{'':{wide}}    {name}.{param.name}={text(param.default)}  ({span})")
    return 0


def _say(words: str) -> None:
    _tell(words, sys.stderr)


def _tell(words: str, to: TextIO | None = None) -> None:
    from lossviz.base.registry import printable

    print(printable(words), file=to)  # files and links name columns, and may name them anything


_COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "run": _run,
    "list": _list,
    "serve": _serve,
}


def app_path() -> Path:
    """The app's script: inside an installed package, or at the top of the repository."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_app" / "app.py"
    return installed if installed.exists() else package.parent / "app.py"


def app_url(link: str, host: str, port: int) -> str:
    """Where to open the app: `link` is a query, a page's name, or any LossViz address with them."""
    before, mark, after = link.strip().partition("?")
    if "=" in before:
        page, query = "", link.strip()
    else:
        page, query = before.rsplit("/", 1)[-1], mark + after
    query = quote(query.removeprefix("?"), safe="=&%+:,.;/?@!$'()*~-_[]")
    return f"http://{host}:{port}/{quote(page)}" + (f"?{query}" if query else "")


def free_port(host: str) -> int:
    """The first free port from 8501 on; SystemExit when fifty in a row are taken."""
    for port in range(_FIRST_PORT, _FIRST_PORT + _PORTS_TRIED):
        with socket.socket() as probe:
            # As the server does: a port that only waits for old connections to end is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise SystemExit(f"no free port on {host} from {_FIRST_PORT} to {port}; choose one by --port")


def _open_when_up(host: str, port: int, url: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            webbrowser.open(url)
            return


def _serve_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lossviz",
        description="Watch loss functions train side by side, on data with outliers. "
        "`lossviz run QUERY` trains without a browser, `lossviz list KIND` says what there is "
        "(each has a --help of its own); `lossviz serve LINK` is the same as `lossviz LINK`.",
        epilog="example: lossviz 'loss=squared_error&loss=huber&lr=0.1'",
    )
    parser.add_argument(
        "link", metavar="LINK", nargs="?", default="", help="a query or a LossViz link to open"
    )
    parser.add_argument("--port", type=int, help="default: the first free one from 8501 on")
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="0.0.0.0 lets others on the network in (default: %(default)s)",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    return parser


def _run_parser() -> argparse.ArgumentParser:
    from lossviz.cli.file import file_options
    from lossviz.export.scripts.flavours import FLAVOURS

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
    file_options(parser)
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


def _list_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lossviz list",
        description="What there is to choose from: names as in links, and the settings of each "
        "with their defaults and ranges.",
        epilog="example: lossviz list losses",
    )
    parser.add_argument("kind", choices=list(_KINDS), help="what to list")
    return parser
