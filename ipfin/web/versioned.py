"""Forms that know which version of a thing they were made of, and what they show when somebody was first.

Decides how two texts are shown side by side. When a form is stale is decided in `kernel.versions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from wtforms import BooleanField, DecimalField, Field, FileField, HiddenField
from wtforms.fields.choices import SelectFieldBase

from ipfin.kernel.errors import Stale
from ipfin.web.forms import BaseForm

_LONGEST_NUMBER = 9  # digits of a version that a form may say


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which what was typed differs from what is saved, each as one reads it."""

    field: str  # id
    label: str
    mine: str
    theirs: str


def version_in(word: object, *, unsaid: int = -1) -> int:
    """Return the version that a form says; -1 when forged."""
    said = str(word or "")
    if not said:
        return unsaid
    return int(said) if said.isascii() and said.isdigit() and len(said) <= _LONGEST_NUMBER else -1


class VersionedForm(BaseForm):
    """A form that is saved only over the version that it was made of."""

    version = HiddenField()
    unsaid_version = -1  # what a form that says none is taken to have seen; 0 for nothing saved yet

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.differences: Sequence[Difference] = ()

    @property
    def seen_version(self) -> int:
        """The version that the person saw; -1 when what was sent does not say it once and well.

        Only what was sent counts: a form that leaves its version out would else be taken for one that was
        made of what is saved now.
        """
        said = self.version.raw_data or [""]
        return version_in(said[0], unsaid=self.unsaid_version) if len(said) == 1 else -1

    @property
    def status(self) -> int:
        """The answer's status: 409 when somebody else was first."""
        return 409 if self.is_stale else super().status

    def set_beside(self, error: Stale, stored: VersionedForm) -> None:
        """Keep what was typed, speak of what is saved by now, and tell the two apart.

        Args:
            stored: the form filled with what is saved (made with `formdata=None`).
        """
        self.refuse(error)
        self.is_stale = True
        self.version.data = stored.version.data
        self.differences = [
            Difference(field.id, str(field.label.text), mine, theirs)
            for field in self
            if not isinstance(field, HiddenField | FileField) and field.short_name in stored
            for mine, theirs in [(self.told(field), stored.told(stored[field.short_name]))]
            if mine != theirs
        ]

    def told(self, field: Field) -> str:
        """Return what a field says, as one reads it."""
        if isinstance(field, BooleanField):
            return str(_("是") if field.data else _("否"))
        if isinstance(field, SelectFieldBase):
            options = list(field)
            # What was never chosen is kept as nothing and sent as the empty choice: the two say the same.
            said = [one for one in options if one.checked] or [one for one in options if one.data == ""]
            return "、".join(str(one.label.text) for one in said)
        if isinstance(field, DecimalField) and field.data is not None:
            return f"{field.data.normalize():f}"  # 150 is 150.00
        value = str(field._value()).strip()
        return "\n".join(value.splitlines())


class StepForm(VersionedForm):
    """A button that acts upon one version of a thing."""
