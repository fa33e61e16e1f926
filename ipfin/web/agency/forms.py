"""What a reviewer fills in: his declaration, his marks, why he abstains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Field, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from ipfin.reports.firm_export import PURPOSE_LABELS, ExportPurpose
from ipfin.screening.review import LONGEST_REASON, NO_MARK, Criterion, Mark, score_label, values_of
from ipfin.web.forms import BaseForm, choices_of, choices_of_labels
from ipfin.web.i18n import in_reader_language

PURPOSES = (ExportPurpose.STATISTICS, ExportPurpose.REPORT)


class DeclareForm(BaseForm):
    """Whether anything ties the reviewer to the firm, and what."""

    has_conflict = RadioField(
        _("与该企业是否存在任职、代理、服务合同、持股或其他利益关系"),
        [InputRequired(_("请选择是否存在利益关系。"))],
        choices=choices_of([("no", _("不存在，申请查看资料并评审")), ("yes", _("存在，回避本项任务"))]),
    )
    ground = TextAreaField(_("利益关系说明（选择回避时必填）"), [Length(max=500)])


class ConflictForm(BaseForm):
    """A tie that was found after the dossier was opened."""

    ground = TextAreaField(_("利益关系说明"), [InputRequired(_("请写明理由。")), Length(max=500)])


class AbstainForm(BaseForm):
    """Why the reviewer gives no review."""

    version = HiddenField()
    reason = TextAreaField(_("弃权理由（市局可见）"), [InputRequired(_("请写明理由。")), Length(max=500)])


class DoneExportForm(BaseForm):
    """What a copy of the own reviews is for."""

    purpose = SelectField(_("用途"), [InputRequired(_("请选择用途：用途会写进文件并记入日志。"))])

    def __init__(self) -> None:
        super().__init__()
        labels = {one: PURPOSE_LABELS[one] for one in PURPOSES}
        self.purpose.choices = choices_of_labels(labels, nothing=in_reader_language("请选择"))


class ReviewForm(BaseForm):
    """The marks of one review; the fields of the criteria are added by `review_form`."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """The version that the page was made of, -1 when the form does not say."""
        return version_said(self.version.data)

    def draft(self, criteria: Sequence[Criterion], picked: Mapping[str, str]) -> dict[int, Mark]:
        """Return what was typed; where the stored text was picked, the criterion is left out."""
        return {
            one.id: Mark(
                None if not self[f"score{one.id}"].data else int(self[f"score{one.id}"].data),
                self[f"reason{one.id}"].data or "",
            )
            for one in criteria
            if picked.get(f"pick{one.id}") != "theirs"
        }


def version_said(word: Any) -> int:
    """Return the number in a hidden field, -1 when it is none."""
    said = str(word or "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else -1


def review_form(criteria: Sequence[Criterion], marks: Mapping[int, Mark], version: int) -> ReviewForm:
    """Return the form of a review, filled with what is saved."""
    fields: dict[str, Field] = {}
    values: dict[str, Any] = {"version": str(version)}
    for one in criteria:
        fields[f"score{one.id}"] = RadioField(
            one.title,
            [Optional()],
            choices=choices_of(
                (str(score), in_reader_language(score_label(one.scale, score)))
                for score in values_of(one.scale)
            ),
        )
        fields[f"reason{one.id}"] = TextAreaField(_("评分理由"), [Length(max=LONGEST_REASON)])
        mark = marks.get(one.id, NO_MARK)
        values |= {
            f"score{one.id}": None if mark.score is None else str(mark.score),
            f"reason{one.id}": mark.reason,
        }
    made: type[ReviewForm] = type("FilledReviewForm", (ReviewForm,), fields)
    return made(data=values)
