"""Regions, lists, enterprises, patents and facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from ipfin.conduct.models import ConductRecord
from ipfin.conduct.rules import ConductCode
from ipfin.kernel.identifiers import PatentKind, application_check_digit, credit_code_with_check
from ipfin.liaison.contacts import ContactSource
from ipfin.liaison.models import EnterpriseContact, EnterpriseVisit
from ipfin.outcomes.models import FinancingOutcome
from ipfin.outcomes.rules import OutcomeKind
from ipfin.registry.applicants import ApplicantKind, name_key
from ipfin.registry.lifecycle import MatchState
from ipfin.registry.models import (
    Applicant,
    BatchState,
    Enterprise,
    EnterpriseChange,
    EnterpriseFact,
    EnterpriseMerge,
    EnterpriseTag,
    FactKind,
    FactSource,
    HeaderMapping,
    ImportBatch,
    ImportRow,
    MatchCandidate,
    MatchKey,
    PastHolding,
    Patent,
    PatentApplicant,
    PatentFlag,
    PatentPledge,
    Region,
    RowOutcome,
    SettledFact,
    SourceConflict,
    Workday,
)
from ipfin.registry.ownership import ConflictState
from ipfin.registry.pledge_grounds import FlagWord, PledgeFlag
from ipfin.registry.resolution.assessment import Outcome, Tier
from ipfin.registry.search import pinyin_key, search_text
from ipfin.registry.statuses import LegalStatus, Validity
from tests.making.base import NOW, TODAY, Maker, public_id

_KIND_DIGIT = {PatentKind.INVENTION: 1, PatentKind.UTILITY_MODEL: 2, PatentKind.DESIGN: 3}


def credit_code(number: int) -> str:
    """Return a credit code with a right check character, registered in Anyang, that nobody holds."""
    return credit_code_with_check(f"91410500MA9{number:06d}")


def application_number(number: int, kind: PatentKind = PatentKind.INVENTION, year: int = 2019) -> str:
    """Return a well-formed application number with a right check digit."""
    digits = f"{year}{_KIND_DIGIT[kind]}{number:07d}"
    return f"{digits}.{application_check_digit(digits)}"


class MakeRegistry(Maker):
    """Rows of the registry, and the conduct register that hangs on its firms."""

    def region(self, code: str | None = None, name: str | None = None, **overrides: Any) -> Region:
        """Return the region of `code`, made if it is not there (by default a county of its own)."""
        code = code or f"4105{self.number():02d}"
        found = self.session.get(Region, code)
        return found or self.save(Region, {"code": code, "name": name or f"样例县{code[-2:]}"}, overrides)

    def batch(self, **overrides: Any) -> ImportBatch:
        number = self.number()
        defaults: dict[str, Any] = {
            "state": BatchState.COMMITTED,
            "filename": f"专利名单{number}.xlsx",
            "stored_name": f"batch{number}.xlsx",
            "sha256": sha256(f"batch{number}".encode()).hexdigest(),
            "size_bytes": 1024,
            "as_of": TODAY,
            "source": "样例来源",
            "uploaded_by": "用户",
            "uploaded_at": NOW,
            "committed_at": NOW,
        }
        return self.save(ImportBatch, defaults, overrides)

    def enterprise(self, **overrides: Any) -> Enterprise:
        number = self.number()
        name = overrides.get("name", f"样例{number}号机械有限公司")
        code = overrides.get("credit_code", credit_code(number))
        defaults: dict[str, Any] = {
            "public_id": public_id("firm", number),
            "name": name,
            "name_key": name_key(name),
            "credit_code": code,
            "credit_code_checks": None if code is None else True,
            "search_text": search_text(name, code),
            "pinyin_key": pinyin_key(name),
            "as_of": TODAY,
            "created_at": NOW,
        }
        return self.save(Enterprise, defaults, overrides)

    def applicant(self, enterprise: Enterprise | None = None, **overrides: Any) -> Applicant:
        name = overrides.get("name") or (enterprise.name if enterprise else f"样例申请人{self.number()}")
        defaults: dict[str, Any] = {
            "name": name,
            "name_key": name_key(name),
            "kind": ApplicantKind.COMPANY,
            "enterprise": enterprise,
        }
        return self.save(Applicant, defaults, overrides)

    def patent(
        self, *, holders: Sequence[Enterprise | Applicant] = (), count: bool = True, **overrides: Any
    ) -> Patent:
        """Save a valid invention of `holders` (a new firm by default).

        Firms get an applicant of their name; with `count`, their counts are kept right.
        """
        number = self.number()
        kind = overrides.get("kind", PatentKind.INVENTION)
        batch = overrides.pop("batch", None) or self.batch()
        defaults: dict[str, Any] = {
            "application_number": application_number(number, kind or PatentKind.INVENTION),
            "publication_root": f"CN1{number:08d}",
            "publication_number": f"CN1{number:08d}B",
            "title": f"样例装置{number}",
            "kind": kind,
            "filed_on": date(2019, 6, 3),
            "filing_year": 2019,
            "granted_on": date(2021, 6, 1),
            "expires_on": date(2039, 6, 3),
            "was_granted": True,
            "validity": Validity.VALID,
            "legal_status": LegalStatus.GRANTED,
            "as_of": TODAY,
            "status_as_of": TODAY,
            "first_batch_id": batch.id,
            "last_batch_id": batch.id,
        }
        told = {**defaults, **overrides}
        defaults["listed_flags"] = told.get("flags", "")
        if told.get("tells_flags") or told.get("flags"):
            defaults |= {"tells_flags": True, "flags_as_of": told["status_as_of"] or told["as_of"]}
        patent = self.save(Patent, defaults, overrides)
        for position, holder in enumerate(holders or (self.enterprise(),)):
            self._hold(patent, holder, position)
            if count and isinstance(holder, Enterprise):
                _count(holder, patent)
        self.session.flush()
        return patent

    def _hold(self, patent: Patent, holder: Enterprise | Applicant, position: int) -> None:
        applicant = holder if isinstance(holder, Applicant) else self._applicant_of(holder)
        defaults = {"patent_id": patent.id, "applicant_id": applicant.id, "position": position}
        self.save(PatentApplicant, defaults, {})

    def _applicant_of(self, firm: Enterprise) -> Applicant:
        return firm.applicants[0] if firm.applicants else self.applicant(firm)

    def import_row(self, batch: ImportBatch | None = None, **overrides: Any) -> ImportRow:
        defaults: dict[str, Any] = {
            "batch_id": (batch or self.batch()).id,
            "row_number": self.number() + 1,
            "outcome": RowOutcome.REFUSED,
            "field": "application_number",
            "code": "bad_number",
            "value": "?",
            "message": {"template": "申请号无法识别。", "params": {}},
        }
        return self.save(ImportRow, defaults, overrides)

    def change(self, enterprise: Enterprise | None = None) -> EnterpriseChange:
        """Save the mark that something of a firm changed."""
        return self.save(EnterpriseChange, {"enterprise_id": (enterprise or self.enterprise()).id}, {})

    def fact(self, enterprise: Enterprise | None = None, **overrides: Any) -> EnterpriseFact:
        defaults: dict[str, Any] = {
            "enterprise_id": (enterprise or self.enterprise()).id,
            "kind": FactKind.PRODUCT_FILINGS,
            "number": Decimal(3),
            "as_of": TODAY,
            "source": FactSource.OFFICE,
            "recorded_by": "用户",
            "recorded_at": NOW,
        }
        return self.save(EnterpriseFact, defaults, overrides)

    def patent_pledge(self, patent: Patent | None = None, **overrides: Any) -> PatentPledge:
        defaults: dict[str, Any] = {
            "patent_id": (patent or self.patent()).id,
            "registration_number": f"Y2026980{self.number():06d}",
            "pledgee": "样例银行",
            "registered_on": date(2025, 6, 2),
            "as_of": TODAY,
            "batch_id": self.batch().id,
        }
        return self.save(PatentPledge, defaults, overrides)

    def past_holding(self, patent: Patent | None = None, **overrides: Any) -> PastHolding:
        """Save a time in which another firm held a patent, a year before today."""
        defaults: dict[str, Any] = {
            "patent_id": (patent or self.patent()).id,
            "position": 0,
            "since": date(2025, 1, 6),
            "told_on": date(2025, 1, 6),
            "until": TODAY,
        }
        if "applicant_id" not in overrides:
            defaults["applicant_id"] = self.applicant(self.enterprise()).id
        return self.save(PastHolding, defaults, overrides)

    def settled_fact(self, enterprise: Enterprise | None = None, **overrides: Any) -> SettledFact:
        defaults: dict[str, Any] = {
            "field": "address",
            "source": FactSource.CORRECTION,
            "as_of": TODAY,
            "evidence": "更正申请样例",
            "recorded_by": "用户",
            "recorded_at": NOW,
        }
        if "patent_id" not in overrides:
            defaults["enterprise_id"] = (enterprise or self.enterprise()).id
        return self.save(SettledFact, defaults, overrides)

    def source_conflict(self, patent: Patent | None = None, **overrides: Any) -> SourceConflict:
        """Save an open disagreement about the owner of a patent, whose list holds while nobody decided."""
        defaults: dict[str, Any] = {
            "field": "holders",
            "state": ConflictState.OPEN,
            "held": {"keys": ["甲"], "value": "样例甲公司", "source": "甲库", "as_of": "2026-01-05"},
            "told": {
                "keys": ["乙"],
                "value": "样例乙公司",
                "source": "乙库",
                "as_of": "2026-03-05",
                "owners": [],
            },
            "is_settled": False,
            "takes_effect": True,
            "batch_id": self.batch().id,
            "row_number": 3,
            "found_at": NOW,
        }
        if "enterprise_id" not in overrides:
            defaults["patent_id"] = (patent or self.patent()).id
        return self.save(SourceConflict, defaults, overrides)

    def tag(self, enterprise: Enterprise | None = None, **overrides: Any) -> EnterpriseTag:
        firm = enterprise or self.enterprise()
        defaults = {"enterprise_id": firm.id, "name": "样例标签", "set_by": "用户", "set_at": NOW}
        return self.save(EnterpriseTag, defaults, overrides)

    def contact(self, enterprise: Enterprise | None = None, **overrides: Any) -> EnterpriseContact:
        """Save a contact whose phone nobody can open: for one that can be read, use the service."""
        defaults: dict[str, Any] = {
            "enterprise_id": (enterprise or self.enterprise()).id,
            "name": "样例联系人",
            "phone_sealed": "s1.sample",
            "source": ContactSource.OFFICE,
            "recorded_by": "用户",
            "recorded_at": NOW,
        }
        return self.save(EnterpriseContact, defaults, overrides)

    def visit(self, enterprise: Enterprise | None = None, **overrides: Any) -> EnterpriseVisit:
        """Save a visit without a follow-up."""
        defaults: dict[str, Any] = {
            "enterprise_id": (enterprise or self.enterprise()).id,
            "visited_on": TODAY,
            "officers": "经办人",
            "topics": "样例交流",
            "recorded_by": "用户",
            "recorded_at": NOW,
        }
        return self.save(EnterpriseVisit, defaults, overrides)

    def conduct_record(self, enterprise: Enterprise | None = None, **overrides: Any) -> ConductRecord:
        defaults: dict[str, Any] = {
            "enterprise_id": (enterprise or self.enterprise()).id,
            "code": ConductCode.E01,
            "source": "样例名册",
            "effective_on": date(2025, 1, 1),
            "recorded_by": "用户",
            "recorded_at": NOW,
        }
        return self.save(ConductRecord, defaults, overrides)

    def patent_flag(self, patent: Patent | None = None, **overrides: Any) -> PatentFlag:
        """Save a record that a patent is preserved by a court."""
        defaults: dict[str, Any] = {
            "patent_id": (patent or self.patent()).id,
            "code": PledgeFlag.P05,
            "word": FlagWord.THERE,
            "source": "样例法院",
            "effective_on": date(2025, 1, 1),
            "recorded_by": "用户",
            "recorded_at": NOW,
        }
        return self.save(PatentFlag, defaults, overrides)

    def outcome(self, enterprise: Enterprise | None = None, **overrides: Any) -> FinancingOutcome:
        defaults: dict[str, Any] = {
            "enterprise_id": (enterprise or self.enterprise()).id,
            "kind": OutcomeKind.LOAN_GRANTED,
            "happened_on": date(2025, 1, 6),
            "source": "样例银行",
            "entered_by": "用户",
            "entered_at": NOW,
        }
        return self.save(FinancingOutcome, defaults, overrides)

    def workday(self, day: date, *, is_working: bool, **overrides: Any) -> Workday:
        return self.save(Workday, {"day": day, "is_working": is_working, "source": "样例"}, overrides)

    def header_mapping(self, **overrides: Any) -> HeaderMapping:
        defaults: dict[str, Any] = {
            "fingerprint": sha256(f"header{self.number()}".encode()).hexdigest(),
            "mapping": {"0": "title"},
            "confirmed_by": "用户",
            "confirmed_at": NOW,
        }
        return self.save(HeaderMapping, defaults, overrides)

    def match_key(self, enterprise: Enterprise | None = None, **overrides: Any) -> MatchKey:
        firm = enterprise or self.enterprise()
        return self.save(MatchKey, {"key": f"full:{firm.name_key}", "enterprise_id": firm.id}, overrides)

    def match_candidate(
        self, first: Enterprise | None = None, second: Enterprise | None = None, **overrides: Any
    ) -> MatchCandidate:
        """Save an open pair; two new firms without credit codes by default."""
        number = self.number()
        one = first or self.enterprise(name=f"样例{number}磨床有限公司", credit_code=None)
        other = second or self.enterprise(name=f"样例{number}磨床有限责任公司", credit_code=None)
        low, high = sorted((one.id, other.id))
        defaults: dict[str, Any] = {
            "first_id": low,
            "second_id": high,
            "state": MatchState.OPEN,
            "outcome": Outcome.REVIEW,
            "tier": Tier.OTHER_FORM,
            "bits_e2": 512,
            "priority": overrides.get("bits_e2", 512),
            "features": [
                {
                    "feature": "trade_name",
                    "level": "same",
                    "bits_e2": 512,
                    "sentence": {"template": "字号相同：%(a)s", "params": {"a": "磨床"}},
                }
            ],
            "weights_version": "1.0",
            "found_at": NOW,
        }
        return self.save(MatchCandidate, defaults, overrides)

    def enterprise_merge(self, candidate: MatchCandidate | None = None, **overrides: Any) -> EnterpriseMerge:
        """Save a merge of the pair's second firm into its first, which moved nothing."""
        decided = {"state": MatchState.SAME, "reason": "样例理由", "decided_by": "用户", "decided_at": NOW}
        pair = candidate or self.match_candidate(**decided)
        defaults: dict[str, Any] = {
            "from_id": pair.second_id,
            "into_id": pair.first_id,
            "candidate_id": pair.id,
            "moved": {},
            "reason": "样例理由",
            "merged_by": "用户",
            "merged_at": NOW,
        }
        return self.save(EnterpriseMerge, defaults, overrides)


def _count(firm: Enterprise, patent: Patent) -> None:
    """Count a patent for its firm as the registry does; an unknown kind counts for none of the three."""
    firm.patent_count += 1
    firm.granted_count += patent.was_granted
    firm.pending_count += patent.validity is Validity.PENDING
    if patent.validity is not Validity.VALID:
        return
    firm.valid_count += 1
    firm.pledged_count += patent.is_pledged
    firm.valid_invention_count += patent.kind is PatentKind.INVENTION
    firm.valid_utility_count += patent.kind is PatentKind.UTILITY_MODEL
    firm.valid_design_count += patent.kind is PatentKind.DESIGN
