"""Data of the user's own: three items whose parameter is the rows themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lossviz.base.registry import Param
from lossviz.items.datasets.base import (
    DATASETS,
    Dataset,
    Drawn,
    Size,
    held_out,
    sized,
)
from lossviz.items.datasets.table import Table, is_packed, keep, named, table_of

OWN = ("table", "table_binary", "table_classes")


def _reader(task: str) -> Any:
    def read(words: str) -> str:
        if not is_packed(words):
            named(words)
            return words
        count = len(table_of(words).classes)
        if {0: "regression", 2: "binary"}.get(count, "multiclass") != task:
            raise ValueError(f"the rows in the link have {count or 'no'} classes")
        return words

    return read


def _own(name: str, label: str, task: str, default: Table) -> None:
    words, _ = keep(default)

    def function(rng: np.random.Generator, *, rows: str, test: float, marked: str) -> Drawn:
        table = table_of(rows)
        names = table.features, table.target, table.classes
        drawn = held_out(rng, table.X, table.y, table.marked, test, names)
        if marked == "in" or drawn.marked.all():
            return drawn
        kept = ~drawn.marked
        return drawn._replace(X=drawn.X[kept], y=drawn.y[kept], marked=drawn.marked[kept])

    def draw(rng: Any, fresh: Any, params: Mapping[str, Any]) -> Drawn:
        return function(rng, **params)

    def size(*, rows: str, test: float, marked: str) -> Size:
        table = table_of(rows)
        return sized(len(table.y), test, len(table.features), len(table.classes))

    DATASETS.add(
        Dataset(
            name=name,
            label=label,
            size=size,
            params=(
                Param(
                    "rows",
                    words,
                    label="Rows",
                    help="The rows, packed, or the file's name.",
                    reader=_reader(task),
                    has_widget=False,
                ),
                Param("test", 0.0, 0.0, 0.5, "Held-out share", "Share of the rows for testing."),
                Param(
                    "marked",
                    "in",
                    label="Marked rows",
                    choices=("in", "out"),
                    help="Whether rows that are marked as outliers are trained on.",
                ),
            ),
            function=function,
            draw=draw,
            task=task,
            classes=default.classes,
            truth=None,
            features=default.features,
            target=default.target,
            image=None,
            notes=NOTES,
            source="given by the user",
            standardise=True,
        )
    )


NOTES = (
    "Rows of your own: from a file, pasted, drawn on the chart or typed. Few rows travel in the "
    "link; more of them stay in this session, and nobody else sees them."
)
_x = np.array([0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0])
_own(
    "table",
    "Your own data (numbers)",
    "regression",
    Table(_x[:, None], np.array([1.2, 1.8, 2.6, 3.1, 3.4, 4.3, 4.7, 1.0]), np.zeros(8, bool)),
)
_plane = np.array(
    [
        [1.0, 1.0],
        [1.5, 2.0],
        [2.0, 1.2],
        [2.4, 2.3],
        [3.0, 1.4],
        [3.4, 3.2],
        [4.0, 2.6],
        [4.2, 4.0],
        [5.0, 3.4],
        [5.2, 4.6],
    ]
)
_none = np.zeros(len(_plane), bool)
_own(
    "table_binary",
    "Your own data (two classes)",
    "binary",
    Table(
        X=_plane,
        y=np.repeat([0.0, 1.0], 5),
        marked=_none,
        features=("x1", "x2"),
        target="class",
        classes=("a", "b"),
    ),
)
_own(
    "table_classes",
    "Your own data (several classes)",
    "multiclass",
    Table(
        X=_plane,
        y=np.repeat([0.0, 1.0, 2.0], [4, 3, 3]),
        marked=_none,
        features=("x1", "x2"),
        target="class",
        classes=("a", "b", "c"),
    ),
)
