"""Reading a link: what it asks for, and sentences on what it asks for in vain.

    parse("loss=squared_error&loss=huber&lr=0.01&lr=0.1")      a sweep of four, and notes

Writing one is `Sweep.query`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from lossviz.base.limits import CHARACTERS
from lossviz.base.registry import OutOfRange, Value, quote, text
from lossviz.base.words import in_full
from lossviz.engine.choices import USUAL, called, unsuited
from lossviz.engine.cost import held
from lossviz.engine.experiment import Sweep
from lossviz.engine.settings import param_of
from lossviz.items.datasets.given import OWN

NO_ROWS: Mapping[str, Value] = MappingProxyType({})
VIEW = "view."  # keys that belong to the page that wrote them, not to the run

NOTES = {
    "unknown": "Unknown settings were left out: {}.",
    "unusable": "Unusable values were left out: {}.",
    "signs": "A link writes + as %2B, and + for a space; it was read as + in {}.",
    "moved": "Values out of range were moved to the nearest allowed one: {}.",
    "repeated": "Values given twice were used once: {}.",
    "overruled": "The given rows are used, so these were left out: {}.",
    "unsuited": "Choices that do not suit the data were left out: {}.",
    "idle": "Settings of things that are not chosen were left out: {}.",
    "beyond": "The link asks for {}.",
}


def parse(query: str, rows: Mapping[str, Value] = NO_ROWS) -> tuple[Sweep, list[str]]:
    """The sweep in a query string or link, and sentences on what was not understood.

    Never raises. What is unknown or unusable is left out, what is out of range is moved to the
    nearest allowed value, and all else is honoured, as far as a server may be asked (`cost.held`).
    Keys under `view.` are passed over.

    rows: rows of one's own that are known, `{"data": "table", "table.rows": text}`: the link is
    about them, whatever data it names. Other settings among them hold where the link says nothing.
    """
    asked, notes = read_unlimited(query, rows)
    sweep, words = held(asked)
    return sweep, notes + ([NOTES["beyond"].format(words)] if words else [])


def query_of(link: str) -> str:
    """What a link asks: the part behind its "?" and before its "#", or all of a query."""
    head, mark, tail = link.partition("?")
    return (tail if mark and "=" not in head else link).partition("#")[0]


def read_unlimited(query: str, rows: Mapping[str, Value] = NO_ROWS) -> tuple[Sweep, list[str]]:
    """The same for a machine of one's own: however much the link asks for."""
    from urllib.parse import parse_qsl

    query, notes = query_of(query), []
    if len(query) > CHARACTERS:
        notes.append(
            f"The link is {len(query):,} characters long; the first {CHARACTERS:,} were read."
        )
        query = query[:CHARACTERS].rpartition("&")[0]
    faults: dict[str, list[str]] = {kind: [] for kind in NOTES}
    used: dict[str, list[tuple[str, str]]] = {"moved": [], "repeated": []}  # with their keys
    unusable: dict[str, str] = {}  # the last of each key
    known = {key: value for key, value in rows.items() if key == "data" or key.endswith(".rows")}
    axes: dict[str, list[Value]] = {key: [value] for key, value in known.items()}
    pairs, signed = (
        parse_qsl(form, keep_blank_values=True, errors="replace")
        for form in (query, query.replace("+", "%2B"))
    )
    for (key, words), (_, signs) in zip(pairs, signed, strict=True):
        if key.startswith(VIEW):
            continue
        if rows:
            key = _of_known(key, str(rows["data"]))
            if key in known:
                if key == "data" and words not in OWN:
                    faults["overruled"].append(f"data={quote(words)}")
                continue
        try:
            param = param_of(key)
        except KeyError:
            faults["unknown"].append(quote(key))
            continue
        try:
            value = param.check(words)
        except OutOfRange as error:
            value = param.nearest(float(words))
            used["moved"].append((key, f"{key} {error}, so {in_full(value)} was used"))
            if value in axes.get(key, []):
                continue
        except ValueError as error:
            try:
                value = param.check(signs)
            except ValueError as other:
                hint = "" if str(other) == str(error) else "; a link writes + as %2B"
                unusable[key] = f"{key} {error}{hint}"
                faults["unusable"].append(unusable[key])
                continue
            faults["signs"].append(key)
        if value in axes.setdefault(key, []):
            used["repeated"].append((key, f"{key}={text(value)}"))
        else:
            axes[key].append(value)
    for key, value in rows.items():
        axes.setdefault(key, [value])
    sweep = Sweep.of(axes)
    for key in unusable.keys() - axes.keys():
        if instead := _in_place_of_a_loss(key, sweep):
            at = faults["unusable"].index(unusable[key])
            faults["unusable"][at] += f", so {instead} trained"
    faults["unsuited"] = _replaced(axes, sweep)
    faults["idle"] = [key for key in axes if not sweep.uses(key)]
    for kind, said in used.items():  # of what is left out no more is said
        faults[kind] = [words for key, words in said if key not in faults["idle"]]
    return sweep, notes + [
        NOTES[kind].format(_listing(list(dict.fromkeys(found))))
        for kind, found in faults.items()
        if found
    ]


def _in_place_of_a_loss(key: str, sweep: Sweep) -> str:
    """Where a key names the loss, or what it is in words, which loss the sweep has without it."""
    if key == "loss":
        return _are([str(name) for name in sweep["loss"]])
    is_words = isinstance(param_of(key).default, str) and key.partition(".")[0] in sweep["loss"]
    return f"{sweep[key][0]} is" if is_words else ""


def _are(losses: Sequence[str]) -> str:
    """What losses are called, and "is" or "are"."""
    words = " and ".join(called("loss", each) for each in losses)
    return f"{words} {'is' if len(losses) == 1 else 'are'}"


def said_of_unsuited(axes: Mapping[str, Sequence[Value]], sweep: Sweep) -> list[str]:
    """The sentence on what of the axes suits none of the sweep's data; none where all does."""
    found = _replaced(axes, sweep)
    return [NOTES["unsuited"].format(_listing(found))] if found else []


def _replaced(axes: Mapping[str, Sequence[Value]], sweep: Sweep) -> list[str]:
    """On each choice among the axes that suits none of the sweep's data: why, and after the first
    loss what is trained in place of them."""
    data, found = [str(name) for name in sweep["data"]], []
    for choice in USUAL:
        given, taken = axes.get(choice, ()), sweep[choice]
        found += [unsuited(choice, str(name), data) for name in given if name not in taken]
        instead = [str(name) for name in taken if name not in given]
        if choice == "loss" and found and instead:
            found[0] += f", so {_are(instead)} trained"
    return found


def _of_known(key: str, data: str) -> str:
    """The key, and of any rows of one's own that of the rows that are known."""
    name, dot, short = key.partition(".")
    return f"{data}{dot}{short}" if name in OWN and dot else key


def _listing(details: list[str]) -> str:
    shown, rest = details[:3], len(details) - 3
    return "; ".join(shown) + (f"; and {rest:,} more" if rest > 0 else "")
