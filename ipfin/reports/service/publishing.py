"""Publishing an issue with its files: made for each institution, then delivered, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

from ipfin.config import Settings
from ipfin.documents.pdf import Typesetter
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import Text, _
from ipfin.reports.export import make_package
from ipfin.reports.models import DirectoryIssue
from ipfin.reports.queries import lines_of
from ipfin.reports.service.issues import publish_issue, recipients, reconciles, require_publishable

Progress = Callable[[int, int, Text], None]


def _silent(_done: int, _total: int, _message: Text) -> None:
    """Report progress to nobody."""


def publish_with_files(
    session: Session,
    actor: Actor,
    issue: DirectoryIssue,
    *,
    settings: Settings,
    on: date,
    report: Progress = _silent,
) -> int:
    """Make every institution's files and publish the issue; return how many institutions get it.

    Raises:
        NotAllowed: the approver is the person who submitted.
        InvalidTransition: the issue is not submitted.
        Conflict: nobody to deliver to, or the issue's lines do not reconcile.
    """
    require_publishable(actor, issue)
    lines = lines_of(session, issue.id)
    if not reconciles(issue, lines):
        raise Conflict(
            _("名录第%(number)s期的行数与合计不符，未发布。请撤回后重新编制。", number=issue.number)
        )
    institutions = recipients(session)
    packages = []
    with Typesetter() as typesetter:
        for done, organisation in enumerate(institutions):
            report(done, len(institutions), _("正在制作%(name)s的文件", name=organisation.name))
            packages.append(
                make_package(
                    session,
                    actor,
                    issue,
                    lines,
                    organisation,
                    settings=settings,
                    typesetter=typesetter,
                    on=on,
                )
            )
    publish_issue(session, actor, issue, packages)
    report(len(institutions), len(institutions), _("已送达"))
    return len(packages)
