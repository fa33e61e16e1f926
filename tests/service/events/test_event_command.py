"""`ipfin event`, as typed: a whole event on one database, and the planner on a plain file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ipfin.cli import main
from ipfin.config import settings_from_environment
from ipfin.db import begin_writing
from ipfin.events.models import Event
from tests.factories import Make

Command = Callable[..., Result]
PROBLEM: dict[str, Any] = {
    "slots": 2,
    "tables": 2,
    "banks": [{"id": "b1", "name": "样例银行", "desks": 1}, {"id": "b2", "away": [1]}],
    "firms": [{"id": "f1", "name": "样例企业"}, {"id": "f2", "max_meetings": 1}],
    "pairs": [
        {"bank": "b1", "firm": "f1", "value": 60},
        {"bank": "b1", "firm": "f2", "value": 10},
        {"bank": "b2", "firm": "f2", "value": 40},
    ],
}


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    monkeypatch.setenv("IPFIN_INSTANCE_DIR", str(tmp_path / "instance"))
    settings_from_environment.cache_clear()

    def command(*words: str, json_of: str = "") -> Result:
        arguments = ["event", *words]
        if words[0] != "plan":
            arguments += ["--database", database_url]
        if json_of:
            arguments += ["--json", str(tmp_path / json_of)]
        return CliRunner().invoke(main, arguments, catch_exceptions=False)

    yield command
    settings_from_environment.cache_clear()


def read(tmp_path: Path, name: str) -> Any:
    return json.loads((tmp_path / name).read_text(encoding="utf-8"))


CREATE = (
    *("create", "--title", "样例银企对接会", "--venue", "样例会议中心", "--closes", "2099-04-10"),
    *("--starts", "2099-04-16 09:00", "--ends", "2099-04-16 11:00", "--slots", "4", "--desks", "2"),
    *("--desks-each", "2", "--approval", "none"),
)


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        (
            (),
            {
                "kind": "matchmaking",
                "slot_count": 8,
                "breaks": [4],
                "desk_count": 15,
                "approval": "whitelisted",
            },
        ),
        (
            ("--slots", "4", "--least-enterprise", "2", "--reply-hours", "0"),
            {"slot_count": 4, "breaks": [], "least_per_enterprise": 2, "reply_hours": 0},
        ),
        (("--break", "2", "--asking", "firm>bank"), {"breaks": [1], "asking": ["firm>bank"]}),
        (("--kind", "briefing"), {"kind": "briefing", "slot_count": 0, "enterprise_seats": 200}),
        (("--kind", "training", "--enterprises", "9"), {"kind": "training", "enterprise_seats": 9}),
        (("--kind", "visit", "--grade", "B"), {"kind": "visit", "least_grade": "B"}),
    ],
)
def test_every_kind_is_drafted_as_on_the_page(
    run: Command, engine: Engine, words: tuple[str, ...], settings: dict[str, Any]
) -> None:
    first = ("create", "--title", "样例", "--venue", "样例会议中心", "--starts", "2099-04-16 09:00")
    done = run(*first, *words)
    assert done.exit_code == 0, done.output
    with Session(engine) as session:
        event = session.scalars(select(Event)).one()
        assert {name: getattr(event, name) for name in settings} == settings
        assert event.registration_closes_on == date(2099, 4, 11)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--kind", "briefing", "--slots", "4"), "不排一对一洽谈"),
        (("--slots", "20"), "晚于活动结束时间"),
        (("--least-enterprise", "5"), "每家企业最低场次5场，多于"),
        (("--industry", "ZZ"), "不是行业门类或大类"),
        (("--closes", "2099-04-17"), "不能晚于活动当天"),
        (("--county", "999999"), "没有区划代码为“999999”的县区"),
    ],
)
def test_what_the_page_refuses_the_command_refuses(
    run: Command, words: tuple[str, ...], sentence: str
) -> None:
    first = ("create", "--title", "样例", "--venue", "样例会议中心", "--starts", "2099-04-16 09:00")
    refused = run(*first, *words)
    assert refused.exit_code != 0
    assert sentence in refused.output


def test_an_event_is_made_filled_planned_and_printed(run: Command, engine: Engine, tmp_path: Path) -> None:
    with Session(engine) as session:
        begin_writing(session)
        make = Make(session)
        code, bank = make.enterprise().credit_code or "", make.organisation().name
        session.commit()
    assert run(*CREATE, "--publish", json_of="event.json").exit_code == 0
    event = read(tmp_path, "event.json")["event"]
    person = ("--contact", "张三", "--phone", "13800001234")
    firm = run("register", event, "--enterprise", code, *person, "--amount", "300", json_of="firm.json")
    host = ("--contact", "李四", "--phone", "0372-2900000")
    house = run("register", event, "--institution", bank, *host, json_of="bank.json")
    assert (firm.exit_code, house.exit_code) == (0, 0), firm.output + house.output
    ids = {side: str(read(tmp_path, f"{side}.json")["registration"]) for side in ("firm", "bank")}
    for wisher, wished in (("firm", "bank"), ("bank", "firm")):
        done = run("wish", event, "--from", ids[wisher], "--to", ids[wished], "--strength", "3")
        assert "已登记" in done.output
    planned = run("timetable", event, "--seconds", "0", "--publish", json_of="timetable.json")
    assert planned.exit_code == 0, planned.output
    certificate = read(tmp_path, "timetable.json")["certificate"]
    assert (certificate["value"], certificate["bound"], certificate["meetings"]) == (80, 80, 1)
    assert run("agendas", event, "--out", str(tmp_path / "out"), json_of="agendas.json").exit_code == 0
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len(written) == 2
    assert sorted(one["file"] for one in read(tmp_path, "agendas.json")["agendas"]) == written
    assert "已发布日程" in run("list").output
    assert bank in run("list", event).output


def test_a_refusal_is_a_sentence_and_exit_code_one(run: Command) -> None:
    missing = run("list", "nosuchevent")
    assert (missing.exit_code, missing.stderr.strip()) == (1, "没有这个活动，或它尚未发布。")
    assert run("register", "x", "--contact", "张三", "--phone", "0372-290000").exit_code == 1
    backwards = (*CREATE[:-6], "--ends", "2099-04-16 08:00", "--slots", "4", "--desks", "2")
    assert "晚于" in run(*backwards).stderr


def test_an_event_moves_by_its_steps_only(run: Command, tmp_path: Path) -> None:
    run(*CREATE, json_of="event.json")
    event = read(tmp_path, "event.json")["event"]
    assert run("step", event, "close").exit_code == 1
    assert "报名中" in run("step", event, "publish").output
    assert "报名截止" in run("step", event, "close").output
    assert "尚未开始" in run("step", event, "finish").stderr
    assert run("step", event, "cancel").exit_code == 1
    assert "已取消" in run("step", event, "cancel", "--reason", "停电").output


@pytest.fixture
def plan(run: Command, tmp_path: Path) -> Command:
    def planned(content: str | bytes) -> Result:
        file = tmp_path / "problem.json"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return run("plan", str(file), "--seconds", "0", json_of="out.json")

    return planned


def test_a_plain_file_is_planned_with_its_certificate(plan: Command, tmp_path: Path) -> None:
    done = plan(json.dumps(PROBLEM))
    assert done.exit_code == 0, done.output
    made = read(tmp_path, "out.json")
    assert made["certificate"]["value"] == made["certificate"]["bound"] == 100
    assert {(one["bank"], one["firm"]) for one in made["meetings"]} == {("b1", "f1"), ("b2", "f2")}
    assert [one["condition"] for one in made["certificate"]["left_out"]] == ["firm_full"]
    assert "wishes" not in made


def test_a_plain_file_of_wishes_plans_what_both_sides_want(plan: Command, tmp_path: Path) -> None:
    said = [("bank", "b1", "f1", 3), ("firm", "b1", "f1", 1), ("bank", "b2", "f2", 3)]
    wishes = [dict(zip(("by", "bank", "firm", "strength"), one, strict=True)) for one in said]
    done = plan(
        json.dumps({key: value for key, value in PROBLEM.items() if key != "pairs"} | {"wishes": wishes})
    )
    assert "双方都同意1对；一方提出、对方未答复1对，不排" in done.output
    made = read(tmp_path, "out.json")
    assert [(one["bank"], one["firm"]) for one in made["meetings"]] == [("b1", "f1")]
    assert made["certificate"]["value"] == 60
    assert made["wishes"] == {"mutual": 1, "one_sided": 1, "refused": 0}


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        "{",
        "[]",
        json.dumps({**PROBLEM, "slot": 3}),
        json.dumps({**PROBLEM, "pairs": [{"bank": "b9", "firm": "f1", "value": 1}]}),
        json.dumps({**PROBLEM, "slots": 0}),
    ],
)
def test_a_bad_file_is_refused_in_words_and_nothing_is_written(
    plan: Command, tmp_path: Path, content: str | bytes
) -> None:
    refused = plan(content)
    assert refused.exit_code == 1
    assert refused.stderr.strip()
    assert not (tmp_path / "out.json").exists()
