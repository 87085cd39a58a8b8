"""Schema history of the waivers app."""
