"""The forms of an event's files: a file with its name, and who may take it."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import FileField, SelectField, StringField
from wtforms.validators import Length

from ipfin.events.materials import AUDIENCE_LABELS, LONGEST_TITLE, Audience
from ipfin.web.forms import BaseForm, choices_of_labels
from ipfin.web.versioned import VersionedForm


class _AudienceForm(BaseForm):
    """Who may take a file."""

    audience = SelectField(_("谁可下载"), default=Audience.EVERYBODY.value)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.audience.choices = choices_of_labels(AUDIENCE_LABELS)


class AudienceForm(VersionedForm, _AudienceForm):
    """Who may take a file that is there."""


class MaterialForm(_AudienceForm):
    """A file to be added."""

    file = FileField(_("文件"))
    title = StringField(_("资料名称"), [Length(max=LONGEST_TITLE)])
