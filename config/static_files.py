"""How static files are named and packed for the browser."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


def _without_source_maps(patterns: Any) -> Any:
    """Django's rewriting patterns, minus those that insist on source maps being published."""
    return tuple(
        (glob, kept)
        for glob, rules in patterns
        if (kept := tuple(r for r in rules if "sourceMappingURL" not in str(r)))
    )


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Content-hashed names, kept for a year by browsers, compressed once when collected."""

    patterns = _without_source_maps(CompressedManifestStaticFilesStorage.patterns)
