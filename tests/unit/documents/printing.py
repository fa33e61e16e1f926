"""Specimens that the tests of printed documents share."""

from __future__ import annotations

from datetime import date
from typing import Any

from ipfin.documents.letter import Letter, Verification
from ipfin.documents.papers import Agenda, AgendaSlot, EventHead

CHECK = Verification("AY26-7K3M-9QXP", "https://ip.example.cn/verify/AY26-7K3M-9QXP")
RARE = "祎堃昇燚喆玥犇鑫㼆䶮〇\U0002cb38\U000210c1\U00020164"
EVENT = EventHead("银企对接会", "2026年10月20日 上午", "会议中心二楼", "知识产权局", "王芳 0372-0000000")
MARKUP = [
    "<script>alert(1)</script>",
    "<img src=http://127.0.0.1/x>",
    "</td></tr></table><h1>",
    "&lt;b&gt;&amp;",
    "{{ 7*7 }}{% raw %}",
    "100%d %(name)s %s",
    "\"' onmouseover=x",
]


def letter(**overrides: Any) -> Letter:
    """Return a letter; what the test is about is given."""
    values: dict[str, Any] = {
        "organ": "安阳市知识产权局",
        "number": "安知〔2026〕3号",
        "title": "关于提供专利企业名录的函",
        "recipient": "某某银行安阳分行",
        "body": ["现将名录提供给贵行。", "特此函达。"],
        "signer": "安阳市知识产权局",
        "on": date(2026, 3, 5),
    }
    return Letter(**values | overrides)


def agenda(**overrides: Any) -> Agenda:
    """Return an agenda with one meeting; what the test is about is given."""
    values: dict[str, Any] = {
        "event": EVENT,
        "participant": "安阳某某有限公司",
        "role": "企业",
        "slots": [AgendaSlot("9:00—9:20", "3", "中原银行安阳分行")],
    }
    return Agenda(**values | overrides)


def score_sheet(name: str = "某某公司", **overrides: Any) -> dict[str, Any]:
    """Return what a score sheet is filled with."""
    criterion = {"weight": "20%", "value": "12件", "points": "15.2", "maximum": "20", "share": 76}
    values: dict[str, Any] = {
        "enterprise": {"name": name, "code": "91410500MA00000000", "region": name},
        "scheme": {"title": name, "version": "", "round": name, "as_of": date(2026, 9, 30)},
        "total": "78.40",
        "exact": "78.4025",
        "full": "100",
        "grade": "A",
        "standing": name,
        "criteria": [
            {"code": "L1", "name": "有效发明", "known": True, "note": name, "evidence": [name]}
            | {"opens": {"name": "法律", "points": "15.2", "maximum": "40"}}
            | criterion,
            {"code": "T2", "name": "权利要求", "known": False, "note": "名单没有该列", "evidence": []}
            | {"opens": None}
            | criterion,
        ],
        "chapters": [
            {"title": "主要失分", "notes": [name], "items": [{"code": "T2", "sentence": name, "how": name}]}
        ],
        "gates": [{"name": name, "state": name, "tone": "stopped", "details": [name]}],
        "sources": [{"name": name, "as_of": "2026年9月30日"}],
        "notes": [name],
        "verification": CHECK,
        "synthetic": False,
        "watermark": name,
    }
    return values | overrides


def profile(name: str = "某某公司", **overrides: Any) -> dict[str, Any]:
    """Return what a profile is filled with."""
    patent = {"number": "CN202110000001.5", "kind": "发明", "status": "有效", "filed_on": "2021-03-08"}
    values: dict[str, Any] = {
        "name": name,
        "code": "91410500MA00000000",
        "as_of": date(2026, 9, 30),
        "facts": [("统一社会信用代码", "91410500MA00000000"), ("地区", name), ("行业", name)],
        "figures": [{"label": "有效专利", "value": "33", "unit": "件"}],
        "grade": "A",
        "grade_note": name,
        "chart": None,
        "patents": [{"title": name, "note": name} | patent],
        "patents_total": 33,
        "remarks": [name],
        "verification": CHECK,
        "synthetic": True,
        "watermark": name,
    }
    return values | overrides
