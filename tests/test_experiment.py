"""The codec: an experiment or a sweep as a value, and as a link."""

import math
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suiting import WORDS, choosing

import lossviz
from lossviz import DATASETS, Experiment, Sweep, parse
from lossviz.base.limits import CHARACTERS
from lossviz.base.registry import Param, Value
from lossviz.engine.choices import CHOICES, suits
from lossviz.engine.cost import held
from lossviz.engine.link import NOTES
from lossviz.engine.settings import PLAIN, STARTS, param_of
from lossviz.items.datasets.given import OWN

DOTTED = {
    f"{name}.{param.name}": param
    for registry in CHOICES.values()
    for name, item in registry.items()
    for param in item.params
}
KEYS = {**PLAIN, **DOTTED}


def values(key: str, param: Param) -> st.SearchStrategy[Value]:
    """Any value that the key may take."""
    if key == "init":
        number = st.floats(-1e6, 1e6).map(lambda x: x + 0.0)
        listed = st.lists(number, min_size=1, max_size=4)
        return st.sampled_from(STARTS) | listed.map(lambda v: ",".join(map(repr, v)))
    if key in WORDS:
        return st.sampled_from(WORDS[key])
    if isinstance(param.default, str):
        return st.sampled_from(list(param.choices))
    if isinstance(param.default, int):
        return st.integers(int(param.low), int(param.high))
    return st.floats(param.low, param.high)


@st.composite
def axes(draw: Any, largest: int = 4) -> dict[str, list[Value]]:
    keys = draw(st.lists(st.sampled_from(list(KEYS)), unique=True, max_size=12))
    return {
        key: draw(st.lists(values(key, KEYS[key]), min_size=1, max_size=largest)) for key in keys
    }


# ---------------------------------------------------------------- one experiment


@pytest.mark.parametrize("key", DOTTED)
def test_a_parameter_at_its_default_leaves_no_trace(key):
    choice, name = owner(key)
    given = choosing(choice, name, params={key: DOTTED[key].default})
    assert given.params == ()
    assert given == choosing(choice, name)


def owner(key: str) -> tuple[str, str]:
    name = key.partition(".")[0]
    return next((choice, name) for choice, registry in CHOICES.items() if name in registry)


def other_value(key: str) -> Value:
    param = DOTTED[key]
    if key in WORDS:
        return WORDS[key][0]
    if isinstance(param.default, str):
        return next(word for word in param.choices if word != param.default)
    return param.check(param.low if param.default != param.low else param.high)


@pytest.mark.parametrize("key", DOTTED)
def test_a_parameter_lives_only_while_its_item_is_chosen(key):
    choice, name = owner(key)
    value = other_value(key)
    bystander = next(other for other in CHOICES[choice] if other != name)
    assert choosing(choice, name, params={key: value}).params == ((key, value),)
    assert choosing(choice, bystander, params={key: value}).params == ()


def test_equal_runs_are_equal_and_hash_equal():
    one = Experiment(
        loss="huber", optimizer="adam", lr=1, params={"huber.delta": 2, "adam.beta1": 0.5}
    )
    two = Experiment(
        optimizer="adam",
        loss="huber",
        lr=1.0,
        params=[("adam.beta1", 0.5), ("tukey.c", 9.0), ("huber.delta", 2.0), ("adam.eps", 1e-8)],
    )
    assert one == two
    assert hash(one) == hash(two)
    link = "loss=huber&optimizer=adam&lr=1&huber.delta=2&adam.beta1=0.5"
    assert one.query() == two.query() == link
    assert one.params == (("adam.beta1", 0.5), ("huber.delta", 2.0))


def test_minus_zero_is_zero():
    query = Experiment(l1=-0.0, init="-0.0,1").query()
    assert query == Experiment(init="0,1").query() == "init=0,1"


def test_values_take_the_type_of_the_default():
    given: dict[str, Any] = {"lr": 1, "steps": 50.0, "batch": "8"}
    e = Experiment(**given, params={"line.n": 40.0, "line.noise": 2})
    assert [type(e[key]) for key in ("lr", "steps", "line.n", "line.noise", "batch")] == [
        float,
        int,
        int,
        float,
        int,
    ]


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"loss": "hubert"}, KeyError, "no loss 'hubert'; there are squared_error, absolute_e"),
        ({"lr": 0}, ValueError, "lr: '0' lies outside 1e-06 to 10,000"),
        ({"lr": math.nan}, ValueError, "lr: 'nan' is not a finite number"),
        ({"steps": 2.5}, ValueError, "steps: '2.5' is not a whole number"),
        ({"init": "ones"}, ValueError, "init: 'ones' is not a number"),
        ({"scaling": "robust"}, ValueError, "scaling: 'robust' is not one of auto, none, standard"),
        ({"params": {"huber.delta": -1}}, ValueError, "huber.delta: '-1' lies outside 0.01 to 100"),
        ({"params": {"huber.epsilon": 1}}, KeyError, "no setting 'huber.epsilon'"),
    ],
)
def test_a_bad_setting_is_refused_in_words(settings, error, words):
    with pytest.raises(error) as caught:
        Experiment(**settings)
    assert words in str(caught.value)


def test_an_experiment_knows_all_its_parameters_defaults_included():
    e = Experiment(loss="barron", params={"barron.c": 3})
    assert e.params_of("loss") == {"alpha": 1.0, "c": 3.0}
    assert e["barron.alpha"] == 1.0
    with pytest.raises(KeyError, match=r"no setting 'barron\.delta'"):
        e["barron.delta"]


@given(axes(largest=1))
def test_an_experiment_is_the_only_one_in_its_link(axes):
    [e] = Sweep.of(axes)
    sweep, notes = parse(e.query())
    assert notes == []
    assert list(sweep) == [e]


# ---------------------------------------------------------------- sweeps and links


@given(axes())
def test_a_sweep_survives_its_link(axes):
    sweep, _ = held(Sweep.of(axes))  # as far as a link may ask for it
    assert parse(sweep.query()) == (sweep, [])
    assert parse("?" + sweep.query()) == (sweep, [])
    assert parse("https://host:8501/app/Train?" + sweep.query() + "#top") == (sweep, [])


@given(axes(largest=3))
def test_a_sweep_enumerates_each_distinct_run_once(axes):
    sweep = Sweep.of(axes)
    runs = list(islice(sweep, 300))
    assert len(set(runs)) == len(runs) == min(sweep.size, 300)


def test_axes_of_items_that_a_run_does_not_choose_do_not_repeat_it():
    sweep = Sweep.of(
        {
            "loss": ["squared_error", "huber", "tukey"],
            "huber.delta": [0.5, 1, 2],
            "tukey.c": [2, 3],
            "lr": [0.01, 0.1],
            "barron.c": [1, 2, 3],
        }
    )
    runs = list(sweep)
    assert sweep.size == len(runs) == len(set(runs)) == (1 + 3 + 2) * 2
    assert "barron" not in sweep.query()
    assert sum(run.loss == "squared_error" for run in runs) == 2


def everything() -> dict[str, Any]:
    """All items, and twenty values for every parameter that has so many."""
    many: dict[str, Any] = {choice: list(registry) for choice, registry in CHOICES.items()}
    for key, param in DOTTED.items():
        if isinstance(param.default, str):
            many[key] = WORDS.get(key) or list(param.choices)
        else:
            steps = [param.low + (param.high - param.low) * k / 19 for k in range(20)]
            many[key] = [param.check(param.nearest(step)) for step in steps]
    return many


def test_the_size_of_a_huge_product_is_known_without_walking_it():
    sweep = Sweep.of({**everything(), "seed": range(1000)})

    def own(choice: str, name: str) -> int:
        params = CHOICES[choice][name].params
        return math.prod(len(sweep[f"{name}.{param.name}"]) for param in params)

    by_data = [
        own("data", data)
        * math.prod(
            sum(own(choice, name) for name in CHOICES[choice] if suits(choice, name, data))
            for choice in CHOICES
            if choice != "data"
        )
        for data in DATASETS
    ]
    assert sweep.size == sum(by_data) * 1000 > 10**15
    # Walking it would take years.
    assert len(set(islice(sweep, 1000))) == 1000


# ---------------------------------------------------------------- what suits the data


@pytest.mark.parametrize("data", DATASETS)
def test_data_choose_the_task_and_so_the_usual_loss(data):
    e = Experiment(data=data)
    usual = {"regression": "squared_error", "binary": "log_loss", "multiclass": "cross_entropy"}
    assert e.loss == usual[DATASETS[data].task]
    assert list(parse(f"data={data}")[0]) == [e]
    assert e.query() == ("" if data == "line" else f"data={data}")
    assert Experiment(data=data, loss=e.loss) == e


@pytest.mark.parametrize("data", DATASETS)
@pytest.mark.parametrize("choice", ["loss", "outliers"])
def test_what_does_not_suit_the_data_is_refused_in_words(choice, data):
    kept = {name for name in CHOICES[choice] if suits(choice, name, data)}
    for name in CHOICES[choice]:
        if name in kept:
            assert Experiment(**{"data": data, choice: name})[choice] == name
        else:
            label, who = CHOICES[choice][name].label, DATASETS[data].label.partition(" (")[0]
            has = "your data have" if data in OWN else f"“{re.escape(who)}” has"
            named = rf"“{re.escape(label.partition(' (')[0])}”"
            with pytest.raises(ValueError, match=rf"^{choice}: {named} is for .*, and {has} "):
                Experiment(**{"data": data, choice: name})


def test_a_link_with_what_does_not_suit_its_data_says_so_and_keeps_the_rest():
    sweep, notes = parse("data=moons&loss=huber&loss=hinge&outliers=vertical&lr=0.5")
    assert sweep == Sweep.of({"data": "moons", "loss": "hinge", "lr": 0.5})
    assert notes == [
        "Choices that do not suit the data were left out: “Huber” is for numbers, and “Two moons” "
        "has two classes; “Vertical outliers” is for numbers, and “Two moons” has two classes."
    ]
    assert list(parse("data=iris&loss=hinge")[0]) == [Experiment(data="iris")]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("data=iris&loss=hinge", "several classes, so “Cross-entropy” is trained."),
        (
            "data=moons&loss=huber&loss=tukey&outliers=vertical",
            "“Huber” is for numbers, and “Two moons” has two classes, so “Binary cross-entropy” is "
            "trained; “Tukey's biweight” is for numbers, and “Two moons” has two classes; "
            "“Vertical outliers” is for numbers, and “Two moons” has two classes.",
        ),
        ("data=line&data=moons&loss=cross_entropy", ""),
        (
            "data=line&data=iris&loss=hinge",
            "so “Mean squared error” and “Cross-entropy” are trained.",
        ),
    ],
)
def test_what_is_trained_in_place_of_losses_that_do_not_suit_is_said(query, sentence):
    said = " ".join(parse(query)[1])
    assert said.endswith(sentence)
    assert bool(said) == bool(sentence)


def test_each_data_set_of_a_sweep_trains_the_losses_that_suit_it():
    sweep = Sweep.of({"data": ["line", "moons", "iris"], "loss": ["huber", "hinge"]})
    assert [(run.data, run.loss) for run in sweep] == [
        ("line", "huber"),
        ("moons", "hinge"),
        ("moons", "cross_entropy"),
        ("iris", "cross_entropy"),
    ]
    assert sweep.size == 4
    assert parse(sweep.query()) == (sweep, [])


def test_given_values_are_used_once_and_in_the_order_given():
    sweep = Sweep.of({"lr": [0.3, 0.1, 0.3], "loss": "huber"})
    assert sweep["lr"] == (0.3, 0.1)
    assert [run.lr for run in sweep] == [0.3, 0.1]
    assert sweep.replace({"lr": 0.1}) == Sweep.of({"loss": "huber"})


def test_a_link_is_written_in_one_order_whatever_order_it_was_read_in():
    one, _ = parse("adam.eps=1e-6&lr=0.2&huber.delta=2&optimizer=adam&loss=huber&outliers=cluster")
    two, _ = parse("outliers=cluster&loss=huber&huber.delta=2&optimizer=adam&adam.eps=1e-6&lr=0.2")
    assert one == two
    assert hash(one) == hash(two)
    assert one.query() == two.query()


# ---------------------------------------------------------------- bad links

words = st.text() | st.sampled_from(
    [
        "nan",
        "inf",
        "-inf",
        "1e999",
        "-1e999",
        "ten",
        "",
        "0x10",
        "1_000",
        "１２",
        "%00",
        "%ff%fe",
        "true",
        "None",
        "1,2",
        ",",
        "[1]",
        "-0",
        "9" * 400,
    ]
)
pairs = st.tuples(st.sampled_from([*KEYS, "view.step", "view.", ".", "huber.", "losss"]), words)


@given(st.text())
def test_parsing_never_fails_on_any_text(text):
    sweep, notes = parse(text)
    assert list(islice(sweep, 2))
    assert all(isinstance(note, str) and note.endswith(".") for note in notes)


@given(st.binary())
def test_parsing_never_fails_on_any_bytes(raw):
    sweep, _ = parse(raw.decode("latin-1"))
    assert parse(sweep.query()) == (sweep, [])


@given(st.lists(pairs, max_size=30))
def test_parsing_never_fails_and_what_it_kept_is_a_proper_sweep(pairs):
    sweep, notes = parse("&".join(f"{key}={word}" for key, word in pairs))
    assert parse(sweep.query()) == (sweep, [])
    assert isinstance(next(iter(sweep)), Experiment)
    assert len(notes) <= len(NOTES)


@pytest.mark.parametrize(
    ("query", "honoured", "note"),
    [
        ("los=huber", {}, "Unknown settings were left out: 'los'."),
        ("huber.dellta=2", {}, "Unknown settings were left out: 'huber.dellta'."),
        ("loss=hubert", {}, "Unusable values were left out: loss 'hubert' is not one of"),
        ("steps=ten", {}, "Unusable values were left out: steps 'ten' is not a number."),
        (
            "loss=own&own.text=0.7*huber(r, 1) + 0.3*squared_error(r)",
            {"loss": "own", "own.text": "0.7*huber(r, 1) + 0.3*squared_error(r)"},
            "A link writes + as %2B, and + for a space; it was read as + in own.text.",
        ),
        ("steps=1e+2", {"steps": 100}, "A link writes + as %2B, and + for a space; it was read as"),
        (
            "loss=own&own.text=huber(r, 1 + r",
            {"loss": "own"},
            "Unusable values were left out: own.text at character 14: An operator, such as *, "
            "is missing before 'r'; a link writes + as %2B, so "
            "where(abs(r) < d, r**2, 2*d*abs(r) - d**2) is trained.",
        ),
        ("seed=1.5", {}, "Unusable values were left out: seed '1.5' is not a whole number."),
        ("seed=nan", {}, "Unusable values were left out: seed 'nan' is not a finite number."),
        ("seed=inf", {}, "Unusable values were left out: seed 'inf' is not a finite number."),
        ("seed=1e999", {}, "Unusable values were left out: seed '1e999' is not a finite number."),
        ("steps=", {}, "Unusable values were left out: steps '' is not a number."),
        (
            "steps=1e30",
            {"steps": 20_000},
            "Values out of range were moved to the nearest allowed one: steps '1e30' lies outside "
            "1 to 20,000, so 20,000 was used.",
        ),
        ("l1=0.5&l1=0.5", {"l1": 0.5}, "Values given twice were used once: l1=0.5."),
        (
            "tukey.c=2",
            {},
            "Settings of things that are not chosen were left out: tukey.c.",
        ),
    ],
)
def test_each_kind_of_fault_gives_one_sentence_and_the_rest_is_honoured(query, honoured, note):
    sweep, notes = parse(f"lr=0.2&{query}&optimizer=adam")
    assert len(notes) == 1
    assert notes[0].startswith(note)
    assert sweep == Sweep.of({"lr": 0.2, "optimizer": "adam", **honoured})


@pytest.mark.parametrize(
    ("query", "instead"),
    [
        ("loss=hubert", "“Mean squared error” is"),
        ("loss=hubert&data=moons&data=line", "“Binary cross-entropy” and “Mean squared error” are"),
        ("loss=hubert&loss=huber", ""),
        ("steps=ten", ""),
        ("own.text=(", ""),
    ],
)
def test_what_is_trained_in_place_of_a_loss_that_cannot_be_read_is_said(query, instead):
    [note] = parse(query)[1]
    assert note.startswith("Unusable values were left out: ")
    assert note.endswith(f", so {instead} trained." if instead else ".")
    assert ("trained" in note) == bool(instead)


def test_many_faults_of_a_kind_still_make_one_sentence():
    sweep, notes = parse("a=1&b=2&c=3&d=4&d=5&e=6&lr=0.2")
    assert notes == ["Unknown settings were left out: 'a'; 'b'; 'c'; and 2 more."]
    assert sweep == Sweep.of({"lr": 0.2})


def test_keys_of_the_page_are_passed_over_in_silence():
    assert parse("view.step=17&view.theme=dark&lr=0.2&view.=") == (Sweep.of({"lr": 0.2}), [])


def test_a_megabyte_is_cut_and_the_start_is_honoured():
    sweep, notes = parse("lr=0.2&" + "x" * 1_000_000)
    assert sweep == Sweep.of({"lr": 0.2})
    assert len(notes) == 1
    assert notes[0] == f"The link is 1,000,007 characters long; the first {CHARACTERS:,} were read."


def test_no_value_is_cut_in_two():
    # Were the 20,000th character inside the number, a shorter number would be read.
    query = "lr=0.2&" + "view.x=1&" * 2221 + "steps=1234"
    assert len(query[:CHARACTERS]) == CHARACTERS < len(query)
    assert parse(query)[0] == Sweep.of({"lr": 0.2})


def test_ten_thousand_keys_make_few_sentences():
    link = "&".join(f"k{i}={i}" for i in range(10_000))
    sweep, notes = parse(link)
    assert sweep == Sweep()
    assert len(notes) == 2
    assert max(map(len, notes)) < 300


def test_ten_thousand_values_of_one_key_are_an_axis():
    sweep, notes = parse("&".join(f"seed={i}" for i in range(2000)))
    assert notes == []
    assert sweep.size == 2000


@pytest.mark.parametrize("key", PLAIN)
def test_every_plain_default_is_allowed(key):
    assert PLAIN[key].check(PLAIN[key].default) == PLAIN[key].default == Experiment()[key]


def test_names_are_unique_over_all_registries():
    registries: list[Mapping[str, Any]] = [
        lossviz.DATASETS,
        lossviz.OUTLIERS,
        lossviz.MODELS,
        lossviz.LOSSES,
        lossviz.OPTIMIZERS,
        lossviz.SCHEDULES,
    ]
    names = [name for registry in registries for name in registry]
    assert len(names) == len(set(names))
    assert all(param_of(key) is param for key, param in KEYS.items())


@pytest.mark.parametrize("words", ["1e7", "1e7,0", "0,-1e300"])
def test_a_start_beyond_its_range_is_named_and_left_out(words):
    sweep, [note] = parse(f"init={words}&steps=3")
    assert next(iter(sweep)).init == "auto"
    assert note.startswith("Unusable values were left out: init '")
    assert note.endswith("lies outside -1,000,000 to 1,000,000.")
