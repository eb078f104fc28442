"""Simulated loan applicants: named features in units, and who defaults by a known logistic model.

No row is a real person's. The sizes and signs of the effects are plausible, not estimated.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param
from lossviz.items.datasets.base import Rows, synthetic

CROWD = 2**16  # applicants by whom the intercept is set: the rate then holds to about 0.001

# What one unit more does to the log-odds of default.
EFFECTS = {
    "age (years)": -0.01,
    "income (thousand euros a year)": -0.02,
    "credit history (years)": -0.03,
    "debt-to-income ratio (percent)": 0.03,
    "credit utilisation (percent)": 0.02,
    "late payments (in two years)": 0.6,
    "credit applications (in six months)": 0.3,
}


def _sigmoid(t: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-t))


def _applicants(rng: np.random.Generator, n: int) -> Array:
    """The features (n, 7) in the order of EFFECTS, drawn row by row."""
    uniform, normal = rng.spawn(2)
    u, g = uniform.random((n, 2)).T, normal.standard_normal((n, 5)).T
    # Debts, used credit and late payments share a cause: each leans on the one before.
    used = 0.4 * g[1] + np.sqrt(1 - 0.4**2) * g[2]
    late = 0.5 * used + np.sqrt(1 - 0.5**2) * g[3]
    age = 21.0 + 49.0 * u[0]
    return np.column_stack(
        [
            age,
            32.0 * np.exp(0.45 * g[0]),
            (age - 18.0) * u[1],
            100.0 * _sigmoid(-1.0 - 0.2 * g[0] + 0.8 * g[1]),
            100.0 * _sigmoid(-0.7 + 1.2 * used),
            np.minimum(np.floor(np.exp(-0.7 + 0.9 * late)), 24.0),
            np.floor(np.exp(-0.2 + 0.7 * g[4])),
        ]
    )


def _score(X: Array) -> Array:
    """The log-odds (n,) of default, without the intercept."""
    return X @ np.array(list(EFFECTS.values()))


@cache
def _crowd() -> Array:
    """The scores of a fixed large crowd."""
    return _score(_applicants(np.random.default_rng(0), CROWD))


@cache
def _intercept(rate: float) -> float:
    """The intercept at which a share `rate` of the crowd defaults, by bisection."""
    low, high = -50.0, 50.0
    for _ in range(50):  # to 100 / 2^50
        middle = (low + high) / 2
        if _sigmoid(middle + _crowd()).mean() < rate:
            low = middle
        else:
            high = middle
    return (low + high) / 2


@synthetic(
    "credit_default",
    label="Credit default (simulated)",
    task="binary",
    classes=("repaid", "defaulted"),
    features=tuple(EFFECTS),
    target="outcome of the loan",
    standardise=True,
    params=(
        Param("n", 500, 1, 2000, "Rows", "How many applicants. More rows keep the earlier ones."),
        Param("default_rate", 0.2, 0.01, 0.5, "Default rate", "Share of applicants who default."),
    ),
    notes=(
        "Simulated loan applicants with seven features in their own units. Who defaults is drawn "
        "from a logistic model: a late payment adds 0.6 to the log-odds, a credit application "
        "0.3, ten points of debt ratio 0.3 and of used credit 0.2; ten years of age take away "
        "0.1, of credit history 0.3, and ten thousand euros of income 0.2. So the true answer is "
        "known, yet no model can foresee each default. To refuse a good applicant and to lend to "
        "a bad one cost different sums: that is what class weights are for."
    ),
)
def credit_default(rng: np.random.Generator, *, n: int, default_rate: float) -> Rows:
    """y = 1 with probability sigmoid(intercept + effects . X), the intercept set by the rate."""
    people, chance = rng.spawn(2)
    X = _applicants(people, n)
    return X, (chance.random(n) < _sigmoid(_intercept(default_rate) + _score(X))).astype(float)
