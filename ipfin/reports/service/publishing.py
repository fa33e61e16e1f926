"""Publishing an issue with its files, in three steps: gather, make, write.

Making the files takes seconds and holds no lock; what is written is written at once. Lines and files lie
on disk in a folder of the caller: memory grows neither with the firms nor with the recipients.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from ipfin.config import Settings
from ipfin.db import UnitOfWork
from ipfin.documents.drawn_rows import DrawnRows
from ipfin.documents.typesetters import lent_typesetter
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import Text, _
from ipfin.reports.directory import LeftReason, Line, LineChange
from ipfin.reports.export import CopyFor, IssueMatter, MadeFile, issue_files, make_files
from ipfin.reports.models import DirectoryIssue
from ipfin.reports.queries import issue_by_number, lines_of, recipients, region_names
from ipfin.reports.selection import EVERY_FIRM, IssueScope, RecipientChoice
from ipfin.reports.service import consents
from ipfin.reports.service.issues import publish_issue, reconciles, require_publishable
from ipfin.reports.tiers import FieldTier

Progress = Callable[[int, int, Text], None]


@dataclass(frozen=True, slots=True)
class MadeCopy:
    """One institution's finished files, and what they hold of whom."""

    copy: CopyFor
    files: Sequence[MadeFile]


Files = Mapping[int, MadeCopy]  # by organisation id


class LineSpool:
    """The lines of an issue on disk, to be read again for every sheet of every copy."""

    def __init__(self, path: Path, lines: Iterable[Line]) -> None:
        self._path = path
        with path.open("w", encoding="utf-8") as file:
            for line in lines:
                kept = (
                    line.enterprise_id,
                    line.facts,
                    line.change,
                    line.before,
                    line.left_reason,
                    line.position,
                )
                file.write(json.dumps(kept, ensure_ascii=False))
                file.write("\n")

    def __iter__(self) -> Iterator[Line]:
        with self._path.open(encoding="utf-8") as file:
            for kept in file:
                firm, facts, change, before, reason, position = json.loads(kept)
                left = LeftReason(reason) if reason else None
                yield Line(firm, facts, LineChange(change), before, left, position)


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that the files are made of, taken out of its session."""

    matter: IssueMatter
    copies: Sequence[CopyFor]
    folder: Path

    @property
    def issue(self) -> DirectoryIssue:
        """The issue."""
        return self.matter.issue


def _silent(_done: int, _total: int, _message: Text) -> None:
    """Report progress to nobody."""


def gather(session: Session, actor: Actor, number: int, folder: Path, *, on: date | None = None) -> Material:
    """Return what issue `number` is made of.

    Args:
        folder: where lines and files may lie until the issue is published; the caller removes it.
        on: the day on which a firm's consent has to be in force; today by default.

    Raises:
        NotAllowed: the approver is the person who submitted.
        InvalidTransition: the issue is not submitted.
        Conflict: the issue's lines do not reconcile.
    """
    issue = issue_by_number(session, number)
    require_publishable(actor, issue)
    lines = LineSpool(folder / "lines.json", lines_of(session, issue.id))
    if not reconciles(issue, lines):
        raise Conflict(_("名录第%(number)s期的行数与合计不符，未发布。请撤回后重新编制。", number=number))
    material = Material(
        IssueMatter(issue, lines, scope_in_words(session, issue)),
        copies_of(session, issue, on or today_in_china()),
        folder,
    )
    session.expunge_all()
    return material


def scope_in_words(session: Session, issue: DirectoryIssue) -> list[Text]:
    """Say which firms an issue holds; nothing when it is every firm with a patent in force."""
    scope = IssueScope.from_json(issue.scope)
    if scope == EVERY_FIRM:
        return []
    return scope.in_words(region_names(session))


def copies_of(session: Session, issue: DirectoryIssue, on: date) -> list[CopyFor]:
    """Return to whom an issue goes, with the firms of it that opened their declared data on day `on`."""
    choice = RecipientChoice.from_json(issue.recipients)
    found = []
    for organisation in recipients(session, choice):
        tier = choice.tier_of(organisation.kind.value)
        opened: frozenset[int] = frozenset()
        if tier is FieldTier.CONSENTED:
            opened = consents.consented_ids(session, organisation, issue.id, on)
        found.append(CopyFor(organisation, tier, opened))
    return found


def make_all(material: Material, settings: Settings, *, on: date, report: Progress = _silent) -> Files:
    """Make every institution's files. Needs no database."""
    files: dict[int, MadeCopy] = {}
    with lent_typesetter() as typesetter, DrawnRows() as drawn:
        # One tier after the other: copies of the same columns share their rows.
        copies = sorted(material.copies, key=lambda copy: copy.tier)
        for done, copy in enumerate(copies):
            name = copy.organisation.name
            report(done, len(copies), _("正在制作%(name)s的文件", name=name))
            made = make_files(
                material.matter,
                copy,
                material.folder,
                settings=settings,
                typesetter=typesetter,
                on=on,
                drawn=drawn,
            )
            files[copy.organisation.id] = MadeCopy(copy, made)
    return files


def publish_made(
    session: Session,
    actor: Actor,
    number: int,
    files: Files,
    settings: Settings,
    *,
    on: date | None = None,
) -> int:
    """Issue the finished files and publish issue `number`; return how many institutions get it.

    Raises:
        NotAllowed, InvalidTransition: the issue is no longer what it was when the files were made.
        Conflict: nobody to deliver to; or a firm withdrew its consent while the files were made.
    """
    issue = issue_by_number(session, number)
    packages = []
    for copy in copies_of(session, issue, on or today_in_china()):
        made = files.get(copy.organisation.id)
        if made is None:
            continue
        if made.copy.consented - copy.consented:
            raise Conflict(_("制作文件期间有企业撤回了授权，文件已作废，请重新发布。"))
        ours = replace(made.copy, organisation=copy.organisation)
        package = issue_files(session, actor, issue, ours, made.files, settings=settings)
        consents.note_delivery(session, copy.organisation, package.sheet, made.copy.consented)
        packages.append(package)
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
    finish: Callable[[Session, int], None] | None = None,
) -> int:
    """Gather, make and write: publish issue `number` in one call; see the three for what is refused.

    Args:
        work: opens one writing transaction.
        finish: what else belongs into the transaction that publishes, given the number of deliveries.
    """
    with TemporaryDirectory(prefix="ipfin-issue-") as folder:
        with work() as session:
            material = gather(session, actor, number, Path(folder), on=on)
        files = make_all(material, settings, on=on, report=report)
        with work() as session:
            delivered = publish_made(session, actor, number, files, settings, on=on)
            if finish is not None:
                finish(session, delivered)
    return delivered
