"""What a person reads when something is refused or fails. Never a trace, nor whether a foreign row exists."""

from __future__ import annotations

import secrets

import structlog
from flask import Flask, g, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ipfin.kernel.errors import Conflict, DomainError, InvalidTransition, NotAllowed, NotFound
from ipfin.kernel.text import listed
from ipfin.web.database import db
from ipfin.web.i18n import in_reader_language
from ipfin.web.limits import seconds_to_wait
from ipfin.web.signing_in import settings

log = structlog.get_logger()
_STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (InvalidTransition, 409),
)
# What the protocol wants to stand beside these refusals.
_KEPT_HEADERS = frozenset({"allow", "content-range", "retry-after"})


def init_errors(app: Flask) -> None:
    """Answer every error of `app` with a page in words."""
    app.register_error_handler(CSRFError, _bad_form_token)
    app.register_error_handler(RateLimitExceeded, _too_often)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DomainError, _refused)
    for away in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(away, _database_away)
    app.register_error_handler(Exception, _failed)


def status_of(error: DomainError) -> int:
    """Return the HTTP status that fits a refusal."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 422)


def _page(status: int, title: str, text: str, remedy: str = "") -> Response:
    page = render_template("error.html", status=status, title=title, text=text, remedy=remedy)
    return make_response(page, status)


def _bad_form_token(error: CSRFError) -> Response:
    return _page(
        400,
        _("表单已失效"),
        _("为了安全，本页表单的凭证已过期或缺失，未保存任何内容。"),
        _("请返回上一页刷新后重新提交。"),
    )


def _too_often(error: RateLimitExceeded) -> Response:
    seconds = seconds_to_wait()
    wait = ngettext("请在%(num)s秒后再试。", "请在%(num)s秒后再试。", seconds)
    answer = _page(429, _("操作太频繁"), _("短时间内请求过多。"), wait)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _http(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400 or error.response is not None:
        return error
    if status == 403:
        return _forbidden()
    words = {
        400: (_("请求有误"), _("服务器看不懂这个请求。"), _("请返回首页重新进入。")),
        404: (_("没有这个页面"), _("页面不存在，或您无权查看。"), _("请检查地址，或从导航重新进入。")),
        405: (_("操作方式不对"), _("这个地址不接受该操作。"), _("请从页面上的按钮操作。")),
        413: (
            _("内容过大"),
            _("提交的内容超过了限制，未保存任何内容。"),
            _("单个文件不超过%(limit)s MB，请拆分后分次提交。", limit=settings().max_upload_mb),
        ),
        429: (_("操作太频繁"), _("短时间内请求过多。"), _("请稍候再试。")),
    }
    title, text, remedy = words.get(status, (_("出错了"), _("请求未能完成。"), _("请稍后再试。")))
    answer = _page(status, title, text, remedy)
    for name, value in error.get_headers():
        if name.lower() in _KEPT_HEADERS:
            answer.headers[name] = value
    return answer


def _forbidden() -> Response:
    access = g.get("denied")
    needed = (
        in_reader_language(listed(sorted(in_reader_language(p.label) for p in access.permissions)))
        if access
        else ""
    )
    text = _("本页需要权限：%(needed)s。", needed=needed) if needed else _("您没有打开本页的权限。")
    return _page(403, _("没有权限"), text, _("如工作需要，请联系系统管理员开通。"))


def _refused(error: DomainError) -> Response:
    db.session.rollback()
    status = status_of(error)
    titles = {404: _("没有这个页面"), 403: _("没有权限"), 409: _("内容已被他人改动或状态不允许")}
    return _page(status, titles.get(status, _("未能完成")), in_reader_language(error.message))


def _database_away(error: SQLAlchemyError) -> Response:
    # From here on nobody asks who is signed in: the page must come without the database.
    g.without_database = True
    number = _log(error)
    remedy = _("请稍后再试；如持续出现，请把编号%(number)s告知管理员。", number=number)
    return _page(503, _("系统暂时无法读写数据"), _("数据库正忙或暂不可用，未保存任何内容。"), remedy)


def _failed(error: Exception) -> Response:
    g.without_database = True
    number = _log(error)
    remedy = _("请把编号%(number)s告知管理员。", number=number)
    return _page(500, _("系统出错"), _("发生了意外错误，未保存任何内容。"), remedy)


def _log(error: Exception) -> str:
    try:
        db.session.rollback()
    except SQLAlchemyError:  # the connection is gone: there is nothing to take back
        db.session.remove()
    number = secrets.token_hex(4)
    log.error("request_failed", number=number, method=request.method, path=request.path, exc_info=error)
    return number
