"""Coverage-guided fuzzing of everything that reads bytes of strangers; docs/fuzzing.md says how to run it."""
