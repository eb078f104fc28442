"""What the page, the terminal and the charts say where the minimiser is one of several."""

from dataclasses import replace

import numpy as np
import pytest
from own_rows import rows, train_on
from test_unique import classes

from lossviz import Experiment
from lossviz.analysis.minimum import Shift
from lossviz.export import summary
from lossviz.views.panels import playground
from lossviz.views.sentences import headline, headlines, minima, remarks
from lossviz.views.sentences.minimisers import interval, spanned

TIED = rows([0, 0, 1, 1], [0, 2, 1, 3.5])
XOR = classes([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], 2)


def runs_on(rows_of, *losses, **settings):
    return [train_on(rows_of, Experiment(loss=loss, steps=5, **settings)) for loss in losses]


def shown(runs, column):
    table = playground(runs).tables[0]
    return [row.cells[table.columns.index(column) - 1] for row in table.rows]


def test_every_door_says_the_range():
    runs = runs_on(TIED, "absolute_error", "squared_error")
    assert minima(runs) == (
        "At the exact minimum the slope is 1.25 for MSE. At the exact minimum for MAE the slope "
        "may be anything from −1 to 3.50."
    )
    assert headline(runs).endswith(
        " MAE and MSE are not there yet: 52.4\N{NO-BREAK SPACE}% and 94\N{NO-BREAK SPACE}% of the "
        "way to the minimum. More steps or a larger rate are needed. The minimum of MAE is not "
        "unique."
    )
    assert shown(runs, "Exact minimiser")[0] == "0 to 2; −1 to 3.50"
    [ours, theirs] = remarks(runs)[-2:]
    assert "not unique" in ours
    assert ours.endswith("Over all of them: intercept 0 to 2, slope −1 to 3.50.")
    assert "unique" not in theirs
    last = summary(runs).splitlines()[-1]
    assert last.startswith("MAE: the minimiser is not unique. Over all of them: intercept 0 to 2")


def test_the_star_is_one_of_several():
    runs = runs_on(TIED, "absolute_error", "squared_error")
    said = [chart.description for chart in playground(runs).charts.values()]
    assert any("or one of them where there are several" in words for words in said)
    only = [chart.description for chart in playground(runs[1:]).charts.values()]
    assert not any("one of them" in words for words in only)


def test_hinge_on_xor_costs_something():
    [run] = runs_on(XOR, "hinge", data="xor")
    said = " ".join(remarks([run]))
    assert "costs nothing" not in said
    assert "not unique" in said
    assert "coefficient" not in headline([run]) + minima([run])
    assert "intercept −1 to 3" in said


def test_outliers_do_not_move_what_is_open(monkeypatch):
    spoiled = replace(TIED, is_outlier=np.array([False, False, False, True]))
    [run] = runs_on(spoiled, "absolute_error")
    shift = Shift("slope", 1.0, 1.25, (1.0, 1.0), (-1.0, 3.5))
    monkeypatch.setattr(headlines, "moved_by_outliers", lambda _: shift)
    assert minima([run]) == (
        "1 of 4 rows is an outlier. The best slope may be anything from −1 to 3.50; without that "
        "row it is 1."
    )
    assert headline([run]).endswith(
        " The run is not there yet: 52.4\N{NO-BREAK SPACE}% of the way to the minimum. More steps "
        "or a larger rate are needed. Its minimum is not unique."
    )


def test_what_moved_by_rounding_did_not_move():
    assert Shift("slope", 1.72, 1.72 - 2.3e-16, None, None).by == 0
    assert Shift("slope", 1.0, 1.25, None, None).by == 0.25


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ((1.0, 1.0), "is 1"),
        ((-1.0, 3.5), "may be anything from −1 to 3.50"),
        ((1.0, np.inf), "may be 1 or more"),
        ((-np.inf, 1.0), "may be 1 or less"),
        ((-np.inf, np.inf), "may be any number"),
        (None, "is 1 at one of several minimisers"),
    ],
)
def test_ranges_in_words(span, words):
    assert spanned(1.0, span) == words
    if span is not None:
        assert interval(span) in words


def test_counts_that_are_all_zero_have_no_slope_to_show():
    runs = runs_on(rows([0.0, 1.0, 2.0], [0.0, 0.0, 0.0]), "poisson")
    assert minima(runs) == "No finite minimiser exists."
    assert shown(runs, "Exact minimiser") == ["none that is finite"]
