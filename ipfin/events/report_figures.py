"""The figures that offices report of an event, as lines and tables that page, sheet and paper share. Pure.

Decides names, order and units; what is counted, decides `funnel`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ipfin.events.funnel import WATCHED_DAYS, Funnel, Step, Story, funnel, funnels_by_day
from ipfin.kernel.money import Fen, format_wan_yuan_figure
from ipfin.kernel.text import Text, _

Cell = Text | str
_DAY_HEAD: Sequence[Cell] = (
    _("活动后"),
    _("授信企业"),
    _("授信额度（万元）"),
    _("放款企业"),
    _("放款金额（万元）"),
    _("首贷企业"),
)
_HOUSE_HEAD: Sequence[Cell] = (
    _("金融机构"),
    _("场次"),
    _("未填报"),
    _("意向场次"),
    _("意向金额（万元）"),
    _("授信企业"),
    _("放款企业"),
    _("放款金额（万元）"),
)


@dataclass(frozen=True, slots=True)
class EventFigures:
    """All figures of an event; `by_day` and `by_institution` begin with the row of their headers."""

    whole: Funnel
    lines: Sequence[tuple[Text, Cell]]
    by_day: Sequence[Sequence[Cell]]
    by_institution: Sequence[Sequence[Cell]]


def event_figures(stories: Sequence[Story], institutions: Mapping[int, str], held_on: date) -> EventFigures:
    """Return the figures of these meetings.

    Args:
        institutions: the institutions of the stories -> their names.
        held_on: the day of the event, in China.
    """
    whole = funnel(stories)
    days = funnels_by_day(stories, held_on)
    by_day = [_day_row(after, days[after]) for after in WATCHED_DAYS]
    by_institution = [
        _house_row(name, [story for story in stories if story.institution == row_id])
        for row_id, name in sorted(institutions.items(), key=lambda one: one[1])
    ]
    return EventFigures(whole, _lines(whole), [_DAY_HEAD, *by_day], [_HOUSE_HEAD, *by_institution])


def _lines(whole: Funnel) -> list[tuple[Text, Cell]]:
    return [
        (_("参与洽谈的企业（家）"), str(whole.enterprises)),
        (_("参与洽谈的金融机构（家）"), str(whole.institutions)),
        (_("安排洽谈（场）"), str(whole.meetings)),
        (_("双方均未填报（场）"), str(whole.silent)),
        (_("没有进行（场）"), str(whole.not_held)),
        (_("达成意向"), _counted(whole.intent)),
        (_("意向金额，逐场合计（万元）"), _wan(whole.intent.amount_fen)),
        (_("意向金额，同一企业只计最大一笔（万元）"), _wan(whole.wished_once_fen)),
        (_("授信"), _counted(whole.credit)),
        (_("授信额度（万元）"), _wan(whole.credit.amount_fen)),
        (_("放款"), _counted(whole.loan)),
        (_("放款金额（万元）"), _wan(whole.loan.amount_fen)),
        (_("首贷企业（家）"), str(whole.first_loan.enterprises)),
        (_("承保、担保"), _counted(whole.cover)),
        (_("承保、担保金额（万元）"), _wan(whole.cover.amount_fen)),
        (_("未成（场）"), str(whole.ended.meetings)),
    ]


def _counted(step: Step) -> Text:
    return _("%(meetings)s场，%(enterprises)s家企业", meetings=step.meetings, enterprises=step.enterprises)


def _day_row(days: int, figures: Funnel) -> Sequence[Cell]:
    return (
        _("当天") if not days else _("%(days)s日内", days=days),
        str(figures.credit.enterprises),
        _wan(figures.credit.amount_fen),
        str(figures.loan.enterprises),
        _wan(figures.loan.amount_fen),
        str(figures.first_loan.enterprises),
    )


def _house_row(name: str, stories: Sequence[Story]) -> Sequence[Cell]:
    figures = funnel(stories)
    return (
        name,
        str(figures.meetings),
        str(figures.silent),
        str(figures.intent.meetings),
        _wan(figures.intent.amount_fen),
        str(figures.credit.enterprises),
        str(figures.loan.enterprises),
        _wan(figures.loan.amount_fen),
    )


def _wan(amount_fen: Fen) -> str:
    return format_wan_yuan_figure(amount_fen)
