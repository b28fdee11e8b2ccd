"""The site of the documentation: pages of both languages, with a search that asks no other host."""
