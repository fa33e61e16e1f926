"""What leads where: every template has its page, every link and button leads to a page that answers.

Tried on the demonstration city, by every role following its own links.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from ipfin.accounts.policy import PERMISSIONS
from ipfin.app import create_app
from ipfin.config import Settings
from ipfin.kernel.actor import Role
from ipfin.web.access import Access, access_of
from ipfin.web.security import STATIC_ENDPOINTS
from tests.demonstration import PEOPLE, city_of_run
from tests.walking import Target, endpoint_of, parsed, targets_of
from tests.web.strolling import NOBODY, Step, Stroll, stroll

# Everybody's walk is one set-up, on a machine that others may be using.
pytestmark = pytest.mark.timeout(600)

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
# Letters and printed matter are no pages.
NO_PAGES = ("documents", "mail")
# What answers with a file, a number or a redirection instead of a page.
WITHOUT_TEMPLATE = {
    "account_files.download",
    "bank_events.calendar",
    "enterprise_events.calendar",
    "insurer_events.calendar",
    "office_conduct.document",
    "office_patent_flags.document",
    "office_corrections.proof",
    "office_objections.evidence",
    "office_rounds.by_number",
    "office_events.qr_code",
    "office_events.material",
    "public_events.material",
    "bank_events.material",
    "insurer_events.material",
    "enterprise_events.material",
    "office_imports.refused",
    "office_imports.rows",
    "office_imports.template",
    "office_jobs.progress",
    "public_events.calendar",
    "public_health.show",
    "public_notices.find_receipt",
    "public_short_links.follow",
}
# No link leads there: it is typed, mailed, asked for by a form, or stands in the way of whoever signs in.
WITHOUT_LINK = {
    "account_signing.sign_in": "whoever is signed in is sent home from there",
    "account_files.download": "stands where somebody's papers are listed, which not everybody has",
    "account_factor.enrol": "whoever must enrol is sent there",
    "account_factor.renew": "stands in the profile of whoever has enrolled",
    "account_invitations.accept": "the link is mailed",
    "account_signing.second_factor": "whoever has enrolled is sent there",
    "office_models.compare": "a form leads there, once there are two cards",
    "office_models.withdraw": "stands beside a card whose day has not come; the demonstration has none",
    "office_jobs.show": "whoever starts a job is sent there",
    "office_jobs.progress": "asked for by the page of a running job",
    "public_check_in.show": "the code on a badge leads there",
    "public_short_links.follow": "stands on posters and in chats",
    "public_health.show": "asked for by the supervisor",
    "public_notices.receipt": "whoever objects is sent there; a form and the number lead there",
    "public_verify.result": "a form and the code on paper lead there",
    "auditor_log.export": "a form leads there",
    "office_conduct.document": "stands on a record entered by hand; the demonstration has none",
    "office_patent_flags.document": "stands on a record entered by hand; the demonstration has none",
    "office_patent_flags.show": "stands beside a recorded ground; the demonstration has none",
    "office_rounds.by_number": "the address that papers and letters use",
    "office_override_lists.index": "stands on a round with proposals that wait; the demonstration has none",
    "office_override_lists.new": "a form of a round that is not published leads there",
    "office_events.approvals": "stands in the tabs of an event that approves; the demonstration's does not",
    **{
        f"{audience}_events.material": "stands on an event with files; the demonstration has none"
        for audience in ("office", "public", "bank", "insurer", "enterprise")
    },
    "office_events.remake_training": "stands beside a revoked record; the demonstration has none",
    "office_events.revoke_training": "stands beside a training record; the demonstration has none",
    **{
        f"office_events.{view}": "stands at a round of visits; the demonstration has none"
        for view in ("visits", "write_visit")
    },
    "office_events.replan": "stands beside a published timetable; the demonstration's is left to be planned",
    "office_issues.recipients": "stands in the draft of an issue; the demonstration's are published",
}


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Stroll:
    city = city_of_run(tmp_path_factory, worker_id)
    return stroll(city, tmp_path_factory.getbasetemp() / "strolls", "zh_CN")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("no-database")
    settings = {"env": "test", "secret_key": "x" * 40, "instance_dir": folder, "job_immediate": True}
    return create_app(Settings(**settings, database_url=f"sqlite:///{folder / 'none.db'}"))


def shown_by(template: str) -> set[str]:
    """Return the endpoints that a page's template belongs to: one, or one for each kind of institution."""
    audience, module, name = template.removesuffix(".html").split("/")
    audiences = ("bank", "insurer") if audience == "institution" else (audience,)
    return {f"{one}_{module}.{name}" for one in audiences}


def templates_of_pages() -> list[str]:
    found = (path.relative_to(TEMPLATES) for path in TEMPLATES.glob("*/*/*.html"))
    return sorted(
        path.as_posix() for path in found if path.parts[0] not in NO_PAGES and not path.name.startswith("_")
    )


def endpoints(app: Flask, method: str) -> set[str]:
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ()) and rule.endpoint not in STATIC_ENDPOINTS
    }


def test_every_template_has_its_endpoint(app: Flask) -> None:
    known = endpoints(app, "GET")
    assert [name for name in templates_of_pages() if not shown_by(name) <= known] == []


def test_every_page_has_its_template(app: Flask) -> None:
    drawn = {endpoint for name in templates_of_pages() for endpoint in shown_by(name)}
    assert endpoints(app, "GET") - drawn == WITHOUT_TEMPLATE


def test_a_page_is_drawn_by_the_template_of_its_name(walk: Stroll) -> None:
    wrong = {
        f"{step.endpoint} draws {step.template}"
        for step in walk.pages
        if step.status == 200 and step.endpoint not in shown_by(step.template)
    }
    assert wrong == set()


def test_whatever_a_link_leads_to_answers(walk: Stroll) -> None:
    wrong = [
        f"{step.status} {step.place}, from {step.came_from}" for step in walk.steps if step.status != 200
    ]
    assert not wrong, "\n".join(wrong)


def test_every_link_and_form_leads_to_a_page_that_this_person_may_enter(walk: Stroll) -> None:
    wrong = {
        f"{step.place}: “{target.words}” {target.method} {urlsplit(target.address).path}: {fault}"
        for step in walk.pages
        if step.root is not None
        for target in targets_of(step.root, step.address)
        if (fault := why_not(walk.app, step.role, target))
    }
    assert not wrong, "\n".join(sorted(wrong))


def why_not(app: Flask, role: str, target: Target) -> str:
    """Return why a target is no good for this role, or nothing."""
    endpoint = endpoint_of(app, target)
    if endpoint is None:
        return "there is no such page"
    if endpoint in STATIC_ENDPOINTS:
        return ""
    with app.app_context():
        access = access_of(endpoint)
    if access is None:
        return f"{endpoint} is open to nobody"
    return "" if may_enter(role, access) else f"{endpoint} is closed to the role"


def may_enter(role: str, access: Access) -> bool:
    if access.everyone:
        return True
    if role == NOBODY:
        return False
    return not access.permissions or any(role_of(role) in PERMISSIONS[one] for one in access.permissions)


def role_of(name: str) -> Role:
    return {"city": Role.CITY_OFFICER, "county": Role.COUNTY_OFFICER}.get(name) or Role(name)


def test_no_button_stands_where_it_does_nothing(walk: Stroll) -> None:
    dead = {
        f"{step.endpoint}: “{''.join(button.itertext()).strip()}”"
        for step in walk.pages
        if step.root is not None
        for button in step.root.iter("button")
        if not _is_in_a_form(step, button) and not any(name.startswith("data-") for name in button.attrib)
    }
    assert dead == set()


def _is_in_a_form(step: Step, button: object) -> bool:
    assert step.root is not None
    return any(button is one for form in step.root.iter("form") for one in form.iter("button"))


def test_every_link_within_a_page_finds_its_place(walk: Stroll) -> None:
    lost = {
        f"{step.endpoint} #{name}"
        for step in walk.pages
        if step.root is not None
        for name in _jumps(step)
        if not any(element.get("id") == name for element in step.root.iter())
    }
    assert lost == set()


def _jumps(step: Step) -> Iterator[str]:
    assert step.root is not None
    for link in step.root.iter("a"):
        href = link.get("href") or ""
        if href.startswith("#") and len(href) > 1:
            yield href[1:]


@pytest.mark.parametrize("name", [*PEOPLE, NOBODY])
def test_every_page_that_a_role_may_open_can_be_reached_by_links(walk: Stroll, name: str) -> None:
    reached = {step.endpoint for step in walk.steps if step.role == name}
    led_to = {
        endpoint_of(walk.app, target)
        for step in walk.pages
        if step.role == name and step.root is not None
        for target in targets_of(step.root, step.address)
    }
    with walk.app.app_context():
        open_ = {
            endpoint
            for endpoint in endpoints(walk.app, "GET")
            if (access := access_of(endpoint)) is not None and may_enter(name, access)
        }
    # What stands behind a form is entered through it; the form itself is looked at above.
    assert open_ - reached - led_to - set(WITHOUT_LINK) == set()


def test_a_planted_dead_link_is_found(app: Flask) -> None:
    page = parsed('<a href="/nowhere/at/all">there</a><form method="post" action="/admin/users/"></form>')
    faults = [why_not(app, "bank", target) for target in targets_of(page, "http://127.0.0.1/")]
    assert faults[0] == "there is no such page"
    assert all(faults)
