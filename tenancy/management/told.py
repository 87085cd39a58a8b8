"""How commands say what a verb refused."""

from django.core.exceptions import ValidationError


def in_words(error: ValidationError) -> str:
    """The refusal as one line: `--option: sentence` for each field."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    told = [
        f"{field.replace('_', '-')}: {' '.join(messages)}"
        for field, messages in error.message_dict.items()
    ]
    return " ".join(told)
