"""The vital signs of the platform, gathered for the watcher's page and the administrator's. Reads only."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ipfin import schema
from ipfin.config import Environment, Settings
from ipfin.documents.fonts import BOLD_FILES, DEBIAN_PACKAGE, REGULAR_FILES, find_font
from ipfin.jobs.queries import oldest_waiting_since
from ipfin.kernel.text import Text, _

# A job that nobody took for so long has no worker (a running one takes the next within seconds).
QUEUE_STALLS_AFTER: Final = timedelta(minutes=10)
LEAST_FREE_BYTES: Final = 1024**3
SHORTEST_SECRET: Final = 32


@dataclass(frozen=True, slots=True)
class VitalSigns:
    """What works. `queue_age` is how long the oldest job waits, None when none does."""

    has_database: bool
    is_schema_current: bool
    queue_age: timedelta | None

    @property
    def does_queue_move(self) -> bool:
        """Whether somebody takes the jobs."""
        return self.queue_age is None or self.queue_age < QUEUE_STALLS_AFTER

    @property
    def is_well(self) -> bool:
        """Whether pages and jobs can do their work."""
        return self.has_database and self.is_schema_current and self.does_queue_move

    def as_json(self) -> dict[str, Any]:
        """Return the signs in the words of a machine."""
        age = None if self.queue_age is None else int(self.queue_age.total_seconds())
        return {
            "status": "ok" if self.is_well else "failing",
            "database": self.has_database,
            "schema_current": self.is_schema_current,
            "queue_age_seconds": age,
        }


def vital_signs(session_now: Callable[[], Session], engine: Engine, *, now: datetime) -> VitalSigns:
    """Look at everything that a page or a job needs; whatever does not answer is not well."""
    has_database = False
    try:
        session = session_now()
        session.execute(text("SELECT 1"))
        has_database = True
        if schema.current_revision(engine) != _newest_revision():
            return VitalSigns(True, False, None)
        since = oldest_waiting_since(session)
    except SQLAlchemyError:
        return VitalSigns(has_database, False, None)
    return VitalSigns(True, True, None if since is None else max(timedelta(), now - since))


@lru_cache(maxsize=1)
def _newest_revision() -> str:
    return schema.newest_revision()


@dataclass(frozen=True, slots=True)
class Room:
    """The places where data lies, in bytes; None where nobody can say."""

    database: int | None
    free: int
    total: int
    uploads: int
    issued: int

    @property
    def is_scarce(self) -> bool:
        """Whether less than a gigabyte is left."""
        return self.free < LEAST_FREE_BYTES


def room(session: Session, settings: Settings) -> Room:
    """Measure the database, the disk and the folders of uploaded and issued files."""
    folder = settings.instance_dir
    usage = shutil.disk_usage(folder if folder.is_dir() else Path("/"))
    return Room(
        database=_database_bytes(session),
        free=usage.free,
        total=usage.total,
        uploads=_folder_bytes(settings.uploads_dir),
        issued=_folder_bytes(settings.issued_dir),
    )


def _database_bytes(session: Session) -> int | None:
    bind = session.get_bind()
    if bind.dialect.name == "postgresql":
        query = "SELECT pg_database_size(current_database())"
    else:
        query = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    measured = session.scalar(text(query))
    return None if measured is None else int(measured)


def _folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*") if path.is_file()) if folder.is_dir() else 0


def missing_fonts() -> list[str]:
    """Return the files without which a PDF would show empty boxes; Debian has them in one package."""
    wanted = {*REGULAR_FILES.values(), *BOLD_FILES.values()}
    return sorted(name for name in wanted if find_font(name) is None)


def unset(settings: Settings) -> list[Text]:
    """Return in words what this installation has not set up yet, and what follows from it."""
    wanting: list[tuple[bool, Text]] = [
        (not settings.mail_server, _("未设置邮件服务器（IPFIN_MAIL_SERVER）：邀请和通知邮件不会寄出。")),
        (not settings.office_phone, _("未设置帮助电话（IPFIN_OFFICE_PHONE）：页面上不显示联系电话。")),
        (
            settings.public_url.startswith("http://"),
            _("平台网址（IPFIN_PUBLIC_URL）不是 https：邮件和二维码中的链接不加密。"),
        ),
        (
            len(settings.secret_key.get_secret_value()) < SHORTEST_SECRET,
            _("密钥（IPFIN_SECRET_KEY）不足32个字符：只能用于开发。"),
        ),
        (
            settings.env is not Environment.PRODUCTION,
            _("当前不是生产环境（IPFIN_ENV）：会话 Cookie 未限定 https。"),
        ),
        (not settings.totp_required, _("未要求动态口令（IPFIN_TOTP_REQUIRED）：仅凭密码即可登录。")),
        (
            settings.rate_limit_storage.startswith("memory:"),
            _("限流计数在各进程内存中（IPFIN_RATE_LIMIT_STORAGE）：多台服务器时各计各的。"),
        ),
        (
            bool(missing_fonts()),
            _("缺少中文字体，PDF 会缺字：请安装 %(package)s。", package=DEBIAN_PACKAGE),
        ),
    ]
    return [sentence for is_wanting, sentence in wanting if is_wanting]
