"""Who may call: applications, their keys, and the check of a key."""
