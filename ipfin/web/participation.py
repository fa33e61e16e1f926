"""What differs between the sides that take part in events, and how their pages become views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P
from ipfin.events.lifecycle import Side
from ipfin.events.models import Event, Registration
from ipfin.events.registration import Application
from ipfin.web.event_forms import RegistrationForm

SignUp = Callable[[Session, Event, Application], Registration]


@dataclass(frozen=True, slots=True)
class Participation:
    """What differs between the sides: permissions, templates, the form, how one signs up."""

    folder: str
    read: P
    register: P
    form: type[RegistrationForm]
    sign_up: SignUp

    @property
    def side(self) -> Side:
        """Which side of the table it is."""
        return Side.ENTERPRISE if self.folder == "enterprise" else Side.INSTITUTION


def plain(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Return a function of its own: a bound method cannot carry a declaration."""

    def function(**arguments: Any) -> ResponseReturnValue:
        return view(**arguments)

    function.__doc__ = view.__doc__
    return function
