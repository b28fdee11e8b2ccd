"""How much an application may ask for: its rate and its month."""
