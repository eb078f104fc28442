"""Rows of a file on the command line: its options, and what they choose."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from csv import reader
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from lossviz.base.registry import Value
from lossviz.engine.link import parse
from lossviz.items.datasets.choice import Choice
from lossviz.items.datasets.given import OWN
from lossviz.items.datasets.table import (
    Table,
    chosen_in,
    is_packed,
    keep,
    named,
    unchosen,
    usual_share,
)
from lossviz.tables import KINDS, pick, read_as, said_of_other

OPTIONS = ("target", "features", "drop", "classes", "positive", "header", "kind")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that give a file and say what is to be learned of it."""
    group = parser.add_argument_group("rows of a file")
    add = partial(group.add_argument, default="")
    add("--data", metavar="FILE", help="train on the rows of a file (CSV)")
    add("--target", metavar="NAME", help="the column to predict (default: a guess)")
    names = partial(add, metavar="A,B", default=[], type=_names, action="extend")
    names("--features", help="the columns to predict it from (default: all that can be used)")
    names("--drop", help="columns to leave out")
    what = group.add_mutually_exclusive_group()
    what.add_argument(
        "--classes", action="store_true", default=None, help="the target is of classes"
    )
    what.add_argument(
        "--numbers", action="store_false", dest="classes", help="the target is of numbers"
    )
    add("--positive", metavar="CLASS", help="the class looked for, of two (default: the rarer)")
    add(
        "--header",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="whether the first row holds names (default: as it looks)",
    )
    add(
        "--kind",
        metavar="COLUMN=KIND",
        default=[],
        type=_kind,
        action="append",
        help=f"what a column is taken for: {', '.join(KINDS)}",
    )


def check(parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    """Wrong usage, with exit code 2, where what is said of a file stands without one."""
    for name in OPTIONS:
        if not args.data and getattr(args, name) not in (None, "", []):
            option = "numbers" if name == "classes" and not args.classes else name
            parser.error(f"--{option} is about the rows of a file: give it with --data")


def rows_of(args: argparse.Namespace) -> tuple[Mapping[str, Value], Table, list[str]]:
    """The rows of a file as `parse` takes them, their table, which is to be held, and sentences.
    OSError, and ValueError says what is wrong with the rows. What the options do not say, a link
    that names the file may."""
    sweep, _ = parse(args.link)
    texts = [str(text) for name in OWN if name in sweep["data"] for text in sweep[f"{name}.rows"]]
    asked = next((text for text in texts if not is_packed(text)), "")
    path = Path(args.data)
    # The same rows under another name are the same rows.
    name = named(asked)[1] if asked else path.name
    choice = _choice(args, chosen_in(asked) or Choice())
    picked = pick(read_as(path.read_bytes(), name, choice), choice)
    words, table = keep(picked.table, picked.choice)
    other = asked and unchosen(words) != unchosen(asked)
    said = [*picked.notes, *[said_of_other(asked)][: bool(other)]]
    rows: dict[str, Value] = {"data": table.data, f"{table.data}.rows": words}
    if unchosen(words) not in map(unchosen, texts):  # of rows that a link names, it says all
        rows[f"{table.data}.test"] = usual_share(table)
    return rows, table, said


def _choice(args: argparse.Namespace, before: Choice) -> Choice:
    """What the options choose of a file, and where they say nothing, what was chosen before."""
    changes: dict[str, Any] = {"header": args.header} if args.header is not None else {}
    named = {args.target, *args.features}  # what was left out before may be taken now
    kinds = {name: kind for name, kind in before.kinds if kind != "out" or name not in named}
    kinds |= {**dict(args.kind), **dict.fromkeys(args.drop, "out")}
    changes["kinds"] = tuple(sorted(kinds.items()))
    if args.target:
        changes |= {"target": args.target, "classes": None, "positive": ""}
    if args.features:
        changes["features"] = tuple(args.features)
    elif args.drop or args.target:
        kept = [each for each in before.features if each not in (*args.drop, args.target)]
        changes["features"] = tuple(kept)
    if args.classes is not None:
        changes |= {"classes": args.classes, "positive": ""}
    if args.positive:
        changes["positive"] = args.positive
    return replace(before, **changes)


def _names(words: str) -> list[str]:
    """Names with commas between them; one that holds a comma stands in quotation marks."""
    [names] = reader([words], skipinitialspace=True)
    return [name for name in map(str.strip, names) if name]


def _kind(words: str) -> tuple[str, str]:
    column, _, kind = words.rpartition("=")
    if not column or kind not in KINDS:
        raise argparse.ArgumentTypeError(f"{words!r} is not COLUMN=KIND, of {', '.join(KINDS)}")
    return column, kind
