"""What there is to say of a run, in numbers."""
