"""What trains: a link becomes experiments, these become runs."""
