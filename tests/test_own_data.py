"""Data of the user's own: packed into a text, or named by it, and trained on like any other."""

import base64
import gc
import json
import zlib

import numpy as np
import pytest
from suiting import OWN, own_rows

from lossviz import DATASETS, Experiment, parse, run, sample
from lossviz.datasets.own import (
    FEW,
    LONGEST,
    MissingTable,
    Table,
    is_packed,
    keep,
    named,
    table_of,
)
from lossviz.experiment import suits
from lossviz.reference import moved_by_outliers


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


HEADER = [["x"], "y", [], "mine"]


@pytest.mark.parametrize("classes", [(), ("no", "yes"), ("a", "b", "c")])
def test_few_rows_travel_in_the_text_to_the_last_bit(classes):
    table = drawn(50, 2, classes, digits=3)
    text, kept = keep(table)
    assert is_packed(text)
    assert len(text) < LONGEST
    for found in (kept, table_of(text)):
        assert np.array_equal(found.X, table.X)
        assert np.array_equal(found.y, table.y)
        assert np.array_equal(found.marked, table.marked)
        assert (found.features, found.target, found.classes, found.name) == (
            table.features, table.target, table.classes, table.name,
        )  # fmt: skip


def test_rows_with_many_digits_are_rounded_only_where_that_lets_them_fit():
    long, short = drawn(FEW), drawn(100)
    assert np.array_equal(keep(short)[1].X, short.X)
    text, kept = keep(long)
    assert len(text) <= LONGEST
    apart = np.abs(kept.X - long.X).max()
    assert 0 < apart <= 0.5e-4 * np.abs(long.X).max()
    assert np.array_equal(table_of(text).X, kept.X)


@pytest.mark.parametrize("table", [drawn(FEW + 1), drawn(FEW, 60)], ids=["rows", "columns"])
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
    packed("{}", "1,2", "1,2", "0,0"): "broken or were cut off",
    packed([["x"], "y", []], "1", "1", "0"): "broken or were cut off",
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
    packed([["x"], "y", ["a", "b"], ""], "1", "0", "0"): "have 2 classes",
    packed(HEADER, ",".join(["1"] * 700_000)): "broken or were cut off",
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
