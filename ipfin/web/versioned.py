"""Forms that know which version of a thing they were made of, and what they show when somebody was first.

Decides how two texts are shown side by side, and which fields the later one wrote in: the form carries a
digest of what each field held when it was opened, and what still says so is not his wish. When a form is
stale is decided in `kernel.versions`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import BooleanField, DecimalField, Field, FileField, HiddenField
from wtforms.fields.choices import SelectFieldBase

from ipfin.kernel.errors import Stale
from ipfin.web.forms import BaseForm

_LONGEST_NUMBER = 9  # digits of a version that a form may say
_DIGEST = 16  # hexadecimal digits: enough that no text is taken for another, short beside long texts
_OPENED = re.compile(rf"([a-z][a-z0-9_]*):([0-9a-f]{{{_DIGEST}}})")


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


class _VersionField(HiddenField):
    """The version; a page that shows it shows what was opened with it, so that no page can leave that out."""

    form: VersionedForm

    def __call__(self, **kwargs: Any) -> Markup:
        """Return both hidden fields."""
        shown: Markup = super().__call__(**kwargs)
        return shown + self.form.opened_shown()


class VersionedForm(BaseForm):
    """A form that is saved only over the version that it was made of."""

    version = _VersionField()
    opened = HiddenField()  # for each field a digest of what it held when the form was opened
    unsaid_version = -1  # what a form that says none is taken to have seen; 0 for nothing saved yet
    proposes_first: ClassVar[bool] = False  # while nothing is saved, what it is filled with is only proposed
    together: ClassVar[Sequence[Collection[str]]] = ()  # fields that say one thing: touched together

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.differences: Sequence[Difference] = ()
        self.taken_over: Sequence[Field] = ()  # not touched by this person, changed by another meanwhile
        self.version.form = self
        if self.is_sent:
            said = self.opened.raw_data or []
            # Only what we wrote ourselves is shown again.
            self.opened.data = " ".join(":".join(pair) for pair in _pairs(said[0] if len(said) == 1 else ""))

    @property
    def is_sent(self) -> bool:
        """Whether the form holds what somebody sent, not what is saved."""
        return self.opened.raw_data is not None

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

    @property
    def says_what_is_saved(self) -> bool:
        """Whether a clash was none, as after a second click: nothing differs, and nothing is news."""
        return not self.differences and not self.taken_over

    def set_beside(self, error: Stale, stored: VersionedForm) -> None:
        """Keep what was typed, speak of what is saved by now, and tell the two apart.

        A field that was not touched takes what is saved: shown as opened, it would undo another's change.

        Args:
            stored: the form filled with what is saved (made with `formdata=None`).
        """
        self.refuse(error)
        self.is_stale = True
        wrote, opened, saved = self.wrote(stored), dict(_pairs(self.opened.data)), self.seen_version
        both = [(field, stored[field.short_name]) for field in self if _is_asked(field, stored)]
        untouched = [(field, theirs) for field, theirs in both if field.short_name not in wrote]
        self.taken_over = [
            field for field, theirs in untouched if _digest(theirs, saved) != opened[field.short_name]
        ]
        for field, theirs in untouched:
            field.data, field.raw_data = theirs.data, None
        for name, theirs in stored._fields.items():
            if name not in self:  # it was not there to be touched, and may be asked for by now
                self._fields[name] = theirs
                setattr(self, name, theirs)
        self.differences = [
            Difference(field.id, str(field.label.text), mine, theirs)
            for field, other in both
            if field.short_name in wrote
            for mine, theirs in [(self.told(field), stored.told(other))]
            if mine != theirs
        ]
        self.version.data = stored.version.data
        self.opened.data = stored.opened_now()

    def wrote(self, stored: VersionedForm) -> set[str]:
        """Return the fields in which the person wrote; those too of which it is not known.

        Args:
            stored: the form filled with what is saved by now.
        """
        opened, seen = dict(_pairs(self.opened.data)), self.seen_version
        found = {
            field.short_name
            for field in self
            if _is_asked(field) and opened.get(field.short_name) != _digest(field, seen)
        }
        for one in self.together:
            if found & set(one):
                found |= set(one)
        return found

    def opened_shown(self) -> Markup:
        """Return the hidden field that says what was opened; of a form that was sent, as it was sent."""
        if not self.is_sent:
            self.opened.data = self.opened_now()
        shown: Markup = self.opened(id=False)
        return shown

    def opened_now(self) -> str:
        """Return the digests of what the form holds."""
        shown = self.version.data
        version = version_in("" if shown is None else str(shown), unsaid=self.unsaid_version)
        is_proposed = self.proposes_first and version == 0
        return " ".join(
            f"{field.short_name}:{_digest(field, version)}"
            for field in self
            if _is_asked(field) and not (is_proposed and _sent(field))
        )

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


def _pairs(said: object) -> list[tuple[str, str]]:
    """Return (field, digest) of what a form says was opened."""
    found = map(_OPENED.fullmatch, str(said or "").split(" "))  # word by word: what is forged may be long
    return [(one[1], one[2]) for one in found if one]


def _is_asked(field: Field, stored: VersionedForm | None = None) -> bool:
    """Whether a person fills a field in, here and in what is saved."""
    is_shown = not isinstance(field, HiddenField | FileField)
    return is_shown and (stored is None or field.short_name in stored)


def _digest(field: Field, version: int) -> str:
    """Return a digest of what a field says in a version; nobody but we can make one."""
    said = "\0".join(("opened", field.short_name, str(version), _sent(field)))
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, said.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:_DIGEST]


def _sent(field: Field) -> str:
    """Return what a field says as it is sent back untouched: in no language, rounded as it is shown."""
    if isinstance(field, BooleanField):
        return "y" if field.data else ""
    if isinstance(field, SelectFieldBase):
        if field.choices:
            return "\n".join(sorted(str(one.data) for one in field if one.checked))
        return "\n".join(sorted(map(str, field.data or [])))
    value = str(field._value()).strip()
    if isinstance(field, DecimalField):
        try:
            return str(Decimal(value).normalize())
        except InvalidOperation:
            return value
    return "\n".join(value.splitlines())


class StepForm(VersionedForm):
    """A button that acts upon one version of a thing."""
