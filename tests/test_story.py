"""The sentence that moves with the frame: every number in it against one made by hand, from the
parameters and the rows, for every example; and what it says of runs that are not where they should
be."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from own_rows import rows, train_on
from random_experiments import draw_experiment
from sklearn import metrics

from lossviz import Experiment, parse, run_all, sample
from lossviz.engine.frames import aligned
from lossviz.engine.run import Run
from lossviz.player import Chart, Movie, Story, payload, unpack
from lossviz.player.story import plain
from lossviz.views.examples import PRESETS
from lossviz.views.panels import View, playground
from lossviz.views.sentences import headline, story

ACTIVATIONS = {
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0.0),
}
AMOUNT = r"[\d.,]+(?:e\N{MINUS SIGN}?\d+)?"


def runs_of(query: str) -> list[Run]:
    return aligned(run_all(parse(query)[0]))


def amount(words: str) -> float:
    return float(words.replace(",", "").replace("\N{MINUS SIGN}", "-"))


def said(sentence: str, runs: int) -> dict[int, tuple[str, str]]:
    """Of the first sentence, for each run the last verb before its number, and the number."""
    first = re.split(r"\. (?=[A-Z{])", sentence)[0].removesuffix(".")
    found, verb = {}, ""
    if runs == 1:
        first += " with {0}"
    owned = re.compile(rf"\{{(\d+)\}}'s (.*?)(?:by|to|at) ({AMOUNT})")
    others = re.compile(rf"([^,;]*?)(?:by|to|at) ({AMOUNT}).?%? with \{{(\d+)\}}")
    matches = [(int(m[1]), m[2], m[3]) for m in owned.finditer(first)]
    matches = matches or [(int(m[3]), m[1], m[2]) for m in others.finditer(first)]
    for run, words, number in matches:
        verbs = re.findall(r"rose|sank|fell|stayed", words)
        verb = verbs[-1] if verbs else verb
        found[run] = verb, number
    return found


def unit(number: str) -> float:
    """What the last digit of a number counts."""
    _, point, digits = number.partition(".")
    return 10.0 ** -len(digits) if point else 1.0


def by_hand(run: Run, theta: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Raw predictions at parameters in the data's units, layer by layer."""
    e = run.experiment
    if e.model != "mlp":
        degree = int(e.params_of("model").get("degree", 1))
        powers = [X[:, [j]] ** np.arange(1, degree + 1) for j in range(X.shape[1])]
        columns = np.hstack([np.ones((len(X), 1)), *powers])
        z = columns @ theta[: run.task.weights].reshape(-1, columns.shape[1]).T
        return z if run.task.outputs else z[:, 0]
    a, start = X, 0
    for units, inputs in run.task.layers:
        W = theta[start : start + units * inputs].reshape(units, inputs)
        start += units * inputs
        a = np.hstack([np.ones((len(a), 1)), a]) @ W.T
        if start < run.task.weights:
            a = ACTIVATIONS[str(e.params_of("model")["activation"])](a)
    return a if run.task.outputs else a[:, 0]


def height(run: Run, frame: int, x: float) -> float:
    z = by_hand(run, run.theta[frame], np.array([[x]]))
    return float(np.exp(z[0]) if run.experiment.loss == "poisson" else z[0])


def mistakes(run: Run, frame: int) -> float:
    data = sample(run.experiment)
    z = by_hand(run, run.theta[frame], data.X_test)
    guess = z.argmax(axis=1) if z.ndim == 2 else (z > 0).astype(int)
    return float(np.mean(guess != data.y_test))


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_every_number_of_every_example_is_that_of_the_parameters_and_the_rows(preset):
    runs = runs_of(preset.query)
    told = story(runs)
    for row in (len(told.frames) // 3, -1):
        frame, sentence = int(told.frames[row]), told.sentences[row]
        found = said(sentence, len(runs))
        assert set(found) == set(range(len(runs)))
        for k, (verb, number) in found.items():
            run = runs[k]
            if run.error is not None:
                start, now = 100 * mistakes(run, 0), 100 * mistakes(run, frame)
                assert amount(number) == pytest.approx(now, abs=0.5 * unit(number) + 1e-9)
                assert verb == ("stayed" if start == now else "fell" if now < start else "rose")
                for shown in re.findall(rf"from ({AMOUNT})", sentence):
                    firsts = np.array([100 * mistakes(each, 0) for each in runs])
                    assert np.abs(firsts - amount(shown)).min() <= 0.5 * unit(shown)
                continue
            x = run.task.sample.X[:, 0]
            place = re.search(r"left end|middle|right end", sentence)[0]
            at = {"left end": x.min(), "middle": (x.min() + x.max()) / 2, "right end": x.max()}
            moved = height(run, frame, at[place]) - height(run, 0, at[place])
            assert amount(number) == pytest.approx(abs(moved), abs=0.5 * unit(number) + 1e-9)
            if amount(number):
                assert verb == ("rose" if moved > 0 else "sank")


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_no_other_place_moved_by_more(preset):
    runs = runs_of(preset.query)
    sentence = story(runs).sentences[-1]
    place = re.search(r"left end|middle|right end", sentence)
    if place is None:
        assert runs[0].error is not None
        return
    most = {}
    for name in ("left end", "middle", "right end"):
        moved = []
        for run in runs:
            x = run.task.sample.X[:, 0]
            at = {"left end": x.min(), "middle": (x.min() + x.max()) / 2, "right end": x.max()}
            moved.append(abs(height(run, -1, at[name]) - height(run, 0, at[name])))
        most[name] = max(moved)
    assert most[place[0]] == pytest.approx(max(most.values()))


def test_it_counts_up_while_it_plays():
    runs = runs_of("outliers=vertical&loss=squared_error&loss=absolute_error&lr=0.02")
    told = story(runs)
    assert told.sentences[0] == ("{0}'s line rose by 0.0 at the right end and {1}'s by 0.0.")
    for number in range(2):
        shown = [amount(said(words, 2)[number][1]) for words in told.sentences]
        assert shown == sorted(shown)
        assert shown[-1] > shown[len(shown) // 2] > 0
    assert list(told.names) == ["MSE", "MAE"]
    assert told.at(-1).startswith("MSE's line rose by ")
    assert headline(runs) == told.at(-1)


def test_it_is_told_at_few_frames_the_first_and_the_last_among_them():
    told = story(runs_of("loss=huber&steps=400"))
    assert len(told.frames) <= 60
    assert (told.frames[0], told.frames[-1]) == (0, 400)


@pytest.mark.parametrize(
    ("query", "start"),
    [
        ("loss=squared_error&init=2,2", "The line sank by 1.1 at the left end."),
        ("loss=squared_error&init=1,3", "The line rose by 1.9 at the left end."),
        ("loss=squared_error&loss=huber", "MSE's line rose by 4.7 at the right end and Huber's by"),
        ("lr=0.1&lr=0.2", "At the right end the line rose by 4.7 with learning rate 0.1 and by"),
        (
            "lr=0.1&optimizer=gd&optimizer=adam",
            "At the right end the line rose by 4.7 with gradient descent and by",
        ),
        (
            "schedule=constant&schedule=cosine",
            "At the right end the line rose by 4.7 with constant schedule and by",
        ),
        ("loss=huber&loss=tukey", "At the right end the line rose by 4.7 with Huber and"),
        ("data=sine&model=mlp&loss=huber", "The curve "),
        ("data=counts&loss=poisson", "The curve rose by "),
        ("data=diabetes&loss=huber&model=mlp", "The clean test loss fell from "),
        ("data=moons&loss=log_loss", "Mistakes on clean test rows fell from 50"),
    ],
)
def test_how_it_begins(query, start):
    query = query if "loss=" in query else f"loss=squared_error&{query}"
    assert headline(runs_of(query)).startswith(start)


def test_the_middle_of_a_curve_is_a_place_too():
    x = np.linspace(-1, 1, 41)
    run = train_on(
        rows(x, 4 * (1 - x**2) - 1),
        Experiment(model="polynomial", loss="squared_error", lr=0.3, steps=400),
    )
    assert headline([run]).startswith("The curve rose by ")
    assert " in the middle." in headline([run])


def test_what_has_not_moved_is_said_not_to():
    runs = runs_of("loss=perceptron&data=moons&init=zeros&steps=3")
    assert headline(runs).startswith("Mistakes on clean test rows stayed at ")
    x = np.linspace(0, 1, 5)
    still = train_on(rows(x, 0 * x), Experiment(loss="squared_error", steps=5))
    assert headline([still]) == "Nothing has moved."


def test_from_the_fit_without_outliers_it_says_how_far_these_pulled_each_line():
    runs = runs_of(
        "outliers=vertical&vertical.direction=down&vertical.where=right&init=clean&lr=0.02&steps=150"
        "&loss=squared_error&loss=absolute_error&loss=huber"
    )
    words = "MSE's line sank by 4.4 at the right end, MAE's by 0.2 and Huber's by 0.5."
    assert headline(runs).startswith(words)
    # Of squares, descent in closed form: what is left of the way shrinks by 1 - 2 lr H each step.
    data, clean = sample(runs[0].experiment), sample(runs[0].experiment.unspoiled())
    A = np.column_stack([np.ones(len(data.y)), data.X])
    first = np.linalg.lstsq(np.column_stack([np.ones(len(clean.y)), clean.X]), clean.y)[0]
    last = np.linalg.lstsq(A, data.y)[0]
    shrunk = np.linalg.matrix_power(np.eye(2) - 2 * 0.02 * A.T @ A / len(A), 150)
    end = np.array([1.0, data.X.max()])
    assert end @ (shrunk @ (first - last) + last - first) == pytest.approx(-4.4, abs=0.05)


# ---------------------------------------------------------------- several features


@pytest.mark.parametrize("scaling", ["none", "standard"])
def test_of_several_features_the_parameter_is_named_that_moves_the_predictions_most(scaling):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 3)) * [1.0, 20.0, 0.1]
    y = X @ [1.0, 0.02, 90.0]
    data = rows(X, y - y.mean())
    optimizer = {"optimizer": "adam", "lr": 0.5, "steps": 3000, "schedule": "cosine"}
    run = train_on(data, Experiment(loss="squared_error", scaling=scaling, **optimizer))
    name = run.names[3]
    moved = run.theta[-1, 3] - run.theta[0, 3]
    assert headline([run]).startswith(f"The {name} rose by {moved:.0f}.")


def test_of_several_features_a_lift_of_all_predictions_is_named():
    runs = runs_of("data=diabetes&loss=squared_error&loss=huber&lr=0.1&steps=200")
    found = said(story(runs).sentences[-1], 2)
    assert "mean prediction" in headline(runs)
    for run, (verb, number) in zip(runs, found.values(), strict=True):
        data = run.task.sample
        first, last = (np.mean(data.X @ run.theta[k, 1:] + run.theta[k, 0]) for k in (0, -1))
        assert verb == "rose"
        assert amount(number) == pytest.approx(last - first, abs=0.5 * unit(number))


# ---------------------------------------------------------------- what is amiss


def test_runs_that_diverge_are_named_from_that_frame_on():
    runs = runs_of("loss=squared_error&lr=0.1&lr=30&steps=60")
    told, at = story(runs), runs[1].diverged_at
    for frame, sentence in zip(told.frames, told.sentences, strict=True):
        words = f" The run with {{1}} diverged at step {at}."
        assert (words in sentence) == (frame >= at)
        assert (" with {1}" in sentence.replace(words, "")) == (frame < at)
    assert told.sentences[-1].startswith("At the right end the line rose by 4.7 with {0}.")
    assert headline(runs_of("loss=squared_error&lr=30")).startswith("The run diverged at step ")


def test_a_run_that_stopped_early_is_named():
    runs = runs_of(
        "data=circles&circles.n=80&circles.noise=0.5&model=mlp&mlp.depth=2&mlp.width=32"
        "&patience=0&patience=20&optimizer=adam&lr=0.01&steps=400"
    )
    at = runs[1].stopped_at
    assert f"The run with patience 20 stopped early at step {at}." in headline(runs)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (
            "data=sine&model=mlp&loss=huber&steps=99&lr=0.001",
            "not there yet: the loss still falls.",
        ),
        ("data=sine&model=mlp&loss=absolute_error&lr=1", "bounces: the steps are too large to"),
        ("loss=own&own.text=abs(r)**1.5&lr=0.9", "bounces: the steps are too large to settle."),
    ],
)
def test_where_no_minimum_is_known_the_loss_tells(query, words):
    assert words in headline(runs_of(query))


def test_batches_of_an_unknown_minimum_may_hop():
    runs = runs_of("data=digits&digits.n=200&model=mlp&batch=16&optimizer=adam&lr=0.05&steps=60")
    assert headline(runs).count(".") == story(runs).at(-1).count(".")
    assert "bounce" not in headline(runs)


# ---------------------------------------------------------------- as data


def test_areas_under_the_curve_are_told_in_the_panel_that_shows_them():
    runs = runs_of("data=imbalanced&loss=log_loss&loss=hinge&steps=100")
    movie = playground(runs, View(panel="metrics"))
    found = said(movie.story.sentences[-1], 2)
    assert "{0}'s area under the ROC curve rose from 0.5 to " in movie.story.sentences[-1].replace(
        "0.500", "0.5"
    )
    for k, run in enumerate(runs):
        data = sample(run.experiment)
        z = by_hand(run, run.theta[-1], data.X_test)
        area = metrics.roc_auc_score(data.y_test, z)
        numbers = re.findall(rf"\{{{k}\}}'s [^{{]*?to ({AMOUNT})", movie.story.sentences[-1])
        assert amount(numbers[-1].rstrip(".,")) == pytest.approx(area, abs=0.0006)
    assert found
    assert playground(runs).story.sentences[-1].startswith("{0}'s mistakes on clean test rows")


def test_the_payload_has_it():
    runs = runs_of("loss=squared_error&loss=huber&steps=30")
    told = story(runs)
    sent = unpack(payload(playground(runs), run="x"))["story"]
    assert sent == {
        "sentences": list(told.sentences),
        "frames": list(told.frames),
        "names": ["MSE", "Huber"],
        "colours": list(told.colours),
    }


def test_a_users_braces_are_no_places():
    assert (
        Story([f"{plain('{0} {x}')} and {{0}}"], [0], ["A"], ["#000"])
        .at(0)
        .replace("\N{WORD JOINER}", "")
        == "{0} {x} and A"
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"frames": [1, 2]}, "must rise from 0"),
        ({"frames": [0, 0]}, "must rise from 0"),
        ({"frames": [0, 3]}, "must rise from 0 to below 3"),
        ({"frames": [0]}, "2 sentences for 1 frames"),
        ({"colours": []}, "1 names and 0 colours"),
        ({"sentences": ["{0}", "{1}"]}, "no name 1; there are 1"),
    ],
)
def test_a_story_that_does_not_fit_is_refused(changes, message):
    whole = Story(["{0} a", "{0} b"], [0, 2], ["A"], ["#000000"])
    chart = {"x": Chart({"data": [], "layout": {}}, "X")}
    Movie(chart, (), np.arange(3), story=whole)
    with pytest.raises(ValueError, match=message):
        Movie(chart, (), np.arange(3), story=replace(whole, **changes))


@pytest.mark.parametrize("seed", range(25))
def test_whatever_runs_do_the_sentence_holds_words_and_finite_numbers(seed):
    rng = np.random.default_rng(seed)
    first = draw_experiment(rng, ["line", "sine", "diabetes", "moons", "iris"], [3, 40])
    second = first.replace(lr=0.01)
    runs = aligned(run_all(dict.fromkeys([first, second])))
    told = story(runs)
    for row in range(len(told.sentences)):
        words = told.at(row)
        assert words.endswith(".")
        assert not re.search(r"nan|inf\b|\{|\}|None", words.replace("{\N{WORD JOINER}", ""))
