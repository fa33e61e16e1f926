"""An address of every page that takes arguments: of a row that the person may see, and of one he may not.

`ADDRESSES` names for each endpoint how to make the rows. A test fails for an endpoint with arguments that
stands nowhere here, so a new page comes with its addresses. `foreign` is None where whoever may open the
page may see every row; it returns None for a role that sees them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ipfin.accounts.models import User
from ipfin.accounts.policy import Scope, Thing, scope_for
from ipfin.accounts.service import invite_user
from ipfin.events.lifecycle import EventState
from ipfin.jobs.models import JobState
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import now_utc
from ipfin.whitelist.admission import RoundState
from tests.web.making import WebMake

Arguments = Mapping[str, Any]
Build = Callable[[WebMake, User], Arguments | None]
NOWHERE = 2_000_000_000


@dataclass(frozen=True)
class Addresses:
    """How to build the arguments of an endpoint's address."""

    own: Build
    foreign: Build | None = None


def _nothing_like_it(name: str) -> Build:
    return lambda make, user: {name: NOWHERE}


# --- Public -----------------------------------------------------------------------------------------

_PUBLIC = {
    "public_events.show": Addresses(
        own=lambda make, user: {"public_id": make.event().public_id},
        foreign=lambda make, user: {"public_id": make.event(state=EventState.DRAFT).public_id},
    ),
    "public_events.calendar": Addresses(
        own=lambda make, user: {"public_id": make.event().public_id},
        foreign=lambda make, user: {"public_id": make.event(state=EventState.CANCELLED).public_id},
    ),
    "public_notices.show": Addresses(
        own=lambda make, user: {"number": make.round().number},
        foreign=lambda make, user: {"number": make.round(state=RoundState.SUBMITTED).number},
    ),
    "public_verify.result": Addresses(
        own=lambda make, user: {"code": make.document().verify_code},
        foreign=lambda make, user: {"code": "9999-9999-9999-9999"},
    ),
}

# --- Account ----------------------------------------------------------------------------------------


def _invitation_token(make: WebMake, user: User) -> Arguments:
    organisation = make.organisation()
    made = invite_user(
        make.session,
        make.actor(Role.ADMIN),
        email=f"invited{make.number()}@example.test",
        name="受邀人",
        role=Role.BANK,
        organisation_id=organisation.id,
        now=now_utc(),
    )
    return {"token": made.token}


def _session_of(make: WebMake, user: User) -> Arguments:
    now = now_utc()
    return {"session_id": make.user_session(user, created_at=now, last_seen_at=now).id}


def _somebody_elses_document(make: WebMake, user: User) -> Arguments | None:
    if scope_for(make.actor(user), Thing.DOCUMENT) is Scope.ALL:
        return None
    return {"code": make.issued_document(make.organisation().id).verify_code}


_ACCOUNT = {
    "account_invitations.accept": Addresses(
        own=_invitation_token, foreign=lambda make, user: {"token": "nobody-was-given-this-one"}
    ),
    "account_profile.end_session": Addresses(
        own=_session_of, foreign=lambda make, user: _session_of(make, make.banker())
    ),
    # Marking somebody else's notice changes nothing and says nothing (test_inbox proves it).
    "account_inbox.read": Addresses(own=lambda make, user: {"notice_id": make.notice(user).id}),
    "account_files.download": Addresses(
        own=lambda make, user: {"code": make.issued_document(user.organisation_id).verify_code},
        foreign=_somebody_elses_document,
    ),
}

# --- Administrator ----------------------------------------------------------------------------------

_ADMIN = {
    **{
        f"admin_users.{action}": Addresses(
            own=lambda make, user: {"user_id": make.banker().id}, foreign=_nothing_like_it("user_id")
        )
        for action in ("show", "disable", "reset", "reset_factor")
    },
    "admin_users.enable": Addresses(
        own=lambda make, user: {"user_id": make.banker(is_active=False).id},
        foreign=_nothing_like_it("user_id"),
    ),
    "admin_users.revoke": Addresses(
        own=lambda make, user: {"invitation_id": make.invitation().id},
        foreign=_nothing_like_it("invitation_id"),
    ),
    "admin_organisations.switch": Addresses(
        own=lambda make, user: {"organisation_id": make.organisation().id},
        foreign=_nothing_like_it("organisation_id"),
    ),
}

_ADMIN |= {
    "admin_jobs.retry": Addresses(
        own=lambda make, user: {"job_id": make.job(state=JobState.FAILED).id},
        foreign=_nothing_like_it("job_id"),
    ),
    "admin_jobs.cancel": Addresses(
        own=lambda make, user: {"job_id": make.job(state=JobState.RUNNING).id},
        foreign=_nothing_like_it("job_id"),
    ),
    "admin_health.resend": Addresses(
        own=lambda make, user: {"mail_id": make.outbox_mail(attempts=6).id},
        foreign=_nothing_like_it("mail_id"),
    ),
}

# --- Jobs of the office -----------------------------------------------------------------------------


def _own_job(make: WebMake, user: User) -> Arguments:
    return {"job_id": make.job(asked_by_user_id=user.id, state=JobState.RUNNING).id}


def _job_of_another(make: WebMake, user: User) -> Arguments | None:
    if scope_for(make.actor(user), Thing.JOB) is Scope.ALL:
        return None
    return {"job_id": make.job(asked_by_user_id=make.officer().id, state=JobState.DONE).id}


_JOBS = {
    "office_jobs.show": Addresses(own=_own_job, foreign=_job_of_another),
    "office_jobs.progress": Addresses(own=_own_job, foreign=_job_of_another),
    # Stopping is for whoever asked, also where everybody's jobs are seen.
    "office_jobs.cancel": Addresses(
        own=_own_job,
        foreign=lambda make, user: _own_job(make, make.officer()),
    ),
}

ADDRESSES: dict[str, Addresses] = {**_PUBLIC, **_ACCOUNT, **_ADMIN, **_JOBS}
