"""Bounded work: how many analyses run and wait, how long they may, and what is refused."""
