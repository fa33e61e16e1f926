"""The main job from end to end on given lists: what each step did, how long it took, and whether it adds up.

Decides the order of the chapters; what must reconcile after each stands in the chapter. Every step is a
real use case of the services.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from ipfin.audit.service import verify
from ipfin.kernel.text import _
from ipfin.story.lists import tell_enterprises, tell_list, tell_states
from ipfin.story.meeting import tell_agendas, tell_event, tell_timetable
from ipfin.story.people import tell_people
from ipfin.story.selection import tell_directory, tell_scores, tell_whitelist
from ipfin.story.steps import Step, as_json
from ipfin.story.telling import Story

__all__ = ["Step", "Story", "as_json", "tell"]


def tell(story: Story, files: Sequence[Path]) -> list[Step]:
    """Run every step on `files`; stops at the first chapter after which something does not add up.

    Raises:
        DomainError: a step was refused; the sentence says why.
    """
    chapters: list[Callable[[Story], None]] = [
        tell_people,
        *(partial(tell_list, file=file) for file in files),
        tell_enterprises,
        tell_states,
        tell_scores,
        tell_whitelist,
        tell_directory,
        tell_event,
        tell_timetable,
        tell_agendas,
        _tell_audit,
    ]
    for number, chapter in enumerate(chapters):
        story.report(number, len(chapters), story.steps[-1].title if story.steps else _("准备"))
        chapter(story)
        if story.faults:
            break
    story.report(len(chapters), len(chapters), _("完成"))
    return story.steps


def _tell_audit(story: Story) -> None:
    with story.step("audit", _("审计链校验")) as step, story.read() as session:
        found = verify(session)
        step.count(_("审计记录"), found.rows)
        step.must_equal(_("审计链的缺陷 = 0"), len(found.findings), 0)
