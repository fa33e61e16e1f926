"""`ipfin reseal`: bring everything sealed under the present key, so that a retired one can be forgotten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
from sqlalchemy.orm import Session

from ipfin.accounts.service import reseal_users
from ipfin.audit.service import record
from ipfin.cli.output import in_words, json_option, print_table, write_json
from ipfin.cli.session import database_option, open_engine, unit_of_work
from ipfin.events.service import reseal_codes, reseal_contacts
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.text import Text, _
from ipfin.liaison.service import reseal_enterprise_contacts
from ipfin.whitelist.service import reseal_objections

# Whatever keeps something sealed has its line here; a test asks every column whose name ends in `_sealed`.
PLACES: Final[dict[str, tuple[Text, Callable[[Session], int]]]] = {
    "users": (_("用户的手机号与验证器密钥"), reseal_users),
    "registrations": (_("活动报名的联系电话"), reseal_contacts),
    "badges": (_("活动签到码"), reseal_codes),
    "contacts": (_("企业联系人的电话与邮箱"), reseal_enterprise_contacts),
    "objections": (_("公示异议人的联系方式"), reseal_objections),
}


@click.command(help="更换密钥后，把加密保存的内容全部改用现密钥；完成后方可删去原密钥。")
@database_option
@json_option
@in_words
def command(database_url: str | None, json_file: Path | None) -> None:
    """Reseal all or nothing, and record how many rows changed."""
    with unit_of_work(open_engine(database_url)) as session:
        changed: dict[str, Any] = {name: reseal(session) for name, (_label, reseal) in PLACES.items()}
        record(
            session, SYSTEM, "accounts.keys.resealed", "installation", rows=sum(changed.values()), **changed
        )
    write_json(json_file, changed)
    rows = [[label, changed[name]] for name, (label, _reseal) in PLACES.items()]
    print_table(_("改用现密钥"), [_("内容"), _("改动的行")], rows, numbers=[1])
