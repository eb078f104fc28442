"""The figures: each a pure function of its arguments."""
