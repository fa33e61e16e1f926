"""What is known to tie a reviewer to a firm, found before anybody is asked: his employer, the register."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from ipfin.accounts.models import Organisation, OrganisationKind, User
from ipfin.bulk import in_chunks
from ipfin.kernel.actor import Role
from ipfin.kernel.errors import BadInput, NotFound
from ipfin.kernel.text import Text, _
from ipfin.registry.applicants import name_key
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import stands_for_itself
from ipfin.screening.assigning import TIE_LABELS, TieKind
from ipfin.screening.models import ReviewerTie


@dataclass(frozen=True, slots=True)
class Hit:
    """A known tie between a person and a firm, in words."""

    user_id: int
    enterprise_id: int
    kind: TieKind
    sentence: Text


def reviewers(session: Session) -> Sequence[User]:
    """Return everybody who may review: active people of active agencies, by agency."""
    return session.scalars(
        select(User)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(User.role == Role.AGENCY, User.is_active, Organisation.is_active)
        .options(joinedload(User.organisation))
        .order_by(Organisation.name, User.id)
    ).all()


def ties_in_force(on: date) -> tuple[object, ...]:
    """Return the conditions of a registered tie that holds on day `on`."""
    return ReviewerTie.since <= on, or_(ReviewerTie.until.is_(None), ReviewerTie.until > on)


def all_ties(session: Session) -> Sequence[ReviewerTie]:
    """Return the register of ties, the latest first."""
    return session.scalars(
        select(ReviewerTie)
        .options(
            joinedload(ReviewerTie.organisation),
            joinedload(ReviewerTie.user),
            joinedload(ReviewerTie.enterprise),
        )
        .order_by(ReviewerTie.id.desc())
    ).all()


def tie_by_id(session: Session, tie_id: int) -> ReviewerTie:
    """Return a registered tie.

    Raises:
        NotFound: there is none.
    """
    found = session.get(ReviewerTie, tie_id)
    if found is None:
        raise NotFound(_("没有这条利益关系登记。"))
    return found


def hits(session: Session, people: Sequence[User], firms: Collection[int], on: date) -> list[Hit]:
    """Return every known tie between these people and these firms on day `on`."""
    return [*_registered(session, people, firms, on), *_employers(session, people, firms)]


def _registered(session: Session, people: Sequence[User], firms: Collection[int], on: date) -> list[Hit]:
    houses = {user.organisation_id for user in people}
    found: list[Hit] = []
    for chunk in in_chunks(firms):
        rows = session.scalars(
            select(ReviewerTie).where(
                and_(*ties_in_force(on)),  # type: ignore[arg-type]
                ReviewerTie.enterprise_id.in_(chunk),
                ReviewerTie.organisation_id.in_(houses),
            )
        ).all()
        for row in rows:
            sentence = _("登记有“%(kind)s”关系（%(source)s）。", kind=TIE_LABELS[row.kind], source=row.source)
            found += [
                Hit(user.id, row.enterprise_id, row.kind, sentence)
                for user in people
                if user.organisation_id == row.organisation_id and row.user_id in (None, user.id)
            ]
    return found


def _employers(session: Session, people: Sequence[User], firms: Collection[int]) -> list[Hit]:
    """Return who works for the very firm: his agency, or the house above it, has its name."""
    found: list[Hit] = []
    keys = {user.id: {name_key(house.name) for house in _houses(user.organisation)} for user in people}
    wanted = sorted({key for mine in keys.values() for key in mine})
    for chunk in in_chunks(firms):
        rows = session.execute(
            select(Enterprise.id, Enterprise.name_key).where(
                Enterprise.id.in_(chunk), Enterprise.name_key.in_(wanted)
            )
        ).all()
        found += [
            Hit(user.id, firm, TieKind.EMPLOYER, _("该企业就是您的任职机构或其上级机构。"))
            for firm, key in rows
            for user in people
            if key in keys[user.id]
        ]
    return found


def _houses(organisation: Organisation) -> list[Organisation]:
    found, here = [organisation], organisation.parent
    while here is not None and here not in found:
        found.append(here)
        here = here.parent
    return found


def firm_by_words(session: Session, words: str) -> Enterprise:
    """Return the firm with exactly this credit code or name.

    Raises:
        BadInput: there is none, or more than one of the name.
    """
    said = words.strip()
    where = or_(Enterprise.credit_code == said.upper(), Enterprise.name_key == name_key(said))
    found = session.scalars(select(Enterprise).where(where, stands_for_itself()).limit(2)).all()
    if len(found) != 1:
        raise BadInput(_("请填写平台内唯一一家企业的全称或统一社会信用代码。"), field="firm")
    return found[0]


def agencies(session: Session) -> Sequence[Organisation]:
    """Return every active agency by name."""
    return session.scalars(
        select(Organisation)
        .where(Organisation.kind == OrganisationKind.AGENCY, Organisation.is_active)
        .order_by(Organisation.name)
    ).all()
