"""The extended routes: scores, evidence, real status codes."""
