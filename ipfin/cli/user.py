"""`ipfin user`: create, disable, sign out, list: what an administrator does without a browser."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation, OrganisationKind, User
from ipfin.accounts.policy import ROLE_LABELS
from ipfin.accounts.service import create_organisation, create_user, deactivate_user, end_all_sessions
from ipfin.cli.output import in_words, json_option, print_table, say, write_json
from ipfin.cli.session import database_option, open_engine, reading, unit_of_work
from ipfin.config import settings_from_environment
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _


@click.group(help="用户：新建、停用、结束会话、列出。")
def command() -> None:
    """Group the user commands."""


@command.command(help="新建用户；机构不存在时一并新建。口令由提示输入，不出现在命令行。")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="角色。")
@click.option("--organisation", required=True, help="机构名称。")
@click.option("--kind", type=click.Choice([kind.value for kind in OrganisationKind]), help="新机构的类别。")
@click.option("--region", "region_code", help="县区局的行政区划代码。")
@click.option("--name", required=True, help="姓名。")
@click.option("--email", required=True, help="邮箱，即账号名。")
@click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="口令；省略时提示输入。"
)
@database_option
@json_option
@in_words
def create(
    role: str,
    organisation: str,
    kind: str | None,
    region_code: str | None,
    name: str,
    email: str,
    password: str,
    database_url: str | None,
    json_file: Path | None,
) -> None:
    """Create a user, and the organisation when it is new."""
    with unit_of_work(open_engine(database_url)) as session:
        found = session.scalar(select(Organisation).where(Organisation.name == organisation))
        if found is None:
            if kind is None:
                raise NotFound(_("没有名为%(name)s的机构；要新建请加 --kind。", name=organisation))
            found = create_organisation(
                session,
                SYSTEM,
                kind=OrganisationKind(kind),
                name=organisation,
                region_code=region_code,
                now=now_utc(),
            )
        user = create_user(
            session,
            SYSTEM,
            organisation_id=found.id,
            role=Role(role),
            name=name,
            email=email,
            password=password,
            now=now_utc(),
            settings=settings_from_environment(),
        )
        write_json(json_file, {"id": user.id, "email": user.email, "role": user.role.value})
        click.echo(say(_("已新建用户%(email)s。", email=user.email)))


@command.command(help="停用用户并结束其全部会话。")
@click.argument("email")
@database_option
@in_words
def disable(email: str, database_url: str | None) -> None:
    """Switch a user off."""
    with unit_of_work(open_engine(database_url)) as session:
        deactivate_user(session, SYSTEM, _user(session, email).id, now=now_utc())
        click.echo(say(_("已停用%(email)s。", email=email)))


@command.command("sign-out", help="结束用户的全部会话。")
@click.argument("email")
@database_option
@in_words
def sign_out(email: str, database_url: str | None) -> None:
    """End every session of a user."""
    with unit_of_work(open_engine(database_url)) as session:
        reason = _("管理员由命令行终止")
        end_all_sessions(session, SYSTEM, _user(session, email).id, reason=reason, now=now_utc())
        click.echo(say(_("已结束%(email)s的全部会话。", email=email)))


@command.command("list", help="列出用户。")
@database_option
@json_option
@in_words
def list_users(database_url: str | None, json_file: Path | None) -> None:
    """List the users by organisation."""
    with reading(open_engine(database_url)) as session:
        rows = session.execute(
            select(User.email, User.name, User.role, Organisation.name, User.is_active)
            .join(Organisation, Organisation.id == User.organisation_id)
            .order_by(Organisation.id, User.id)
        ).all()
    write_json(
        json_file,
        {
            "users": [
                {
                    "email": email,
                    "name": name,
                    "role": role.value,
                    "organisation": organisation,
                    "is_active": active,
                }
                for email, name, role, organisation, active in rows
            ]
        },
    )
    print_table(
        _("用户"),
        [_("账号"), _("姓名"), _("角色"), _("机构"), _("状态")],
        [
            [email, name, ROLE_LABELS[role], organisation, _("在用") if active else _("已停用")]
            for email, name, role, organisation, active in rows
        ],
    )


def _user(session: Session, email: str) -> User:
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    if user is None:
        raise NotFound(_("没有名为%(email)s的账号。", email=email))
    return user
