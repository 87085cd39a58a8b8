"""Schema history of the collection app."""
