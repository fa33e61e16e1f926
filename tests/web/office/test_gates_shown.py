"""A firm's gates on its page and on its entry in a round: basis, remedy, and what nobody looked into."""

from __future__ import annotations

from ipfin.conduct.rules import ConductCode


def test_a_firms_page_says_what_keeps_it_out_and_what_nobody_looked_into(client, make) -> None:
    record = make.conduct_record(code=ConductCode.E05, expires_on=None)
    round_ = make.round()
    make.round_entry(record.enterprise, round=round_)
    browser = client.sign_in(make.officer())
    for place in (
        f"/office/firms/{record.enterprise.public_id}",
        f"/office/whitelist/{round_.number}/firms/{record.enterprise.public_id}",
    ):
        page = browser.get(place).text
        for words in ("有排除情形", "向通报机关提交申辩", "未查询不等于没有", f"/office/conduct/{record.id}"):
            assert words in page, (place, words)
