"""How four libraries spell the same arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Library:
    """A library, and how code for it is written.

    imports: the line that brings in each name that code may use.
    arrays: the lines that turn the NumPy arrays z and y into its own, none where it takes those.
    spelling: what a formula's functions are called; each ends with the bracket that opens.
    one_hot: labels y as rows of zeros and a one.
    """

    name: str
    label: str
    imports: Mapping[str, str]
    arrays: str
    spelling: Mapping[str, str]
    one_hot: str


# What all four call as the formula language does, `abs` apart, which Python takes care of.
ALIKE = (
    *("where", "clip", "exp", "log", "log1p", "expm1", "sqrt", "sign"),
    *("sin", "cos", "tanh", "sinh", "cosh", "arctan", "sum", "mean"),
)


def _spelling(usual: str, **others: str) -> Mapping[str, str]:
    same = {name: f"{usual}.{name}(" for name in ALIKE}
    pairs = {"min": f"{usual}.minimum(", "max": f"{usual}.maximum(", "amax": f"{usual}.max("}
    return {**same, **pairs, **others}


def _from(module: str) -> dict[str, str]:
    names = ("relu", "softplus", "sigmoid", "softmax", "log_softmax")
    return {name: f"{module}.{name}(" for name in names}


LIBRARIES: Mapping[str, Library] = {
    library.name: library
    for library in (
        Library(
            name="sklearn",
            label="scikit-learn",
            imports={
                "math": "import math",
                "np": "import numpy as np",
                "special": "from scipy import special",
                "metrics": "from sklearn import metrics",
            },
            arrays="",
            spelling=_spelling(
                "np",
                relu="np.maximum(0, ",
                softplus="np.logaddexp(0, ",
                sigmoid="special.expit(",
                softmax="special.softmax(",
                log_softmax="special.log_softmax(",
            ),
            one_hot="np.eye(z.shape[-1])[y.astype(int)]",
        ),
        Library(
            name="torch",
            label="PyTorch",
            imports={
                "math": "import math",
                "torch": "import torch",
                "F": "import torch.nn.functional as F",
            },
            arrays="z, y = torch.as_tensor(z), torch.as_tensor(y)",
            spelling=_spelling(
                "torch", **{**_from("torch"), "softplus": "F.softplus("}, amax="torch.amax("
            ),
            one_hot="F.one_hot(y.long(), z.shape[-1]).to(z)",
        ),
        Library(
            name="keras",
            label="Keras (TensorFlow)",
            imports={
                "math": "import math",
                "keras": "import keras",
                "ops": "from keras import ops",
            },
            arrays="z, y = ops.convert_to_tensor(z), ops.convert_to_tensor(y)",
            spelling=_spelling("ops", **_from("ops")),
            one_hot='ops.one_hot(ops.cast(y, "int32"), z.shape[-1], dtype=z.dtype)',
        ),
        Library(
            name="optax",
            label="Optax (JAX)",
            imports={
                "math": "import math",
                "jax": "import jax",
                "jnp": "import jax.numpy as jnp",
                "optax": "import optax",
            },
            arrays="z, y = jnp.asarray(z), jnp.asarray(y)",
            spelling=_spelling("jnp", **_from("jax.nn")),
            one_hot="jax.nn.one_hot(y, z.shape[-1])",
        ),
    )
}
