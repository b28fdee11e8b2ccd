"""The pages that people see: the console and the documentation."""
