"""Who acts when a command acts: a person of the database, named by account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import User
from ipfin.accounts.queries import actor_for
from ipfin.kernel.actor import SYSTEM, Actor
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _


def actor_option(*, required: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add `--as EMAIL` to a command: the person in whose name it acts."""
    return click.option(
        "--as", "email", metavar="EMAIL", required=required, help="以哪个账号的名义办理；审计记录记在其名下。"
    )


def acting(session: Session, email: str | None) -> Actor:
    """Return the person with this account, or the system when none was named.

    Raises:
        NotFound: there is no active account of this name.
    """
    if email is None:
        return SYSTEM
    user = session.scalar(select(User).where(User.email == email.strip().lower(), User.is_active))
    if user is None:
        raise NotFound(_("没有名为%(email)s的在用账号。", email=email))
    return actor_for(session, user)
