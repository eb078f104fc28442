"""The gallery's code for PyTorch, Keras and Optax, run there (`make parity`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from gallery_cases import sample_of, variants

from lossviz.items.catalogue import LIBRARIES, snippet
from lossviz.items.catalogue.code import theirs
from lossviz.items.losses import LOSSES

pytestmark = pytest.mark.parity

ELSEWHERE = [library for library in LIBRARIES if library != "sklearn"]
NAMED = [
    name
    for name, loss in LOSSES.items()
    if loss.known.peers or loss.known.code or loss.known.spelling
]
CASES = [(name, params) for name in NAMED for params in variants(LOSSES[name])]
# JAX computes with half as many digits unless it is told at its start; so scripts are run in a
# process of their own, all of a library's in one.
SETTINGS = {"JAX_ENABLE_X64": "1", "JAX_PLATFORMS": "cpu", "KERAS_BACKEND": "jax"}
RUNNER = """
import json, sys
import numpy as np
found = []
for script, z, y in json.load(sys.stdin):
    given = {"z": np.array(z), "y": np.array(y)}
    exec(script, given)
    found.append(float(given["loss"]))
print(json.dumps(found))
"""
# Keras keeps its logarithms away from 0 by 1e-7, and PyTorch's softplus is exact to 2e-9.
TOLERANCE = {"torch": 1e-8, "keras": 1e-6, "optax": 1e-12}


def run(scripts: list[tuple[str, Any, Any]]) -> list[float]:
    """What the scripts leave in `loss`."""
    given = json.dumps([(script, z.tolist(), y.tolist()) for script, z, y in scripts])
    done = subprocess.run(
        [sys.executable, "-c", RUNNER],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **SETTINGS},
        cwd=Path(__file__).parent,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("library", ELSEWHERE)
def test_each_snippet_gives_our_mean_loss(library):
    found = run(
        [
            (snippet(LOSSES[name], library, params), *sample_of(LOSSES[name]))
            for name, params in CASES
        ]
    )
    for (name, params), value in zip(CASES, found, strict=True):
        ours = LOSSES[name](*sample_of(LOSSES[name]), **params)[0].mean()
        assert value == pytest.approx(ours, rel=TOLERANCE[library]), (name, params)


@pytest.mark.parametrize("library", ELSEWHERE)
def test_each_librarys_own_value_is_ours_by_its_factor(library):
    cases = [
        (name, params, peer)
        for name, params in CASES
        for peer in LOSSES[name].known.peers or ()
        if peer.library == library and not (peer.plain and params != variants(LOSSES[name])[0])
    ]
    found = run(
        [
            (theirs(LOSSES[name], peer, params), *sample_of(LOSSES[name]))
            for name, params, peer in cases
        ]
    )
    for (name, params, peer), value in zip(cases, found, strict=True):
        z, y = sample_of(LOSSES[name])
        factor = eval(peer.factor, {**params, "K": z.shape[-1]})
        ours = LOSSES[name](z, y, **params)[0].mean()
        assert value == pytest.approx(factor * ours, rel=TOLERANCE[library]), peer.name


def test_every_library_has_names_to_check():
    for library in ELSEWHERE:
        assert (
            sum(
                peer.library == library for name in NAMED for peer in LOSSES[name].known.peers or ()
            )
            > 8
        )
