"""What arrays are called in signatures; docstrings say their shapes."""

from __future__ import annotations

import numpy as np

Array = np.ndarray
