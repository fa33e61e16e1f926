"""What the office fills in to organise a screening."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from ipfin.accounts.models import Organisation, User
from ipfin.screening.assigning import TIE_LABELS
from ipfin.screening.review import MOST_CRITERIA, PROPOSED, SCALE_LABELS, Criterion, Scale
from ipfin.screening.service import MOST_FIRMS
from ipfin.web.forms import BaseForm, SeveralField, choices_of, choices_of_labels, within_reach
from ipfin.web.i18n import in_reader_language
from ipfin.whitelist.admission import OUTCOME_LABELS, EntryOutcome
from ipfin.whitelist.models import WhitelistRound

_DAY = InputRequired(_("请填写日期。"))
_REASON = [InputRequired(_("请写明理由。")), Length(max=500)]
SCREENED = (EntryOutcome.ADMITTED, EntryOutcome.RESERVE, EntryOutcome.BELOW_LINE)


class CheckboxesField(SeveralField):
    """Several of a list, as boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class _OpenForm(BaseForm):
    round = SelectField(_("白名单批次"), [InputRequired(_("请选择批次。"))])
    due_on = DateField(_("评审截止日期"), [_DAY, within_reach])
    spread_limit = IntegerField(
        _("分差提示线（分）"), [InputRequired(_("请填写整数。")), NumberRange(1, 4)], default=2
    )

    @property
    def rows(self) -> list[tuple[Any, Any, Any, Any]]:
        """The fields of each criterion."""
        return [
            (self[f"title{n}"], self[f"scale{n}"], self[f"least{n}"], self[f"guidance{n}"])
            for n in range(1, MOST_CRITERIA + 1)
        ]

    def criteria(self) -> list[Criterion]:
        """Return the criteria that were named."""
        return [
            Criterion(
                0,
                title.data.strip(),
                (guidance.data or "").strip(),
                Scale(scale.data),
                10 if least.data is None else least.data,
            )
            for title, scale, least, guidance in self.rows
            if (title.data or "").strip()
        ]


def _with_criteria() -> type[_OpenForm]:
    fields: dict[str, Any] = {}
    for n in range(1, MOST_CRITERIA + 1):
        fields[f"title{n}"] = StringField(_("要点%(number)s", number=n), [Length(max=80)])
        fields[f"scale{n}"] = SelectField(_("尺度"), validate_choice=True)
        fields[f"least{n}"] = IntegerField(_("理由最少字数"), [Optional(), NumberRange(1, 500)])
        fields[f"guidance{n}"] = StringField(_("评审说明"), [Length(max=500)])
    return type("OpenForm", (_OpenForm,), fields)


OpenForm = _with_criteria()


def open_form(rounds: Iterable[WhitelistRound], chosen: str, due_on: date) -> _OpenForm:
    """Return the form of a new screening, filled with the criteria that the platform proposes."""
    values: dict[str, Any] = {"round": chosen, "due_on": due_on}
    for n, one in enumerate(PROPOSED, start=1):
        values |= {
            f"title{n}": in_reader_language(one.title),
            f"scale{n}": one.scale.value,
            f"least{n}": one.reason_least,
            f"guidance{n}": in_reader_language(one.guidance),
        }
    form = OpenForm(data=values)
    form.round.choices = choices_of(
        [(str(one.number), f"{one.number} · {one.title}") for one in rounds],
        nothing=in_reader_language("请选择"),
    )
    for _title, scale, _least, _guidance in form.rows:
        scale.choices = choices_of_labels(SCALE_LABELS)
    return form


class AssignForm(BaseForm):
    """Which candidates go to whom."""

    outcomes = CheckboxesField(_("候选企业（按批次结论）"))
    people = CheckboxesField(_("评审人"))
    per_firm = IntegerField(
        _("每家企业的评审人数"), [InputRequired(_("请填写整数。")), NumberRange(2, 5)], default=2
    )

    most = IntegerField(
        _("企业数（按评级用分从高到低）"), [InputRequired(_("请填写整数。")), NumberRange(1, MOST_FIRMS)]
    )

    def __init__(self, people: Iterable[User]) -> None:
        super().__init__(data={"outcomes": [EntryOutcome.ADMITTED.value], "per_firm": 2, "most": MOST_FIRMS})
        self.outcomes.choices = choices_of_labels({one: OUTCOME_LABELS[one] for one in SCREENED})
        self.people.choices = choices_of(
            (str(user.id), f"{user.name} · {user.organisation.name}") for user in people
        )


class SampleForm(BaseForm):
    """A firm that everybody marks."""

    firm = StringField(_("企业全称或统一社会信用代码"), [InputRequired(_("请填写企业。")), Length(max=200)])


class DueForm(BaseForm):
    """Another due day."""

    due_on = DateField(_("新的截止日期"), [_DAY, within_reach])


class ReturnForm(BaseForm):
    """Why a review goes back, and until when."""

    reason = TextAreaField(_("退回理由（评审人可见）"), _REASON)
    due_on = DateField(_("修改截止日期"), [_DAY, within_reach])


class TakeBackForm(BaseForm):
    """Why a task is taken back."""

    reason = TextAreaField(_("收回理由（评审人可见）"), _REASON)


class TieForm(BaseForm):
    """What ties an agency, or one of its people, to a firm."""

    house = SelectField(_("专业服务机构"), [InputRequired(_("请选择专业服务机构。"))])
    user = SelectField(_("人员（不选即全机构）"))
    firm = StringField(_("企业全称或统一社会信用代码"), [InputRequired(_("请填写企业。")), Length(max=200)])
    kind = SelectField(_("关系"))
    source = StringField(_("来源或依据"), [InputRequired(_("请写明来源。")), Length(max=300)])
    since = DateField(_("自"), [_DAY, within_reach])
    until = DateField(_("至（不含当日，可不填）"), [Optional(), within_reach])

    def __init__(self, houses: Iterable[Organisation], people: Iterable[User]) -> None:
        super().__init__()
        nothing = in_reader_language("请选择")
        self.house.choices = choices_of([(str(one.id), one.name) for one in houses], nothing=nothing)
        self.user.choices = choices_of(
            [(str(one.id), f"{one.name} · {one.organisation.name}") for one in people],
            nothing=str(_("全机构")),
        )
        self.kind.choices = choices_of_labels(TIE_LABELS)
