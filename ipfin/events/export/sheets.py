"""The registrations of an event as a spreadsheet."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from ipfin.documents.sheet import Column, Kind, Properties, SheetSpec, write_sheet
from ipfin.events.lifecycle import REGISTRATION_LABELS, SIDE_LABELS
from ipfin.events.models import Event, Registration
from ipfin.events.questions import Question, answer_words
from ipfin.kernel.clock import in_china, now_utc
from ipfin.kernel.money import Fen, wan_yuan
from ipfin.kernel.text import SOURCE_LOCALE, Text, _, listed

COLUMNS = (
    Column(_("报名序号"), Kind.INTEGER, 9),
    Column(_("参会方"), Kind.TEXT, 10),
    Column(_("单位"), Kind.TEXT, 34),
    Column(_("统一社会信用代码"), Kind.TEXT, 21),
    Column(_("状态"), Kind.TEXT, 10),
    Column(_("联系人"), Kind.TEXT, 12),
    Column(_("职务"), Kind.TEXT, 14),
    Column(_("联系电话"), Kind.TEXT, 16),
    Column(_("需求"), Kind.TEXT, 40),
    Column(_("意向金额（万元）"), Kind.DECIMAL, 14),
    Column(_("洽谈席位"), Kind.INTEGER, 9),
    Column(_("同行人员"), Kind.TEXT, 16),
    Column(_("不能到场的时段"), Kind.TEXT, 16),
    Column(_("报名时间"), Kind.TEXT, 17),
    Column(_("经办"), Kind.TEXT, 14),
)


NO_ANSWERS: Final[Mapping[int, Mapping[int, str]]] = {}


def registrations_sheet(
    event: Event,
    registrations: Sequence[Registration],
    phone_of: Callable[[Registration], str],
    *,
    questions: Sequence[Question] = (),
    answers: Mapping[int, Mapping[int, str]] = NO_ANSWERS,
    watermark: str,
    verify_code: str,
    locale: str = SOURCE_LOCALE,
) -> bytes:
    """Return the registrations in the order given, with a column for each question of the event.

    Args:
        answers: registration id -> question id -> answer.
        watermark: who took them and when.
    """
    target = io.BytesIO()
    spec = SheetSpec(
        _("报名表"),
        columns_with(questions),
        ([*_row(row, phone_of), *_answers(questions, answers.get(row.id, {}))] for row in registrations),
        heading=event.title,
        intro=[
            _("共%(count)d条报名。含联系电话，仅供会务使用，用后请删除。", count=len(registrations)),
            _("核验码%(code)s", code=verify_code),
        ],
        watermark=watermark,
    )
    properties = Properties(
        title=event.title, subject=watermark, watermark_id=verify_code, created_at=now_utc()
    )
    write_sheet(target, [spec], properties=properties, locale=locale)
    return target.getvalue()


def columns_with(questions: Sequence[Question]) -> tuple[Column, ...]:
    """Return the columns of the registrations of an event that asks these questions."""
    asked = (Column(Text("%(question)s", {"question": one.text}), Kind.TEXT, 24) for one in questions)
    return (*COLUMNS, *asked)


def _answers(questions: Sequence[Question], said: Mapping[int, str]) -> list[object]:
    return [answer_words(one, said.get(one.id, "")) for one in questions]


def _row(row: Registration, phone_of: Callable[[Registration], str]) -> list[object]:
    return [
        row.id,
        SIDE_LABELS[row.side],
        row.display_name,
        (row.enterprise.credit_code or "") if row.enterprise else "",
        REGISTRATION_LABELS[row.state],
        row.contact_name,
        row.contact_post,
        phone_of(row),
        row.need,
        None if row.amount_fen is None else wan_yuan(Fen(row.amount_fen)),
        row.desks or None,
        " ".join(filter(None, (row.second_name, row.second_post))),
        listed(str(slot + 1) for slot in row.absent_slots),
        f"{in_china(row.registered_at):%Y-%m-%d %H:%M}",
        row.registered_by,
    ]
