"""Handing a copy out: it is issued and logged, and the browser is led to its file.

Decides the last step of every export of a page, and how one with a purpose answers. What stands in a copy,
and who may have it, is decided in `reports`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from ipfin.kernel.errors import DomainError
from ipfin.reports.firm_export import ExportPurpose
from ipfin.reports.service.copies import Copy, issue_copy
from ipfin.web.database import unit_of_work
from ipfin.web.forms import BaseForm
from ipfin.web.signing_in import actor, settings

Form = TypeVar("Form", bound=BaseForm)


def hand_out(copy: Copy) -> ResponseReturnValue:
    """Issue `copy` to the present person and lead to its file."""
    with unit_of_work() as session:
        code = issue_copy(session, actor(), copy, settings=settings()).verify_code
    return redirect(url_for("account_files.download", code=code), code=303)


def copy_for_purpose(
    form: Form, make: Callable[[ExportPurpose], Copy], show_list: Callable[[Form], ResponseReturnValue]
) -> ResponseReturnValue:
    """Answer a posted form with a field `purpose`: the copy made for it, or the list and what was refused."""
    if not form.validate_on_submit():
        return show_list(form)
    try:
        return hand_out(make(ExportPurpose(form["purpose"].data)))
    except DomainError as error:
        form.refuse(error)
        return show_list(form)
