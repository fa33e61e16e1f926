"""A bank and an insurer push firms of the demonstration city; one of the bank's is a candidate already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from ipfin.demo.people import officer
from ipfin.pushes.queries import lines_of
from ipfin.pushes.rows import rows_of_text
from ipfin.pushes.service import decide_lines, push_candidates


def push_firms(session: Session, names: Sequence[str], on: date) -> None:
    """Push the first firms for the bank, with one that nobody knows, and the last for the insurer."""
    bank, insurer = officer(session, "bank@demo.invalid"), officer(session, "insurer@demo.invalid")
    said = "\n".join([*names[:-1], "样例无此企业有限公司"])
    push = push_candidates(session, bank, rows_of_text(said), note="科技贷意向客户", on=on)
    push_candidates(session, insurer, rows_of_text(names[-1]), note="", on=on)
    first = lines_of(session, push.id)[0]
    office = officer(session, "office@demo.invalid")
    decide_lines(session, office, push, [first.id], is_confirmed=True, on=on)
