"""Publishing an issue with its files: made first, without a lock; then everything is written at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date

from sqlalchemy.orm import Session

from ipfin.config import Settings
from ipfin.documents.pdf import Typesetter
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import Text, _
from ipfin.reports.export import MadeFile, issue_files, make_files
from ipfin.reports.queries import issue_by_number, lines_of
from ipfin.reports.service.issues import publish_issue, recipients, reconciles, require_publishable

UnitOfWork = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[int, int, Text], None]


def _silent(_done: int, _total: int, _message: Text) -> None:
    """Report progress to nobody."""


def publish_with_files(
    work: UnitOfWork,
    read: UnitOfWork,
    actor: Actor,
    number: int,
    *,
    settings: Settings,
    on: date,
    report: Progress = _silent,
) -> int:
    """Make every institution's files and publish issue `number`; return how many institutions get it.

    Args:
        work: opens one writing transaction.
        read: opens a session that only reads.

    Raises:
        NotAllowed: the approver is the person who submitted.
        InvalidTransition: the issue is not submitted, or no longer is when the files are ready.
        Conflict: nobody to deliver to, or the issue's lines do not reconcile.
    """
    with read() as session:
        files = _make(session, actor, number, settings, on, report)
    with work() as session:
        issue = issue_by_number(session, number)
        institutions = [organisation for organisation in recipients(session) if organisation.id in files]
        packages = [
            issue_files(session, actor, issue, organisation, files[organisation.id], settings=settings)
            for organisation in institutions
        ]
        publish_issue(session, actor, issue, packages)
    report(len(packages), len(packages), _("已送达"))
    return len(packages)


def _make(
    session: Session, actor: Actor, number: int, settings: Settings, on: date, report: Progress
) -> Mapping[int, Sequence[MadeFile]]:
    issue = issue_by_number(session, number)
    require_publishable(actor, issue)
    lines = lines_of(session, issue.id)
    if not reconciles(issue, lines):
        raise Conflict(_("名录第%(number)s期的行数与合计不符，未发布。请撤回后重新编制。", number=number))
    institutions = recipients(session)
    files: dict[int, Sequence[MadeFile]] = {}
    with Typesetter() as typesetter:
        for done, organisation in enumerate(institutions):
            report(done, len(institutions), _("正在制作%(name)s的文件", name=organisation.name))
            files[organisation.id] = make_files(
                issue, lines, organisation, settings=settings, typesetter=typesetter, on=on
            )
    return files
