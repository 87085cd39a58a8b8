"""The HTTP API of the daily work."""
