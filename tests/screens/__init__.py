"""The frame and its parts: filters, tags, templates, navigation."""
