"""How fast bonaface is on this machine: the stages of one analysis, and a server under load."""
