"""The HTTP API of the book."""
