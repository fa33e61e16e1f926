"""One firm as the office sees it: its patents with state and fees, narrowed by the address."""

from __future__ import annotations

from datetime import date, timedelta

from ipfin.kernel.clock import today_in_china
from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.statuses import LegalStatus, Validity
from tests.web.conftest import Browser


def test_the_office_sees_states_and_fees_of_a_firm_s_patents(client: Browser, make) -> None:
    firm, today = make.enterprise(name="样例主管有限公司"), today_in_china()
    make.patent(holders=[firm], title="样例夹具", as_of=today - timedelta(days=1))
    make.patent(
        holders=[firm],
        title="样例久远物",
        filed_on=date(2019, 6, 3),
        granted_on=date(2021, 6, 10),
        as_of=today - timedelta(days=800),
    )
    client.sign_in(make.officer())
    page = client.get(f"/office/firms/{firm.public_id}").text
    for words in ("样例夹具", "近期年费", "若未减缴", "须核对", f"名单日期{today - timedelta(days=1)}"):
        assert words in page, words


def test_the_office_narrows_a_firm_s_patents(client: Browser, make) -> None:
    firm = make.enterprise()
    make.patent(holders=[firm], title="样例夹具")
    make.patent(holders=[firm], title="样例新型", kind=PatentKind.UTILITY_MODEL)
    make.patent(
        holders=[firm], title="样例失效物", validity=Validity.LAPSED, legal_status=LegalStatus.LAPSED_FEE
    )
    client.sign_in(make.officer())
    address = f"/office/firms/{firm.public_id}"
    assert "样例失效物" in client.get(address).text
    lapsed = client.get(f"{address}?validity=lapsed").text
    assert "样例失效物" in lapsed
    assert "样例夹具" not in lapsed
    assert "样例夹具" not in client.get(f"{address}?kind=utility_model").text
