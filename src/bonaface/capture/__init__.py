"""What several frames of one capture tell together: one score, and whether they belong together."""
