"""Refusals as exceptions. Each carries a Chinese sentence for the user and, where one fits, the field.

Decides what kinds of refusal exist; how a refusal is shown (form, page, command line) is decided
in `web` and `cli`.
"""

from __future__ import annotations


class DomainError(Exception):
    """The use case was refused; `message` is a sentence for the person who asked.

    Args:
        message: a complete Chinese sentence that names what was refused and the remedy.
        field: the form field that the sentence belongs to, if one.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class BadInput(DomainError):
    """A value or a file cannot be used as it is."""


class NotFound(DomainError):
    """The thing does not exist, or not for this actor (the two are never told apart)."""


class NotAllowed(DomainError):
    """The actor may not do this."""


class Conflict(DomainError):
    """Somebody or something else was first: a duplicate, a stale form, a taken seat."""


class Stale(Conflict):
    """Somebody else saved the same thing since it was read; nothing is written, a page shows both texts."""


class InvalidTransition(DomainError):
    """The lifecycle has no such step."""
