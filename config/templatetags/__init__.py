"""Template tags of the frame that every screen inherits."""
