"""Links by mail: who may be invited as what, how long a link lives, and that it works once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Invitation, OrganisationKind, User
from ipfin.accounts.queries import pending_invitations, user_by_email
from ipfin.accounts.service import (
    ROLES_OF_KIND,
    InvitationMade,
    SignInResult,
    accept_invitation,
    create_user,
    deactivate_user,
    invite_user,
    open_invitation,
    reset_password,
    revoke_invitation,
    session_for_token,
)
from ipfin.config import Settings
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from tests.factories import NOW, PASSWORD, Make

WEEK, DAY, SECOND = timedelta(days=7), timedelta(days=1), timedelta(seconds=1)
NEW = "Red-flag-canal runs east"
Enter = Callable[..., SignInResult]


@pytest.fixture
def invite(session: Session, make: Make) -> Callable[..., InvitationMade]:
    def invited(email: str = "New.Person@Example.test", **overrides: object) -> InvitationMade:
        given: dict[str, object] = {"name": "新人", "role": Role.BANK, "organisation_id": None, "now": NOW}
        given |= overrides
        if given["organisation_id"] is None:
            given["organisation_id"] = make.organisation().id
        return invite_user(session, SYSTEM, email=email, **given)  # type: ignore[arg-type]

    return invited


Invite = Callable[..., InvitationMade]


def test_an_accepted_invitation_is_an_account_that_signs_in(
    session: Session, invite: Invite, enter: Enter, settings: Settings, recorded: Callable[[], list[str]]
) -> None:
    made = invite()
    user = accept_invitation(session, made.token, NEW, now=NOW, settings=settings)
    assert (user.email, user.name, user.role) == ("new.person@example.test", "新人", Role.BANK)
    assert user.organisation_id == made.invitation.organisation_id
    assert enter(user.email, NEW).needs_enrolment
    assert recorded()[:3] == [
        "accounts.invitation.made",
        "accounts.user.created",
        "accounts.invitation.accepted",
    ]


def test_the_database_never_holds_the_token(session: Session, invite: Invite) -> None:
    made = invite()
    assert session.scalars(select(Invitation.token_hash)).one() != made.token


@pytest.mark.parametrize(("later", "works"), [(WEEK - SECOND, True), (WEEK, False)])
def test_an_invitation_lives_a_week(
    session: Session, invite: Invite, settings: Settings, later: timedelta, works: bool
) -> None:
    token = invite().token
    if works:
        assert accept_invitation(session, token, NEW, now=NOW + later, settings=settings)
    else:
        with pytest.raises(NotFound):
            accept_invitation(session, token, NEW, now=NOW + later, settings=settings)


def test_a_link_works_once(session: Session, invite: Invite, settings: Settings) -> None:
    token = invite().token
    accept_invitation(session, token, NEW, now=NOW, settings=settings)
    with pytest.raises(NotFound):
        accept_invitation(session, token, NEW + "!", now=NOW, settings=settings)


def test_a_newer_link_to_the_same_address_ends_the_older(session: Session, invite: Invite) -> None:
    older, newer = invite(), invite("new.person@example.test")
    with pytest.raises(NotFound):
        open_invitation(session, older.token, now=NOW)
    assert open_invitation(session, newer.token, now=NOW).id == newer.invitation.id


@pytest.mark.parametrize("token", ["", "x", "令牌", "\ud800", "a" * 100_000])
def test_a_link_that_was_never_sent_is_unknown(session: Session, invite: Invite, token: str) -> None:
    invite()
    with pytest.raises(NotFound):
        open_invitation(session, token, now=NOW)


def test_a_weak_password_leaves_the_link_open(session: Session, invite: Invite, settings: Settings) -> None:
    token = invite().token
    with pytest.raises(BadInput):
        accept_invitation(session, token, "password", now=NOW, settings=settings)
    assert open_invitation(session, token, now=NOW)


def test_a_link_into_a_closed_organisation_is_dead(session: Session, invite: Invite) -> None:
    made = invite()
    made.invitation.organisation.is_active = False
    session.flush()
    with pytest.raises(NotFound):
        open_invitation(session, made.token, now=NOW)


def test_whoever_has_an_account_is_not_invited(make: Make, invite: Invite) -> None:
    with pytest.raises(Conflict):
        invite(make.user().email.upper())


def test_an_account_made_otherwise_ends_open_links(
    session: Session, make: Make, invite: Invite, settings: Settings
) -> None:
    made = invite()
    create_user(
        session,
        SYSTEM,
        organisation_id=made.invitation.organisation_id,
        role=Role.BANK,
        name="新人",
        email=made.invitation.email,
        password=NEW,
        now=NOW,
        settings=settings,
    )
    with pytest.raises(NotFound):
        accept_invitation(session, made.token, NEW, now=NOW, settings=settings)


@pytest.mark.parametrize(
    "email", ["", "x", "a@", "@b", "a b@c.cn", "a@b@c.cn", "a@中文.cn", "<a>@c.cn", "a@c.cn\r\nBcc: d@e.cn"]
)
def test_what_is_no_address_is_not_invited(invite: Invite, email: str) -> None:
    with pytest.raises(BadInput):
        invite(email)


@pytest.mark.parametrize("kind", OrganisationKind)
def test_an_organisation_s_people_have_its_roles_only(
    make: Make, invite: Invite, kind: OrganisationKind
) -> None:
    organisation = make.organisation(kind)
    for number, role in enumerate(Role):
        email = f"{kind}{number}@example.test"
        if role in ROLES_OF_KIND[kind]:
            assert invite(email, role=role, organisation_id=organisation.id)
        else:
            with pytest.raises(BadInput):
                invite(email, role=role, organisation_id=organisation.id)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_the_administrator_invites_resets_and_revokes(
    session: Session, make: Make, invite: Invite, role: Role
) -> None:
    actor, made = make.actor(role), invite()
    with pytest.raises(NotAllowed):
        invite_user(
            session,
            actor,
            email="x@example.test",
            name="某人",
            role=Role.BANK,
            organisation_id=made.invitation.organisation_id,
            now=NOW,
        )
    with pytest.raises(NotAllowed):
        reset_password(session, actor, make.user().id, now=NOW)
    with pytest.raises(NotAllowed):
        revoke_invitation(session, actor, made.invitation.id, now=NOW)


def test_a_revoked_link_is_dead(session: Session, invite: Invite, recorded: Callable[[], list[str]]) -> None:
    made = invite()
    revoke_invitation(session, SYSTEM, made.invitation.id, now=NOW)
    with pytest.raises(NotFound):
        open_invitation(session, made.token, now=NOW)
    assert recorded()[-1] == "accounts.invitation.revoked"


def test_revoking_twice_is_recorded_once_and_an_unknown_link_is_not_found(
    session: Session, invite: Invite, recorded: Callable[[], list[str]]
) -> None:
    made = invite()
    for _time in range(2):
        revoke_invitation(session, SYSTEM, made.invitation.id, now=NOW)
    assert recorded().count("accounts.invitation.revoked") == 1
    with pytest.raises(NotFound):
        revoke_invitation(session, SYSTEM, 9_999, now=NOW)


def test_an_accepted_invitation_cannot_be_revoked(
    session: Session, invite: Invite, settings: Settings
) -> None:
    made = invite()
    accept_invitation(session, made.token, NEW, now=NOW, settings=settings)
    with pytest.raises(BadInput):
        revoke_invitation(session, SYSTEM, made.invitation.id, now=NOW)


def test_open_links_are_listed_to_the_administrator_only(
    session: Session, make: Make, invite: Invite
) -> None:
    made = invite()
    administrator, officer = make.actor(Role.ADMIN), make.actor(Role.CITY_OFFICER)
    (line,) = pending_invitations(session, administrator, now=NOW + WEEK)
    assert (line.email, line.is_expired, line.is_reset) == (made.invitation.email, True, False)
    assert pending_invitations(session, officer, now=NOW) == []


# --- Resetting --------------------------------------------------------------------------------------


def test_a_reset_ends_the_old_password_and_all_sessions_at_once(
    session: Session, make: Make, enter: Enter, settings: Settings, recorded: Callable[[], list[str]]
) -> None:
    user = make.user()
    token = enter(user.email).token
    reset_password(session, SYSTEM, user.id, now=NOW)
    assert session_for_token(session, token, now=NOW, settings=settings) is None
    assert enter(user.email).refusal is not None
    assert "accounts.password.reset" in recorded()


def test_a_reset_gives_the_same_person_a_new_password_and_changes_nothing_else(
    session: Session, make: Make, enter: Enter, settings: Settings
) -> None:
    user = make.user()
    before = user.id, user.role, user.organisation_id, user.name
    token = reset_password(session, SYSTEM, user.id, now=NOW).token
    accepted = accept_invitation(session, token, NEW, now=NOW, settings=settings)
    assert (accepted.id, accepted.role, accepted.organisation_id, accepted.name) == before
    assert enter(user.email, NEW).refusal is None
    assert session.scalar(select(func.count()).select_from(User)) == 1


def test_a_reset_opens_an_account_that_was_locked(
    session: Session, make: Make, enter: Enter, settings: Settings
) -> None:
    user = make.user()
    for _attempt in range(10):
        enter(user.email, "wrong")
    token = reset_password(session, SYSTEM, user.id, now=NOW).token
    accept_invitation(session, token, NEW, now=NOW, settings=settings)
    assert enter(user.email, NEW).refusal is None


@pytest.mark.parametrize(("later", "works"), [(DAY - SECOND, True), (DAY, False)])
def test_a_reset_link_lives_a_day(session: Session, make: Make, later: timedelta, works: bool) -> None:
    token = reset_password(session, SYSTEM, make.user().id, now=NOW).token
    if works:
        assert open_invitation(session, token, now=NOW + later)
    else:
        with pytest.raises(NotFound):
            open_invitation(session, token, now=NOW + later)


def test_a_reset_keeps_the_second_factor(
    session: Session, make: Make, enter: Enter, enrol: Callable[[User], User], settings: Settings
) -> None:
    user = enrol(make.user())
    token = reset_password(session, SYSTEM, user.id, now=NOW).token
    accept_invitation(session, token, NEW, now=NOW, settings=settings)
    assert enter(user.email, NEW).needs_second_factor


def test_a_switched_off_account_is_not_reset(session: Session, make: Make) -> None:
    with pytest.raises(Conflict):
        reset_password(session, SYSTEM, make.user(is_active=False).id, now=NOW)


def test_switching_off_ends_a_reset_link(session: Session, make: Make, settings: Settings) -> None:
    user = make.user()
    token = reset_password(session, SYSTEM, user.id, now=NOW).token
    deactivate_user(session, SYSTEM, user.id, now=NOW)
    with pytest.raises(NotFound):
        accept_invitation(session, token, NEW, now=NOW, settings=settings)


def test_a_link_never_moves_an_account_to_another_role(
    session: Session, make: Make, settings: Settings
) -> None:
    user = make.user(Role.BANK)
    token = reset_password(session, SYSTEM, user.id, now=NOW).token
    user.role = Role.INSURER
    session.flush()
    with pytest.raises(Conflict):
        accept_invitation(session, token, NEW, now=NOW, settings=settings)


def test_the_same_password_again_is_no_reset(
    session: Session, make: Make, invite: Invite, settings: Settings
) -> None:
    user = accept_invitation(session, invite().token, PASSWORD, now=NOW, settings=settings)
    token = reset_password(session, SYSTEM, user.id, now=NOW).token
    # The old hash is gone, so the old password may come again: the default profile remembers none.
    assert accept_invitation(session, token, PASSWORD, now=NOW, settings=settings).id == user.id
    assert user_by_email(session, user.email) is user
