"""Decision policies: two thresholds each, by name and version, kept in the database, in force in servers."""
