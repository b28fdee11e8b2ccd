"""What presentations really were, told back with signed answers, and the error rates that follow."""
