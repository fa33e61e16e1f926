"""The two tables of the policy, read against the permission core that they were written from."""

from __future__ import annotations

import re

import pytest

from ipfin.accounts.policy import (
    PERMISSION_LABELS,
    PERMISSIONS,
    ROLE_LABELS,
    SECOND_FACTOR_ROLES,
    VISITOR,
    Permission,
    may,
    permissions_of,
    require,
    requires_second_factor,
)
from ipfin.accounts.scopes import SCOPES, SCORE_DETAIL, Scope, ScoreDetail, Thing, scope_for, score_detail
from ipfin.kernel.actor import SYSTEM, Actor, Role
from ipfin.kernel.errors import NotAllowed

P = Permission
WRITING = ("write", "run", "prepare", "approve", "recall", "confirm", "register", "export")
PERSONAL_AUDIENCE = "account"
AUDIENCES = {
    Role.CITY_OFFICER: {"office"},
    Role.COUNTY_OFFICER: {"office"},
    Role.BANK: {"bank"},
    Role.GUARANTOR: {"bank"},
    Role.INSURER: {"insurer"},
    Role.ENTERPRISE: {"enterprise"},
    Role.AGENCY: {"agency"},
    Role.AUDITOR: {"auditor", "office"},
    Role.ADMIN: {"admin"},
}


def actor(role: Role) -> Actor:
    return Actor(user_id=1, name="样例", role=role, organisation_id=1)


def actions(role: Role) -> set[str]:
    """What a role may do on pages that are not everybody's own account."""
    return {p.value for p in permissions_of(role) if p.audience != PERSONAL_AUDIENCE}


# --- The tables are whole ---------------------------------------------------------------------------


def test_every_permission_names_its_roles_and_has_a_label() -> None:
    assert set(PERMISSIONS) == set(Permission)
    assert all(PERMISSIONS.values())
    assert set(PERMISSION_LABELS) == set(Permission)
    assert all(permission.label for permission in Permission)


def test_every_permission_is_written_as_audience_resource_action() -> None:
    assert [p for p in Permission if not re.fullmatch(r"[a-z]+:[a-z_]+:[a-z]+", p.value)] == []
    assert all(p.name == p.value.replace(":", "_").upper() for p in Permission)


def test_every_thing_has_a_scope_for_every_role() -> None:
    assert set(SCOPES) == set(Thing)
    assert all(set(row) == set(Role) for row in SCOPES.values())
    assert set(SCORE_DETAIL) == set(ROLE_LABELS) == set(Role)


# --- Permissions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_the_pages_of_its_own_audience_only(role: Role) -> None:
    assert {p.split(":")[0] for p in actions(role)} == AUDIENCES[role]


def test_the_administrator_holds_no_business_permission() -> None:
    assert all(p.startswith("admin:") for p in actions(Role.ADMIN))
    assert not may(actor(Role.ADMIN), P.ACCOUNT_DOCUMENTS_READ)


def test_nobody_but_the_administrator_administers() -> None:
    assert all(PERMISSIONS[p] == {Role.ADMIN} for p in Permission if p.audience == "admin")


def test_the_auditor_only_reads_checks_and_exports_the_two_logs() -> None:
    changing = {p for p in actions(Role.AUDITOR) if p.split(":")[2] in WRITING}
    assert changing == {"auditor:log:export", "office:consents:export"}


def test_deciding_and_publishing_is_for_the_city_only() -> None:
    deciding = [p for p in Permission if p.audience == "office" and p.value.split(":")[2] in WRITING]
    county_too = [p for p in deciding if PERMISSIONS[p] != {Role.CITY_OFFICER}]
    assert county_too == [
        P.OFFICE_ENTERPRISES_EXPORT,
        P.OFFICE_CONTACTS_WRITE,
        P.OFFICE_TAGS_WRITE,
        P.OFFICE_VISITS_WRITE,
        P.OFFICE_VISITS_EXPORT,
        P.OFFICE_CONDUCT_EXPORT,
        P.OFFICE_EVENTS_EXPORT,
        P.OFFICE_ATTENDANCE_WRITE,
        P.OFFICE_CONSENTS_EXPORT,
    ]
    assert [p for p in county_too if Role.AUDITOR in PERMISSIONS[p]] == [P.OFFICE_CONSENTS_EXPORT]


def test_a_county_officer_reads_the_office_s_pages_and_writes_none() -> None:
    assert may(actor(Role.COUNTY_OFFICER), P.OFFICE_IMPORT_READ)
    assert not may(actor(Role.COUNTY_OFFICER), P.OFFICE_IMPORT_WRITE)


def test_a_guarantor_uses_the_bank_s_pages() -> None:
    assert actions(Role.GUARANTOR) == actions(Role.BANK)


def test_an_insurer_may_do_what_a_bank_may() -> None:
    def without_audience(role: Role) -> set[str]:
        return {p.partition(":")[2] for p in actions(role)}

    assert without_audience(Role.INSURER) == without_audience(Role.BANK)


@pytest.mark.parametrize("role", Role)
def test_everybody_who_is_signed_in_has_an_account_of_his_own(role: Role) -> None:
    assert may(actor(role), P.ACCOUNT_SELF_READ)
    assert may(actor(role), P.ACCOUNT_SELF_WRITE)


@pytest.mark.parametrize("permission", Permission)
def test_a_visitor_may_nothing_and_the_system_everything(permission: Permission) -> None:
    assert not may(VISITOR, permission)
    assert may(SYSTEM, permission)


def test_a_role_without_a_person_behind_it_may_nothing() -> None:
    nobody = Actor(user_id=None, name="系统", role=Role.ADMIN)
    assert permissions_of(Role.ADMIN)
    assert not any(may(nobody, permission) for permission in Permission)
    assert {scope_for(nobody, thing) for thing in Thing} == {Scope.NONE}


def test_a_refusal_names_the_permission_and_whom_to_ask() -> None:
    with pytest.raises(NotAllowed) as refused:
        require(actor(Role.BANK), P.ADMIN_USERS_WRITE)
    assert "邀请、停用、重置用户" in refused.value.message
    assert "系统管理员" in refused.value.message


@pytest.mark.parametrize("role", list(Role))
def test_only_who_lacks_the_permission_is_refused(role: Role) -> None:
    try:
        require(actor(role), P.ADMIN_USERS_WRITE)
    except NotAllowed:
        refused = True
    else:
        refused = False
    assert refused is (role is not Role.ADMIN)


# --- Scopes -----------------------------------------------------------------------------------------

BUSINESS = set(Thing) - {Thing.JOB, Thing.USER, Thing.ORGANISATION, Thing.NOTICE}


@pytest.mark.parametrize("thing", sorted(BUSINESS))
def test_the_administrator_sees_no_business_row(thing: Thing) -> None:
    assert scope_for(actor(Role.ADMIN), thing) is Scope.NONE


@pytest.mark.parametrize("thing", sorted(BUSINESS))
def test_the_auditor_sees_every_business_row(thing: Thing) -> None:
    assert scope_for(actor(Role.AUDITOR), thing) is Scope.ALL


@pytest.mark.parametrize("role", [Role.BANK, Role.GUARANTOR, Role.INSURER])
@pytest.mark.parametrize(
    "thing",
    [Thing.DIRECTORY_DELIVERY, Thing.DIRECTORY_ISSUE, Thing.REGISTRATION, Thing.DOCUMENT, Thing.TIMETABLE],
)
def test_an_institution_sees_its_own_things_and_no_other_s(role: Role, thing: Thing) -> None:
    assert scope_for(actor(role), thing) is Scope.OWN


@pytest.mark.parametrize("role", [Role.BANK, Role.GUARANTOR, Role.INSURER, Role.AGENCY, Role.ADMIN])
def test_contacts_of_a_firm_are_closed_to_whoever_has_no_consent(role: Role) -> None:
    assert scope_for(actor(role), Thing.ENTERPRISE_CONTACT) is Scope.NONE


@pytest.mark.parametrize("thing", [Thing.ENTERPRISE, Thing.ENTERPRISE_CONTACT, Thing.SCORE_SHEET])
def test_an_enterprise_sees_itself_and_a_county_its_region(thing: Thing) -> None:
    assert scope_for(actor(Role.ENTERPRISE), thing) is Scope.OWN
    assert scope_for(actor(Role.COUNTY_OFFICER), thing) is Scope.REGION


def test_a_notice_is_its_reader_s_alone() -> None:
    assert set(SCOPES[Thing.NOTICE].values()) == {Scope.OWN}


@pytest.mark.parametrize("role", Role)
def test_people_are_listed_to_the_administrator_only(role: Role) -> None:
    assert (scope_for(actor(role), Thing.USER) is Scope.ALL) == (role is Role.ADMIN)


@pytest.mark.parametrize("thing", Thing)
def test_a_visitor_sees_no_row_and_the_system_all(thing: Thing) -> None:
    assert scope_for(VISITOR, thing) is Scope.NONE
    assert scope_for(SYSTEM, thing) is Scope.ALL


# Who may open the page of a thing, and whose rows he then finds on it.
PAGES = {
    P.OFFICE_IMPORT_READ: Thing.IMPORT_BATCH,
    P.OFFICE_ENTERPRISES_READ: Thing.ENTERPRISE,
    P.OFFICE_SCORES_READ: Thing.SCORE_SHEET,
    P.OFFICE_ROUNDS_READ: Thing.WHITELIST_ROUND,
    P.OFFICE_ISSUES_READ: Thing.DIRECTORY_ISSUE,
    P.OFFICE_EVENTS_READ: Thing.EVENT,
    P.OFFICE_JOBS_READ: Thing.JOB,
    P.BANK_FIRMS_READ: Thing.ENTERPRISE,
    P.BANK_ISSUES_READ: Thing.DIRECTORY_DELIVERY,
    P.BANK_EVENTS_REGISTER: Thing.REGISTRATION,
    P.INSURER_FIRMS_READ: Thing.ENTERPRISE,
    P.INSURER_ISSUES_READ: Thing.DIRECTORY_DELIVERY,
    P.ENTERPRISE_PROFILE_READ: Thing.ENTERPRISE,
    P.ENTERPRISE_SCORE_READ: Thing.SCORE_SHEET,
    P.ENTERPRISE_EVENTS_REGISTER: Thing.REGISTRATION,
    P.AUDITOR_LOG_READ: Thing.AUDIT_ENTRY,
    P.ADMIN_USERS_READ: Thing.USER,
    P.ADMIN_ORGANISATIONS_READ: Thing.ORGANISATION,
    P.ADMIN_JOBS_READ: Thing.JOB,
    P.ADMIN_JOBS_WRITE: Thing.JOB,
    P.ACCOUNT_SELF_READ: Thing.NOTICE,
    P.ACCOUNT_JOBS_READ: Thing.JOB,
    P.ACCOUNT_DOCUMENTS_READ: Thing.DOCUMENT,
}


@pytest.mark.parametrize("permission", PAGES)
def test_whoever_may_open_a_page_has_rows_to_see_on_it(permission: Permission) -> None:
    blind = [role for role in PERMISSIONS[permission] if SCOPES[PAGES[permission]][role] is Scope.NONE]
    assert blind == []


# --- Fields and factors -----------------------------------------------------------------------------


def test_a_bank_is_shown_the_grade_and_its_reasons_never_the_inputs() -> None:
    assert score_detail(actor(Role.BANK)) is ScoreDetail.EXPLAINED
    assert score_detail(actor(Role.CITY_OFFICER)) is ScoreDetail.FULL
    assert score_detail(actor(Role.ENTERPRISE)) is ScoreDetail.OWN_SUMMARY
    assert score_detail(VISITOR) is ScoreDetail.NONE
    assert score_detail(SYSTEM) is ScoreDetail.FULL


@pytest.mark.parametrize("role", Role)
def test_a_score_is_explained_to_whoever_sees_the_sheet(role: Role) -> None:
    # A reviewer has no list of sheets: he reads the one of the firm that he was given to review.
    thing = Thing.SCREENING_TASK if role is Role.AGENCY else Thing.SCORE_SHEET
    assert (SCOPES[thing][role] is Scope.NONE) == (SCORE_DETAIL[role] is ScoreDetail.NONE)


def test_everybody_but_enterprises_needs_a_second_factor() -> None:
    assert set(Role) - SECOND_FACTOR_ROLES == {Role.ENTERPRISE}
    assert requires_second_factor(Role.AGENCY)
    assert not requires_second_factor(Role.ENTERPRISE)
