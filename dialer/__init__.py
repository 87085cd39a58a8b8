"""Calling: an empty room until calls have their own floor plan."""
