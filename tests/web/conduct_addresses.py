"""Addresses of the register of conduct: a record of the person's firms, and one of somebody else's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from ipfin.accounts.models import User
from ipfin.accounts.scopes import Scope, Thing, scope_for
from ipfin.conduct.models import ConductRecord
from ipfin.conduct.rules import ConductCode
from ipfin.conduct.service import HandRecord, enter_by_hand
from ipfin.documents.proofs import Proof
from ipfin.kernel.actor import SYSTEM
from ipfin.registry.models import Enterprise
from tests.factories import TODAY
from tests.web.making import WebMake

Build = Callable[[WebMake, User], Mapping[str, Any] | None]
NOWHERE = 2_000_000_000
SAID = HandRecord(ConductCode.E06, "样例资金池", date(2025, 3, 5), None, "台账1号", "")
PDF = Proof("决定书.pdf", "application/pdf", b"%PDF-1.7 sample")


def _entered(make: WebMake, firm: Enterprise) -> ConductRecord:
    return enter_by_hand(
        make.session, SYSTEM, firm, SAID, PDF, today=TODAY, directory=make.settings.issued_dir
    )


def _own(**more: Any) -> Build:
    def build(make: WebMake, user: User) -> Mapping[str, Any] | None:
        firm = make.enterprise(region_code=user.organisation.region_code)
        return {"record_id": _entered(make, firm).id, **more}

    return build


def _foreign(**more: Any) -> Build:
    def build(make: WebMake, user: User) -> Mapping[str, Any] | None:
        if scope_for(make.actor(user), Thing.CONDUCT_RECORD) is Scope.ALL:
            return {"record_id": NOWHERE, **more}
        return {"record_id": _entered(make, make.enterprise(region_code=make.region().code)).id, **more}

    return build


CONDUCT: dict[str, tuple[Build, Build]] = {
    **{f"office_conduct.{view}": (_own(), _foreign()) for view in ("show", "end")},
    "office_conduct.document": (_own(which="evidence"), _foreign(which="evidence")),
}


def _own_task(make: WebMake, user: User) -> Mapping[str, Any] | None:
    return {"task_id": make.gate_task(make.enterprise(region_code=user.organisation.region_code)).id}


def _foreign_task(make: WebMake, user: User) -> Mapping[str, Any] | None:
    if scope_for(make.actor(user), Thing.CONDUCT_RECORD) is Scope.ALL:
        return {"task_id": NOWHERE}
    return {"task_id": make.gate_task(make.enterprise(region_code=make.region().code)).id}


CONDUCT |= {
    f"office_gate_tasks.{view}": (_own_task, _foreign_task) for view in ("show", "restore", "removal")
}
