"""Names that no item may have, as they mean something else where items are named: in formulas, in
links and in scripts. They stand here, below the rooms that give them their meaning, so that an item
is refused whichever of those are imported; `tests/test_registry.py` holds them to what those know.
"""

from keyword import kwlist
from string import ascii_lowercase

FUNCTIONS = (
    *("abs", "sqrt", "exp", "log", "log1p", "expm1", "tanh", "sinh", "cosh", "sin", "cos"),
    *("arctan", "sign", "sigmoid", "softplus", "min", "max", "clip", "where"),
)
SETTINGS = (
    *("data", "outliers", "model", "loss", "optimizer", "schedule", "lr", "steps", "batch"),
    *("l1", "l2", "patience", "init", "scaling", "seed", "outlier_seed"),
)
# Each with what it is.
RESERVED = {
    **dict.fromkeys(ascii_lowercase, "letter of formulas"),
    **dict.fromkeys(FUNCTIONS, "function of formulas"),
    **dict.fromkeys(SETTINGS, "setting of links"),
    "view": "setting of links",  # all that begin with it and a dot
    **dict.fromkeys(kwlist, "word of Python"),
}
