"""Forms of the card workshop: begin a draft, write it, submit it, decide on it."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateField, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from ipfin.web.forms import BaseForm, choices_of, within_reach


class StartForm(BaseForm):
    """Say which card a draft begins with."""

    base = SelectField(_("底稿"), [InputRequired(_("请选择底稿。"))])

    def offer(self, cards: list[tuple[str, str]]) -> None:
        """Offer these cards, (value, label)."""
        self.base.choices = choices_of(cards, nothing=gettext("请选择"))


class _OfADraft(BaseForm):
    """A form that says of which state of the draft its page was made."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(_("请刷新页面后再办理。"))])

    @property
    def seen(self) -> int:
        """The `lock_version` that the page was made of."""
        return self.version.data or 0


class DraftForm(_OfADraft):
    """The text of a draft."""

    text = TextAreaField(_("评分卡全文（TOML）"), render_kw={"spellcheck": "false"})


class SimulateForm(BaseForm):
    """Try a draft on the last run, with a line."""

    minimum_grade = SelectField(
        _("入选线（最低等级）"), choices=choices_of((each, each) for each in "ABCD"), default="C"
    )


class SubmitForm(_OfADraft):
    """Lay a draft before a second person."""

    note = TextAreaField(_("对模拟中提示事项的说明"), [Length(max=500)])
    reason = TextAreaField(_("改动理由"), [InputRequired(_("请写明理由。")), Length(max=300)])


class ApproveForm(_OfADraft):
    """Put a draft in force from a day on."""

    active_from = DateField(
        _("启用日期"), [InputRequired(_("请填写启用日期，格式如 2026-03-05。")), within_reach]
    )
    note = TextAreaField(_("意见"), [Length(max=300)])


class NoteForm(_OfADraft):
    """Give a draft back, or up."""

    ground = TextAreaField(_("理由"), [InputRequired(_("请写明理由。")), Length(max=300)])
