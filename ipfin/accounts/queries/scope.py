"""The table of scopes as conditions of SQL. Every list, count, filter, export and lookup carries one.

Decides what REGION, LISTED and OWN mean for the rows of this package and of those below. Packages above
build theirs from `of_visible_enterprises`, `of_visible_organisations` and `of_visible_users`, or read
`scopes.scope_for` themselves. What no branch names is seen by nobody. The conditions say what they are
correlated to, so that they mean the same in a query that names the same tables for a reason of its own.
"""

from __future__ import annotations

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    String,
    cast,
    exists,
    false,
    literal,
    or_,
    select,
    true,
)

from ipfin.accounts.models import Organisation, User
from ipfin.accounts.scopes import Scope, Thing, scope_for
from ipfin.audit.models import AuditEntry
from ipfin.kernel.actor import Actor
from ipfin.registry.models import (
    Applicant,
    Enterprise,
    EnterpriseFact,
    ImportBatch,
    ImportRow,
    Patent,
    PatentApplicant,
    SourceConflict,
)


def enterprises_visible_to(actor: Actor, thing: Thing = Thing.ENTERPRISE) -> ColumnElement[bool]:
    """Return which enterprises' rows of kind `thing` the actor may see, as a condition on Enterprise.

    LISTED are firms with at least one valid patent: what the office publishes in its directory.
    """
    scope = scope_for(actor, thing)
    if scope is Scope.ALL:
        return true()
    if scope is Scope.REGION:
        return Enterprise.region_code.in_(sorted(actor.region_codes)) if actor.region_codes else false()
    if scope is Scope.LISTED:
        return Enterprise.valid_count > 0
    if scope is Scope.OWN and actor.enterprise_id is not None:
        return Enterprise.id == actor.enterprise_id
    return false()


def of_visible_enterprises(
    actor: Actor, thing: Thing, enterprise_id: SQLColumnExpression[int] | SQLColumnExpression[int | None]
) -> ColumnElement[bool]:
    """Return the same as a condition on a column that holds an enterprise's id.

    A row without an enterprise is seen by those only whose scope is ALL.
    """
    scope = scope_for(actor, thing)
    if scope is Scope.ALL:
        return true()
    if scope is Scope.NONE:
        return false()
    visible = select(Enterprise.id).where(enterprises_visible_to(actor, thing))
    return enterprise_id.in_(visible.correlate(None))


def of_visible_organisations(
    actor: Actor, thing: Thing, organisation_id: SQLColumnExpression[int] | SQLColumnExpression[int | None]
) -> ColumnElement[bool]:
    """Return a condition on a column that holds an organisation's id: all, or the actor's own only."""
    scope = scope_for(actor, thing)
    if scope is Scope.ALL:
        return true()
    if scope is Scope.OWN and actor.organisation_id is not None:
        return organisation_id == actor.organisation_id
    return false()


def of_visible_users(
    actor: Actor, thing: Thing, user_id: SQLColumnExpression[int] | SQLColumnExpression[int | None]
) -> ColumnElement[bool]:
    """Return a condition on a column that holds a user's id: all, or the actor himself only."""
    scope = scope_for(actor, thing)
    if scope is Scope.ALL:
        return true()
    if scope is Scope.OWN and actor.user_id is not None:
        return user_id == actor.user_id
    return false()


def patents_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which patents the actor may see: those with a visible firm among their holders."""
    scope = scope_for(actor, Thing.ENTERPRISE)
    if scope is Scope.ALL:
        return true()
    if scope is Scope.NONE:
        return false()
    return exists(
        select(1)
        .select_from(PatentApplicant)
        .join(Applicant, Applicant.id == PatentApplicant.applicant_id)
        .join(Enterprise, Enterprise.id == Applicant.enterprise_id)
        .where(PatentApplicant.patent_id == Patent.id, enterprises_visible_to(actor))
        .correlate(Patent)
    )


def conflicts_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which disagreements of sources the actor may see: those of visible patents and firms."""
    if scope_for(actor, Thing.ENTERPRISE) is Scope.ALL:
        return true()
    patents = select(Patent.id).where(patents_visible_to(actor)).correlate(None)
    firms = select(Enterprise.id).where(enterprises_visible_to(actor)).correlate(None)
    return or_(SourceConflict.patent_id.in_(patents), SourceConflict.enterprise_id.in_(firms))


def facts_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which dated facts of firms the actor may see: they are inputs of the score, not public."""
    if scope_for(actor, Thing.SCORE_SHEET) is Scope.LISTED:
        return false()
    return of_visible_enterprises(actor, Thing.SCORE_SHEET, EnterpriseFact.enterprise_id)


def batches_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which import batches the actor may see, as a condition on ImportBatch."""
    return of_visible_users(actor, Thing.IMPORT_BATCH, ImportBatch.uploaded_by_user_id)


def import_rows_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which rows of import batches the actor may see.

    A county sees rows about its own firms and their patents; a refused row belongs to neither, so to
    the city only.
    """
    scope = scope_for(actor, Thing.IMPORT_ROW)
    if scope is Scope.ALL:
        return true()
    if scope is Scope.REGION:
        patents = select(Patent.id).where(patents_visible_to(actor)).correlate(None)
        firms = select(Enterprise.id).where(enterprises_visible_to(actor)).correlate(None)
        return or_(ImportRow.patent_id.in_(patents), ImportRow.enterprise_id.in_(firms))
    return false()


def users_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which users the actor may see, as a condition on User."""
    return of_visible_users(actor, Thing.USER, User.id)


def organisations_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which organisations the actor may see, as a condition on Organisation."""
    return of_visible_organisations(actor, Thing.ORGANISATION, Organisation.id)


def audit_subjects_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which entries of the audit log the actor may see.

    A county reads the timelines of its own firms (subject `enterprise:<id>`), nothing else.
    """
    scope = scope_for(actor, Thing.AUDIT_ENTRY)
    if scope is Scope.ALL:
        return true()
    if scope is not Scope.REGION:
        return false()
    subjects = select(literal("enterprise:") + cast(Enterprise.id, String)).where(
        enterprises_visible_to(actor, Thing.AUDIT_ENTRY)
    )
    return AuditEntry.subject.in_(subjects.correlate(None))
