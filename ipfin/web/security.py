"""Security headers, the CSP nonce, the host check and the form token. On for every answer.

Source: ASVS 5.0 items 3.3, 3.4 and 4.1.3. Decides nothing about persons: who may enter stands in
`access`, how often somebody may ask in `limits`.
"""

from __future__ import annotations

import secrets
from typing import cast

from flask import Flask, current_app, g, request
from flask_wtf import CSRFProtect
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.sansio.utils import host_is_trusted
from werkzeug.wrappers import Response

from ipfin.config import Environment, Settings

csrf = CSRFProtect()  # never exempted: an exemption would hold for the whole process

# Files of ours that are the same for everybody and may be kept by a browser.
STATIC_ENDPOINTS = frozenset({"static", "bootstrap.static"})
STATIC_SECONDS = 3600
LARGEST_FORM_BYTES = 2 * 1024 * 1024  # all fields of a form together; files are counted apart


def init_security(app: Flask, settings: Settings) -> None:
    """Protect every request and answer of `app`."""
    production = settings.env is Environment.PRODUCTION
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SECRET_KEY_FALLBACKS=[key.get_secret_value() for key in settings.retired_secret_keys],
        SESSION_COOKIE_NAME="__Host-ipfin-form" if production else "ipfin_form",
        SESSION_COOKIE_SECURE=production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the form cookie: a long form is not lost to a clock
        MAX_CONTENT_LENGTH=(settings.max_upload_mb + 1) * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM_BYTES,
        MAX_FORM_PARTS=2000,
        SEND_FILE_MAX_AGE_DEFAULT=STATIC_SECONDS,
    )
    if settings.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    # In this order: a request from nowhere of ours is not even read.
    app.before_request(_refuse_foreign_hosts)
    app.before_request(_refuse_nul)
    app.before_request(_refuse_huge_forms)
    csrf.init_app(app)

    @app.after_request
    def add_headers(response: Response) -> Response:
        return _with_headers(response, production)

    app.jinja_env.globals["csp_nonce"] = csp_nonce


def _refuse_foreign_hosts() -> None:
    # A forged Host would stand in links that we mail (CVE-2021-30185).
    hosts = current_app.extensions["ipfin_settings"].trusted_hosts
    if not hosts or not host_is_trusted(request.host, hosts):
        raise BadRequest("unknown host")


def _refuse_nul() -> None:
    # No page has such an address, and PostgreSQL fails on one.
    if "\x00" in request.path:
        raise NotFound("no such page")
    if b"%00" in request.query_string or b"\x00" in request.query_string:
        raise BadRequest("a NUL character")


def _refuse_huge_forms() -> None:
    # A plain form is read and taken apart as a whole: only files may be big.
    if request.mimetype != "multipart/form-data":
        request.max_content_length = LARGEST_FORM_BYTES


def csp_nonce() -> str:
    """Return this answer's nonce for our own scripts and chart styles."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return cast("str", g.csp_nonce)


def _with_headers(response: Response, production: bool) -> Response:
    nonce = csp_nonce()
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if production:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint not in STATIC_ENDPOINTS:
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    return response
