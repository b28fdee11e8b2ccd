"""A long run under a steady load of good and bad requests; see `benchmarks.soak.__main__`."""
