"""Forgiving: an empty room until waivers have their own floor plan."""
