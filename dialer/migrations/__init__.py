"""Schema history of the dialer app."""
