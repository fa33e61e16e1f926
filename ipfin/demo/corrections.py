"""What the firm of the demonstration contests: its address, with a picture that stands for a proof."""

from __future__ import annotations

import io
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import User
from ipfin.accounts.queries import actor_for, own_enterprise
from ipfin.config import Settings
from ipfin.corrections.items import Item
from ipfin.corrections.service import file_request
from ipfin.documents.proofs import Proof


def contest_something(session: Session, settings: Settings, firm_account: str, on: date) -> None:
    """File one request that waits for the office."""
    import segno

    picture = io.BytesIO()
    segno.make("演示材料", micro=False).save(picture, kind="png", scale=4)
    owner = actor_for(session, session.scalars(select(User).where(User.email == firm_account)).one())
    file_request(
        session,
        owner,
        own_enterprise(session, owner),
        Item.ADDRESS,
        wanted="安阳市示例大道88号",
        reason="企业已迁址，营业执照已变更。",
        proofs=[Proof("营业执照（演示）.png", "image/png", picture.getvalue())],
        directory=settings.issued_dir,
        on=on,
    )
