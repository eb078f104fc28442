"""Real data: the small classics of robust regression, shipped as rows, and one larger set."""

from __future__ import annotations

import os.path
from functools import cache

import numpy as np

from lossviz.base.arrays import Array
from lossviz.items.datasets.base import Rows, from_sklearn, frozen, real

FOLDER = os.path.join(os.path.dirname(__file__), "files")


@cache
def _table(file: str) -> Array:
    return frozen(np.loadtxt(os.path.join(FOLDER, f"{file}.csv"), delimiter=",", skiprows=1))


def _columns(file: str, first: int, last: int, target: int) -> Rows:
    """X (n, d), the columns from first to before last, and y (n,): read-only views."""
    table = _table(file)
    return table[:, first:last], table[:, target]


ROUSSEEUW = "Rousseeuw & Leroy (1987), Robust Regression and Outlier Detection, Wiley"

real(
    "stars_cyg",
    rows=lambda: _columns("stars_cyg", 0, 1, 1),
    label="Star cluster CYG OB1 (Hertzsprung-Russell diagram)",
    features=("log10 temperature (K)",),
    target="log10 light intensity (relative to the sun)",
    notes=(
        "47 stars of one cluster. Along the main sequence hotter stars are brighter, but four "
        "giants, cool and very bright, are leverage points: least squares turns its slope "
        "negative, and so do absolute error and Huber, which guard against large residuals but "
        "not against far-out x. Only a redescending loss lets the giants go."
    ),
    source=f"{ROUSSEEUW}, p. 27, table 3; data of C. Doom after Humphreys (1978)",
)

real(
    "phones",
    rows=lambda: _columns("phones", 0, 1, 1),
    label="Belgian telephone calls, 1950 to 1973",
    features=("year since 1900",),
    target="international calls (millions)",
    notes=(
        "International calls from Belgium, one row a year. From 1964 to 1969 another recording "
        "system was in use, which gave the total number of minutes instead (1963 and 1970 are "
        "mixed): a quarter of the rows are vertical outliers, all on one side. Least squares is "
        "pulled far up; absolute error and the robust losses stay near the true growth."
    ),
    source=f"{ROUSSEEUW}, p. 26, table 2; Belgian Statistical Survey, Ministry of Economy",
)

ANSCOMBE = (
    "a straight line with scatter, for which least squares is right",
    "a smooth curve, so the model is wrong and no loss can repair it: try a polynomial",
    "an exact line and one vertical outlier: absolute error recovers the line, least squares "
    "does not",
    "one leverage point that alone decides the slope: all other rows have the same x, so every "
    "line must go through it or ignore it",
)
for _k, _lesson in enumerate(ANSCOMBE, start=1):
    real(
        f"anscombe_{_k}",
        rows=lambda k=_k: _columns("anscombe", k - 1, k, k + 3),
        label=f"Anscombe's quartet, {'I II III IV'.split()[_k - 1]}",
        features=("x",),
        target="y",
        notes=(
            "Anscombe's four sets of 11 rows have the same means, variances, correlation and "
            f"least-squares line, y = 3 + 0.5 x, but look nothing alike. This one is {_lesson}."
        ),
        source=(
            "Anscombe (1973), Graphs in Statistical Analysis, The American Statistician 27(1), "
            "17-21, doi:10.1080/00031305.1973.10478966"
        ),
    )

real(
    "engel",
    rows=lambda: _columns("engel", 0, 1, 1),
    label="Engel's food expenditure",
    features=("household income (Belgian francs a year)",),
    target="food expenditure (Belgian francs a year)",
    notes=(
        "235 Belgian working-class households. Richer households spend more on food but a smaller "
        "share (Engel's law), and differ more among each other: the noise grows with income, and "
        "two rich households with frugal tables pull least squares down. The classic example of "
        "quantile regression: the 0.1 and 0.9 quantiles have different slopes."
    ),
    source=(
        "Engel (1857); Koenker & Bassett (1982), Robust Tests for Heteroscedasticity Based on "
        "Regression Quantiles, Econometrica 50(1), 43-61, doi:10.2307/1912528"
    ),
)

real(
    "stack_loss",
    rows=lambda: _columns("stack_loss", 0, 3, 3),
    label="Stack loss of an ammonia plant",
    features=("air flow", "water temperature (degrees C)", "acid concentration (coded)"),
    target="stack loss (tenths of a percent of the ammonia)",
    notes=(
        "21 days of a plant that oxidises ammonia to nitric acid: three settings of the plant and "
        "the share of ammonia that escapes unused (acid concentration is coded: tenths of a "
        "percent above 50 percent). With three features no plot shows the outliers, and four "
        "days, numbers 1, 3, 4 and 21, stand out only from a robust fit."
    ),
    source=(
        "Brownlee (1965), Statistical Theory and Methodology in Science and Engineering, 2nd ed., "
        "Wiley, pp. 491-500"
    ),
)

real(
    "diabetes",
    rows=lambda: from_sklearn("load_diabetes", scaled=False),
    count=442,
    label="Diabetes progression",
    features=(
        "age (years)",
        "sex (coded 1, 2)",
        "body mass index (kg/m2)",
        "mean blood pressure (mm Hg)",
        "total cholesterol (mg/dl)",
        "low-density lipoproteins (mg/dl)",
        "high-density lipoproteins (mg/dl)",
        "total cholesterol / HDL",
        "log triglycerides",
        "blood sugar (mg/dl)",
    ),
    target="disease progression after one year (score)",
    test=0.25,
    notes=(
        "442 patients, ten measurements and the progress of the disease a year later. Noisy, with "
        "correlated features (the blood serum values) but no gross outliers: add some to see how "
        "the held-out loss suffers. A quarter of the rows is kept for testing."
    ),
    source=(
        "Efron, Hastie, Johnstone & Tibshirani (2004), Least Angle Regression, The Annals of "
        "Statistics 32(2), 407-499, doi:10.1214/009053604000000067; as shipped with scikit-learn"
    ),
)
