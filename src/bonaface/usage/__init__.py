"""What was answered: each reply counted once, kept on disk, and told by hour, day and month."""
