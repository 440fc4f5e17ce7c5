#!/usr/bin/env python3
"""Is every cell of GET /v1/data what the entered figures say?

    recompute.py URL DATA/demo-accounts.json [PERIOD ...]        default: every period there is

Reads, as the district, the catalogue and each accepted submission with the figures that were typed in; adds them up
by the rules below in exact fractions; compares district and communes, every indicator, to the digit.

Rules (43/KH-UBND, the catalogue, and how they are put into words for this project):
  accepted   Only accepted submissions count; totals and rates are computed, never taken over.
  reporters  A unit stands for the communes and towns below it on the last day of the period; a commune for itself.
  source     A figure comes from the form with the longest periods that fill the asked period exactly.
  time       Flows are added up over them (flag `accumulated`); of stocks and statuses the last one is taken.
  missing    Missing is not zero: a reporter of whose figures one is missing is left out, `n` of `expected` counts
             it, and the flag `partial` says so.  Where it does not apply it is not expected, and adds nothing.
  across     Sum for flows and stocks; ratio of the sums for rates; mean weighted by population for income, which
             is an estimate; statuses are counted, as met of those reported.  Never a mean of rates.
  rounding   Once, at the end, to the decimals of the indicator, half away from zero.
  null       not_expected, not_reported or zero_denominator says why there is no value.
"""
import http.client
import json
import sys
import urllib.parse
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

DISTRICT = "kbang"
LENGTHS = ["month", "quarter", "half", "nine_months", "year"]


class Digits(str):
    """A JSON number, kept as it was written."""


class Service:
    """The API, as one account sees it."""

    def __init__(self, url, token):
        at = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(at.hostname, at.port, timeout=60)
        self.headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}

    def get(self, path, **parameters):
        query = urllib.parse.urlencode(parameters)
        self.connection.request("GET", f"{path}?{query}" if query else path, headers=self.headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            sys.exit(f"GET {path}: {answer.status} {text}")
        return json.loads(text, parse_float=Digits, parse_int=Digits)

    def all(self, path, **parameters):
        """Page after page."""
        page = {"next": None}
        while "next" in page:
            page = self.get(path, limit=100, **parameters)
            yield from page["items"]
            if page["next"] is None:
                return
            parameters["cursor"] = page["next"]


# What the service knows, as a reader of the catalogue would write it down ------------------------------------------


@dataclass
class Period:
    code: str
    frequency: str
    first: date
    last: date

    def days(self):
        return (self.last - self.first).days + 1


@dataclass
class Indicator:
    code: str
    measure: str  # flow, stock, status or ratio
    entry: str  # value, pair or computed
    result: str  # total or ratio
    scale: int
    decimals: int
    aggregation: str
    weight: str | None
    applies_to: list
    formula: list  # (side, indicator, coefficient, counts)

    def inputs(self):
        return self.formula or [("numerator", self.code, Fraction(1), "value")]


@dataclass
class Figure:
    """One answer of a submission; of a pair both numbers."""

    value: Fraction | None
    of: Fraction | None
    missing_reason: str | None
    status: str
    invented: bool


@dataclass
class World:
    periods: dict = field(default_factory=dict)
    forms: dict = field(default_factory=dict)  # form → its frequency and what it asks
    indicators: dict = field(default_factory=dict)
    reported: dict = field(default_factory=dict)  # form, unit, period → indicator → Figure


def fraction(value):
    if isinstance(value, bool):
        return Fraction(value)
    return None if value is None else Fraction(value)


def read_indicator(service, code):
    told = service.get(f"/v1/indicators/{code}")
    assert len(told["versions"]) == 1, f"{code} has several definitions: the rules for that are not written here"
    v = told["versions"][0]
    formula = [(t["side"], t["indicator"], Fraction(t["coefficient"]), t["counts"]) for t in v["formula"] or []]
    return Indicator(code, v["measure"], v["entry"], v["result"], int(v["scale"]), int(v["decimals"]), v["aggregation"],
                     v["weight"], v["applies_to"], formula)


def read_figures(service, submission):
    told = service.get(f"/v1/submissions/{submission['id']}")
    return {v["indicator"]: Figure(fraction(v["value"]), fraction(v["denominator"]), v["missing_reason"], v["status"], told["invented"])
            for v in told["values"] if not v["computed"]}


def read_world(service):
    world = World()
    world.periods = {p["code"]: Period(p["code"], p["frequency"], date.fromisoformat(p["starts_on"]), date.fromisoformat(p["ends_on"]))
                     for p in service.all("/v1/periods")}
    world.indicators = {i["code"]: read_indicator(service, i["code"]) for i in service.all("/v1/indicators")}
    for form in service.all("/v1/forms"):
        told = service.get(f"/v1/forms/{form['code']}")
        world.forms[form["code"]] = (told["frequency"], {i["indicator"] for i in told["indicators"]})
    for s in service.all("/v1/submissions"):
        if s["state"] in ("accepted", "locked"):
            world.reported[s["form"], s["unit"], s["period"]] = read_figures(service, s)
    return world


# From answers to one figure of one reporter -------------------------------------------------------------------------


def periods_within(world, period, frequency):
    """Periods of a frequency that fill a period exactly, in order; none when they do not."""
    inside = [p for p in world.periods.values() if p.frequency == frequency and p.first >= period.first and p.last <= period.last]
    return sorted(inside, key=lambda p: p.first) if sum(p.days() for p in inside) == period.days() else []


def source(world, indicator, period):
    """Form and periods that a figure comes from: the longest periods win."""
    found = [(LENGTHS.index(frequency), form, periods_within(world, period, frequency))
             for form, (frequency, asks) in world.forms.items() if indicator.code in asks]
    found = [f for f in found if f[2]]
    if not found:
        return None
    _, form, periods = max(found)
    return form, periods if indicator.measure == "flow" else periods[-1:]


@dataclass
class Known:
    """A figure of one reporter for a period."""

    asked: bool = False
    complete: bool = False
    applies: bool = True
    value: Fraction | None = None
    of: Fraction | None = None
    flags: set = field(default_factory=set)


def total(values):
    values = [v for v in values if v is not None]
    return sum(values) if values else None


def flags_of(figures, accumulated):
    flags = {"invented"} if any(f.invented for f in figures) else set()
    if any(f.status == "ESTIMATE" for f in figures):
        flags.add("estimate")
    if any(f.status != "OFFICIAL" for f in figures):
        flags.add("provisional")
    return flags | ({"accumulated"} if accumulated else set())


def known(world, unit, indicator, period):
    found = source(world, indicator, period)
    if not found:
        return Known()
    form, periods = found
    figures = [world.reported.get((form, unit, p.code), {}).get(indicator.code) for p in periods]
    if any(f is None or (f.value is None and f.missing_reason != "not_applicable") for f in figures):
        return Known(asked=True)
    accumulated = indicator.measure == "flow" and periods[0] != period
    return Known(True, True, any(f.value is not None for f in figures), total(f.value for f in figures), total(f.of for f in figures),
                 flags_of(figures, accumulated))


# One indicator of one reporter ----------------------------------------------------------------------------------------


@dataclass
class Share:
    """What a reporter contributes to an indicator."""

    expected: bool
    counted: bool = False
    numerator: Fraction = Fraction(0)
    denominator: Fraction | None = None
    weight: Fraction | None = None
    flags: set = field(default_factory=set)


def side(indicator, inputs, which):
    terms = [(k, coefficient, counts) for (s, _, coefficient, counts), k in zip(indicator.inputs(), inputs) if s == which]
    if not terms:
        return None
    return sum((c * ((k.value or 0) if counts == "value" else (k.value is not None)) for k, c, counts in terms), Fraction(0))


def share(world, unit, indicator, period, weighted):
    inputs = [known(world, unit["code"], world.indicators[code], period) for _, code, _, _ in indicator.inputs()]
    weight = known(world, unit["code"], world.indicators[indicator.weight], period) if indicator.weight else None
    asked = all(k.asked for k in inputs + ([weight] if weight else []))
    if unit["kind"] not in indicator.applies_to or not asked or not any(k.applies for k in inputs):
        return Share(expected=False)
    needed = inputs + ([weight] if weight and weighted else [])
    if not all(k.complete for k in needed):
        return Share(expected=True)
    of = inputs[0].of if indicator.entry == "pair" else side(indicator, inputs, "denominator")
    return Share(True, True, side(indicator, inputs, "numerator"), of, weight.value if weight else None, set().union(*(k.flags for k in needed)))


# Across reporters ---------------------------------------------------------------------------------------------------


def add_up(indicator, shares):
    """Numerator and denominator over several reporters."""
    if indicator.aggregation == "count_true":
        return Fraction(sum(s.numerator == 1 for s in shares)), Fraction(len(shares))
    if indicator.aggregation == "count_complete":
        return Fraction(sum(s.numerator == s.denominator for s in shares)), Fraction(len(shares))
    if indicator.aggregation == "weighted_mean":
        return sum(s.numerator * s.weight for s in shares), sum(s.weight for s in shares)
    return sum(s.numerator for s in shares), total(s.denominator for s in shares)


def rounded(value, decimals):
    """Half away from zero."""
    whole = floor(abs(value) * 10 ** decimals + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, 10 ** decimals)


def digits(value):
    """As short as it goes: 9012.6, 27, -0.5."""
    if value is None:
        return None
    places = next(n for n in range(13) if (value * 10 ** n).denominator == 1)
    text = f"{Decimal(int(value * 10 ** places)).scaleb(-places):f}"
    return Digits(text)


def cell(world, unit, reporters, indicator, period):
    alone = [r["code"] for r in reporters] == [unit]
    shares = [share(world, r, indicator, period, weighted=not alone) for r in reporters]
    counted = [s for s in shares if s.counted]
    n, expected = len(counted), sum(s.expected for s in shares)
    made = {"value": None, "n": digits(Fraction(n)), "expected": digits(Fraction(expected)), "coverage": None,
            "numerator": None, "denominator": None, "flags": set(), "why": None}
    if expected:
        made["coverage"] = digits(rounded(Fraction(n, expected), 3))
    if not n:
        made["why"] = "not_reported" if expected else "not_expected"
        return made
    made["flags"] = set().union(*(s.flags for s in counted)) | ({"partial"} if n < expected else set())
    if alone:
        numerator, denominator = counted[0].numerator, counted[0].denominator
    else:
        numerator, denominator = add_up(indicator, counted)
        made["flags"] |= {"estimate"} if indicator.weight else set()
    return with_value(made, indicator, numerator, denominator, entered=alone and indicator.entry == "value")


def with_value(made, indicator, numerator, denominator, entered):
    if denominator is not None:
        made |= {"numerator": digits(numerator), "denominator": digits(denominator)}
    if entered or indicator.result == "total":
        made["value"] = digits(numerator)
    elif denominator:
        made["value"] = digits(rounded(indicator.scale * numerator / denominator, indicator.decimals))
    else:
        made["why"] = "zero_denominator"
    return made


# Comparing ------------------------------------------------------------------------------------------------------------


def differences(world, service, period):
    """(unit, indicator, member, here, there) of a period, and what the service said."""
    reporters = list(service.all("/v1/units", within=DISTRICT, level="commune", as_of=period.last))
    data = service.get("/v1/data", unit=f"{DISTRICT},children({DISTRICT})", indicator=",".join(world.indicators), period=period.code)
    units, indicators = ([item["code"] for item in dim["items"]] for dim in data["dims"][:2])
    assert units == [DISTRICT] + sorted(r["code"] for r in reporters) and indicators == list(world.indicators)
    assert len(data["cells"]) == len(units) * len(indicators)
    found = []
    for i, there in enumerate(data["cells"]):
        unit, indicator = units[i // len(indicators)], indicators[i % len(indicators)]
        mine = reporters if unit == DISTRICT else [r for r in reporters if r["code"] == unit]
        here = cell(world, unit, mine, world.indicators[indicator], period)
        there["flags"] = set(there["flags"])
        found += [(unit, indicator, m, here.get(m), there.get(m)) for m in here.keys() | there.keys() if here.get(m) != there.get(m)]
    return found, data


def district_token(accounts):
    with open(accounts, encoding="utf-8") as file:
        return next(a["token"] for a in json.load(file) if "DISTRICT_HOME_AFFAIRS" in a["roles"])


def main(url, accounts, *periods):
    service = Service(url, district_token(accounts))
    world = read_world(service)
    cells = wrong = valued = 0
    for code in periods or world.periods:
        found, data = differences(world, service, world.periods[code])
        cells += len(data["cells"])
        valued += sum(c["value"] is not None for c in data["cells"])
        wrong += len({d[:2] for d in found})
        for unit, indicator, member, here, there in found[:20]:
            print(f"{code} {unit} {indicator}: {member} should be {here}, is {there}")
    print(f"{cells} cells compared, {wrong} differ; {valued} of them have a value, from {len(world.reported)} accepted submissions")
    return 1 if wrong or not valued else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
