"""The ground floor's screens: thin callers of its verbs."""
