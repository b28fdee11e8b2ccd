"""What a request brings: its type, its JSON, how fast it must come."""
