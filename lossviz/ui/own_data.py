"""Rows of the user's own in a session.

They are the setting `rows` of one of the datasets in OWN, so the address follows as ever. Tables
that no link can carry are kept in the session, and a link that names one which the session does
not hold asks for the file.
"""

from __future__ import annotations

import streamlit as st

from lossviz.engine.experiment import Experiment, Sweep
from lossviz.engine.settings import PLAIN
from lossviz.items.datasets import DATASETS
from lossviz.items.datasets.choice import Choice
from lossviz.items.datasets.given import OWN
from lossviz.items.datasets.packing import MOST_ROWS
from lossviz.items.datasets.table import (
    Table,
    edited_in,
    is_packed,
    keep,
    named,
    table_of,
    unchosen,
)
from lossviz.ui import state
from lossviz.views.examples import WELCOME

RESET = {"outliers": "the outliers", "scaling": "the scaling"}  # what suited other rows
ROWS = tuple(f"{name}.rows" for name in OWN)
MOST_HELD = 100_000_000  # bytes of tables that a session holds


def take(table: Table, *, test: float = 0.0, choice: Choice | None = None) -> str:
    """Make a table the data, as it stands: no outliers are injected into it. The text for it, with
    what was chosen of its file; where nothing was, it was edited by hand."""
    words, kept = keep(table, choice, is_edited=choice is None)
    if not is_packed(words):
        _hold(unchosen(words), kept)
    name = kept.data
    own = {f"{name}.rows": (words,), f"{name}.test": (test,), f"{name}.marked": None}
    state.put({"data": (name,), "outliers": None, **own})
    if not kept.marked.any():
        state.drop_clean_start()
    return words


def is_example() -> bool:
    """Whether the outliers on show are the first page's own: nobody chose them."""
    here, there = state.sweep(), WELCOME.sweep
    of = [f"{name}." for name in there["outliers"]]
    keys = {key for sweep in (here, there) for key, _ in sweep.axes if key.startswith(tuple(of))}
    return all(here[key] == there[key] for key in ("data", "outliers", *keys))


def said_of_left() -> list[str]:
    """A sentence on what was chosen for other data and does not hold for rows of one's own."""
    chosen = [key for key in RESET if state.sweep()[key] != (PLAIN[key].default,)]
    if is_example():
        chosen.remove("outliers")
    words = " and ".join(RESET[key] for key in chosen)
    return [f"Your rows are taken as they stand, without {words} of the data before."] * bool(words)


def give(table: Table) -> bool:
    """Hold rows that the settings name and that were not here; whether they are such rows."""
    words, kept = keep(table)
    is_asked = words in map(unchosen, missing())
    if is_asked:
        state.hold()
        _hold(words, kept)
        said = [*state.notes(), *state.unfitting(state.settings())]
        state.say(dict.fromkeys(said))  # now that the rows are known
    return is_asked


def _hold(words: str, table: Table) -> None:
    tables = _tables()
    tables.pop(words, None)
    tables[words] = table
    while len(tables) > 1 and sum(each.X.nbytes for each in tables.values()) > MOST_HELD:
        del tables[next(iter(tables))]  # the oldest


def _tables() -> dict[str, Table]:
    """What this session holds, by the texts that name it, without what was chosen."""
    return st.session_state.setdefault("tables", {})


def missing() -> list[str]:
    """The rows that the settings name and that this session does not hold."""
    asked = texts(state.sweep())
    return [words for words in asked if not is_packed(words) and unchosen(words) not in _tables()]


def texts(sweep: Sweep) -> list[str]:
    """The texts of all rows of the user's own that a sweep asks for."""
    return [str(words) for key in ROWS if sweep.uses(key) for words in sweep[key]]


def text_of(experiment: Experiment) -> str:
    """The text of an experiment's rows, "" where they are not the user's own."""
    return str(experiment.params_of("data")["rows"]) if experiment.data in OWN else ""


def features(experiment: Experiment) -> tuple[str, ...]:
    """What the features are called: of the user's own rows as the rows say."""
    words = text_of(experiment)
    return table_of(words).features if words else DATASETS[experiment.data].features


def said_of_link(experiment: Experiment) -> str:
    """What there is to say of a link to these rows; "" if it carries them."""
    words = text_of(experiment)
    if not words or is_packed(words):
        return ""
    count, name = named(words)
    lacks = ", which lacks what was edited here" * edited_in(words)
    return (
        f"The {count:,} rows of {name} {why(count)}, which asks for the file again{lacks}. They "
        "stay in this session."
    )


def why(count: int) -> str:
    """Why so many rows do not travel in a link, to be read after them."""
    return (
        "are too many for a link" if count > MOST_ROWS else "have more digits than fit into a link"
    )
