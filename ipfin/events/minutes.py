"""A first draft of an event's minutes (会议纪要), from its figures. Pure.

Decides the sentences; the office changes them as it likes. A figure that nobody told is not written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ipfin.events.funnel import Funnel, Step
from ipfin.kernel.money import Fen, format_wan_yuan_figure
from ipfin.kernel.text import Text, _

LONGEST_BODY: Final = 20_000


def minutes_draft(title: str, time: str, venue: str, organiser: str, figures: Funnel) -> Sequence[Text]:
    """Return the paragraphs of a first draft.

    Args:
        time: from when to when, as it is read; organiser: the office's name.
    """
    paragraphs = [
        _("一、基本情况"),
        _(
            "%(time)s，%(organiser)s在%(venue)s举办“%(title)s”。",
            time=time,
            organiser=organiser,
            venue=venue,
            title=title,
        ),
        _(
            "%(enterprises)s家企业与%(institutions)s家金融机构安排一对一洽谈%(meetings)s场。",
            enterprises=figures.enterprises,
            institutions=figures.institutions,
            meetings=figures.meetings,
        ),
        _("二、洽谈成果"),
        _intent(figures),
    ]
    if figures.not_held:
        paragraphs.append(_("另有%(count)s场洽谈没有进行。", count=figures.not_held))
    if figures.silent:
        paragraphs.append(_("%(count)s场洽谈双方均未填报成果，不计入。", count=figures.silent))
    later = [
        line
        for step, sentence in (
            (figures.credit, _credit),
            (figures.loan, _loan),
            (figures.first_loan, _first),
            (figures.cover, _cover),
        )
        if step.meetings
        for line in [sentence(step)]
    ]
    paragraphs += [_("三、后续进展"), *(later or [_("截至目前尚无授信、放款或承保的填报。")])]
    return [*paragraphs, _("四、下一步工作"), _("主办方于活动后第30、60、90日回访未办结的洽谈。")]


def _wan(amount_fen: Fen) -> str:
    return format_wan_yuan_figure(amount_fen)


def _intent(figures: Funnel) -> Text:
    step = figures.intent
    if not step.meetings:
        return _("尚无填报的意向。")
    return _(
        "达成意向%(meetings)s场，涉及企业%(enterprises)s家，逐场意向金额合计%(amount)s万元（同一企业只计最大一笔为%(once)s万元）。",
        meetings=step.meetings,
        enterprises=step.enterprises,
        amount=_wan(step.amount_fen),
        once=_wan(figures.wished_once_fen),
    )


def _credit(step: Step) -> Text:
    return _(
        "授信%(enterprises)s家，填报授信额度合计%(amount)s万元。",
        enterprises=step.enterprises,
        amount=_wan(step.amount_fen),
    )


def _loan(step: Step) -> Text:
    return _(
        "放款%(enterprises)s家，填报放款合计%(amount)s万元。",
        enterprises=step.enterprises,
        amount=_wan(step.amount_fen),
    )


def _first(step: Step) -> Text:
    return _("其中首贷%(enterprises)s家。", enterprises=step.enterprises)


def _cover(step: Step) -> Text:
    return _(
        "承保或担保%(enterprises)s家，金额合计%(amount)s万元。",
        enterprises=step.enterprises,
        amount=_wan(step.amount_fen),
    )
