"""The ledger of an event's meetings (成果台账) as a spreadsheet: one's own list, or the office's whole.

Decides the columns. Which meetings and whose words stand in it follows from what the reader may see: a
bank's file holds its own meetings and its own word, nothing of another's.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from ipfin.documents.sheet import Column, Kind, Properties, SheetSpec, write_sheet
from ipfin.events.details import slot_times
from ipfin.events.lifecycle import SIDE_LABELS, Side
from ipfin.events.models import Event, MeetingFollowUp, MeetingResult
from ipfin.events.queries import Pair
from ipfin.events.results import INTEREST_LABELS, Stage
from ipfin.kernel.clock import now_utc
from ipfin.kernel.money import Fen, wan_yuan
from ipfin.kernel.text import SOURCE_LOCALE, _

_HEAD = (
    Column(_("时间"), Kind.TEXT, 8),
    Column(_("桌号"), Kind.INTEGER, 6),
    Column(_("企业"), Kind.TEXT, 34),
    Column(_("统一社会信用代码"), Kind.TEXT, 21),
    Column(_("金融机构"), Kind.TEXT, 30),
)
_TAIL = (
    Column(_("授信日期"), Kind.DATE, 12),
    Column(_("授信额度（万元）"), Kind.DECIMAL, 14),
    Column(_("放款日期"), Kind.DATE, 12),
    Column(_("放款金额（万元）"), Kind.DECIMAL, 14),
    Column(_("首贷"), Kind.TEXT, 6),
    Column(_("承保、担保日期"), Kind.DATE, 12),
    Column(_("承保、担保金额（万元）"), Kind.DECIMAL, 16),
    Column(_("未成的原因"), Kind.TEXT, 24),
)


def ledger_columns(sides: Sequence[Side]) -> tuple[Column, ...]:
    """Return the columns of a ledger that holds the words of these sides."""
    words = tuple(
        Column(header, kind, width)
        for side in sides
        for header, kind, width in (
            (_("洽谈结果（%(side)s填报）", side=SIDE_LABELS[side]), Kind.TEXT, 16),
            (_("意向金额（万元）"), Kind.DECIMAL, 12),
            (_("产品"), Kind.TEXT, 18),
            (_("下一步"), Kind.TEXT, 28),
            (_("由谁跟进"), Kind.TEXT, 12),
            (_("下一步的日期"), Kind.DATE, 12),
            (_("备注"), Kind.TEXT, 24),
        )
    )
    return (*_HEAD, *words, *_TAIL)


def ledger_sheet(
    event: Event,
    pairs: Sequence[Pair],
    sides: Sequence[Side],
    *,
    watermark: str,
    verify_code: str,
    locale: str = SOURCE_LOCALE,
) -> bytes:
    """Return the meetings in the order given, with the words of `sides`."""
    target = io.BytesIO()
    times = slot_times(event.talks_start_at, event.slot_minutes, event.slot_count)
    spec = SheetSpec(
        _("成果台账"),
        ledger_columns(sides),
        (_row(pair, sides, times) for pair in pairs),
        heading=event.title,
        intro=[
            _("共%(count)d场洽谈。意向、授信、放款、承保是不同的金额，不可相加。", count=len(pairs)),
            _("核验码%(code)s", code=verify_code),
        ],
        watermark=watermark,
    )
    properties = Properties(
        title=event.title, subject=watermark, watermark_id=verify_code, created_at=now_utc()
    )
    write_sheet(target, [spec], properties=properties, locale=locale)
    return target.getvalue()


def _row(pair: Pair, sides: Sequence[Side], times: Sequence[str]) -> list[object]:
    firm = pair.enterprise.enterprise
    moment = times[pair.slot] if pair.slot is not None and pair.slot < len(times) else ""
    head: list[object] = [
        moment,
        pair.desk,
        pair.enterprise.display_name,
        (firm.credit_code or "") if firm else "",
        pair.institution.display_name,
    ]
    words = [cell for side in sides for cell in _word(pair.results.get(side))]
    return [*head, *words, *_later(pair.standing)]


def _word(row: MeetingResult | None) -> list[object]:
    if row is None:
        return ["", None, "", "", "", None, ""]
    return [
        INTEREST_LABELS[row.interest],
        _wan(row.amount_fen),
        row.product,
        row.next_step,
        row.responsible,
        row.due_on,
        row.note,
    ]


def _later(steps: Sequence[MeetingFollowUp]) -> list[object]:
    by_stage = {stage: [step for step in steps if step.stage is stage] for stage in Stage}
    cells: list[object] = []
    for stage in (Stage.CREDIT, Stage.LOAN, Stage.COVER):
        told = by_stage[stage]
        amount = sum(step.amount_fen or 0 for step in told)
        cells += [told[0].happened_on if told else None, _wan(Fen(amount)) if told else None]
        if stage is Stage.LOAN:
            cells.append(_("首贷") if any(step.is_first_loan for step in told) else "")
    ended = by_stage[Stage.ENDED]
    return [*cells, ended[-1].reason if ended else ""]


def _wan(amount_fen: int | None) -> object:
    return None if amount_fen is None else wan_yuan(Fen(amount_fen))
