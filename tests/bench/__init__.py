"""The bench: its arithmetic, and the whole of it on a small book."""
