"""The table of scopes as conditions on events, registrations and meetings.

What no branch names is seen by nobody; drafts are seen by those only who see everything.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, SQLColumnExpression, false, true

from ipfin.accounts.queries import of_visible_enterprises, of_visible_organisations
from ipfin.accounts.scopes import Scope, Thing, scope_for
from ipfin.events.lifecycle import EventState
from ipfin.events.models import Event, Registration
from ipfin.kernel.actor import Actor


def events_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which events the actor may see: drafts only whoever sees all."""
    scope = scope_for(actor, Thing.EVENT)
    if scope is Scope.ALL:
        return true()
    return Event.state != EventState.DRAFT if scope is Scope.LISTED else false()


PUBLIC_EVENTS = Event.state.not_in([EventState.DRAFT, EventState.CANCELLED])
"""What the page without signing in lists."""


def registrations_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which registrations the actor may see: all, those of the county's firms, or his own."""
    return own_or_below(actor, Thing.REGISTRATION, Registration.enterprise_id, Registration.organisation_id)


def own_or_below(
    actor: Actor,
    thing: Thing,
    enterprise_id: SQLColumnExpression[int | None],
    organisation_id: SQLColumnExpression[int | None],
) -> ColumnElement[bool]:
    """Return the actor's reach over rows of either side, as a condition on their two columns."""
    scope = scope_for(actor, thing)
    if scope is Scope.REGION or (scope is Scope.OWN and actor.enterprise_id is not None):
        return of_visible_enterprises(actor, thing, enterprise_id)
    return of_visible_organisations(actor, thing, organisation_id)
