"""Whoever is told of each request by `bonaface.api.middleware.observe`: log, metrics, traces, ledger."""
