"""How well names are resolved: `python -m benchmarks.names FOLDER` (the public name pairs).

Decides what is measured and on which names. The full names are halved by a hash of the name: weights
are chosen on the first half (`--estimate`, `--tune`), every figure of the table is of the second. The
vendor's pairs are silver: what the vendor did to a name is told apart, and its groups are counter-examples.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import combinations
from pathlib import Path

from ipfin.registry.applicants import ApplicantKind, applicants_of, canonical_name, classify
from ipfin.registry.resolution.assessment import Outcome, assess
from ipfin.registry.resolution.blocking import MOST_SHARED, block_keys
from ipfin.registry.resolution.divisions import HIGHER, Divisions, divisions_of
from ipfin.registry.resolution.evidence import FirmRecord, Together, findings
from ipfin.registry.resolution.firm_names import is_group_label, parse_firm_name, plain
from ipfin.registry.resolution.short_names import ShortNames, Worth
from ipfin.registry.resolution.weights import LEVELS, UNKNOWN, Feature, default_weights

NOTHING_KNOWN = Together(known=False)
SEED = 20260305
PROVINCES = frozenset(divisions_of(()).spellings[name] for name in HIGHER[:35])
NAMED = (Feature.TRADE_NAME, Feature.TRADES, Feature.DIVISIONS, Feature.FORM)

Row = tuple[str, ...]


@dataclass(frozen=True)
class Pairs:
    """What was read: short and full names, and the vendors' pairs of raw and standardised names."""

    short: Sequence[tuple[str, str]]
    silver: Sequence[tuple[str, str]]

    @property
    def full(self) -> list[str]:
        """Every full name, once."""
        return list(dict.fromkeys(full for _short, full in self.short))


def read(folder: Path) -> Pairs:
    """Read the pairs; of the vendors' only those that are Chinese and whose raw name is a firm's."""
    with (folder / "a_share_short_full_dev.csv").open(encoding="utf-8-sig", newline="") as file:
        short = [(row["name"], row["fullname"]) for row in csv.DictReader(file)]
    with (folder / "applicant_vs_vendor_standard_dev.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["zh"] == "True"]
    silver = dict.fromkeys((row["raw_applicant"], row["vendor_std"]) for row in rows)
    return Pairs(short, [pair for pair in silver if is_firm(pair[0])])


def is_firm(name: str) -> bool:
    """Whether the name is a Chinese firm's."""
    return classify(canonical_name(name))[0] is ApplicantKind.COMPANY and len(applicants_of(name)) == 1


def is_second_half(name: str) -> bool:
    """Whether figures are reported on this name; on the others weights are chosen."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 1


def record(number: int, name: str, divisions: Divisions) -> FirmRecord:
    """Return a firm of which only the name is known."""
    return FirmRecord(number, name, parse_firm_name(name, divisions))


def outcome_of(one: str, other: str, divisions: Divisions) -> Outcome:
    """Return what two names are to each other when nothing else is known."""
    pair = record(1, one, divisions), record(2, other, divisions)
    return assess(*pair, default_weights(), NOTHING_KNOWN).outcome


# --- Short names ------------------------------------------------------------------------------------


def ranks(pairs: Iterable[tuple[str, str]], names: ShortNames) -> list[int]:
    """Return for each short name the place of its full name among the proposals, from 1; 0 when not there."""
    found = []
    for short, full in pairs:
        proposed = [match.name for match in names.matches(short)]
        found.append(proposed.index(full) + 1 if full in proposed else 0)
    return found


def share(places: Sequence[int], most: int) -> str:
    """Return the share of names found among the first `most` proposals."""
    return percent(sum(1 <= place <= most for place in places), len(places))


def tune(pairs: Pairs, divisions: Divisions) -> Worth:
    """Return the worth that finds most short names of the first half at once: one knob after the other."""
    mine = [pair for pair in pairs.short if not is_second_half(pair[1])]
    best, most = Worth(), _first_places(mine, pairs, divisions, Worth())
    for knob in [field.name for field in fields(Worth) if field.name != "trade_name"] * 2:
        for factor in (0.5, 0.7, 1.4, 2.0):
            tried = replace(best, **{knob: round(getattr(best, knob) * factor, 3)})
            found = _first_places(mine, pairs, divisions, tried)
            if found > most:
                best, most = tried, found
                print(f"{most / len(mine):.4f} {tried}", file=sys.stderr, flush=True)
    return best


def _first_places(mine: Sequence[tuple[str, str]], pairs: Pairs, divisions: Divisions, worth: Worth) -> int:
    return sum(place == 1 for place in ranks(mine, ShortNames(pairs.full, divisions, worth)))


# --- Different firms --------------------------------------------------------------------------------


def blocked(names: Sequence[str], divisions: Divisions) -> Iterator[tuple[FirmRecord, FirmRecord]]:
    """Yield every two of these different firms that share a key."""
    firms = [record(number, name, divisions) for number, name in enumerate(names)]
    blocks: defaultdict[str, list[int]] = defaultdict(list)
    for firm in firms:
        for key in block_keys(firm):
            blocks[key].append(firm.id)
    pairs = {
        pair
        for members in blocks.values()
        if len(members) <= MOST_SHARED
        for pair in combinations(members, 2)
    }
    yield from ((firms[a], firms[b]) for a, b in sorted(pairs))


# --- The same firm, written otherwise ---------------------------------------------------------------


def full_width(name: str) -> str:
    """Return the name in full-width letters with half-width brackets and spaces between."""
    return " ".join(name.replace("（", "(").replace("）", ")"))


def rebracketed(name: str, divisions: Divisions) -> str:
    """Return the name with its first division in brackets before the form, as many are registered."""
    parsed = parse_firm_name(name, divisions)
    form = parsed.form
    if not parsed.divisions or not form or not plain(name).startswith(parsed.divisions[0]):
        return name
    first = parsed.divisions[0]
    body = plain(name)[len(first) : -len(form)].removeprefix("市").removeprefix("省")
    return f"{body}（{first}）{form}"


def unbracketed(name: str) -> str:
    """Return the name without the marks of its brackets."""
    return plain(name)


def reformed(name: str) -> str:
    """Return the name with the form that it had before, or has after, its conversion."""
    if name.endswith("股份有限公司"):
        return name.removesuffix("股份有限公司") + "有限公司"
    return name.removesuffix("有限公司") + "有限责任公司" if name.endswith("有限公司") else name


def placeless(name: str, divisions: Divisions) -> str:
    """Return the name without the divisions in front."""
    body = canonical_name(name)
    while True:
        known, length = divisions.begins(body)
        if not known or len(body) - length < 6:
            return body
        body = body[length:]


def retraded(name: str) -> str:
    """Return the name with one more word for the trade, as firms take when they grow."""
    form = next((form for form in ("股份有限公司", "有限公司") if name.endswith(form)), "")
    body = name.removesuffix(form)
    return name if not form or body.endswith(("科技", "）", ")", "集团")) else f"{body}科技{form}"


def widened(name: str, divisions: Divisions) -> str:
    """Return the name of a firm of a prefecture with a province in front, as addresses write it."""
    known, _length = divisions.begins(canonical_name(name))
    return name if not known or known in PROVINCES else f"河南省{name}"


def perturbations(divisions: Divisions) -> dict[str, Callable[[str], str]]:
    """Return every way in which a name is written otherwise, by what the table calls it."""
    return {
        "full-width, spaced": full_width,
        "bracket marks dropped": unbracketed,
        "division moved into brackets": lambda name: rebracketed(name, divisions),
        "other legal form": reformed,
        "division dropped": lambda name: placeless(name, divisions),
        "wider division in front": lambda name: widened(name, divisions),
        "trade word added": retraded,
    }


def variants(
    names: Sequence[str], change: Callable[[str], str], divisions: Divisions
) -> list[tuple[Outcome, bool]]:
    """Return, for every name that `change` changes, the outcome and whether the two share a key."""
    found = []
    for name in names:
        other = change(name)
        if other != name:
            one, two = record(1, name, divisions), record(2, other, divisions)
            shares = not block_keys(one).isdisjoint(block_keys(two))
            found.append((assess(one, two, default_weights(), NOTHING_KNOWN).outcome, shares))
    return found


# --- What the vendor did ----------------------------------------------------------------------------


def vendor_act(raw: str, standard: str, divisions: Divisions) -> str:
    """Return what a vendor did to a name; told by characters and parts, never by our own outcome."""
    if is_group_label(standard):
        return "group name (marked)"
    one, other = parse_firm_name(raw, divisions), parse_firm_name(standard, divisions)
    if one.full == other.full:
        return "spelling only"
    if one.trade_name == other.trade_name and one.trades == other.trades:
        return "form or division changed"
    return "another name (group, parent, renamed)"


# --- The table --------------------------------------------------------------------------------------


def percent(part: int, whole: int) -> str:
    """Return a share with one decimal and what it is of."""
    return f"{100 * part / whole:.1f} % ({part}/{whole})" if whole else "-"


def measured(pairs: Pairs) -> list[Row]:
    """Return the lines of the table: what, how many, figures."""
    divisions = divisions_of(())
    second = [pair for pair in pairs.short if is_second_half(pair[1])]
    names = [full for _short, full in second]
    places = ranks(second, ShortNames(pairs.full, divisions))
    rows: list[Row] = [
        ("short to full name, first proposal", share(places, 1)),
        ("short to full name, among five", share(places, 5)),
    ]
    different = Counter(
        assess(one, other, default_weights(), NOTHING_KNOWN).outcome
        for one, other in blocked(pairs.full, divisions)
    )
    compared = different.total()
    rows += [
        ("different firms, pairs that share a key", f"{compared} of {_all_pairs(len(pairs.full))}"),
        ("- wrongly an identity", str(different[Outcome.IDENTITY])),
        ("- put before a person", percent(different[Outcome.REVIEW], compared)),
    ]
    for label, change in perturbations(divisions).items():
        found = variants(names, change, divisions)
        caught = sum(shares and outcome is not Outcome.SEPARATE for outcome, shares in found)
        identities = sum(outcome is Outcome.IDENTITY for outcome, _shares in found)
        rows.append((f"written otherwise: {label}", f"found {percent(caught, len(found))}"))
        rows.append(("- of them by identity", percent(identities, len(found))))
    return [*rows, *_silver(pairs, divisions)]


def _all_pairs(count: int) -> int:
    return count * (count - 1) // 2


def _silver(pairs: Pairs, divisions: Divisions) -> list[Row]:
    rows: list[Row] = []
    outcomes: defaultdict[str, Counter[Outcome]] = defaultdict(Counter)
    for raw, standard in pairs.silver:
        if is_second_half(raw):
            act = vendor_act(raw, standard, divisions)
            outcomes[act][outcome_of(raw, standard, divisions)] += 1
            if is_group_label(standard):
                bare = outcome_of(raw, standard.rpartition("-")[0], divisions)
                outcomes["group name (mark taken off)"][bare] += 1
    for act in sorted(outcomes):
        counts = outcomes[act]
        told = ", ".join(f"{each.value} {counts[each]}" for each in Outcome)
        rows.append((f"vendor: {act}", f"{counts.total()} pairs: {told}"))
    same, other = ("spelling only", "form or division changed"), ("group name (marked)", "another name")
    right = sum((outcomes[act] for act in same), Counter[Outcome]())
    wrong = sum((counts for act, counts in outcomes.items() if act.startswith(other)), Counter[Outcome]())
    for tier, kinds in (("identity", (Outcome.IDENTITY,)), ("identity or review", tuple(Outcome)[:2])):
        hits, misses = sum(right[each] for each in kinds), sum(wrong[each] for each in kinds)
        rows.append((f"silver precision, {tier}", percent(hits, hits + misses)))
        rows.append((f"silver recall, {tier}", percent(hits, right.total())))
    rows.append(("vendor groups wrongly an identity", str(wrong[Outcome.IDENTITY])))
    return rows


# --- Estimating the weights -------------------------------------------------------------------------


def estimated(pairs: Pairs) -> list[str]:
    """Return the shares of every level on the first half, as weights.toml spells them.

    m: full names of the first half, each beside itself written otherwise in one way at random; u: full
    names and the vendors' raw names of the first half that share a key and have different keys without
    their form. One is added to each count, so that nothing is impossible.
    """
    divisions = divisions_of(())
    names = [name for name in pairs.full if not is_second_half(name)]
    chance = random.Random(SEED)  # noqa: S311 - no secret
    ways = list(perturbations(divisions).values())
    same: list[tuple[FirmRecord, FirmRecord]] = []
    for name in names:
        other = chance.choice(ways)(name)
        same.append((record(1, name, divisions), record(2, other, divisions)))
    raw = [name for name, _standard in pairs.silver if not is_second_half(name)]
    together = blocked(list(dict.fromkeys((*names, *raw))), divisions)
    different = [(one, other) for one, other in together if one.name.key != other.name.key]
    lines = []
    for feature in NAMED:
        m, u = _shares(feature, same), _shares(feature, different)
        lines.append(f"[{feature.value}]  # {len(same)} pairs of one firm, {len(different)} of two")
        lines += [f"{level} = {{ m = {m[level]:.3f}, u = {u[level]:.3f} }}" for level in LEVELS[feature]]
    return lines


def _shares(feature: Feature, pairs: Sequence[tuple[FirmRecord, FirmRecord]]) -> dict[str, float]:
    counts = Counter(
        found.level
        for one, other in pairs
        for found in findings(one, other, NOTHING_KNOWN)
        if found.feature is feature and found.level != UNKNOWN
    )
    levels = LEVELS[feature]
    return {level: (counts[level] + 1) / (counts.total() + len(levels)) for level in levels}


def main(arguments: Sequence[str]) -> int:
    """Measure and print; with --estimate or --tune, print what the first half says the weights are."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.names", description="How names are resolved.")
    parser.add_argument("folder", type=Path, help="where the name pairs lie")
    parser.add_argument("--markdown", action="store_true", help="print the table for a paper")
    parser.add_argument("--estimate", action="store_true", help="print the shares of the first half")
    parser.add_argument("--tune", action="store_true", help="print the worth of places for short names")
    options = parser.parse_args(arguments)
    pairs = read(options.folder)
    if options.estimate:
        print("\n".join(estimated(pairs)))
    elif options.tune:
        print(tune(pairs, divisions_of(())))
    else:
        rows = measured(pairs)
        if options.markdown:
            print("| measured on the second half | figure |\n|---|---|")
        for what, figure in rows:
            print(f"| {what} | {figure} |" if options.markdown else f"{what:<46} {figure}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
