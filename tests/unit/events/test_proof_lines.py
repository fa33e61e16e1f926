"""The printed certificate says what the stored one says, and no more."""

from __future__ import annotations

from dataclasses import replace

from ipfin.events.lifecycle import Side
from ipfin.events.planning import Participant, Task, certificate_as_json, task_of
from ipfin.events.proof_lines import proof_of
from ipfin.events.proposals import FixedPair
from ipfin.events.timetable.plan import plan
from ipfin.events.wishes import WishSaid


def task(slots: int, *musts: int) -> Task:
    people = [Participant(1, Side.INSTITUTION, "银行", 1, frozenset())]
    people += [Participant(firm, Side.ENTERPRISE, f"企业{firm}", 0, frozenset()) for firm in (2, 3)]
    said = [WishSaid(side, 1, firm, 1) for firm in (2, 3) for side in (Side.ENTERPRISE, Side.INSTITUTION)]
    fixed = [FixedPair(1, firm, None, None) for firm in musts]
    return task_of(people, said, slots=slots, desks=1, meetings_per_enterprise=1, fixed=fixed)


def lines(asked: Task) -> dict[str, str]:
    timetable = plan(asked.problem, time_limit_s=0)
    stored = certificate_as_json(asked, timetable)
    proof = proof_of(stored, asked.problem.sha256())
    return {str(label): str(words) for label, words in [*proof.reached, *proof.found]}


def test_every_figure_is_that_of_the_certificate() -> None:
    asked = task(2)
    said = lines(asked)

    assert said["洽谈场数"] == "2场"
    assert said["总意愿 / 理论上限"] == "80 / 80（100.00%）"
    assert said["公平"].endswith("没有一版让场次最少的企业更多。")
    assert said["空等 / 下限"] == "0 / 0（企业0个时段，计3倍；机构0个）"
    assert said["输入校验值"] == asked.problem.sha256()
    assert "必排已安排 / 要求" not in said


def test_must_haves_that_are_not_met_stand_there_with_the_reason_why_not_all_can_be() -> None:
    asked = task(1, 2, 3)
    stored = certificate_as_json(asked, plan(asked.problem, time_limit_s=0))
    proof = proof_of(stored, "")

    assert lines(asked)["必排已安排 / 要求"] == "1 / 2，任何日程最多1"
    assert "一共只有1个可用的席位时段" in str(proof.unserved[0])
    assert len(proof.unserved) == 2
    assert sum(pairs for _, pairs in proof.left_out) == 1


def test_a_certificate_from_before_says_less_and_claims_nothing() -> None:
    asked = task(2)
    timetable = plan(asked.problem, time_limit_s=0)
    proof = replace(timetable.certificate, is_fairest=False)
    stored = certificate_as_json(asked, replace(timetable, certificate=proof))
    for name in ("demands", "served", "served_bound", "unserved", "witnesses", "is_fairest", "idle_by"):
        stored.pop(name, None)

    old = proof_of(stored, "")

    assert "未证明" in {str(label): str(words) for label, words in old.reached}["公平"]
    assert old.unserved == []
