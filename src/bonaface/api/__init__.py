"""The HTTP side: routes, middleware, and the one table from exceptions to the wire."""
