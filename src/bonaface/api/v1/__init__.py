"""The NHN-compatible route."""
