"""What came of a meeting, and what came of it later (洽谈成果与落地). Pure.

Decides what may be said of a meeting and of its later steps, and which steps close the matter. It decides
nothing about a loan: what is written here is told by the two sides, and is not a contract. Registered,
contracted and disbursed amounts are never added up with one another, nor with what was wished for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from ipfin.events.registration import LARGEST_AMOUNT
from ipfin.kernel.calendar import add_months
from ipfin.kernel.errors import BadInput
from ipfin.kernel.money import Fen
from ipfin.kernel.text import Text, _

LONGEST: Final[Mapping[str, int]] = {
    "product": 100,
    "next_step": 300,
    "responsible": 60,
    "note": 300,
    "reference": 100,
    "reason": 300,
}
LATEST_NEXT_STEP_MONTHS: Final = 24


class Interest(StrEnum):
    """How a side left the table (洽谈意向)."""

    STRONG = "strong"  # 有明确意向
    OPEN = "open"  # 有兴趣，待跟进
    NONE = "none"  # 暂无意向
    NOT_HELD = "not_held"  # 洽谈没有进行


INTEREST_LABELS: Mapping[Interest, Text] = {
    Interest.STRONG: _("有明确意向"),
    Interest.OPEN: _("有兴趣，待跟进"),
    Interest.NONE: _("暂无意向"),
    Interest.NOT_HELD: _("洽谈没有进行"),
}
INTERESTED: Final = frozenset({Interest.STRONG, Interest.OPEN})


class Stage(StrEnum):
    """What came of a meeting later (落地进展)."""

    CREDIT = "credit"  # 授信
    LOAN = "loan"  # 放款
    COVER = "cover"  # 承保、担保
    ENDED = "ended"  # 未成


STAGE_LABELS: Mapping[Stage, Text] = {
    Stage.CREDIT: _("授信"),
    Stage.LOAN: _("放款"),
    Stage.COVER: _("承保、担保"),
    Stage.ENDED: _("未成"),
}
CLOSING: Final = frozenset({Stage.LOAN, Stage.COVER, Stage.ENDED})
"""After one of these nobody is asked any more."""


@dataclass(frozen=True, slots=True)
class ResultSaid:
    """What one side says of one meeting.

    Args:
        amount_fen: the amount talked about, fen; neither granted nor disbursed.
        responsible: who takes the next step.
        due_on: until when.
        note: why nothing came of it, or what else is to be known.
    """

    interest: Interest
    amount_fen: Fen | None = None
    product: str = ""
    next_step: str = ""
    responsible: str = ""
    due_on: date | None = None
    note: str = ""

    def checked(self, held_on: date) -> ResultSaid:
        """Return it without the blanks around its words.

        Args:
            held_on: the day of the event.

        Raises:
            BadInput: an interest without its next step, a next step where there is no interest, words too
                long, an amount or a day that cannot be.
        """
        words = {
            name: getattr(self, name).strip() for name in ("product", "next_step", "responsible", "note")
        }
        _check_lengths(words)
        if self.amount_fen is not None:
            _check_amount(self.amount_fen)
        if self.interest in INTERESTED:
            self._check_next_step(words, held_on)
        else:
            self._check_nothing_follows(words)
        return replace(self, **words)

    def _check_next_step(self, words: Mapping[str, str], held_on: date) -> None:
        if not words["next_step"]:
            raise BadInput(_("有意向的洽谈须写明下一步，如“提供近三年报表”。"), field="next_step")
        if self.interest is Interest.STRONG and not words["responsible"]:
            raise BadInput(_("有明确意向的洽谈须写明由谁跟进。"), field="responsible")
        if self.interest is Interest.STRONG and self.due_on is None:
            raise BadInput(_("有明确意向的洽谈须写明下一步的日期。"), field="due_on")
        latest = add_months(held_on, LATEST_NEXT_STEP_MONTHS)
        if self.due_on is not None and not held_on <= self.due_on <= latest:
            raise BadInput(
                _(
                    "日期须在%(first)s至%(last)s之间。",
                    first=held_on.isoformat(),
                    last=latest.isoformat(),
                ),
                field="due_on",
            )

    def _check_nothing_follows(self, words: Mapping[str, str]) -> None:
        for name in ("amount_fen", "product", "next_step", "responsible", "due_on"):
            if words.get(name, getattr(self, name)) not in (None, ""):
                raise BadInput(
                    _("没有意向或没有进行的洽谈不填金额、产品和下一步；如有意向请改选。"),
                    field="amount" if name == "amount_fen" else name,
                )
        if self.interest is Interest.NOT_HELD and not words["note"]:
            raise BadInput(_("请写明洽谈为什么没有进行，如“对方未到场”。"), field="note")


@dataclass(frozen=True, slots=True)
class FollowUpSaid:
    """What is said of a later step.

    Args:
        amount_fen: granted (授信), disbursed (放款) or insured (承保), fen, as the stage says.
        is_first_loan: the firm's first loan from any bank (首贷).
        reference: a contract's or case's number.
        reason: why it came to nothing.
    """

    stage: Stage
    happened_on: date
    amount_fen: Fen | None = None
    is_first_loan: bool = False
    reference: str = ""
    reason: str = ""

    def checked(self, held_on: date, on: date) -> FollowUpSaid:
        """Return it without the blanks around its words.

        Args:
            held_on: the day of the event; on: today.

        Raises:
            BadInput: a step without its amount, an end without a reason, a day before the event or to come.
        """
        words = {"reference": self.reference.strip(), "reason": self.reason.strip()}
        _check_lengths(words)
        if not held_on <= self.happened_on <= on:
            raise BadInput(
                _("日期须在活动当天（%(first)s）至今天之间。", first=held_on.isoformat()),
                field="happened_on",
            )
        if self.stage is Stage.ENDED:
            if not words["reason"]:
                raise BadInput(_("请写明未成的原因，如“抵质押不足”“企业撤回”。"), field="reason")
            if self.amount_fen is not None:
                raise BadInput(_("未成的洽谈不填金额。"), field="amount")
        elif self.amount_fen is None:
            raise BadInput(_("请填写金额（万元）。"), field="amount")
        else:
            _check_amount(self.amount_fen)
        if self.is_first_loan and self.stage is not Stage.LOAN:
            raise BadInput(_("只有放款才可能是首贷。"), field="is_first_loan")
        return replace(self, reference=words["reference"], reason=words["reason"])


def _check_amount(amount_fen: Fen) -> None:
    if not 0 < amount_fen <= LARGEST_AMOUNT:
        raise BadInput(_("金额须大于0、不超过100亿元，单位是万元。"), field="amount")


def _check_lengths(words: Mapping[str, str]) -> None:
    for name, text in words.items():
        if len(text) > LONGEST[name]:
            raise BadInput(_("不超过%(most)s个字。", most=LONGEST[name]), field=name)
