"""What all tests share."""

import importlib
from types import ModuleType

import pytest
from hypothesis import settings

# The same examples on every run, and no clock in a verdict.
settings.register_profile("lossviz", derandomize=True, deadline=None, database=None)
settings.load_profile("lossviz")


@pytest.fixture(scope="session")
def torch() -> ModuleType:
    """PyTorch, for tests marked `parity`: imported here, since only `make parity` installs it."""
    return importlib.import_module("torch")
