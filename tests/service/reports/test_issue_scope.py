"""Which firms an issue holds, and what of them each recipient gets."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import OrganisationKind
from ipfin.consent.models import ConsentUse
from ipfin.consent.purposes import FieldSet, Purpose
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.errors import Conflict
from ipfin.registry.models import Enterprise, FactKind
from ipfin.reports.directory import LeftReason, LineChange
from ipfin.reports.export import CopyFor, IssueMatter
from ipfin.reports.queries import last_published, left_counts, lines_of, lines_page
from ipfin.reports.selection import Holding, IssueScope, RecipientChoice
from ipfin.reports.service import change_recipients, prepare_issue, submit_issue
from ipfin.reports.service.publishing import LineSpool, copies_of
from ipfin.reports.tiers import FieldTier
from tests.factories import Make

DAY = date(2026, 3, 5)
MAKER = Actor(user_id=1, name="甲", role=Role.CITY_OFFICER)


def listed(make: Make, name: str, **overrides: object) -> Enterprise:
    counts = {"patent_count": 3, "granted_count": 3, "valid_count": 3, "valid_invention_count": 1}
    return make.enterprise(name=f"安阳样张{name}有限公司", **counts | {"as_of": DAY} | overrides)


def names(session: Session, scope: IssueScope) -> str:
    issue = prepare_issue(session, MAKER, title="名录", on=DAY, scope=scope)
    return "".join(line.facts["name"][4] for line in lines_of(session, issue.id))


@pytest.mark.parametrize(
    ("scope", "inside"),
    [
        (IssueScope(), "甲乙丙丁"),
        (IssueScope(least=4), "乙"),
        (IssueScope(holding=Holding.INVENTION, least=2), "乙"),
        (IssueScope(regions=("410503",)), "丙"),
        (IssueScope(industries=("34",)), "乙丙"),
        (IssueScope(admitted_only=True), "甲"),
        (IssueScope(fresh_days=30), "甲乙丙"),
    ],
)
def test_an_issue_holds_the_firms_of_its_scope(
    session: Session, make: Make, scope: IssueScope, inside: str
) -> None:
    make.region(code="410503")
    admitted = listed(make, "甲")
    make.admission(admitted, valid_from=DAY, valid_until=date(2027, 1, 1))
    listed(make, "乙", industry_code="C3499", granted_count=5, valid_count=5, valid_invention_count=2)
    listed(make, "丙", region_code="410503", industry_code="3489")
    listed(make, "丁", industry_code="1340", as_of=DAY - timedelta(days=31))
    listed(make, "戊", valid_count=0, valid_invention_count=0)
    assert sorted(names(session, scope)) == sorted(inside)


def test_data_that_are_just_fresh_enough_are_in(session: Session, make: Make) -> None:
    listed(make, "甲", as_of=DAY - timedelta(days=30))
    listed(make, "乙", as_of=None)
    assert names(session, IssueScope(fresh_days=30)) == "甲"


def test_who_left_is_told_why(session: Session, make: Make) -> None:
    before = make.issue()
    gone = listed(make, "甲", valid_count=0, valid_invention_count=0)
    few, stays = listed(make, "乙"), listed(make, "丙", valid_count=9, granted_count=9)
    for firm in (gone, few, stays):
        make.issue_line(before, enterprise=firm)
    assert last_published(session) is before
    issue = prepare_issue(session, MAKER, title="名录", on=DAY, scope=IssueScope(least=4))
    reasons = {line.enterprise_id: line.left_reason for line in lines_of(session, issue.id)}
    assert reasons == {gone.id: LeftReason.NO_VALID, few.id: LeftReason.TOO_FEW, stays.id: None}
    assert left_counts(session, issue.id) == {LeftReason.NO_VALID: 1, LeftReason.TOO_FEW: 1}
    assert issue.compared_with == before.number


def test_an_issue_is_searched_by_name_and_code_as_it_was_frozen(session: Session, make: Make) -> None:
    firm = listed(make, "甲")
    listed(make, "乙")
    issue = prepare_issue(session, MAKER, title="名录", on=DAY)
    firm.name = "改名"
    session.flush()
    for words in ("样张甲", str(firm.credit_code)[6:].lower(), "安阳 样张甲"):
        page = lines_page(session, issue.id, words=words)
        assert [line.enterprise_id for line in page.items] == [firm.id]
    assert not lines_page(session, issue.id, words="100%_").items
    assert [line.enterprise_id for line in lines_page(session, issue.id, among={firm.id}).items] == [firm.id]
    assert lines_page(session, issue.id, outside={firm.id}).total == 1


def test_the_recipients_of_a_draft_can_be_changed_and_of_what_was_submitted_not(
    session: Session, make: Make
) -> None:
    bank, insurer = make.organisation(OrganisationKind.BANK), make.organisation(OrganisationKind.INSURER)
    issue = prepare_issue(session, MAKER, title="名录", on=DAY)
    assert [copy.organisation.id for copy in copies_of(session, issue, DAY)] == [bank.id, insurer.id]
    choice = RecipientChoice(("insurer",), tiers={"insurer": FieldTier.OPEN})
    change_recipients(session, MAKER, issue, choice)
    assert [(c.organisation.id, c.tier) for c in copies_of(session, issue, DAY)] == [
        (insurer.id, FieldTier.OPEN)
    ]
    submit_issue(session, MAKER, issue)
    with pytest.raises(Conflict, match="已提交"):
        change_recipients(session, MAKER, issue, RecipientChoice())


def test_only_who_was_given_a_consent_gets_declared_figures(
    session: Session, make: Make, tmp_path: Path
) -> None:
    open_, closed = listed(make, "甲"), listed(make, "乙")
    for firm in (open_, closed):
        make.fact(firm, kind=FactKind.TAX_CREDIT, number=None, word="A", as_of=DAY)
    bank, other = make.organisation(OrganisationKind.BANK), make.organisation(OrganisationKind.BANK)
    make.consent(
        open_, bank, purpose=Purpose.FINANCING, field_set=FieldSet.DECLARED,
        starts_on=DAY, until=DAY + timedelta(days=30),
    )  # fmt: skip
    issue = prepare_issue(session, MAKER, title="名录", on=DAY)
    matter = IssueMatter(issue, LineSpool(tmp_path / "lines", lines_of(session, issue.id)))

    def credits_of(copy: CopyFor) -> dict[int, str | None]:
        return {line.enterprise_id: line.facts.get("tax_credit") for line in copy.lines(matter)}

    ours, theirs = copies_of(session, issue, DAY)
    assert credits_of(ours) == {open_.id: "A", closed.id: None}
    assert credits_of(theirs) == {open_.id: None, closed.id: None}
    assert theirs.organisation is other
    later = copies_of(session, issue, DAY + timedelta(days=30))[0]
    assert not later.consented, "the day on which it ends no longer counts"
    assert not session.scalars(select(ConsentUse)).all()
    assert all(line.change is LineChange.ADDED for line in matter.lines)
