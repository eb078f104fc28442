"""What is drawn of runs, and said beside it."""
