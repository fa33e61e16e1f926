"""Accounts, as use cases: every function writes in the caller's transaction, records it, commits nothing.

Functions that check a secret return their refusal instead of raising it, because the failure is counted in
the same transaction: commit it, then show `refusal`.
"""

from __future__ import annotations

from ipfin.accounts.service.credentials import (
    CheckedPassword,
    change_password,
    check_password,
    set_password,
)
from ipfin.accounts.service.house import House, house_of
from ipfin.accounts.service.invitations import (
    InvitationMade,
    accept_invitation,
    invite_user,
    open_invitation,
    reset_password,
    revoke_invitation,
)
from ipfin.accounts.service.organisations import (
    KIND_LABELS,
    ROLES_OF_KIND,
    create_organisation,
    rename_organisation,
    set_organisation_active,
)
from ipfin.accounts.service.people import (
    create_user,
    deactivate_user,
    phone_of,
    reactivate_user,
    reseal_users,
    set_locale,
    set_phone,
)
from ipfin.accounts.service.second_factor import (
    Enrolled,
    Enrolment,
    RenewedCodes,
    begin_enrolment,
    confirm_enrolment,
    continue_enrolment,
    install_second_factor,
    recovery_codes_left,
    remove_second_factor,
    renew_recovery_codes,
)
from ipfin.accounts.service.sessions import (
    begin_session,
    end_all_sessions,
    end_own_session,
    living_sessions,
    needs_touch,
    purge,
    session_for_token,
    sign_out,
    stage_of,
    touch,
)
from ipfin.accounts.service.signing_in import (
    SignInResult,
    complete_second_factor,
    sign_in,
    sign_in_checked,
)

__all__ = [
    "KIND_LABELS",
    "ROLES_OF_KIND",
    "CheckedPassword",
    "Enrolled",
    "Enrolment",
    "House",
    "InvitationMade",
    "RenewedCodes",
    "SignInResult",
    "accept_invitation",
    "begin_enrolment",
    "begin_session",
    "change_password",
    "check_password",
    "complete_second_factor",
    "confirm_enrolment",
    "continue_enrolment",
    "create_organisation",
    "create_user",
    "deactivate_user",
    "end_all_sessions",
    "end_own_session",
    "house_of",
    "install_second_factor",
    "invite_user",
    "living_sessions",
    "needs_touch",
    "open_invitation",
    "phone_of",
    "purge",
    "reactivate_user",
    "recovery_codes_left",
    "remove_second_factor",
    "rename_organisation",
    "renew_recovery_codes",
    "reseal_users",
    "reset_password",
    "revoke_invitation",
    "session_for_token",
    "set_locale",
    "set_organisation_active",
    "set_password",
    "set_phone",
    "sign_in",
    "sign_in_checked",
    "sign_out",
    "stage_of",
    "touch",
]
