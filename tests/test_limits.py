"""What a link, a page and a machine may be asked for: counted before anything is allocated."""

import gc
import tracemalloc
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lossviz
from lossviz import DATASETS, Experiment, Sweep
from lossviz.analysis.training import stream
from lossviz.base import limits
from lossviz.base.limits import LINK, Budget
from lossviz.engine.choices import CHOICES, suits
from lossviz.engine.cost import check, cost, frames, held, too_much, total
from lossviz.engine.link import NOTES
from lossviz.engine.sampling import sample
from lossviz.engine.settings import PLAIN, param_of
from lossviz.engine.task import Task
from lossviz.items.datasets.table import Table, keep

NET = "model=mlp&mlp.depth=8&mlp.width=64"
KEYS = [
    *PLAIN,
    *(
        f"{name}.{param.name}"
        for kind in CHOICES.values()
        for name in kind
        for param in kind[name].params
    ),
]


ENDS = ("low", "high", "some")


def many(key: str, count: int) -> str:
    return "&".join(f"{key}={value}" for value in range(1, count + 1))


def is_affordable(sweep: Sweep) -> bool:
    taken = total(sweep)
    return (
        sweep.size <= limits.RUNS
        and taken.memory <= LINK.memory
        and taken.step <= LINK.step
        and taken.work <= LINK.work
    )


def table(n: int, d: int, classes: int = 0) -> tuple[str, str, Table]:
    """The dataset and the text of many rows, and the rows, which somebody must hold."""
    rng = np.random.default_rng([n, d])
    y = np.resize(np.arange(float(classes)), n) if classes else rng.normal(size=n)
    names = tuple(f"x{k}" for k in range(d)), "y", tuple("abcdefgh"[:classes])
    words, kept = keep(Table(rng.normal(size=(n, d)), y, np.zeros(n, bool), *names))
    return kept.data, words, kept


# ---------------------------------------------------------------- what a link asks for


@pytest.mark.parametrize(
    ("link", "kept", "said"),
    [
        (
            "&".join(many(key, 64) for key in ("lr", "seed")),
            {"lr": 44, "seed": 44},
            "The link asks for 4,096 runs (2,000 at most): of lr 44 of 64 values are kept; of seed "
            "44 of 64 values are kept.",
        ),
        (
            "&".join(many(key, 30) for key in ("lr", "l1", "l2", "seed", "outlier_seed", "steps")),
            {"lr": 3, "steps": 3, "outlier_seed": 3},
            "The link asks for 729,000,000 runs (2,000 at most): of lr 3 of 30 values are kept; of "
            "steps 3 of 30 values are kept; of l1 3 of 30 values are kept; and so on for 3 more.",
        ),
        (
            f"data=sine&sine.n=2000&{NET}&steps=20000&{many('seed', 40)}",
            {"mlp.width": 1, "steps": 1},
            " of memory (512 MiB at most) and ",
        ),
        (
            f"data=digits&loss=cross_entropy&{NET}&steps=20000&batch=1000&{many('l2', 8)}"
            f"&{many('seed', 8)}",
            {"mlp.width": 1, "steps": 1},
            " products a step (2.1e09 at most) and ",
        ),
        (
            "data=breast_cancer&model=polynomial&polynomial.degree=9&steps=20000"
            f"&{many('seed', 500)}",
            {"polynomial.degree": 1, "steps": 1},
            " of memory (512 MiB at most)",
        ),
    ],
)
def test_a_link_that_asks_for_too_much_is_cut_and_says_so(link, kept, said):
    asked = lossviz.engine.link.read_unlimited(link)[0]
    assert not (asked.size <= limits.RUNS and is_affordable(asked))
    sweep, notes = lossviz.parse(link)
    assert is_affordable(sweep)
    assert {key: len(sweep[key]) for key in kept} == kept
    assert said in notes[-1]
    assert notes[-1].startswith("The link asks for ")
    assert lossviz.parse(sweep.query()) == (sweep, [])


def test_every_axis_keeps_as_many_of_its_first_values_as_fit():
    sweep = Sweep.of(
        {
            "lr": [k / 64 for k in range(1, 65)],
            "loss": ["squared_error", "huber"],
            "seed": range(64),
        }
    )
    smaller, _ = held(sweep)
    assert smaller["lr"] == sweep["lr"][:31]
    assert smaller["seed"] == sweep["seed"][:31]
    assert smaller["loss"] == sweep["loss"]
    # One value more of each would be too many.
    assert smaller.size == 31 * 31 * 2 <= limits.RUNS < 32 * 32 * 2


def test_what_is_cut_needs_no_room():
    link = f"data=sine&sine.n=2000&{NET}&steps=20000&{many('seed', 100)}&{many('lr', 100)}"
    tracemalloc.start()
    try:
        sweep, _ = lossviz.parse(link)
        next(stream(list(sweep)[:1], seconds=0.0))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < LINK.memory / 4


@given(
    st.lists(
        st.tuples(st.sampled_from(KEYS), st.sampled_from(ENDS), st.integers(1, 9)), max_size=14
    )
)
def test_whatever_a_link_asks_for_at_the_ends_of_its_ranges_fits(asked):
    pairs = []
    for key, end, count in asked:
        param = param_of(key)
        words = list(param.choices) or [str(param.default)]
        for k in range(count):
            if isinstance(param.default, str):
                pairs.append((key, words[-1 - k % len(words)]))
            else:
                step = k * (1 if isinstance(param.default, int) else (param.high - param.low) / 100)
                value = {
                    "low": param.low + step,
                    "high": param.high - step,
                    "some": param.low + 10 * step,
                }[end]
                pairs.append((key, repr(value)))
    sweep, notes = lossviz.parse("&".join(f"{key}={value}" for key, value in pairs))
    assert is_affordable(sweep)
    assert len(notes) <= len(NOTES)
    assert lossviz.parse(sweep.query()) == (sweep, [])


# ---------------------------------------------------------------- what is counted


def at_most(choice: str, name: str) -> dict[str, object]:
    """The item's settings at the upper ends of their ranges."""
    return {
        f"{name}.{param.name}": param.high
        for param in CHOICES[choice][name].params
        if not isinstance(param.default, str)
    }


@pytest.mark.parametrize(
    ("choice", "name"), [(choice, name) for choice, kind in CHOICES.items() for name in kind]
)
def test_one_run_of_any_item_at_the_ends_of_its_ranges_is_no_more_than_a_link_may_ask(choice, name):
    data = name if choice == "data" else next(d for d in DATASETS if suits(choice, name, d))
    for model in [name] if choice == "model" else ["linear", "polynomial", "mlp"]:
        params = {**at_most("data", data), **at_most("model", model), **at_most(choice, name)}
        e = Experiment(**{"data": data, "model": model, choice: name}, params=params)  # type: ignore
        for batch in (0, 1000):
            assert too_much([e.replace(steps=limits.STEPS, batch=batch)], LINK) == ""


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("share", ["default", 0.0, 0.5])
def test_the_size_of_data_is_known_before_they_are_drawn(name, share):
    shares = {f"{name}.test": share for p in DATASETS[name].params if p.name == "test"}
    e = Experiment(data=name, params={} if share == "default" else shares)
    size, rows = DATASETS[name].size(**e.params_of("data")), sample(e)
    assert (size.tested, size.features, size.classes) == (
        len(rows.y_test),
        rows.X.shape[1],
        len(rows.classes),
    )
    assert len(rows.y) <= size.rows <= len(rows.y) + len(rows.y_test)


def _peak(e: Experiment) -> int:
    """The most bytes that training takes at a time."""
    gc.collect()
    tracemalloc.start()
    try:
        run = lossviz.run(e)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert run.is_done
    return peak


@pytest.mark.parametrize(
    "query",
    [
        "data=moons&moons.n=500&model=mlp&mlp.width=32&mlp.depth=3&steps=60",
        "data=line&line.n=2000&steps=300&optimizer=adam",
        "data=breast_cancer&model=polynomial&polynomial.degree=4&steps=40&batch=64",
        "data=blobs&blobs.n=2000&blobs.classes=8&loss=cross_entropy&steps=30",
    ],
)
def test_training_takes_no_more_memory_than_was_counted_and_not_much_less(query):
    [e] = lossviz.parse(query)[0]
    lossviz.run(e.replace(steps=1))  # what is loaded or cached for good is no part of it
    # Other tests may have left threads at work, which only add: the least of three is training's.
    peak = min(_peak(e.replace(seed=seed)) for seed in (7, 8, 9))
    counted = total([e]).memory
    assert peak <= counted + 300_000  # small things: names, generators, tables of one row
    assert peak >= counted / 12


def test_rows_are_counted_once_for_all_runs_on_them():
    one = Experiment(data="breast_cancer")
    runs = [one.replace(lr=rate) for rate in (0.1, 0.2, 0.3)]
    assert total(runs).memory - total(runs[:2]).memory == cost(one).own
    other = one.replace(seed=1)
    assert total([one, other]).memory - total([one]).memory == cost(one).own + cost(one).rows


@pytest.mark.parametrize("size", [2, 5_000, 100_000])
def test_as_many_frames_are_kept_as_were_counted(size):
    assert frames(size) == {2: 500, 5_000: 419, 100_000: 50}[size]
    assert frames(size) * size <= max(limits.KEPT, limits.FEWEST_FRAMES * size)


# ---------------------------------------------------------------- rows of one's own


def test_many_rows_of_ones_own_lower_what_a_link_asks_for():
    data, words, _table = table(50_000, 20)
    link = f"data={data}&{data}.rows={words}&{data}.test=0.25&{NET}&{many('seed', 8)}&steps=20000"
    sweep, notes = lossviz.parse(link)
    assert is_affordable(sweep)
    assert sweep.size >= 1
    assert "mlp.width is at most" in notes[0]
    assert [len(notes), notes[0].count("\n"), notes[0][-1]] == [1, 0, "."]


def test_rows_that_are_not_here_cost_nothing_yet():
    name = f"file~100000~{'0' * 32}~gone.csv"
    sweep, notes = lossviz.parse(f"data=table&table.rows={name}&{NET}")
    assert notes == []
    assert total(sweep) == Budget(0, 0, 0)


def test_the_largest_file_trains_a_line():
    data, words, _table = table(1000, 100)
    e = Experiment(data=data, params={f"{data}.rows": words})
    # Of a hundred times as many rows a hundred times as much.
    assert 100 * total([e]).memory < LINK.memory
    assert 100 * total([e]).step < LINK.step


def test_rows_that_no_link_may_bring_are_left_out():
    data, words, _table = table(2000, 5)
    sweep = Sweep.of({"data": data, f"{data}.rows": words, "loss": ["huber", "tukey"]})
    smaller, said = held(sweep, Budget(2**18, inf, inf))
    assert smaller == Sweep.of({"loss": "huber"})
    assert said.endswith(
        " of memory (256 KiB at most): data is line instead; of loss 1 of 2 values are kept"
    )


# ---------------------------------------------------------------- a machine of one's own


def test_the_library_refuses_what_no_machine_should_begin_in_a_sentence():
    e = Experiment(
        data="sine",
        model="mlp",
        steps=limits.STEPS,
        params={"sine.n": 2000, "mlp.depth": 8, "mlp.width": 64},
    )
    runs = [e.replace(lr=1 + k / 1000) for k in range(400)]
    words = r"^Training 400 runs takes \d+(\.\d)? GiB of memory \(8 GiB at most\)"
    with pytest.raises(ValueError, match=words):
        lossviz.run_all(runs)
    with pytest.raises(ValueError, match=words):
        next(stream(runs))
    # A link asks for less than a machine of one's own may be asked for.
    check(runs[:100])
    assert too_much(runs[:100], LINK)


def test_a_surface_of_too_many_points_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match=r"^A surface of 10,000,000,000 points takes too long"):
        lossviz.landscape(Experiment(), n=100_000)


def test_the_budgets_grow_from_the_link_to_the_machine():
    assert LINK.memory < limits.MACHINE.memory
    assert LINK.step < limits.MACHINE.step
    assert LINK.work < limits.MACHINE.work < inf


def test_too_many_starting_values_are_refused_in_a_sentence():
    sweep, notes = lossviz.parse("init=" + ",".join(["1"] * 1001))
    assert sweep == Sweep()
    assert notes == [
        "Unusable values were left out: init 1,001 values are given, and 1,000 are the most."
    ]
    assert len(Task.of(Experiment(init=",".join(["1"] * 1000))).start) == 2
