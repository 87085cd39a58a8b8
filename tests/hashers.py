"""A password hasher for tests that sign many people in."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class OneRoundArgon2(Argon2PasswordHasher):
    """Argon2 with the least work it allows; same algorithm, same column."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
