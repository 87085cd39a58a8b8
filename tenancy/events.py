"""Floors talk upward by events: typed, set-valued, synchronous, inside the transaction.

A verb publishes; `config.wiring` says who listens, in order. A listener that fails fails the
verb, so nothing is half-done.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Base of every event; subclasses carry ids, never objects."""


Listener = Callable[[Any], None]
_listeners: dict[type[Event], tuple[Listener, ...]] = {}


def wire(listeners: Mapping[type[Event], Sequence[Listener]]) -> None:
    """Set who hears what. Called once at start with the one page that lists it all."""
    _listeners.clear()
    _listeners.update({event: tuple(heard_by) for event, heard_by in listeners.items()})


def publish(event: Event) -> None:
    """Tell every listener of this event's type, in the order of the wiring."""
    for listener in _listeners.get(type(event), ()):
        listener(event)


@dataclass(frozen=True, slots=True)
class CompanyCreated(Event):
    """A company exists and its scope is open; listeners furnish what upper rooms need of it.

    balance_authority: who is right about a lender's balances (`ledger`, `core`, `statement`).
    """

    company_id: int
    balance_authority: str


@dataclass(frozen=True, slots=True)
class PeopleChanged(Event):
    """Roles, teams, capacity or employment of these people of the scope's company changed."""

    user_ids: tuple[int, ...]
