"""Scorecards, score sheets, rounds, admissions; directory issues and documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from ipfin.conduct.models import ConductRule, RegisterConsultation
from ipfin.conduct.rules import ConductCode
from ipfin.documents.models import Document, DocumentKind
from ipfin.jobs.models import Job, JobState
from ipfin.registry.models import Enterprise
from ipfin.reports.directory import LINE_FIELDS, IssueState, LineChange
from ipfin.reports.models import DirectoryDelivery, DirectoryIssue, DirectoryLine, DirectorySchedule
from ipfin.reports.schedule import Frequency
from ipfin.whitelist.activation import ActivationKind, DraftState
from ipfin.whitelist.admission import EntryOutcome, RoundState
from ipfin.whitelist.cohorts import Cohorts
from ipfin.whitelist.facts import Missing, Reading
from ipfin.whitelist.models import (
    Admission,
    CardActivation,
    CardDraft,
    CardSimulation,
    CohortReference,
    DeclarationRequest,
    GateWaiver,
    RobustnessRun,
    RoundEntry,
    RoundObjection,
    ScorecardVersion,
    ScoreRun,
    ScoreSheet,
    SheetRobustness,
    WhitelistRound,
)
from ipfin.whitelist.notice import ObjectionState
from ipfin.whitelist.rebasing import ReferenceState
from ipfin.whitelist.scheme import DEFAULT_CARD, load_card
from ipfin.whitelist.scorecard import card_sha256
from ipfin.whitelist.scoring import Grade, score
from tests.making.base import NOW, TODAY, public_id
from tests.making.people import MakePeople

FROM, UNTIL = date(2026, 1, 1), date(2027, 1, 1)


def _card_text(card_id: str) -> str:
    """Return the shipped card under another name: two versions are never the same card."""
    return DEFAULT_CARD.read_text(encoding="utf-8").replace("anyang-whitelist", card_id)


def _body(run: ScoreRun, grade: Grade, graded_e4: int, values: Mapping[str, Decimal]) -> str:
    """Return a readable sheet of the run's card that says the row's grade and score.

    `values` are what is known (2 of everything by default); every other indicator is unknown.
    """
    card = load_card(run.card_version.source_text.encode())
    known = values or {row.code: Decimal(2) for row in card.indicators}
    readings = {
        row.code: Reading(known[row.code]) if row.code in known else Reading(None, Missing.SOURCE)
        for row in card.indicators
    }
    sheet = score(readings, card, data_as_of=run.data_as_of, inputs={})
    graded = Decimal(graded_e4) / 10_000
    return replace(sheet, grade=grade, graded_score=graded).as_bytes().decode()


class MakeWhitelist(MakePeople):
    """What scoring and publishing leave behind."""

    def scorecard(self, **overrides: Any) -> ScorecardVersion:
        number = self.number()
        defaults: dict[str, Any] = {
            "card_id": f"sample-{number}",
            "version": "1.0",
            "sha256": sha256(f"card{number}".encode()).hexdigest(),
            "source_text": _card_text(f"sample-{number}"),
        }
        return self.save(ScorecardVersion, defaults, overrides)

    def card_draft(self, **overrides: Any) -> CardDraft:
        """Save a draft that is being written; say `state=DraftState.SUBMITTED` for one that waits."""
        text = overrides.get("text") or _card_text(f"draft-{self.number()}")
        author = self.officer()
        defaults: dict[str, Any] = {
            "state": DraftState.DRAFT,
            "text": text,
            "author_user_id": author.id,
            "author": author.name,
            "created_at": NOW,
            "saved_by_user_id": author.id,
            "saved_by": author.name,
            "saved_at": NOW,
        }
        if overrides.get("state", DraftState.DRAFT) in (DraftState.SUBMITTED, DraftState.APPROVED):
            defaults |= {"submitted_by_user_id": author.id, "submitted_by": author.name, "submitted_at": NOW}
            defaults |= {"submitted_sha256": card_sha256(load_card(text.encode())), "reason": "样例理由"}
        return self.save(CardDraft, defaults, overrides)

    def card_simulation(self, draft: CardDraft | None = None, **overrides: Any) -> CardSimulation:
        """Save a simulation in which nothing moved."""
        draft = draft or self.card_draft()
        found = {
            "firms": 1,
            "line": "C",
            "current": ["sample", "1.0", "0" * 64],
            "draft": ["sample", "1.1", "1" * 64],
            "selected": [1, 1],
            "entered": [],
            "left": [],
            "matrix": {a.value: {b.value: 0 for b in Grade} for a in Grade},
            "psi": 0.0,
            "tau_b": None,
            "missing": {},
            "nudged": {},
            "groups": {},
            "unread": [],
            "concerns": [],
        }
        defaults: dict[str, Any] = {
            "draft": draft,
            "run_id": self.score_run().id,
            "card_sha256": card_sha256(load_card(draft.text.encode())),
            "minimum_grade": Grade.C,
            "found": found,
            "digest": "0" * 64,
            "computed_by": "用户",
            "computed_at": NOW,
        }
        return self.save(CardSimulation, defaults, overrides)

    def card_activation(self, **overrides: Any) -> CardActivation:
        """Save a card that two persons put in force."""
        version = overrides.pop("card_version", None) or self.scorecard()
        maker, checker = self.officer(), self.officer()
        defaults: dict[str, Any] = {
            "card_version": version,
            "scenario": version.scenario,
            "kind": ActivationKind.APPROVED,
            "active_from": FROM,
            "reason": "样例理由",
            "submitted_by_user_id": maker.id,
            "submitted_by": maker.name,
            "approved_by_user_id": checker.id,
            "approved_by": checker.name,
            "approved_at": NOW,
        }
        return self.save(CardActivation, defaults, overrides)

    def cohort_reference(self, **overrides: Any) -> CohortReference:
        """Save the first reference, in force; say `state=ReferenceState.PROPOSED` for one that waits."""
        empty = Cohorts({}, {})
        defaults: dict[str, Any] = {
            "version": self.number(),
            "state": ReferenceState.APPROVED,
            "data_as_of": TODAY,
            "patents_count": 0,
            "cells_count": 0,
            "sha256": empty.fingerprint,
            "body": empty.as_bytes().decode(),
            "proposed_by": "用户",
            "proposed_at": NOW,
        }
        if overrides.get("state", ReferenceState.APPROVED) is ReferenceState.APPROVED:
            maker, checker = self.officer(), self.officer()
            defaults |= {"proposed_by_user_id": maker.id, "proposed_by": maker.name}
            defaults |= {"approved_by_user_id": checker.id, "approved_by": checker.name, "approved_at": NOW}
        return self.save(CohortReference, defaults, overrides)

    def score_run(self, **overrides: Any) -> ScoreRun:
        defaults: dict[str, Any] = {
            "card_version": overrides.pop("card_version", None) or self.scorecard(),
            "data_as_of": TODAY,
            "firms_count": 1,
            "grade_counts": {"A": 1},
            "inputs_hash": "0" * 64,
            "run_by": "用户",
            "run_at": NOW,
            "seconds_ms": 12,
        }
        return self.save(ScoreRun, defaults, overrides)

    def score_sheet(self, enterprise: Enterprise | None = None, **overrides: Any) -> ScoreSheet:
        graded = overrides.get("graded_e4", 820_000)
        run = overrides.pop("run", None) or self.score_run()
        defaults: dict[str, Any] = {
            "run": run,
            "enterprise": enterprise or self.enterprise(),
            "grade": Grade.A,
            "score_e4": graded,
            "graded_e4": graded,
            "low_e4": graded,
            "high_e4": graded,
            "coverage_bp": 10_000,
            "body": _body(run, overrides.get("grade", Grade.A), graded, overrides.pop("readings", {})),
        }
        return self.save(ScoreSheet, defaults, overrides)

    def declaration_request(
        self, enterprise: Enterprise | None = None, **overrides: Any
    ) -> DeclarationRequest:
        """Save a request to declare the share of R&D, asked today, due in ten days."""
        defaults: dict[str, Any] = {
            "enterprise_id": (enterprise or self.enterprise()).id,
            "code": "M5",
            "asked_on": TODAY,
            "due_on": TODAY + timedelta(days=10),
            "asked_by": "用户",
            "asked_at": NOW,
        }
        return self.save(DeclarationRequest, defaults, overrides)

    def round(self, **overrides: Any) -> WhitelistRound:
        """Save a published round; say `state=RoundState.DRAFT` for one that is being prepared."""
        defaults: dict[str, Any] = {
            "number": self.number(),
            "title": "样例白名单",
            "state": RoundState.PUBLISHED,
            "run": overrides.pop("run", None) or self.score_run(),
            "minimum_grade": Grade.B,
            "valid_from": FROM,
            "valid_until": UNTIL,
            "prepared_by": "用户",
            "created_at": NOW,
        }
        if overrides.get("state", RoundState.PUBLISHED) is RoundState.PUBLISHED:
            maker, checker = self.officer(), self.officer()
            defaults |= {"submitted_by_user_id": maker.id, "submitted_by": maker.name, "submitted_at": NOW}
            defaults |= {"approved_by_user_id": checker.id, "approved_by": checker.name, "published_at": NOW}
        return self.save(WhitelistRound, defaults, overrides)

    def sheet_robustness(self, sheet: ScoreSheet | None = None, **overrides: Any) -> SheetRobustness:
        """Save what was found of one sheet, with the examination of its run."""
        of = sheet or self.score_sheet()
        whole = self.save(
            RobustnessRun,
            {
                "run": of.run,
                "draws": 10_000,
                "seed": 20261122,
                "kappa": 50,
                "cut": 1,
                "rated_count": 1,
                "edge_count": 1,
                "found": {
                    "bands": [0, 1, 0, 0, 0],
                    "tau_b": {"legal": 0.9, "technical": None, "market": 0.7999, "credit": 0.8},
                    "panel": [{"method": "topsis", "tau_b": 0.5, "stay": 1, "blocks": {"legal": 1.0}}],
                },
                "numpy_version": "2.4.6",
                "computed_by": "用户",
                "computed_at": NOW,
                "seconds_ms": 7,
            },
            {},
        )
        defaults: dict[str, Any] = {
            "sheet": of,
            "robustness_run_id": whole.id,
            "grade_holds_bp": 9667,
            "grade_holds_uniform_bp": 8056,
            "in_list_bp": 5000,
            "is_edge": True,
            "low_grade": Grade.B,
            "high_grade": Grade.A,
            "without": {"market": "A"},
        }
        return self.save(SheetRobustness, defaults, overrides)

    def round_entry(self, enterprise: Enterprise | None = None, **overrides: Any) -> RoundEntry:
        round_ = overrides.pop("round", None) or self.round()
        sheet = overrides.pop("sheet", None) or self.score_sheet(enterprise, run=round_.run)
        defaults: dict[str, Any] = {
            "round_id": round_.id,
            "enterprise": sheet.enterprise,
            "sheet": sheet,
            "outcome": EntryOutcome.ADMITTED,
        }
        return self.save(RoundEntry, defaults, overrides)

    def gate_waiver(self, **overrides: Any) -> GateWaiver:
        defaults: dict[str, Any] = {
            "round_id": (overrides.pop("round", None) or self.round()).id,
            "code": ConductCode.E05,
            "reason": "样例理由",
            "waived_by": "用户",
            "waived_at": NOW,
        }
        return self.save(GateWaiver, defaults, overrides)

    def objection(self, round_: WhitelistRound | None = None, **overrides: Any) -> RoundObjection:
        """Save an objection to a round under notice; its contact is no real seal."""
        number = self.number()
        defaults: dict[str, Any] = {
            "public_id": public_id("obj", number),
            "round_id": (round_ or self.noticed_round()).id,
            "name": "样例市民",
            "contact_sealed": "sealed",
            "reason": "样例异议的事实和理由",
            "state": ObjectionState.OPEN,
            "filed_on": TODAY,
            "filed_at": NOW,
            "due_on": TODAY,
        }
        return self.save(RoundObjection, defaults, overrides)

    def noticed_round(self, begins: date = TODAY, days: int = 5, **overrides: Any) -> WhitelistRound:
        """Save a round under notice for so many days after the first."""
        maker, checker = self.officer(), self.officer()
        said = {
            "state": RoundState.NOTICED,
            "submitted_by_user_id": maker.id,
            "submitted_by": maker.name,
            "submitted_at": NOW,
            "noticed_by_user_id": checker.id,
            "noticed_by": checker.name,
            "notice_from": begins,
            "notice_last_day": begins + timedelta(days=days),
        }
        return self.round(**(said | overrides))

    def consultation(self, **overrides: Any) -> RegisterConsultation:
        defaults: dict[str, Any] = {
            "code": ConductCode.E01,
            "register": "样例名册",
            "covers": "样例企业",
            "consulted_on": TODAY,
            "consulted_by": "用户",
            "recorded_at": NOW,
        }
        return self.save(RegisterConsultation, defaults, overrides)

    def conduct_rule(self, **overrides: Any) -> ConductRule:
        """Save a term of twelve months for irregular filings."""
        defaults: dict[str, Any] = {
            "code": ConductCode.E05,
            "months": 12,
            "basis": "样例办法",
            "is_confirmed": False,
            "valid_from": FROM,
            "set_by": "用户",
            "set_at": NOW,
        }
        return self.save(ConductRule, defaults, overrides)

    def consult_everything(self, on: date = TODAY) -> None:
        """Let every register that rounds need have been looked into on a day."""
        for code in set(ConductCode) - {ConductCode.E06, ConductCode.E07}:
            self.consultation(code=code, consulted_on=on)

    def admission(self, enterprise: Enterprise | None = None, **overrides: Any) -> Admission:
        """Save an admission in force, with its round and sheet."""
        round_ = overrides.pop("round", None) or self.round()
        sheet = overrides.pop("sheet", None) or self.score_sheet(enterprise, run=round_.run)
        defaults: dict[str, Any] = {
            "enterprise": sheet.enterprise,
            "round_id": round_.id,
            "sheet": sheet,
            "grade": sheet.grade,
            "graded_e4": sheet.graded_e4,
            "valid_from": FROM,
            "valid_until": UNTIL,
        }
        return self.save(Admission, defaults, overrides)

    def issue(self, **overrides: Any) -> DirectoryIssue:
        defaults: dict[str, Any] = {
            "number": self.number(),
            "title": "样例授权专利企业名录",
            "state": IssueState.PUBLISHED,
            "as_of": TODAY,
            "lines_count": 0,
            "patents_count": 0,
            "admitted_count": 0,
            "content_sha256": "0" * 64,
            "prepared_by": "用户",
            "created_at": NOW,
        }
        if overrides.get("state", IssueState.PUBLISHED) is IssueState.PUBLISHED:
            maker, checker = self.officer(), self.officer()
            defaults |= {"submitted_by_user_id": maker.id, "submitted_by": maker.name}
            defaults |= {"approved_by_user_id": checker.id, "approved_by": checker.name, "published_at": NOW}
        return self.save(DirectoryIssue, defaults, overrides)

    def issue_line(self, issue: DirectoryIssue | None = None, **overrides: Any) -> DirectoryLine:
        firm = overrides.pop("enterprise", None) or self.enterprise()
        counts = {field: 0 for field in LINE_FIELDS if field.endswith("_count")}
        facts = dict.fromkeys(LINE_FIELDS, "") | counts | {"name": firm.name, "valid_count": 1}
        defaults: dict[str, Any] = {
            "issue_id": (issue or self.issue()).id,
            "enterprise_id": firm.id,
            "position": self.number(),
            "change": LineChange.ADDED,
            "facts": facts,
        }
        return self.save(DirectoryLine, defaults, overrides)

    def document(self, **overrides: Any) -> Document:
        """Save the row of a document; the bytes are the business of `documents.service`."""
        number = self.number()
        defaults: dict[str, Any] = {
            "verify_code": f"TEST-{number:04d}-{number:04d}",
            "kind": DocumentKind.DIRECTORY_SHEET,
            "title": "样例文件",
            "filename": "样例.xlsx",
            "media_type": "application/octet-stream",
            "stored_name": f"document{number}.xlsx",
            "sha256": "0" * 64,
            "size_bytes": 1,
            "subject": "issue:1",
            "issued_by": "用户",
            "issued_at": NOW,
        }
        return self.save(Document, defaults, overrides)

    def schedule(self, **overrides: Any) -> DirectorySchedule:
        """Save how the directory is prepared by itself; there is one."""
        defaults: dict[str, Any] = {
            "id": 1,
            "frequency": Frequency.MONTHLY,
            "day": 5,
            "title": "样例授权专利企业名录",
            "scope": {},
            "recipients": {},
            "remind_after_days": 5,
            "since": TODAY,
            "updated_by": "用户",
            "updated_at": NOW,
        }
        return self.save(DirectorySchedule, defaults, overrides)

    def delivery(self, issue: DirectoryIssue | None = None, **overrides: Any) -> DirectoryDelivery:
        issue = issue or self.issue()
        organisation = overrides.pop("organisation", None) or self.organisation()
        of_this = {"subject": f"issue:{issue.id}", "organisation_id": organisation.id}
        defaults: dict[str, Any] = {
            "issue": issue,
            "organisation_id": organisation.id,
            "sheet_document": self.document(**of_this),
            "listing_document": self.document(kind=DocumentKind.DIRECTORY_LISTING, **of_this),
            "letter_document": self.document(kind=DocumentKind.COVER_LETTER, **of_this),
            "delivered_at": NOW,
        }
        return self.save(DirectoryDelivery, defaults, overrides)

    def job(self, **overrides: Any) -> Job:
        defaults: dict[str, Any] = {
            "kind": "sample.work",
            "key": f"sample:{self.number()}",
            "arguments": {},
            "state": JobState.QUEUED,
            "asked_by": "用户",
            "created_at": NOW,
        }
        return self.save(Job, defaults, overrides)
