"""The factory of rows: `make.<thing>(**overrides)` saves a valid one; a test states what it is about.

Numbers are checksum-valid and belong to nobody, names say that they are samples. The days are fixed:
`NOW` and `TODAY` are 5 March 2026.
"""

from __future__ import annotations

from ipfin.accounts.models import OrganisationKind
from ipfin.kernel.identifiers import PatentKind
from ipfin.outcomes.rules import OutcomeKind
from ipfin.registry.applicants import ApplicantKind
from ipfin.registry.statuses import LegalStatus, Validity
from ipfin.whitelist.activation import DraftState
from tests.making.attendance import MakeAttendance
from tests.making.base import NOW, TODAY
from tests.making.consents import MakeConsents
from tests.making.corrections import MakeCorrections
from tests.making.people import PASSWORD
from tests.making.preparing import MakePreparing
from tests.making.pushes import MakePushes
from tests.making.registry import application_number, credit_code
from tests.making.results import MakeResults

__all__ = ["NOW", "PASSWORD", "TODAY", "Make", "application_number", "credit_code"]


class Make(MakeConsents, MakeCorrections, MakeAttendance, MakePreparing, MakePushes, MakeResults):
    """Makes rows of every table (tests/making), and rows that a test is not about."""

    def noise(self) -> None:
        """Save rows that nearly match: a query that forgets a condition finds one of them."""
        firm = self.enterprise(region_code=self.region().code)
        self.patent(holders=[firm], validity=Validity.LAPSED, legal_status=LegalStatus.LAPSED_FEE)
        self.patent(
            holders=[firm],
            kind=PatentKind.UTILITY_MODEL,
            validity=Validity.PENDING,
            legal_status=LegalStatus.EXAMINATION,
            was_granted=False,
            granted_on=None,
        )
        self.patent(holders=[self.applicant(kind=ApplicantKind.PERSON, name=f"样例人{self.number()}")])
        self.enterprise(credit_code=None)
        self.user(is_active=False)
        self.organisation(OrganisationKind.INSURER, is_active=False)
        self.admission(ended_on=TODAY, ended_reason="样例")
        self.conduct_record(withdrawn_on=TODAY, withdrawn_reason="样例")

    def one_of_everything(self) -> None:
        """Save rows in every table but the audit log's (the tests of migrations and backups)."""
        self.noise()
        self.workday(TODAY, is_working=False)
        self.header_mapping()
        self.import_row()
        self.fact()
        self.change()
        self.patent_pledge()
        self.patent_flag()
        self.past_holding()
        self.settled_fact()
        self.source_conflict()
        self.tag()
        self.contact(main_since=NOW)
        self.visit(follow_up="样例事项", follow_up_due=TODAY, done_on=TODAY, done_note="样例")
        self.match_key()
        self.enterprise_merge()
        self.invitation()
        self.user_session()
        self.password_record()
        self.recovery_code()
        self.sign_in_failures()
        self.notice()
        self.outbox_mail()
        self.round_entry()
        self.declaration_request()
        self.cohort_reference()
        self.card_simulation()
        self.card_activation(draft=self.card_draft(state=DraftState.APPROVED))
        self.sheet_robustness()
        self.gate_waiver()
        self.objection(self.round())
        self.consultation()
        self.conduct_rule()
        self.push_line()
        self.proposal()
        self.gate_task()
        self.issue_line()
        self.delivery()
        self.schedule()
        self.programme_line()
        self.answer()
        self.meeting_proposal()
        self.fixed_meeting()
        self.meeting_minimum()
        self.meeting_order()
        self.preference()
        self.weights()
        self.job()
        self.wish()
        self.substitution()
        self.meeting()
        self.meeting_result()
        self.follow_up()
        self.feedback()
        self.minutes()
        self.attendance()
        self.check_in_code()
        self.short_link()
        self.reminder_plan()
        self.reminder()
        self.event_invitation()
        self.material()
        self.training()
        self.training_records()
        consent = self.consent()
        self.consent_act(consent)
        self.consent_use(consent)
        self.consent_recipient()
        self.correction_act()
        self.correction_proof()
        self.screening_mark()
        self.conflict_declaration()
        self.outcome(kind=OutcomeKind.OVERDUE90, evidence="样例凭据")
        self.reviewer_tie()
