"""Presets: links that each teach one thing. A preset is only a query string."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Preset:
    """A title, the query string that is the whole state, and what to look for."""

    title: str
    query: str
    lesson: str


PRESETS = (
    Preset(
        "What outliers do to MSE, MAE and Huber",
        "outliers=vertical&vertical.direction=down&vertical.where=right"
        "&loss=squared_error&loss=absolute_error&loss=huber",
        "A few rows at the right end have fallen far below the line. Press Play: MSE tilts after "
        "them, MAE and Huber hardly move.",
    ),
    Preset(
        "One leverage point",
        "line.n=20&outliers=leverage&leverage.share=0.05&leverage.size=20"
        "&loss=squared_error&loss=absolute_error&loss=tukey"
        "&optimizer=adam&lr=0.05&steps=400&schedule=cosine",
        "One row far to the right turns the line like a lever. A bounded slope is no help here: "
        "MAE follows as well. Only a loss whose slope falls back to zero can let go.",
    ),
    Preset(
        "The rate at the edge",
        "loss=squared_error&lr=0.1&lr=0.6&lr=0.73&steps=60",
        "Beyond 2 over the largest curvature, descent climbs instead of settling. The table names "
        "the largest rate that holds.",
    ),
    Preset(
        "The median does not care",
        "outliers=vertical&vertical.share=0.3&vertical.size=10"
        "&loss=squared_error&loss=absolute_error&lr=0.05&steps=400",
        "Three rows in ten lie absurdly high. The absolute error counts them as votes, not as "
        "distances: make them twice as high (Outliers, Size 20) and its line stays where it is.",
    ),
    Preset(
        "MSLE on exponential growth",
        "data=exponential_growth&model=polynomial&loss=squared_error&loss=squared_log_error"
        "&optimizer=adam&lr=0.1&steps=1000",
        "Squared error listens to the largest targets alone; the squared log error counts "
        "ratios, and so serves the small ones too.",
    ),
    Preset(
        "Quantiles draw a band",
        "data=heteroscedastic&loss=quantile&quantile.tau=0.1"
        "&quantile.tau=0.5&quantile.tau=0.9&lr=0.5&steps=400&schedule=cosine",
        "One loss, three levels: a tenth of the rows below the lowest line, half below the "
        "middle one, nine tenths below the highest. The band widens with the noise.",
    ),
    Preset(
        "Stars that fool least squares",
        "data=stars_cyg&loss=squared_error&loss=absolute_error&loss=tukey&tukey.c=1"
        "&init=5&optimizer=adam&lr=0.1&steps=800&schedule=cosine",
        "Four red giants make least squares say that hotter stars are fainter, and MAE too. "
        "The redescending loss lets the giants go.",
    ),
    Preset(
        "Phone calls that were minutes",
        "data=phones&loss=squared_error&loss=absolute_error&loss=huber&huber.delta=5"
        "&loss=tukey&tukey.c=5&optimizer=adam&lr=1&steps=600&schedule=cosine",
        "For six years the minutes were recorded instead of the calls. One wrong unit bends least "
        "squares by far; MAE and Huber bend far less, and Tukey reads the other years alone.",
    ),
    Preset(
        "Anscombe's third set",
        "data=anscombe_3&loss=squared_error&loss=absolute_error&loss=huber&huber.delta=0.1"
        "&optimizer=adam&lr=0.1&steps=600&schedule=cosine",
        "Ten rows lie on one line and one does not. Least squares gives 3.00 + 0.500 x, as for "
        "all four of Anscombe's sets; the absolute error finds the ten.",
    ),
    Preset(
        "Momentum in a narrow valley",
        "data=anscombe_1&scaling=none&loss=squared_error&optimizer=gd&optimizer=momentum"
        "&optimizer=nesterov&lr=0.006&steps=400",
        "Without scaling the features, the valley is long and narrow. Plain descent creeps along "
        "its floor; momentum runs, and overshoots.",
    ),
    Preset(
        "Drop the rate in mid-run",
        "loss=absolute_error&schedule=constant&schedule=step&step.factor=0.02&lr=2",
        "The absolute error pulls equally hard however near the answer is, so a constant rate "
        "bounces for ever. Cut the rate at step 100 and it settles.",
    ),
    Preset(
        "Counts want Poisson",
        "data=counts&loss=squared_error&loss=poisson&lr=0.1&steps=300",
        "Counts cannot be negative and scatter more where they are large. The Poisson loss fits "
        "the logarithm of the rate; the straight line predicts less than nothing.",
    ),
)
WELCOME = PRESETS[0]
