"""What all tests share."""

import importlib
import os
from types import ModuleType

import pytest
from hypothesis import settings

# Before NumPy is loaded: several threads in small matrix products only get in each other's way,
# most of all where two test workers share two cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# The same examples on every run, and no clock in a verdict.
settings.register_profile("lossviz", derandomize=True, deadline=None, database=None)
settings.load_profile("lossviz")


@pytest.fixture(scope="session")
def torch() -> ModuleType:
    """PyTorch, for tests marked `parity`: imported here, since only `make parity` installs it."""
    return importlib.import_module("torch")
