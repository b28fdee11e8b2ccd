"""A package, so that its fixtures of that scope end with it: see conftest.browser."""
