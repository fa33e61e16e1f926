"""An address of every page that takes arguments: of a row that the person may see, and of one he may not.

`ADDRESSES` names for each endpoint how to make the rows. A test fails for an endpoint with arguments that
stands nowhere here, so a new page comes with its addresses. `foreign` is None where whoever may open the
page may see every row; it returns None for a role that sees them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from ipfin.accounts.models import OrganisationKind, User
from ipfin.accounts.scopes import Scope, Thing, scope_for
from ipfin.accounts.service import invite_user
from ipfin.corrections.items import Item
from ipfin.events.lifecycle import EventState
from ipfin.jobs.models import JobState
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.registry.headers import propose_mapping
from ipfin.registry.intake import read_list
from ipfin.registry.lifecycle import BatchState, MatchState
from ipfin.registry.models import Enterprise, Patent
from ipfin.reports.directory import IssueState
from ipfin.whitelist.activation import DraftState
from ipfin.whitelist.admission import EntryOutcome, RoundState
from ipfin.whitelist.models import CohortReference
from ipfin.whitelist.rebasing import ReferenceState
from tests import lists
from tests.web.conduct_addresses import CONDUCT
from tests.web.event_addresses import EVENTS
from tests.web.firm_addresses import FIRMS
from tests.web.making import WebMake
from tests.web.push_addresses import PUSHES
from tests.web.screening_addresses import SCREENINGS

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
    **{
        f"public_notices.{action}": Addresses(
            own=lambda make, user: {"number": make.noticed_round(today_in_china()).number},
            foreign=lambda make, user: {"number": make.round().number},
        )
        for action in ("objection", "file")
    },
    "public_notices.receipt": Addresses(
        own=lambda make, user: {"number": make.objection().public_id},
        foreign=lambda make, user: {"number": "nobodysReceipt00"},
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

# --- Institutions -----------------------------------------------------------------------------------


def _listed_firm(make: WebMake, user: User) -> Arguments:
    firm = make.enterprise()
    make.patent(holders=[firm])
    return {"public_id": firm.public_id}


def _own_issue(make: WebMake, user: User) -> Arguments:
    return {"number": make.delivery(organisation=user.organisation).issue.number}


_INSTITUTIONS = {
    f"{audience}_{page}": addresses
    for audience in ("bank", "insurer")
    for page, addresses in {
        # a firm without a patent in force is not published
        **{
            f"firms.{view}": Addresses(
                own=_listed_firm,
                foreign=lambda make, user: {"public_id": make.enterprise().public_id},
            )
            for view in ("show", "profile", "score")
        },
        **{
            f"issues.{view}": Addresses(
                own=_own_issue,
                foreign=lambda make, user: {"number": make.delivery().issue.number},
            )
            for view in ("show", "confirm")
        },
    }.items()
}

# --- Consents ---------------------------------------------------------------------------------------


def _own_consent(make: WebMake, user: User) -> Arguments:
    """Return a consent of the person's own firm, or of any firm of his county for the office."""
    if user.role is Role.ENTERPRISE:
        return _consented(make, make.session.get_one(Enterprise, user.organisation.enterprise_id))
    return _consented(make, make.enterprise(region_code=_region_of(user)))


def _consented(make: WebMake, firm: Enterprise) -> Arguments:
    consent = make.consent(firm)
    make.consent_act(consent)
    return {"public_id": consent.public_id}


def _consent_of_another_county(make: WebMake, user: User) -> Arguments | None:
    if user.role is not Role.COUNTY_OFFICER:
        return {"public_id": "nobodysconsent1"}
    return {"public_id": make.consent().public_id}


_CONSENTS = {
    **{
        f"enterprise_consents.{view}": Addresses(
            own=_own_consent, foreign=lambda make, user: {"public_id": make.consent().public_id}
        )
        for view in ("show", "narrow", "withdraw", "letter")
    },
    "office_consents.show": Addresses(own=_own_consent, foreign=_consent_of_another_county),
}

# --- Requests for correction ------------------------------------------------------------------------


def _own_request(make: WebMake, user: User) -> Arguments:
    """Return an open request of the person's own firm, or of any firm of his county for the office."""
    if user.role is Role.ENTERPRISE:
        firm = make.session.get_one(Enterprise, user.organisation.enterprise_id)
    else:
        firm = make.enterprise(region_code=_region_of(user))
    # A firm has one open request about one thing: each is about another patent.
    number = str(make.number())
    return {"public_id": make.correction_request(firm, item=Item.PATENT_STATUS, patent=number).public_id}


def _patent_of(make: WebMake, enterprise_id: int | None) -> str | None:
    firm = make.enterprise() if enterprise_id is None else make.session.get_one(Enterprise, enterprise_id)
    return make.patent(holders=[firm]).application_number


def _own_proof(make: WebMake, user: User) -> Arguments:
    request = make.correction_request(make.enterprise(region_code=_region_of(user)))
    document = make.issued_document(None)
    proof = make.correction_proof(request, document_id=document.id)
    return {"public_id": request.public_id, "proof_id": proof.id}


def _request_of_another_county(make: WebMake, user: User) -> Arguments | None:
    if user.role is not Role.COUNTY_OFFICER:
        return {"public_id": "nobodysrequest1"}
    return {"public_id": make.correction_request().public_id}


_CORRECTIONS = {
    "enterprise_patents.show": Addresses(
        own=lambda make, user: {"number": _patent_of(make, user.organisation.enterprise_id)},
        foreign=lambda make, user: {"number": make.patent(holders=[make.enterprise()]).application_number},
    ),
    **{
        f"enterprise_corrections.{view}": Addresses(
            own=_own_request,
            foreign=lambda make, user: {"public_id": make.correction_request().public_id},
        )
        for view in ("show", "add", "take_back")
    },
    **{
        f"office_corrections.{view}": Addresses(own=_own_request, foreign=_request_of_another_county)
        for view in ("show", "handle")
    },
    "office_corrections.proof": Addresses(
        own=_own_proof,
        foreign=lambda make, user: {"public_id": make.correction_request().public_id, "proof_id": NOWHERE},
    ),
}

# --- Lists, firms, scores, rounds and issues of the office ------------------------------------------


def _region_of(user: User) -> str | None:
    return user.organisation.region_code


def _own_firm(make: WebMake, user: User) -> Arguments:
    return {"public_id": make.enterprise(region_code=_region_of(user)).public_id}


def _firm_of_another_county(make: WebMake, user: User) -> Arguments | None:
    if scope_for(make.actor(user), Thing.ENTERPRISE) is Scope.ALL:
        return {"public_id": "firm-that-is-not-there"}
    return {"public_id": make.enterprise(region_code=make.region().code).public_id}


def _own_sheet(make: WebMake, user: User) -> Arguments:
    sheet = make.score_sheet(make.enterprise(region_code=_region_of(user)))
    return {"run_id": sheet.run_id, "public_id": sheet.enterprise.public_id}


def _sheet_of_another_county(make: WebMake, user: User) -> Arguments | None:
    sheet = make.score_sheet(make.enterprise(region_code=make.region().code))
    if scope_for(make.actor(user), Thing.SCORE_SHEET) is Scope.ALL:
        return {"run_id": NOWHERE, "public_id": sheet.enterprise.public_id}
    return {"run_id": sheet.run_id, "public_id": sheet.enterprise.public_id}


def _checked_batch(make: WebMake, user: User) -> Arguments:
    """Save a batch whose file lies where uploads lie."""
    number = make.number()
    folder = make.settings.uploads_dir
    folder.mkdir(parents=True, exist_ok=True)
    path = lists.write_list(folder / f"upload{number}", [lists.row(number)])
    table = read_list(path, "名单.xlsx")
    mapping = propose_mapping(table)
    batch = make.batch(
        state=BatchState.CHECKED, stored_name=path.name, sha256=table.sha256, mapping=mapping.as_json(),
        committed_at=None, summary={"preview": {"samples": [[] for _name in table.header], "rows": 1}},
    )  # fmt: skip
    return {"batch_id": batch.id}


def _pair_of(region_code: str | None, make: WebMake, **changes: Any) -> Arguments:
    firms = [
        make.enterprise(name=f"样例{make.number()}铸业有限公司", credit_code=None, region_code=region_code)
        for _each in range(2)
    ]
    return {"candidate_id": make.match_candidate(*firms, **changes).id}


def _own_pair(make: WebMake, user: User) -> Arguments:
    return _pair_of(_region_of(user), make)


def _pair_of_another_county(make: WebMake, user: User) -> Arguments | None:
    if scope_for(make.actor(user), Thing.ENTERPRISE) is Scope.ALL:
        return {"candidate_id": NOWHERE}
    return _pair_of(make.region().code, make)


def _pair_of_two_firms(make: WebMake, user: User) -> Arguments:
    said = {"state": MatchState.DIFFERENT, "reason": "样例", "decided_by": "用户", "decided_at": now_utc()}
    return _pair_of(_region_of(user), make, **said)


def _patent_in(region_code: str | None, make: WebMake) -> Patent:
    return make.patent(holders=[make.enterprise(region_code=region_code)])


def _own_conflict(make: WebMake, user: User) -> Arguments:
    return {"conflict_id": make.source_conflict(_patent_in(_region_of(user), make)).id}


def _conflict_of_another_county(make: WebMake, user: User) -> Arguments | None:
    if scope_for(make.actor(user), Thing.ENTERPRISE) is Scope.ALL:
        return {"conflict_id": NOWHERE}
    return {"conflict_id": make.source_conflict(_patent_in(make.region().code, make)).id}


def _own_patent(make: WebMake, user: User) -> Arguments:
    return {"number": _patent_in(_region_of(user), make).application_number}


def _patent_of_another_county(make: WebMake, user: User) -> Arguments | None:
    if scope_for(make.actor(user), Thing.ENTERPRISE) is Scope.ALL:
        return {"number": "201900000000.0"}
    return {"number": _patent_in(make.region().code, make).application_number}


def _flag(make: WebMake, number: str) -> Arguments:
    patent = make.session.scalars(select(Patent).where(Patent.application_number == number)).one()
    paper = make.issued_document(None)
    return {"number": number, "flag_id": make.patent_flag(patent, evidence_id=paper.id).id}


def _own_flag(**more: Any) -> Build:
    return lambda make, user: {**_flag(make, _own_patent(make, user)["number"]), **more}


def _flag_of_another_county(**more: Any) -> Build:
    def build(make: WebMake, user: User) -> Arguments | None:
        if scope_for(make.actor(user), Thing.ENTERPRISE) is Scope.ALL:
            return {"number": "201900000000.0", "flag_id": NOWHERE, **more}
        return {**_flag(make, _patent_in(make.region().code, make).application_number), **more}

    return build


def _open_round(state: RoundState) -> Build:
    return lambda make, user: {"number": make.round(state=state).number}


def _outcome(make: WebMake, user: User) -> Arguments:
    return {"outcome_id": make.outcome(make.enterprise(region_code=user.organisation.region_code)).id}


def _foreign_outcome(make: WebMake, user: User) -> Arguments | None:
    if scope_for(make.actor(user), Thing.OUTCOME) is Scope.ALL:
        return None
    return {"outcome_id": make.outcome(make.enterprise(region_code=make.region().code)).id}


def _waiting_reference(make: WebMake, user: User) -> Arguments:
    """Make a measure that somebody else proposed, as it should be; only one waits at a time."""
    waiting = make.session.scalar(
        select(CohortReference).where(CohortReference.state == ReferenceState.PROPOSED)
    )
    waits = waiting or make.cohort_reference(
        state=ReferenceState.PROPOSED, proposed_by_user_id=make.officer().id, proposed_by="用户"
    )
    return {"version": waits.version}


def _version(make: WebMake, user: User) -> Arguments:
    return {"version_id": make.scorecard().id}


def _draft(state: DraftState) -> Build:
    return lambda make, user: {"draft_id": make.card_draft(state=state).id}


def _admission_of_today(make: WebMake, user: User) -> Arguments:
    today = today_in_china()
    term = {"valid_from": today - timedelta(days=1), "valid_until": today + timedelta(days=9)}
    return {"admission_id": make.admission(**term).id}


def _own_candidate(make: WebMake, user: User) -> Arguments:
    return _candidate(make, _region_of(user))


def _candidate_of_another_county(make: WebMake, user: User) -> Arguments | None:
    if scope_for(make.actor(user), Thing.WHITELIST_ROUND) is Scope.ALL:
        return {"number": make.round(state=RoundState.DRAFT).number, "public_id": "nobody"}
    return _candidate(make, make.region().code)


def _candidate(make: WebMake, region_code: str | None) -> Arguments:
    """Return a candidate below the line for whom somebody else proposed the admission."""
    round_ = make.round(state=RoundState.DRAFT)
    entry = make.round_entry(
        make.enterprise(region_code=region_code),
        round=round_,
        outcome=EntryOutcome.BELOW_LINE,
        override_outcome=EntryOutcome.ADMITTED,
        override_reason="样例",
        overridden_by_user_id=make.officer().id,
        overridden_by="用户",
    )
    return {"number": round_.number, "public_id": entry.enterprise.public_id}


def _simulation(make: WebMake, user: User) -> Arguments:
    tried = make.card_simulation()
    return {"draft_id": tried.draft_id, "simulation_id": tried.id}


def _open_issue(state: IssueState) -> Build:
    return lambda make, user: {"number": make.issue(state=state).number}


_NO_BATCH, _NO_NUMBER = _nothing_like_it("batch_id"), _nothing_like_it("number")
_OFFICE = {
    **{
        f"office_imports.{action}": Addresses(own=_checked_batch, foreign=_NO_BATCH)
        for action in ("columns", "kind", "show", "commit", "refused", "rows", "order_rows")
    },
    "office_imports.template": Addresses(
        own=lambda make, user: {"word": "register"}, foreign=_nothing_like_it("word")
    ),
    "office_imports.undo": Addresses(own=lambda make, user: {"batch_id": make.batch().id}, foreign=_NO_BATCH),
    "office_enterprises.show": Addresses(own=_own_firm, foreign=_firm_of_another_county),
    **{
        f"office_conflicts.{action}": Addresses(own=_own_conflict, foreign=_conflict_of_another_county)
        for action in ("show", "decide", "undo")
    },
    "office_patents.show": Addresses(own=_own_patent, foreign=_patent_of_another_county),
    **{
        f"office_override_lists.{view}": Addresses(own=_open_round(RoundState.DRAFT), foreign=_NO_NUMBER)
        for view in ("new", "propose", "index", "approve", "drop")
    },
    "office_patent_flags.new": Addresses(own=_own_patent, foreign=_patent_of_another_county),
    **{
        f"office_patent_flags.{view}": Addresses(own=_own_flag(), foreign=_flag_of_another_county())
        for view in ("show", "end")
    },
    "office_patent_flags.document": Addresses(
        own=_own_flag(which="evidence"), foreign=_flag_of_another_county(which="evidence")
    ),
    "office_matching.show": Addresses(own=_own_pair, foreign=_pair_of_another_county),
    "office_matching.decide": Addresses(own=_own_pair, foreign=_pair_of_another_county),
    "office_matching.undo": Addresses(own=_pair_of_two_firms, foreign=_pair_of_another_county),
    "office_scores.show": Addresses(
        own=lambda make, user: {"run_id": make.score_run().id}, foreign=_nothing_like_it("run_id")
    ),
    "office_scores.robustness": Addresses(
        own=lambda make, user: {"run_id": make.score_run().id}, foreign=_nothing_like_it("run_id")
    ),
    "office_scores.sheet": Addresses(own=_own_sheet, foreign=_sheet_of_another_county),
    **{
        f"office_outcomes.{view}": Addresses(own=_outcome, foreign=_foreign_outcome)
        for view in ("show", "withdraw")
    },
    "office_scores.report": Addresses(own=_own_sheet, foreign=_sheet_of_another_county),
    "office_cohorts.approve": Addresses(own=_waiting_reference, foreign=_nothing_like_it("version")),
    "office_cohorts.withdraw": Addresses(own=_waiting_reference, foreign=_nothing_like_it("version")),
    "office_models.show": Addresses(own=_version, foreign=_nothing_like_it("version_id")),
    "office_models.compare": Addresses(
        own=lambda make, user: {**_version(make, user), "with": make.scorecard().id},
        foreign=lambda make, user: {"version_id": NOWHERE, "with": NOWHERE},
    ),
    "office_models.withdraw": Addresses(
        own=lambda make, user: {"activation_id": make.card_activation(active_from=date(2999, 1, 1)).id},
        foreign=_nothing_like_it("activation_id"),
    ),
    "office_drafts.simulation": Addresses(
        own=_simulation, foreign=lambda make, user: {"draft_id": NOWHERE, "simulation_id": NOWHERE}
    ),
    **{
        f"office_drafts.{action}": Addresses(own=_draft(state), foreign=_nothing_like_it("draft_id"))
        for action, state in {
            "show": DraftState.DRAFT,
            "save": DraftState.DRAFT,
            "simulate": DraftState.DRAFT,
            "submit": DraftState.DRAFT,
            "approve": DraftState.SUBMITTED,
            "give_back": DraftState.SUBMITTED,
            "withdraw": DraftState.DRAFT,
        }.items()
    },
    "office_rounds.show": Addresses(own=_open_round(RoundState.PUBLISHED), foreign=_NO_NUMBER),
    "office_rounds.submit": Addresses(own=_open_round(RoundState.DRAFT), foreign=_NO_NUMBER),
    "office_rounds.waive": Addresses(own=_open_round(RoundState.DRAFT), foreign=_NO_NUMBER),
    "office_rounds.by_number": Addresses(own=_open_round(RoundState.PUBLISHED)),
    **{
        f"office_admissions.{action}": Addresses(
            own=_admission_of_today, foreign=_nothing_like_it("admission_id")
        )
        for action in ("remove", "end")
    },
    **{
        f"office_overrides.{action}": Addresses(own=_own_candidate, foreign=_candidate_of_another_county)
        for action in ("show", "propose", "approve", "drop")
    },
    "office_rounds.put_to_notice": Addresses(
        own=lambda make, user: {
            "number": make.round(
                state=RoundState.SUBMITTED, submitted_by_user_id=make.officer().id, submitted_by="用户"
            ).number
        },
        foreign=_NO_NUMBER,
    ),
    **{
        f"office_objections.{action}": Addresses(
            own=lambda make, user: {"public_id": make.sealed_objection().public_id},
            foreign=_nothing_like_it("public_id"),
        )
        for action in ("show", "answer", "contact", "evidence")
    },
    "office_rounds.publish": Addresses(
        # Submitted by somebody else, as it should be.
        own=lambda make, user: {"number": make.noticed_round(today_in_china() - timedelta(days=9)).number},
        foreign=_NO_NUMBER,
    ),
    "office_rounds.give_back": Addresses(own=_open_round(RoundState.SUBMITTED), foreign=_NO_NUMBER),
    "office_rounds.withdraw": Addresses(own=_open_round(RoundState.DRAFT), foreign=_NO_NUMBER),
    "office_issues.show": Addresses(own=_open_issue(IssueState.PUBLISHED), foreign=_NO_NUMBER),
    "office_issues.submit": Addresses(own=_open_issue(IssueState.DRAFT), foreign=_NO_NUMBER),
    "office_issues.publish": Addresses(
        # Submitted by somebody else, as it should be.
        own=lambda make, user: {
            "number": make.issue(
                state=IssueState.SUBMITTED, submitted_by_user_id=make.officer().id, submitted_by="用户"
            ).number
        },
        foreign=_NO_NUMBER,
    ),
    "office_issues.recipients": Addresses(own=_open_issue(IssueState.DRAFT), foreign=_NO_NUMBER),
    "office_issues.preview": Addresses(
        own=lambda make, user: {
            "number": make.issue(state=IssueState.DRAFT).number,
            "organisation_id": make.organisation(OrganisationKind.BANK).id,
        },
        foreign=lambda make, user: {"number": make.issue().number, "organisation_id": 9_999},
    ),
    "office_issues.withdraw": Addresses(own=_open_issue(IssueState.DRAFT), foreign=_NO_NUMBER),
    "office_issues.recall": Addresses(own=_open_issue(IssueState.PUBLISHED), foreign=_NO_NUMBER),
}

ADDRESSES: dict[str, Addresses] = {**_PUBLIC, **_ACCOUNT, **_ADMIN, **_JOBS, **_OFFICE, **_INSTITUTIONS}
ADDRESSES |= _CONSENTS | _CORRECTIONS
ADDRESSES |= {
    endpoint: Addresses(own, foreign)
    for endpoint, (own, foreign) in (CONDUCT | EVENTS | FIRMS | PUSHES | SCREENINGS).items()
}
