"""Data of the user's own: packed into a text, or named by it, and trained on like any other."""

import base64
import gc
import json
import tracemalloc
import zlib
from dataclasses import replace
from urllib.parse import quote, urlencode

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from suiting import OWN, own_rows

from lossviz import DATASETS, Experiment, parse, run, sample
from lossviz.analysis.minimum import moved_by_outliers, reference
from lossviz.engine.choices import suits
from lossviz.items.datasets.choice import Choice, choice_of
from lossviz.items.datasets.packing import MOST_ROWS, VERSION, pack, unpack
from lossviz.items.datasets.table import (
    LONGEST_TEXT,
    MissingTable,
    Table,
    chosen_in,
    edited_in,
    is_packed,
    keep,
    named,
    table_of,
    unchosen,
)
from lossviz.tables import said_of_other
from lossviz.ui import own_data
from lossviz.views.examples import WELCOME


def drawn(n: int, d: int = 1, classes: tuple[str, ...] = (), digits: int | None = None) -> Table:
    rng = np.random.default_rng([n, d])
    X, y = rng.normal(size=(n, d)) * 1000, rng.normal(size=n)
    if digits is not None:
        X, y = X.round(digits), y.round(digits)
    if classes:
        y = rng.integers(len(classes), size=n).astype(float)
    names = tuple(f"größe {i}" for i in range(d))
    return Table(X, y, rng.random(n) < 0.2, names, "Ziel, €", classes, "mine.csv")


def packed(header: object, *lines: str, version: str = "1") -> str:
    plain = "\n".join([header if isinstance(header, str) else json.dumps(header), *lines])
    return version + base64.urlsafe_b64encode(zlib.compress(plain.encode())).decode().rstrip("=")


def raw_text(head: object, body: bytes) -> str:
    """The text of a head and bytes as they are now packed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = head if isinstance(head, bytes) else json.dumps(head).encode()
    packed = packer.compress(head + b"\n" + body) + packer.flush()
    return VERSION + base64.urlsafe_b64encode(packed).decode().rstrip("=")


HEADER = [["x"], "y", [], "mine"]
GOOD = [keep(drawn(5, 2, classes))[0] for classes in ((), ("no", "yes"), ("a", "b", "c"))]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=6,
)


@pytest.mark.parametrize("classes", [(), ("no", "yes"), ("a", "b", "c")])
def test_few_rows_travel_in_the_text_to_the_last_bit(classes):
    table = drawn(50, 2, classes, digits=3)
    text, kept = keep(table)
    assert is_packed(text)
    assert len(text) < LONGEST_TEXT
    for found in (kept, table_of(text)):
        assert np.array_equal(found.X, table.X)
        assert np.array_equal(found.y, table.y)
        assert np.array_equal(found.marked, table.marked)
        assert (found.features, found.target, found.classes, found.name) == (
            table.features,
            table.target,
            table.classes,
            table.name,
        )


@pytest.mark.parametrize("digits", [0, 2, 6, None])
@pytest.mark.parametrize(("n", "d"), [(2, 1), (100, 3), (150, 2), (MOST_ROWS, 1)])
def test_rows_travel_to_the_last_bit(n, d, digits):
    table = drawn(n, d, digits=digits)
    text, kept = keep(table)
    assert is_packed(text)
    assert len(text) <= LONGEST_TEXT
    for found in (kept, table_of(text)):
        assert found.X.tobytes() == (table.X + 0.0).tobytes()
        assert found.y.tobytes() == (table.y + 0.0).tobytes()
        assert np.array_equal(found.marked, table.marked)


def test_what_does_not_fit_is_named_as_it_is_and_never_rounded():
    # One target of a million among 300 of about 10 leaves no digits to round away.
    rng = np.random.default_rng(0)
    X = rng.normal(size=(MOST_ROWS, 2))
    y = 3 * X[:, 0] + 2 * X[:, 1] + 1 + rng.normal(scale=0.1, size=MOST_ROWS)
    y[0] = 1e6
    text, kept = keep(Table(X, y, np.zeros(MOST_ROWS, bool), ("x", "u")))
    assert not is_packed(text)
    assert kept.y.tobytes() == y.tobytes()
    query = {"table.rows": text, "table.test": 0.0}
    experiment = Experiment(data="table", loss="absolute_error", scaling="none", params=query)
    found = reference(experiment)
    assert found is not None
    assert found.theta == pytest.approx([1.0, 3.0, 2.0], abs=0.03)


@pytest.mark.parametrize(
    "column",
    [
        [0.1, 0.2, 0.3],
        [1e12, -1e12],
        [-0.0, 0.0],
        [2.0**53 - 1, -(2.0**53) + 1],
        [5e-324, 1.0],
        [1e-12, 2.5e-7],
        [1 / 3, 1.0],
        [123456.789, 1e6],
        [1.5, 1.5],
        [1e300, 1.0],
    ],
    ids=str,
)
def test_every_number_comes_back_as_it_was(column):
    facts, found = unpack(pack(["ü"], [np.array(column), np.arange(len(column)) % 2.0]))
    assert facts == ["ü"]
    assert found[0].tobytes() == (np.array(column) + 0.0).tobytes()
    assert found[1].tolist() == [k % 2 for k in range(len(column))]


def test_links_of_earlier_days_are_still_read():
    text = packed([["x"], "y", [], "mine"], "1,2.5,3", "0.1,-2,1e3", "0,0,1")
    table = table_of(text)
    assert table.X.tolist() == [[1], [2.5], [3]]
    assert table.y.tolist() == [0.1, -2, 1000]
    assert table.marked.tolist() == [False, False, True]
    assert parse(f"data=table&table.rows={text}")[1] == []


def test_more_than_a_link_may_hold_is_never_unpacked():
    many = packed(HEADER, *[",".join("1" * (MOST_ROWS + 1))] * 3)
    wide = packed([["x"] * 101, "y", [], ""], *["1,2"] * 103)
    huge = packed(HEADER, "0," * 600_000)
    zeros = raw_text([HEADER, 160_000, [[0, 0, 1]] * 3], bytes(480_000))
    for text in (many, wide, huge, zeros):
        tracemalloc.start()
        with pytest.raises(ValueError, match="at most 300 rows and 100 features"):
            table_of(text)
        assert tracemalloc.get_traced_memory()[1] < 20e6
        tracemalloc.stop()


def test_names_of_a_link_hold_no_signs_that_no_screen_shows():
    text = packed([["a\ud800\n"], "b\x00", [], "c\u202e~"], "1,2", "1,2", "0,0")
    table = table_of(text)
    assert (table.features, table.target, table.name) == (("a  ",), "b ", "c ~")
    for bad in ("\ud800", "\x00", "a\nb", "\u202e"):
        with pytest.raises(ValueError, match="names no table"):
            named(f"file~12~{'0' * 32}~{bad}")
    name = "x\ud800\x07"
    words, kept = keep(replace(drawn(400), name=name))
    assert kept.name == "x  "
    assert named(words) == (400, "x")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_text_that_was_changed_anywhere_is_rows_or_a_sentence(data):
    text = data.draw(st.sampled_from(GOOD))
    kind = data.draw(st.sampled_from(["cut", "letters", "bytes", "head"]))
    if kind == "cut":
        text = text[: data.draw(st.integers(0, len(text)))]
    elif kind == "letters":
        at = data.draw(st.integers(0, len(text) - 1))
        text = text[:at] + data.draw(st.text(max_size=3)) + text[at + 1 :]
    else:
        plain = zlib.decompressobj(-15).decompress(base64.urlsafe_b64decode(text[1:] + "==="))
        head, _, body = plain.partition(b"\n")
        if kind == "bytes":
            at = data.draw(st.integers(0, len(body) - 1))
            body = body[:at] + data.draw(st.binary(max_size=9)) + body[at + 1 :]
        else:
            value = data.draw(JSON)
            head = json.loads(head)
            at = data.draw(st.integers(0, 2))
            head[at] = value if data.draw(st.booleans()) else [*head[:at], value]
            head = json.dumps(head).encode()
        text = raw_text(head, body)
    try:
        table = table_of(text)
    except (ValueError, MissingTable):
        sweep, notes = parse(f"data=table&table.rows={quote(text, errors='replace')}")
        assert notes or not is_packed(text)
        assert sweep["data"] == ("table",)
        return
    assert np.isfinite(table.X).all()
    assert 2 <= len(table.y) <= MOST_ROWS
    "".join([*table.features, table.target, *table.classes, table.name]).encode()
    sweep, _ = parse(urlencode({"data": table.data, f"{table.data}.rows": text}))
    assert parse(sweep.query()) == (sweep, [])


@pytest.mark.parametrize(
    "table", [drawn(MOST_ROWS + 1), drawn(MOST_ROWS, 60)], ids=["rows", "columns"]
)
def test_many_rows_are_named_and_stay_while_somebody_holds_them(table):
    text, kept = keep(table)
    assert not is_packed(text)
    assert named(text) == (len(table.y), "mine.csv")
    assert table_of(text) is kept
    assert keep(table)[1] is kept  # the same rows are kept once
    experiment = Experiment(data="table", params={"table.rows": text})
    assert np.array_equal(sample(experiment).y, table.y)
    del kept, experiment
    gc.collect()
    with pytest.raises(MissingTable, match=r"The \d+ rows of mine.csv are not here"):
        table_of(text)


CHOICE = Choice("y", ("a", "ü b"), (("c", "out"),), False, True, "fraud")


def test_a_text_that_names_a_table_carries_what_was_chosen():
    table = drawn(400)
    words, kept = keep(table, CHOICE)
    assert chosen_in(words) == CHOICE
    assert named(words) == (400, "mine.csv")
    plain, same = keep(table)
    assert same is kept is table_of(words) is table_of(plain)
    assert unchosen(words) == plain == unchosen(plain)
    assert chosen_in(plain) is None
    query = urlencode({"data": "table", "table.rows": words})
    assert parse(query)[0]["table.rows"] == (words,)
    cut = words[:-9]  # a link that was cut still names the rows
    assert named(cut) == (400, "mine.csv")
    assert chosen_in(cut) is None


def test_a_text_that_names_edited_rows_says_that_no_file_gives_them():
    table = drawn(400)
    words, kept = keep(table, CHOICE, is_edited=True)
    assert edited_in(words)
    assert table_of(words) is kept
    assert chosen_in(words) is None
    assert not edited_in(keep(table, CHOICE)[0])
    assert not edited_in(keep(table)[0])
    few, _ = keep(drawn(5), is_edited=True)
    assert is_packed(few)
    assert not edited_in(few)
    experiment = Experiment(data="table", params={"table.rows": words})
    assert own_data.said_of_link(experiment) == (
        "The 400 rows of mine.csv are too many for a link, which asks for the file again, which "
        "lacks what was edited here. They stay in this session."
    )
    del kept, experiment
    gc.collect()
    with pytest.raises(MissingTable, match="needed again, which lacks what was edited by hand"):
        table_of(words)
    assert "edited by hand" in said_of_other(words)
    assert "edited" not in said_of_other(keep(table, CHOICE)[0])


def test_rows_that_are_taken_without_a_choice_were_edited(monkeypatch):
    monkeypatch.setattr(own_data, "_hold", lambda words, table: None)
    monkeypatch.setattr(own_data.state, "put", lambda changes: None)
    assert edited_in(own_data.take(drawn(400)))
    assert chosen_in(own_data.take(drawn(400), choice=CHOICE)) == CHOICE


def test_a_choice_too_long_for_a_link_is_to_be_made_again():
    rng = np.random.default_rng(0)
    features = tuple(rng.bytes(30).hex() for _ in range(100))
    assert Choice("y", features).text == ""


@pytest.mark.parametrize(
    "facts",
    [
        [],
        {},
        5,
        ["y", "ab", [], None, None, ""],
        [1] * 6,
        ["y", [1], [], None, None, ""],
        ["y", [], ["ab"], None, None, ""],
        ["y", [], [["a"]], None, None, ""],
        ["y", [], [], 1, None, ""],
    ],
    ids=str,
)
def test_a_broken_choice_is_none(facts):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(json.dumps(facts).encode()) + packer.flush()
    assert choice_of(base64.urlsafe_b64encode(packed).decode().rstrip("=")) is None


def test_another_value_anywhere_is_another_name():
    table = drawn(400)
    texts = {keep(table)[0]}
    for part in ("X", "y", "marked"):
        changed = getattr(table, part).copy()
        changed[7] = not changed[7] if part == "marked" else 0.5
        texts.add(keep(Table(**{**vars(table), part: changed}))[0])
    texts.add(keep(Table(**{**vars(table), "target": "z"}))[0])
    assert len(texts) == 5


def test_marked_rows_are_trained_on_and_never_tested_on():
    table = drawn(40, digits=2)
    for share in (0.0, 0.25):
        text = keep(table)[0]
        got = sample(Experiment(data="table", params={"table.rows": text, "table.test": share}))
        assert set(table.y[table.marked]) == set(got.y[got.is_outlier])
        assert not set(got.y_test) & set(table.y[table.marked])
        held = round(share * (~table.marked).sum())
        assert len(got.y) == 40 - held
        if held:
            assert sorted([*got.y, *got.y_test]) == sorted(table.y)


def test_where_all_rows_are_marked_they_are_tested_on_all_the_same():
    table = Table(np.arange(3.0)[:, None], np.arange(3.0), np.ones(3, bool))
    got = sample(Experiment(data="table", params={"table.rows": keep(table)[0]}))
    assert len(got.y_test) == 3


@pytest.mark.parametrize("data", OWN)
def test_own_data_train_with_names_of_their_own(data):
    link = f"data={data}&{data}.rows={own_rows(data)}"
    sweep, notes = parse(link)
    assert notes == []
    [experiment] = sweep
    found = run(experiment)
    assert np.isfinite(found.loss).all()
    got = sample(experiment)
    assert (got.features, got.target, got.classes) == (("u", "v"), "w", OWN[data])
    assert "u" in " ".join(found.names)
    assert list(parse(sweep.query())[0]) == [experiment]


def test_a_text_with_classes_goes_with_its_own_dataset_only():
    for data in OWN:
        for other in OWN:
            notes = parse(f"data={data}&{data}.rows={own_rows(other)}")[1]
            assert bool(notes) == (data != other)


HOSTILE = {
    "": "holds no rows",
    "0": "holds no rows",
    "x" * 50: "holds no rows",
    "1": "broken or were cut off",
    "1!!": "broken or were cut off",
    "1é": "broken or were cut off",
    own_rows("table")[:-5]: "broken or were cut off",
    packed(HEADER, "1,2", "a,b", "0,0"): "broken or were cut off",
    packed(HEADER, "1,2", "1", "0,0"): "broken or were cut off",
    packed("[" * 5000, "1,2", "1,2", "0,0"): "broken or were cut off",
    packed("{}", "1,2", "1,2", "0,0"): "no proper names",
    packed([["x"], "y", []], "1", "1", "0"): "no proper names",
    packed(["x", "y", [], ""], "1", "1", "0"): "no proper names",
    packed([["x" * 300], "y", [], ""], "1", "1", "0"): "no proper names",
    packed([[1], "y", [], ""], "1", "1", "0"): "no proper names",
    packed([[], "y", [], ""], "1", "0"): "other columns than names",
    packed(HEADER, "1", "1", "0", "0"): "other columns than names",
    packed(HEADER, "nan", "1", "0"): r"beyond 1e\+24",
    packed(HEADER, "1", "1e400", "0"): r"beyond 1e\+24",
    packed(HEADER, "1", "-1e25", "0"): r"beyond 1e\+24",
    packed([["x"], "y", ["one"], ""], "1", "0", "0"): "classes are 2 to 10",
    packed([["x"], "y", ["a", "b"], ""], "1", "2", "0"): "classes that it does not name",
    packed([["x"], "y", ["a", "b"], ""], "1,2", "0,1", "0,0"): "have 2 classes",
    packed(HEADER, "1", "1", "0"): "one row, where two are needed",
    packed(HEADER, ",".join(["1"] * 700_000)): "at most 300 rows and 100 features",
    raw_text([HEADER, 2, [[0, 0, 1]] * 3], bytes(5)): "broken or were cut off",
    raw_text([HEADER, 2, [[0, 0, 1]] * 4], bytes(8)): "other columns than names",
    raw_text([HEADER, 2, [[0, 0, 9]] * 3], bytes(54)): "broken or were cut off",
    raw_text([HEADER, 2, [[0, 1e9, 1]] * 3], bytes(6)): "broken or were cut off",
    raw_text([HEADER, -2, [[0, 0, 1]] * 3], bytes(6)): "broken or were cut off",
    raw_text([HEADER, True, [[0, 0, 1]] * 3], bytes(3)): "broken or were cut off",
    raw_text([HEADER, 2, [[]] * 3], b"\xff" * 48): "beyond 1e\\+24",
    "file~": "names no table",
    "file~12~abc~x": "names no table",
    "file~12~" + "0" * 32 + "~": "names no table",
    "file~12~" + "0" * 32 + "~" + "x" * 81: "names no table",
}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_rows_get_a_sentence(text):
    with pytest.raises(ValueError, match=HOSTILE[text]):
        DATASETS["table"].params[0].check(text)


def test_what_marked_rows_do_is_told_by_leaving_them_out():
    table = Table(np.arange(6.0)[:, None], np.array([0.0, 1, 2, 3, 4, -9]), np.arange(6) == 5)
    spoiled = Experiment(data="table", params={"table.rows": keep(table)[0]}, scaling="none")
    clean = spoiled.unspoiled()
    assert sample(clean).y.tolist() == [0, 1, 2, 3, 4]
    assert not sample(clean).is_outlier.any()
    shift = moved_by_outliers(spoiled)
    assert shift.clean == pytest.approx(1.0)
    assert shift.spoiled == pytest.approx(np.polyfit(table.X[:, 0], table.y, 1)[0])


@pytest.mark.parametrize("data", DATASETS)
def test_without_outliers_no_row_is_one(data):
    for kind in ("vertical", "label_flips"):
        if suits("outliers", kind, data):
            assert not sample(Experiment(data=data, outliers=kind).unspoiled()).is_outlier.any()


@pytest.mark.parametrize(
    ("query", "is_example", "said"),
    [
        (WELCOME.query, True, ""),
        (f"{WELCOME.query}&lr=0.3&steps=50", True, ""),
        (f"{WELCOME.query}&scaling=standard", True, "without the scaling of the data before"),
        (f"{WELCOME.query}&vertical.size=9", False, "without the outliers of the data before"),
        ("outliers=leverage", False, "without the outliers of the data before"),
        (
            "data=phones&outliers=vertical&scaling=standard",
            False,
            "without the outliers and the scaling of the data before",
        ),
        ("loss=huber", False, ""),
    ],
)
def test_outliers_that_nobody_chose_are_not_warned_of(query, is_example, said, monkeypatch):
    monkeypatch.setattr(own_data.state, "sweep", lambda: parse(query)[0])
    assert own_data.is_example() == is_example
    assert own_data.said_of_left() == (
        [f"Your rows are taken as they stand, {said}."] if said else []
    )
