"""Publishing an issue with its files, in three steps: gather, make, write.

Making the files takes seconds and holds no lock; what is written is written at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation
from ipfin.config import Settings
from ipfin.documents.typesetters import lent_typesetter
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import Text, _
from ipfin.reports.export import MadeFile, issue_files, make_files
from ipfin.reports.models import DirectoryIssue, DirectoryLine
from ipfin.reports.queries import issue_by_number, lines_of
from ipfin.reports.service.issues import publish_issue, recipients, reconciles, require_publishable

UnitOfWork = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[int, int, Text], None]
Files = Mapping[int, Sequence[MadeFile]]  # organisation id -> its files


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that the files are made of, taken out of its session."""

    issue: DirectoryIssue
    lines: Sequence[DirectoryLine]
    institutions: Sequence[Organisation]


def _silent(_done: int, _total: int, _message: Text) -> None:
    """Report progress to nobody."""


def gather(session: Session, actor: Actor, number: int) -> Material:
    """Return what issue `number` is made of.

    Raises:
        NotAllowed: the approver is the person who submitted.
        InvalidTransition: the issue is not submitted.
        Conflict: the issue's lines do not reconcile.
    """
    issue = issue_by_number(session, number)
    require_publishable(actor, issue)
    lines = lines_of(session, issue.id)
    if not reconciles(issue, lines):
        raise Conflict(_("名录第%(number)s期的行数与合计不符，未发布。请撤回后重新编制。", number=number))
    material = Material(issue, lines, recipients(session))
    session.expunge_all()
    return material


def make_all(material: Material, settings: Settings, *, on: date, report: Progress = _silent) -> Files:
    """Make every institution's files. Needs no database."""
    files: dict[int, Sequence[MadeFile]] = {}
    with lent_typesetter() as typesetter:
        for done, organisation in enumerate(material.institutions):
            report(done, len(material.institutions), _("正在制作%(name)s的文件", name=organisation.name))
            files[organisation.id] = make_files(
                material.issue, material.lines, organisation, settings=settings, typesetter=typesetter, on=on
            )
    return files


def publish_made(session: Session, actor: Actor, number: int, files: Files, settings: Settings) -> int:
    """Issue the finished files and publish issue `number`; return how many institutions get it.

    Raises:
        NotAllowed, InvalidTransition: the issue is no longer what it was when the files were made.
        Conflict: nobody to deliver to.
    """
    issue = issue_by_number(session, number)
    packages = [
        issue_files(session, actor, issue, organisation, files[organisation.id], settings=settings)
        for organisation in recipients(session)
        if organisation.id in files
    ]
    publish_issue(session, actor, issue, packages)
    return len(packages)


def publish_with_files(
    work: UnitOfWork,
    actor: Actor,
    number: int,
    *,
    settings: Settings,
    on: date,
    report: Progress = _silent,
) -> int:
    """Gather, make and write: publish issue `number` in one call; see the three for what is refused.

    Args:
        work: opens one writing transaction.
    """
    with work() as session:
        material = gather(session, actor, number)
    files = make_all(material, settings, on=on, report=report)
    with work() as session:
        delivered = publish_made(session, actor, number, files, settings)
    report(delivered, delivered, _("已送达"))
    return delivered
