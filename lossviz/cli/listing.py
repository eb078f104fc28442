"""`lossviz list`: what there is to choose from."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

import lossviz
from lossviz.base.registry import Item, text

KINDS = ("losses", "datasets", "outliers", "models", "optimizers", "schedules", "panels")


def main(words: Sequence[str]) -> int:
    """What there is of a kind: names, what they are called, and their settings."""
    args = _parser().parse_args(words)

    items = _items(args.kind)
    wide = max(map(len, items))
    for name, item in items.items():
        print(f"{name:{wide}}  {item.label}")
        for param in item.params:
            if isinstance(param.default, str):
                span = ", ".join(param.choices) or "words"
            else:
                span = f"{text(param.low)} to {text(param.high)}"
            key = f"{'view' if args.kind == 'panels' else name}.{param.name}"
            print(f"{'':{wide}}    {key}={text(param.default)}  ({span})")
    return 0


def _items(kind: str) -> Mapping[str, Item]:
    if kind == "panels":  # each is `view.panel=NAME` in a link
        from lossviz.views.panels import PANELS

        return PANELS
    return getattr(lossviz, kind.upper())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lossviz list",
        description="What there is to choose from: names as in links, and the settings of each "
        "with their defaults and ranges.",
        epilog="example: lossviz list losses",
    )
    parser.add_argument("kind", choices=list(KINDS), help="what to list")
    return parser
