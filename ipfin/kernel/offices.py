"""The patent offices of the world, by the two letters that numbers begin with.

Decides the codes only. Source: WIPO ST.3, Annex A; a new edition of it is the reason to change this module.
"""

from __future__ import annotations

from typing import Final

# The countries of ISO 3166, then organisations, then former states.
_OFFICES: Final = (
    "AD AE AF AG AI AL AM AO AR AT AU AW AZ BA BB BD BE BF BG BH BI BJ BM BN BO BQ BR BS BT BW BY BZ CA CD "
    "CF CG CH CI CK CL CM CN CO CR CU CV CW CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FO FR GA "
    "GB GD GE GG GH GI GL GM GN GQ GR GS GT GW GY HK HN HR HT HU ID IE IL IM IN IQ IR IS IT JE JM JO JP KE "
    "KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MK ML MM MN MO MR MS MT "
    "MU MV MW MX MY MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PT PW PY QA RO RS RU RW SA SB SC SD "
    "SE SG SH SI SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TL TM TN TO TR TT TV TW TZ UA UG US UY "
    "UZ VA VC VE VG VN VU WS YE ZA ZM ZW "
    "AP BX EA EM EP GC IB OA QZ WO XN XV "
    "CS DD DL SU YD YU"
)
OFFICE_CODES: Final = frozenset(_OFFICES.split())
