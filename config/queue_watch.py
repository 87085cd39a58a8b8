"""Whether background work can be handed over: asked of Redis now and then, not by every page."""

import time

from config.health import redis_answers

ASK_EVERY = 10.0
"""Seconds for which an answer holds, in each process."""


class QueueWatch:
    """Remembers the last answer of the queue."""

    def __init__(self) -> None:
        self._asked_at = float("-inf")
        self._down = False

    def is_down(self) -> bool:
        """Whether Redis was away when last asked, at most `ASK_EVERY` seconds ago."""
        now = time.monotonic()
        if now - self._asked_at >= ASK_EVERY:
            # Set first: while Redis hangs, other threads go by the old answer.
            self._asked_at = now
            self._down = not redis_answers()
        return self._down


queue_watch = QueueWatch()
