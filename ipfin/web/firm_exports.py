"""Copying a filtered list of firms out of the house: the form, and what becomes of a valid one.

Decides when a copy is made at once and when in the background. Which firms it holds and what stands on it
is decided in `reports`; who may have it by the permission of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import SelectField
from wtforms.validators import InputRequired

from ipfin.accounts.policy import Permission
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.reports.firm_export import FORMAT_LABELS, PURPOSE_LABELS, ExportFormat, ExportPurpose
from ipfin.reports.service.copies import (
    FirmExport,
    is_for_the_background,
    make_firm_copy,
    queue_firm_copy,
)
from ipfin.reports.service.papers import make_profile_copy, make_score_copy
from ipfin.web.copies import hand_out
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.forms import BaseForm
from ipfin.web.i18n import in_reader_language, locale_now
from ipfin.web.paging import filtered, stay_on
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.queries import FirmFilter


class ExportForm(BaseForm):
    """What a copy of the list is for, and as what it is wanted. The filter stands in the address."""

    purpose = SelectField(
        lazy_gettext("用途"), [InputRequired(lazy_gettext("请选择用途：用途会写进文件并记入日志。"))]
    )
    format = SelectField(lazy_gettext("格式"), [InputRequired()])

    def __init__(self, purposes: Sequence[ExportPurpose]) -> None:
        super().__init__()
        self.purpose.choices = [
            ("", _("请选择")),
            *((purpose.value, in_reader_language(PURPOSE_LABELS[purpose])) for purpose in purposes),
        ]
        self.format.choices = [
            (kind.value, in_reader_language(label)) for kind, label in FORMAT_LABELS.items()
        ]

    @property
    def wanted_purpose(self) -> ExportPurpose:
        """The purpose of a valid form."""
        return ExportPurpose(self.purpose.data)

    @property
    def wanted_format(self) -> ExportFormat:
        """The kind of file of a valid form."""
        return ExportFormat(self.format.data)


def export_firms(
    form: ExportForm,
    wanted: FirmFilter,
    order: str,
    permission: Permission,
    show_list: Callable[[ExportForm], ResponseReturnValue],
) -> ResponseReturnValue:
    """Answer a posted form: the file, word that it comes as a notice, or the list with what was refused."""
    stay_on(".index")
    if not form.validate_on_submit():
        return show_list(form)
    asked = FirmExport(wanted, order, form.wanted_format, form.wanted_purpose)
    try:
        if is_for_the_background(current_session(), actor(), asked, on=today_in_china()):
            return _queued(asked, permission)
        copy = make_firm_copy(
            current_session(),
            actor(),
            asked,
            permission=permission,
            settings=settings(),
            on=today_in_china(),
            locale=locale_now(),
        )
        return hand_out(copy)
    except DomainError as error:
        form.refuse(error)
        return show_list(form)


def _queued(asked: FirmExport, permission: Permission) -> ResponseReturnValue:
    with unit_of_work() as session:
        queue_firm_copy(session, actor(), asked, permission=permission, locale=locale_now())
    flash(_("行数较多，已在后台制作。完成后会在“通知”里给出下载链接。"), "success")
    return redirect(filtered(".index"), code=303)


def issued_profile(public_id: str, permission: Permission) -> ResponseReturnValue:
    """Issue the firm's one-page profile and lead to the file."""
    copy = make_profile_copy(
        current_session(),
        actor(),
        public_id,
        permission=permission,
        settings=settings(),
        on=today_in_china(),
        locale=locale_now(),
    )
    return hand_out(copy)


def issued_score(public_id: str, permission: Permission, *, run_id: int | None = None) -> ResponseReturnValue:
    """Issue the firm's explained score, as far as this person sees it, and lead to the file."""
    copy = make_score_copy(
        current_session(),
        actor(),
        public_id,
        permission=permission,
        settings=settings(),
        on=today_in_china(),
        run_id=run_id,
        locale=locale_now(),
    )
    return hand_out(copy)
