"""What all else stands on: named items with parameters, limits, the cache, notebook cards."""
