"""What stands beside a score: the firm's place among its like, and how its patents stand towards a pledge."""

from __future__ import annotations

from datetime import date
from string import ascii_uppercase

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from ipfin.registry.models import Enterprise
from ipfin.whitelist.models import ScoreSheet
from ipfin.whitelist.peers import SIZE_BOUNDS, SMALLEST_GROUP, PeerGroup, Standing, groups_of
from ipfin.whitelist.pledgeability import Pledgeability, pledgeability
from ipfin.whitelist.queries.facts import patent_facts


def standing_of(session: Session, sheet: ScoreSheet) -> Standing | None:
    """Return the place of `sheet` in the narrowest group of its run with enough firms, None without one."""
    firm = sheet.enterprise
    for group in groups_of(firm.industry_code, firm.valid_count):
        found = _counted(session, sheet, group)
        if found.firms >= SMALLEST_GROUP:
            return found
    return None


def pledgeability_of(session: Session, enterprise_id: int, on: date) -> Pledgeability:
    """Return how the patents that a firm holds stand towards a pledge on day `on`."""
    return pledgeability(patent_facts(session, [enterprise_id], on).get(enterprise_id, ()), on)


def _counted(session: Session, sheet: ScoreSheet, group: PeerGroup) -> Standing:
    # firms of the run, those with a lower score, those with the same
    score = ScoreSheet.graded_e4
    counted = select(
        func.count(),
        func.coalesce(func.sum(case((score < sheet.graded_e4, 1), else_=0)), 0),
        func.coalesce(func.sum(case((score == sheet.graded_e4, 1), else_=0)), 0),
    ).where(ScoreSheet.run_id == sheet.run_id)
    if group.division or group.size:
        counted = counted.join(Enterprise, Enterprise.id == ScoreSheet.enterprise_id).where(_inside(group))
    firms, below, equal = session.execute(counted).one()
    return Standing(group, below, equal, firms)


def _inside(group: PeerGroup) -> ColumnElement[bool]:
    where: list[ColumnElement[bool]] = []
    if group.division is not None:
        code = func.upper(Enterprise.industry_code)
        plain = func.substr(code, 1, 2) == group.division
        lettered = func.substr(code, 2, 2) == group.division
        where.append(or_(plain, and_(lettered, func.substr(code, 1, 1).in_(list(ascii_uppercase)))))
    if group.size is not None:
        first, beyond = SIZE_BOUNDS[group.size]
        where.append(Enterprise.valid_count >= first)
        if beyond is not None:
            where.append(Enterprise.valid_count < beyond)
    return and_(*where)
