"""Reading accounts: who acts, which rows that person may see, and the lists of the administrator."""

from __future__ import annotations

from ipfin.accounts.queries.actors import actor_for, own_enterprise, regions_below
from ipfin.accounts.queries.lists import (
    DORMANT_AFTER,
    InvitationLine,
    OrganisationLine,
    UserFilter,
    UserLine,
    account_name,
    organisation_lines,
    organisations_of,
    pending_invitations,
    user_by_email,
    user_lines,
    users_of_roles,
    visible_user,
)
from ipfin.accounts.queries.scope import (
    audit_subjects_visible_to,
    batches_visible_to,
    enterprises_visible_to,
    facts_visible_to,
    import_rows_visible_to,
    of_visible_enterprises,
    of_visible_organisations,
    of_visible_users,
    organisations_visible_to,
    patents_visible_to,
    users_visible_to,
)

__all__ = [
    "DORMANT_AFTER",
    "InvitationLine",
    "OrganisationLine",
    "UserFilter",
    "UserLine",
    "account_name",
    "actor_for",
    "audit_subjects_visible_to",
    "batches_visible_to",
    "enterprises_visible_to",
    "facts_visible_to",
    "import_rows_visible_to",
    "of_visible_enterprises",
    "of_visible_organisations",
    "of_visible_users",
    "organisation_lines",
    "organisations_of",
    "organisations_visible_to",
    "own_enterprise",
    "patents_visible_to",
    "pending_invitations",
    "regions_below",
    "user_by_email",
    "user_lines",
    "users_of_roles",
    "users_visible_to",
    "visible_user",
]
