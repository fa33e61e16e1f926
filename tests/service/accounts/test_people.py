"""Users and organisations: created, switched off, never without an administrator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.orm import Session

from ipfin.accounts.models import OrganisationKind, User
from ipfin.accounts.sealing import CannotOpen, CannotSeal
from ipfin.accounts.service import (
    SignInResult,
    create_organisation,
    create_user,
    deactivate_user,
    phone_of,
    reactivate_user,
    rename_organisation,
    reseal_users,
    session_for_token,
    set_locale,
    set_organisation_active,
    set_phone,
)
from ipfin.config import Settings
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from tests.factories import NOW, Make

NEW = "Red-flag-canal runs east"
K = OrganisationKind
Enter = Callable[..., SignInResult]


def create(session: Session, make: Make, settings: Settings, **overrides: object) -> User:
    given: dict[str, object] = {
        "organisation_id": None,
        "role": Role.BANK,
        "name": " 张  三 ",
        "email": " Zhang@Example.test ",
        "password": NEW,
        "now": NOW,
    }
    given |= overrides
    if given["organisation_id"] is None:
        given["organisation_id"] = make.organisation().id
    return create_user(session, SYSTEM, settings=settings, **given)  # type: ignore[arg-type]


# --- Users ------------------------------------------------------------------------------------------


def test_a_created_user_signs_in(
    session: Session, make: Make, enter: Enter, settings: Settings, recorded: Callable[[], list[str]]
) -> None:
    user = create(session, make, settings)
    assert (user.name, user.email) == ("张 三", "zhang@example.test")
    assert enter("zhang@example.test", NEW).refusal is None
    assert recorded()[0] == "accounts.user.created"


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"name": "名" * 61}, {"email": "x"}, {"password": "weak"}, {"role": Role.ADMIN}],
)
def test_a_user_that_would_not_do_is_refused(
    session: Session, make: Make, settings: Settings, wrong: dict[str, object]
) -> None:
    with pytest.raises(BadInput) as refused:
        create(session, make, settings, **wrong)
    assert refused.value.field == next(iter(wrong))


def test_an_address_has_one_account(session: Session, make: Make, settings: Settings) -> None:
    create(session, make, settings)
    with pytest.raises(Conflict):
        create(session, make, settings)


def test_into_a_closed_or_unknown_organisation_comes_nobody(
    session: Session, make: Make, settings: Settings
) -> None:
    with pytest.raises(BadInput):
        create(session, make, settings, organisation_id=make.organisation(is_active=False).id)
    with pytest.raises(NotFound):
        create(session, make, settings, organisation_id=9_999)


def test_switching_off_ends_every_session_and_the_way_in(
    session: Session, make: Make, enter: Enter, settings: Settings, recorded: Callable[[], list[str]]
) -> None:
    user = make.user()
    token = enter(user.email).token
    deactivate_user(session, SYSTEM, user.id, now=NOW)
    assert session_for_token(session, token, now=NOW, settings=settings) is None
    assert enter(user.email).refusal is not None
    assert "accounts.user.disabled" in recorded()


def test_switching_on_lets_the_person_in_again_but_revives_no_session(
    session: Session, make: Make, enter: Enter, settings: Settings
) -> None:
    user = make.user()
    token = enter(user.email).token
    deactivate_user(session, SYSTEM, user.id, now=NOW)
    reactivate_user(session, SYSTEM, user.id)
    assert session_for_token(session, token, now=NOW, settings=settings) is None
    assert enter(user.email).refusal is None


def test_switching_off_twice_is_recorded_once(
    session: Session, make: Make, recorded: Callable[[], list[str]]
) -> None:
    user = make.user()
    for _time in range(2):
        deactivate_user(session, SYSTEM, user.id, now=NOW)
    for _time in range(2):
        reactivate_user(session, SYSTEM, user.id)
    assert recorded() == ["accounts.user.disabled", "accounts.user.enabled"]


def test_nobody_unknown_is_switched(session: Session) -> None:
    with pytest.raises(NotFound):
        deactivate_user(session, SYSTEM, 9_999, now=NOW)
    with pytest.raises(NotFound):
        reactivate_user(session, SYSTEM, 9_999)


def test_an_organisation_that_is_open_already_is_left_alone(
    session: Session, make: Make, recorded: Callable[[], list[str]]
) -> None:
    set_organisation_active(session, SYSTEM, make.organisation().id, is_active=True, now=NOW)
    assert recorded() == []


def test_the_last_administrator_stays(session: Session, make: Make) -> None:
    only = make.user(Role.ADMIN)
    make.user(Role.ADMIN, is_active=False)
    make.user(Role.ADMIN, organisation=make.organisation(K.OPERATOR, is_active=False))
    with pytest.raises(Conflict):
        deactivate_user(session, make.actor(only), only.id, now=NOW)
    assert only.is_active


def test_one_of_two_administrators_may_go(session: Session, make: Make) -> None:
    one, other = make.user(Role.ADMIN), make.user(Role.ADMIN)
    deactivate_user(session, make.actor(one), one.id, now=NOW)
    with pytest.raises(Conflict):
        deactivate_user(session, make.actor(other), other.id, now=NOW)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_the_administrator_switches_people_and_organisations(
    session: Session, make: Make, role: Role
) -> None:
    actor, user = make.actor(role), make.user()
    for deed in (
        lambda: deactivate_user(session, actor, user.id, now=NOW),
        lambda: reactivate_user(session, actor, user.id),
        lambda: set_organisation_active(session, actor, user.organisation_id, is_active=False, now=NOW),
        lambda: rename_organisation(session, actor, user.organisation_id, name="新名", short_name=""),
        lambda: create_organisation(session, actor, kind=K.BANK, name="新行", now=NOW),
    ):
        with pytest.raises(NotAllowed):
            deed()


@pytest.mark.parametrize(("locale", "kept"), [("en", "en"), ("zh_CN", "zh_CN"), ("../etc", ""), ("fr", "")])
def test_only_a_language_that_we_have_is_remembered(
    session: Session, make: Make, locale: str, kept: str
) -> None:
    user = make.user()
    set_locale(session, user, locale)
    assert user.locale == kept


# --- Sealed fields ----------------------------------------------------------------------------------


def test_a_phone_number_is_stored_sealed(session: Session, make: Make, settings: Settings) -> None:
    user = make.user()
    set_phone(session, make.actor(user), user, " 138 0000-0000 ", settings=settings)
    (stored,) = session.execute(text("SELECT phone_sealed FROM user_account WHERE id = :id"), {"id": user.id})
    assert not any(number in stored[0] for number in ("138 0000-0000", "13800000000", "0000-0000"))
    assert phone_of(user, settings=settings) == "138 0000-0000"


def test_a_phone_number_can_be_removed_and_must_be_one(
    session: Session, make: Make, settings: Settings
) -> None:
    user = make.user()
    set_phone(session, make.actor(user), user, "13800000000", settings=settings)
    with pytest.raises(BadInput):
        set_phone(session, make.actor(user), user, "call me", settings=settings)
    set_phone(session, make.actor(user), user, "", settings=settings)
    assert phone_of(user, settings=settings) == user.phone_sealed == ""


def test_without_a_secret_nothing_is_stored(session: Session, make: Make, settings: Settings) -> None:
    user = make.user()
    bare = settings.model_copy(update={"secret_key": SecretStr("")})
    with pytest.raises(CannotSeal):
        set_phone(session, make.actor(user), user, "13800000000", settings=bare)
    assert user.phone_sealed == ""


def test_after_a_rotation_everything_is_read_resealed_and_the_old_key_forgotten(
    session: Session, make: Make, enrol: Callable[[User], User], settings: Settings
) -> None:
    users = [enrol(make.user()) for _number in range(3)]
    for user in users:
        set_phone(session, make.actor(user), user, "13800000000", settings=settings)
    make.user()
    fresh = SecretStr("the-next-secret-of-the-tests-0123456789")
    alone = settings.model_copy(update={"secret_key": fresh})
    both = alone.model_copy(update={"retired_secret_keys": (settings.secret_key,)})
    with pytest.raises(CannotOpen):
        phone_of(users[0], settings=alone)
    assert phone_of(users[0], settings=both) == "13800000000"
    assert reseal_users(session, settings=both) == 3
    assert reseal_users(session, settings=both) == 0
    assert [phone_of(user, settings=alone) for user in users] == ["13800000000"] * 3


# --- Organisations ----------------------------------------------------------------------------------


def test_an_organisation_is_registered_and_recorded(
    session: Session, make: Make, recorded: Callable[[], list[str]]
) -> None:
    head = make.organisation(K.BANK)
    made = create_organisation(
        session, make.actor(Role.ADMIN), kind=K.BANK, name="  样例银行  某支行 ", parent_id=head.id, now=NOW
    )
    assert (made.name, made.parent_id) == ("样例银行 某支行", head.id)
    assert recorded() == ["accounts.organisation.created"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": K.BANK, "name": " "}, "name"),
        ({"kind": K.COUNTY_OFFICE, "name": "样例县局"}, "region_code"),
        ({"kind": K.ENTERPRISE, "name": "样例公司"}, "enterprise_id"),
        ({"kind": K.BANK, "name": "样例行", "enterprise_id": 1}, "enterprise_id"),
        ({"kind": K.BANK, "name": "样例行", "parent_id": 9_999}, "parent_id"),
    ],
)
def test_an_organisation_that_does_not_fit_its_kind_is_refused(
    session: Session, given: dict[str, object], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        create_organisation(session, SYSTEM, now=NOW, **given)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_branch_stands_under_its_own_kind(session: Session, make: Make) -> None:
    insurer = make.organisation(K.INSURER)
    with pytest.raises(BadInput):
        create_organisation(session, SYSTEM, kind=K.BANK, name="样例行", parent_id=insurer.id, now=NOW)


def test_a_name_and_a_firm_have_one_organisation(session: Session, make: Make) -> None:
    firm = make.enterprise()
    create_organisation(session, SYSTEM, kind=K.ENTERPRISE, name="样例甲", enterprise_id=firm.id, now=NOW)
    with pytest.raises(Conflict):
        create_organisation(session, SYSTEM, kind=K.ENTERPRISE, name="样例乙", enterprise_id=firm.id, now=NOW)
    with pytest.raises(Conflict):
        create_organisation(session, SYSTEM, kind=K.BANK, name="样例甲", now=NOW)


def test_renaming_keeps_names_apart(session: Session, make: Make, recorded: Callable[[], list[str]]) -> None:
    one, other = make.organisation(), make.organisation()
    rename_organisation(session, SYSTEM, one.id, name="新名银行", short_name="新行")
    rename_organisation(session, SYSTEM, one.id, name="新名银行", short_name="")
    assert (one.name, one.short_name) == ("新名银行", "")
    with pytest.raises(Conflict):
        rename_organisation(session, SYSTEM, other.id, name="新名银行", short_name="")
    with pytest.raises(BadInput):
        rename_organisation(session, SYSTEM, other.id, name=" ", short_name="")
    with pytest.raises(NotFound):
        rename_organisation(session, SYSTEM, 9_999, name="x", short_name="")
    assert recorded() == ["accounts.organisation.changed"] * 2


def test_closing_an_organisation_signs_all_its_people_out(
    session: Session, make: Make, enter: Enter, settings: Settings
) -> None:
    bank = make.organisation()
    tokens = [enter(make.user(organisation=bank).email).token for _person in range(3)]
    set_organisation_active(session, SYSTEM, bank.id, is_active=False, now=NOW)
    set_organisation_active(session, SYSTEM, bank.id, is_active=True, now=NOW + timedelta(minutes=1))
    assert [session_for_token(session, token, now=NOW, settings=settings) for token in tokens] == [None] * 3


def test_the_last_administrator_s_organisation_stays_open(session: Session, make: Make) -> None:
    only = make.user(Role.ADMIN)
    with pytest.raises(Conflict):
        set_organisation_active(session, SYSTEM, only.organisation_id, is_active=False, now=NOW)
    make.user(Role.ADMIN)
    set_organisation_active(session, SYSTEM, only.organisation_id, is_active=False, now=NOW)
    assert not only.organisation.is_active
