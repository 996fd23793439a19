"""Double entry for typed numbers: each holds against others, so that a slipped digit breaks a sum or a ratio.

    python -m chipcheck.identities build/consistent

is the gate of every build: it loads all tables, checks all identities and leaves the file named when they hold. An
identity is a function that takes all tables, as lists of rows, and yields one `Check` for each comparison it makes.
A row leaves an identity by its own columns (a status, a basis), or by a line of `exemptions.csv` that says why.
"""

import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from statistics import median

import pandas as pd

from chipcheck import data, dates, schemas
from chipcheck.data import ROW, DataError, Fault
from chipcheck.ending import ending
from chipcheck.files import write_atomic
from chipcheck.hardware import BITS
from chipcheck.market import FOREIGN

Tables = Mapping[str, list[dict]]

RATE = 0.005  # relative: sources round a rate to three digits
MONEY = 0.001  # relative: prices and counts are exact, the product is printed rounded
SYSTEM = 0.05  # relative: sources give the memory built in or the memory free to use, 192 or 186 GB, and round
FACTOR = 2.0  # between like submissions to a benchmark, for each chip
SCALING = ("bf16", "fp16", "fp8", "int8")  # formats for which a chip's rate doubles as the bits halve


@dataclass(frozen=True)
class Check:
    """One comparison: whether it holds, and what to say about which cell of which table where it does not."""

    table: str
    fault: Fault
    holds: bool


class IdentityError(ValueError):
    """Typed numbers contradict each other; the message lists every contradiction by table."""

    def __init__(self, broken: list[tuple[str, Check]]):
        self.broken = broken
        lines = [f"  {check.table}.csv, {check.fault} ({name})" for name, check in broken]
        super().__init__(f"data/: {len(broken)} contradiction{'' if len(broken) == 1 else 's'}\n" + "\n".join(lines))


def load_all(folder: Path | None = None) -> dict[str, list[dict]]:
    """Return the rows of every table, validated, each with its line in the file under `data.ROW`.

    Raises `DataError` for a faulty table, and one that lists them all where there are several.
    """
    tables, refused = {}, []
    for name in schemas.TABLES:
        try:
            tables[name] = data.numbered(name, folder).to_dict("records")
        except DataError as error:
            refused.append(error)
    if refused:
        raise data.merged(refused)
    return tables


def check(tables: Tables) -> None:
    """Raise `IdentityError` naming file, row, column, value and what was expected for all that does not hold."""
    if found := contradictions(tables, IDENTITIES):
        raise IdentityError(found)


def contradictions(tables: Tables, identities: Iterable[Callable]) -> list[tuple[str, Check]]:
    """Return the comparisons of these identities that do not hold, each with the name of its identity.

    What `exemptions.csv` lets pass is left out; a line of it that nothing needs is itself a contradiction.
    """
    tables = {name: _Indexed(rows) for name, rows in tables.items()}
    exempt, needed, found = _exempt(tables), set(), []
    names = {identity.__name__ for identity in identities}
    for identity in identities:
        for made in identity(tables):
            where = (made.table, made.fault.row, identity.__name__)
            if not made.holds:
                needed.add(where)
                found += [] if where in exempt else [(identity.__name__, made)]
    known = {identity.__name__ for identity in IDENTITIES}
    for where, line in exempt.items():
        if where not in needed and (where[2] in names or where[2] not in known):
            wanted = f"a row of {line['table']}.csv that breaks {line['identity']}; there is none, so delete this line"
            found.append(("an_exemption_is_needed", _made("exemptions", line, "row_id", False, wanted)))
    return found


def _exempt(tables: Tables) -> dict[tuple[str, int, str], dict]:
    """Return the lines of exemptions.csv by table, line in that table (0 where there is no such row) and identity."""
    lines = {}
    for line in tables["exemptions"]:
        key = schemas.TABLES[line["table"]].key if line["table"] in schemas.TABLES else ""
        rows = _rows(tables[line["table"]], **{key: line["row_id"]}) if key else []
        lines[line["table"], int(rows[0][ROW]) if rows else 0, line["identity"]] = line
    return lines


# ---- what the identities share ----


def _close(table: str, row: dict, column: str, expected: Iterable[float], allowed: float, why: str) -> Check:
    """Return the check that a cell is one of the values expected, each to within `allowed` of itself."""
    near = [wanted for wanted in expected if abs(row[column] - wanted) <= allowed * abs(wanted)]
    return _made(table, row, column, bool(near), f"{_listed(expected)}, {why}")


def _made(table: str, row: dict, column: str, holds: bool, wanted: str) -> Check:
    value = row[column]
    shown = "" if pd.isna(value) else f"{value:.15g}" if isinstance(value, float) else str(value)
    return Check(table, Fault(int(row[ROW]), column, shown, wanted), holds)


def _listed(numbers: Iterable[float]) -> str:
    return " or ".join(f"{number:.6g}" for number in sorted(set(numbers)) if number == number)


class _Indexed(list):
    """The rows of a table, found by a value without a look at each; none is changed while this stands."""

    def __init__(self, rows: Iterable[dict]) -> None:
        super().__init__(rows)
        self._places: dict[str, dict[object, list[int]]] = {}

    def places(self, column: str, values: Iterable) -> list[list[int]]:
        """Return for each of these values at which places of the list rows have it in a column."""
        if column not in self._places:
            self._places[column] = {}
            for place, row in enumerate(self):
                self._places[column].setdefault(row[column], []).append(place)
        return [self._places[column].get(value, []) for value in dict.fromkeys(values)]


def _rows(rows: list[dict], **wanted: object) -> list[dict]:
    """Return the rows whose columns have the values wanted, in their order; a tuple allows several."""
    allowed = {column: values if isinstance(values, tuple) else (values,) for column, values in wanted.items()}
    if isinstance(rows, _Indexed):  # or hundred times the rows would take ten thousand times as long
        found = {column: rows.places(column, values) for column, values in allowed.items()}
        fewest = min(found, key=lambda column: sum(map(len, found[column])))
        rows = [rows[place] for place in sorted(chain.from_iterable(found[fewest]))]
    for column, values in allowed.items():
        rows = [row for row in rows if row[column] in values]
    return rows


def _groups(rows: list[dict], *columns: str) -> list[list[dict]]:
    """Return the rows in groups that are alike in some columns."""
    groups: dict[tuple, list[dict]] = {}
    for row in rows:
        groups.setdefault(tuple(row[column] for column in columns), []).append(row)
    return list(groups.values())


def half_step(value: float) -> float:
    """Return half a unit of the last digit a number was typed with: 0.05 for 1.7, 0.5 for 15."""
    return 0.5 * 10 ** -len(f"{value:.15g}".partition(".")[2])


def _points(row: dict) -> Iterator[str]:
    """Name the columns of low and high that are not empty."""
    yield from (column for column in ("low", "high") if not pd.isna(row[column]))


# ---- chips and systems ----


def _published(specs: list[dict], chip: str) -> list[dict]:
    """Return the dense rates of a chip as published, in formats with a bit length."""
    rows = _rows(specs, chip=chip, metric="tensor_throughput", basis="dense", precision=tuple(BITS))
    return [row for row in rows if row["status"] != "measured"]


def tpp_is_a_dense_rate_times_its_bits(tables: Tables) -> Iterator[Check]:
    """TPP = rate x bits (15 CFR part 774, ECCN 3A090), for a published dense rate of the chip."""
    specs = tables["chip_specs"]
    for row in _rows(specs, metric="tpp"):
        products = [rate["value"] * BITS[rate["precision"]] for rate in _published(specs, row["chip"])]
        if products:
            yield _close("chip_specs", row, "value", products, RATE, "a dense rate times its bits")


def a_dense_rate_scales_with_its_bits(tables: Tables) -> Iterator[Check]:
    """Rate x bits is the chip's TPP, or that of another format or source."""
    specs = tables["chip_specs"]
    for chip in dict.fromkeys(row["chip"] for row in specs):
        rates = [row for row in _published(specs, chip) if row["precision"] in SCALING]
        for row in rates:
            bits = BITS[row["precision"]]
            others = [rate["value"] * BITS[rate["precision"]] / bits for rate in rates if rate is not row]
            others += [tpp["value"] / bits for tpp in _rows(specs, chip=chip, metric="tpp")]
            if others and row["status"] not in ("forecast", "computed"):
                yield _close("chip_specs", row, "value", others, RATE, "from the TPP or another format or source")


def sparse_is_twice_dense(tables: Tables) -> Iterator[Check]:
    """A rate with 2:4 sparsity is twice the dense rate of the same chip and format."""
    specs = tables["chip_specs"]
    for row in _rows(specs, basis="sparse"):
        twice = [2 * rate["value"] for rate in _published(specs, row["chip"]) if rate["precision"] == row["precision"]]
        if twice:
            yield _close("chip_specs", row, "value", twice, RATE, "twice the dense rate")


def a_measured_rate_is_below_the_published_one(tables: Tables) -> Iterator[Check]:
    """What ran cannot be faster than the peak, nor an order of magnitude slower."""
    specs = tables["chip_specs"]
    for row in _rows(specs, metric="tensor_throughput", status="measured"):
        rates = [rate for rate in _published(specs, row["chip"]) if BITS[rate["precision"]] == BITS[row["precision"]]]
        if rates:
            peak = max(rate["value"] for rate in rates)
            wanted = f"between {peak / 10:.6g} and {peak:.6g}, the published rate"
            yield _made("chip_specs", row, "value", peak / 10 <= row["value"] <= peak, wanted)


CHIP_OF = {"CloudMatrix 384": "Ascend 910C", "GB200 NVL72": "GB200", "HGX B200 (8 GPUs)": "B200"}
TO_SYSTEM = {"tensor_throughput": 1000, "memory_capacity": 1000, "memory_bandwidth": 1}  # TFLOPS, GB, TB/s


def a_system_is_the_sum_of_its_chips(tables: Tables) -> Iterator[Check]:
    """Rate, memory and bandwidth of a system = number of chips x the value of one chip, sparse = 2 x dense."""
    systems, specs = tables["systems"], tables["chip_specs"]
    for row in _rows(systems, metric=tuple(TO_SYSTEM)):
        stated = [count["value"] for count in _rows(systems, system=row["system"], metric="chips")]
        counts = stated or [float(number) for number in re.findall(r"\((\d+) GPUs\)", row["system"])]
        twice = 2 if row["basis"] == "sparse" else 1
        chip = _rows(specs, chip=CHIP_OF[row["system"]], metric=row["metric"])
        if row["metric"] == "tensor_throughput":
            wanted = (row["precision"],) if isinstance(row["precision"], str) else ("bf16",)
            chip = [one for one in chip if one["basis"] == "dense" and one["precision"] in wanted]
        sums = [twice * count * one["value"] / TO_SYSTEM[row["metric"]] for count in counts for one in chip]
        if sums:
            yield _close("systems", row, "value", sums, SYSTEM, "number of chips times one chip")


def a_ratio_of_systems_is_their_quotient(tables: Tables) -> Iterator[Check]:
    """A ratio to the NVL72 is the quotient of the two values, at the rounding it was printed with."""
    systems, specs = tables["systems"], tables["chip_specs"]
    per_chip = _rows(specs, chip="Ascend 910C", metric="tensor_throughput", basis="dense", precision="bf16")
    for row in systems:
        if not row["metric"].endswith("_ratio_to_nvl72"):
            continue
        metric = row["metric"].removesuffix("_ratio_to_nvl72").replace("compute", "tensor_throughput")
        own = [one["value"] for one in _rows(systems, system=row["system"], metric=metric)]
        if metric == "tensor_throughput":
            own += [one["value"] * 384 / 1000 for one in per_chip]
        whole = _rows(systems, system="GB200 NVL72", metric=metric)
        quotients = [part / one["value"] for part in own for one in whole if one["basis"] != "sparse"]
        if quotients:
            holds = any(abs(row["value"] - quotient) <= half_step(row["value"]) for quotient in quotients)
            yield _made("systems", row, "value", holds, f"{_listed(quotients)} rounded, the quotient")


BASIS_METRIC = {"dense": "tensor_throughput", "bandwidth": "memory_bandwidth", "tpp": "tpp"}


def a_stated_multiple_is_the_quotient_of_the_chips(tables: Tables) -> Iterator[Check]:
    """A multiple that names a hardware basis is the quotient of two published values on that basis."""
    specs = tables["chip_specs"]
    for row in _rows(tables["performance_statements"], basis=tuple(BASIS_METRIC), unit=("x", "%")):
        scale = 100 if row["unit"] == "%" else 1
        parts, wholes = _stated(specs, row["subject"], row), _stated(specs, row["reference"], row)
        quotients = [
            scale * part["value"] / whole["value"]
            for part in parts
            for whole in wholes
            if part["precision"] == whole["precision"] or row["basis"] != "dense"
        ]
        for column in _points(row) if quotients else ():
            holds = any(abs(row[column] - quotient) <= half_step(row[column]) for quotient in quotients)
            yield _made("performance_statements", row, column, holds, f"{_listed(quotients)} rounded, the quotient")


def _stated(specs: list[dict], chip: str, statement: dict) -> list[dict]:
    """Return the published rows of a chip on the basis of a statement."""
    rows = _rows(specs, chip=chip, metric=BASIS_METRIC[statement["basis"]])
    return [row for row in rows if row["status"] != "measured" and row["basis"] not in ("sparse", "unstated")]


def like_benchmark_results_are_of_one_size(tables: Tables) -> Iterator[Check]:
    """Results of one model, load and chip, divided by the number of chips, lie within a factor of their median."""
    for rows in _groups(tables["mlperf_results"], "model", "scenario", "chip", "unit"):
        middle = median(row["value"] / row["chips"] for row in rows)
        for row in rows if len(rows) > 2 else ():
            times = row["value"] / row["chips"] / middle
            wanted = f"{middle / FACTOR:.6g} to {middle * FACTOR:.6g} for each of {row['chips']:g} chips"
            yield _made("mlperf_results", row, "value", 1 / FACTOR <= times <= FACTOR, wanted)


def bands_are_not_empty(tables: Tables) -> Iterator[Check]:
    """The upper threshold of a band lies above its lower one."""
    for rows in _groups(tables["export_rules"], "rule", "metric"):
        for upper in _rows(rows, bound="below"):
            for lower in _rows(rows, bound=("above", "at_least")):
                wanted = f"more than {lower['value']:g}, the lower end"
                yield _made("export_rules", upper, "value", upper["value"] > lower["value"], wanted)


# ---- money ----


def rounding(row: dict) -> float:
    """Return half a unit of the last digit that is known, USD m: 5 for a value rounded to 10, else 0.5."""
    return 0.5 if pd.isna(row["rounded_to"]) else row["rounded_to"] / 2


def quarters_add_up_to_the_year(tables: Tables) -> Iterator[Check]:
    """The four quarters of a fiscal year add up to it; where one was computed from the year, it is that one."""
    known = [row | {"year": row["fiscal_period"][:6]} for row in tables["nvidia_revenue"] if not pd.isna(row["value"])]
    for rows in _groups(known, "year", "measure", "basis"):
        quarters, years = (_rows(rows, period_kind=kind) for kind in ("quarter", "year"))
        if len(quarters) != 4 or len(years) != 1:
            continue
        [year] = years
        allowed = rounding(year) + sum(rounding(quarter) for quarter in quarters)
        total = sum(quarter["value"] for quarter in quarters)
        computed = _rows(quarters, status="computed")
        blamed = computed[0] if len(computed) == 1 else year
        expected = blamed["value"] + (year["value"] - total) * (1 if blamed is not year else -1)
        wanted = f"{expected:.6g} within {allowed:g}, so that the quarters add up to the year"
        yield _made("nvidia_revenue", blamed, "value", abs(total - year["value"]) <= allowed, wanted)


def a_part_is_less_than_the_total(tables: Tables) -> Iterator[Check]:
    """China and the data centre each earn less than the whole, of the same period."""
    frame = tables["nvidia_revenue"]
    for row in _rows(frame, measure=("china", "data_centre")):
        for total in _rows(frame, measure="total", fiscal_period=row["fiscal_period"]):
            wanted = f"less than the total, {total['value']:g}"
            yield _made("nvidia_revenue", row, "value", row["value"] < total["value"], wanted)


def a_share_of_revenue_is_part_over_total(tables: Tables) -> Iterator[Check]:
    """A printed share of total revenue is China over total of that quarter, to the digits printed."""
    frame = tables["nvidia_revenue"]
    for row in _rows(tables["revenue_statements"], measure="share_of_total_revenue"):
        parts = _rows(frame, measure="china", fiscal_period=row["fiscal_period"])
        totals = _rows(frame, measure="total", fiscal_period=row["fiscal_period"])
        shares = [100 * part["value"] / total["value"] for part in parts for total in totals]
        for column in _points(row) if shares else ():
            holds = any(abs(row[column] - share) <= half_step(row[column]) for share in shares)
            yield _made("revenue_statements", row, column, holds, f"{_listed(shares)} rounded, China over total")


def one_sum_stands_alike_in_two_tables(tables: Tables) -> Iterator[Check]:
    """H20 revenue of a quarter is the same in revenue_statements and in orders."""
    for row in _rows(tables["revenue_statements"], measure="revenue", basis="h20_china", unit="USD bn"):
        twins = _rows(tables["orders"], product="H20", measure="booked", fiscal_period=row["fiscal_period"])
        for twin in twins:
            yield _close("orders", twin, "low", [row["low"]], 0, f"as {row['row_id']} in revenue_statements")


def a_charge_is_at_most_what_was_warned_of(tables: Tables) -> Iterator[Check]:
    """A charge taken lies below the upper bound announced before it, and above a tenth of it."""
    frame = tables["orders"]
    for row in _rows(frame, measure="charge", unit="USD bn"):
        for bound in _rows(frame, measure="charge_warned", fiscal_period=row["fiscal_period"]):
            wanted = f"between {bound['high'] / 10:g} and {bound['high']:g}, the charge that was warned of"
            yield _made("orders", row, "high", bound["high"] / 10 <= row["high"] <= bound["high"], wanted)


def cards_times_price_is_revenue(tables: Tables) -> Iterator[Check]:
    """Cards delivered x average price = revenue, where one source projects all three."""
    frame = tables["orders"]
    for row in _rows(frame, measure="delivered", unit="USD bn"):
        cards = _rows(frame, measure="delivered", unit="cards", product=row["product"], source_id=row["source_id"])
        prices = _rows(tables["chip_prices"], product=row["product"], source_id=row["source_id"], unit="USD")
        products = [count["low"] * price["low"] / 1e9 for count in cards for price in prices]
        if products:
            yield _close("orders", row, "low", products, MONEY, "cards times price")


def longer_periods_earn_more(tables: Tables) -> Iterator[Check]:
    """Within a year, revenue of the first quarter, half, nine months and year never falls."""
    order = ["-Q1", "-H1", "-9M", ""]
    revenue = [row for row in _rows(tables["company_results"], measure="revenue") if not pd.isna(row["value"])]
    for rows in _groups([row | {"year": row["fiscal_period"][:4]} for row in revenue], "company", "year"):
        known = {row["fiscal_period"][4:]: row for row in rows}
        periods = [known[period] for period in order if period in known]
        for before, after in zip(periods, periods[1:], strict=False):
            wanted = f"at least {before['value']:g}, the part of the year before"
            yield _made("company_results", after, "value", after["value"] >= before["value"], wanted)


# ---- shares of a market ----


def a_share_of_the_market_is_part_over_total(tables: Tables) -> Iterator[Check]:
    """A share by units is cards over all cards of that house and year, to the digits printed; bounds are kept."""
    frame = tables["china_market_share"]
    for row in _rows(frame, unit="%", measure="units"):
        same = {name: row[name] for name in ("as_of", "house", "measure")}
        parts = _rows(frame, **same, category=row["category"], unit="cards")
        totals = _rows(frame, **same, category="total", unit="cards")
        shares = [100 * part["low"] / total["low"] for part in parts for total in totals]
        for column in _points(row) if shares else ():
            holds = any(abs(row[column] - share) <= half_step(row[column]) for share in shares)
            yield _made("china_market_share", row, column, holds, f"{_listed(shares)} rounded, cards over all cards")


TOTALS = {"total", "imported", "domestic"}  # categories that are no maker


def parts_of_a_market_fit_into_it(tables: Tables) -> Iterator[Check]:
    """NVIDIA, AMD and all domestic makers are the market; the domestic makers named are part of the domestic."""
    frame = [row for row in tables["china_market_share"] if not pd.isna(row["low"])]
    for rows in _groups(_rows(frame, unit="cards"), "as_of", "house", "measure"):
        cards = {row["category"]: row for row in rows}
        if {"total", "domestic", *FOREIGN} <= cards.keys():
            parts = sum(cards[name]["low"] for name in ("domestic", *FOREIGN))
            yield _close("china_market_share", cards["total"], "low", [parts], 0.01, "the sum of its parts")
        if "domestic" in cards:
            named = sum(row["low"] for name, row in cards.items() if name not in TOTALS | FOREIGN)
            domestic = cards["domestic"]
            wanted = f"at least {named:.9g}, the makers named"
            yield _made("china_market_share", domestic, "low", domestic["low"] >= named, wanted)
    for rows in _groups(_rows(frame, unit="%"), "as_of", "published", "house", "measure"):
        shares = {row["category"]: row for row in rows}
        if {"imported", "domestic"} <= shares.keys():
            other = shares["imported"]["low"]
            wanted = f"at most {100 - other:g}, beside {other:g} imported"
            domestic = shares["domestic"]
            yield _made("china_market_share", domestic, "low", domestic["low"] <= 100 - other, wanted)


def inference_and_training_make_the_whole(tables: Tables) -> Iterator[Check]:
    """Of one house, year and basis, the share of inference and that of training add up to 100."""
    for rows in _groups(tables["accelerator_mix"], "as_of", "house", "basis"):
        parts = {row["category"]: row for row in rows}
        if parts.keys() == {"inference", "training"}:
            for column in ("low", "high"):
                rest = 100 - parts["training"][column]
                yield _close("accelerator_mix", parts["inference"], column, [rest], 1e-9, "100 less training")


def a_customers_share_is_part_over_revenue(tables: Tables) -> Iterator[Check]:
    """A customer's or product's sum is less than the company's revenue of the period, and its share the quotient."""
    results = [
        row | {"when": row["as_of"][: 4 if len(row["fiscal_period"]) == 4 else 7]}
        for row in _rows(tables["company_results"], measure="revenue")
    ]
    customers = tables["customers"]
    for row in _rows(customers, measure="revenue"):
        same = {"company": row["company"], "as_of": row["as_of"], "category": row["category"]}
        for whole in _rows(results, company=row["company"], when=row["as_of"]):
            share = 100 * row["low"] / whole["value"]
            yield _made("customers", row, "low", share < 100, f"less than the revenue, {whole['value']:g}")
            for printed in _rows(customers, **same, measure="share_of_revenue"):
                holds = abs(printed["low"] - share) <= half_step(printed["low"])
                yield _made("customers", printed, "low", holds, f"{share:.6g} rounded, part over revenue")


# ---- listings ----


def _values(rows: list[dict], company: str, metric: str) -> list[float]:
    return [row["value"] for row in _rows(rows, company=company, metric=metric)]


def price_times_shares_is_market_value(tables: Tables) -> Iterator[Check]:
    """Price x shares after the issue = market value, at issue, first close, or a later close of the same day."""
    listings, prices = tables["listings"], tables["share_prices"]
    price_of = {"at the issue price": "issue_price", "first-day close": "close", "first-day open": "open"}
    for row in _rows(listings, metric="market_value", basis=(*price_of, "peak")):
        quoted = (
            _values(_rows(prices, as_of=row["as_of"]), row["company"], "close")
            if row["basis"] == "peak"
            else _values(listings, row["company"], price_of[row["basis"]])
        )
        yield from _valued("listings", row, quoted, _values(listings, row["company"], "shares_total"))
    for row in _rows(prices, metric="market_value"):
        quoted = _values(_rows(prices, as_of=row["as_of"]), row["company"], "close")
        yield from _valued("share_prices", row, quoted, _values(listings, row["company"], "shares_total"))


def _valued(table: str, row: dict, prices: list[float], shares: list[float]) -> Iterator[Check]:
    products = [price * count / 1e9 for price in prices for count in shares]
    if products:
        yield _close(table, row, "value", products, MONEY, "price times shares")


def issue_price_times_shares_is_proceeds(tables: Tables) -> Iterator[Check]:
    """Issue price x shares issued = gross proceeds."""
    frame = tables["listings"]
    for row in _rows(frame, metric="proceeds_gross"):
        prices, shares = (_values(frame, row["company"], metric) for metric in ("issue_price", "shares_issued"))
        yield from _valued("listings", row, prices, shares)


def a_gain_is_close_over_issue_price(tables: Tables) -> Iterator[Check]:
    """Gain = close / issue price - 1, to the digits printed."""
    listings, prices = tables["listings"], tables["share_prices"]
    later = _rows(prices, metric="gain_on_issue_price")
    first = _rows(listings, metric=("gain", "record_definition"))
    for table, rows in (("listings", first), ("share_prices", later)):
        for row in rows:
            day = _rows(prices, as_of=row["as_of"]) if table == "share_prices" else listings
            issue = _values(listings, row["company"], "issue_price")
            gains = [100 * (close / paid - 1) for close in _values(day, row["company"], "close") for paid in issue]
            if gains:
                allowed = 2 * half_step(row["value"])  # some round, some cut off
                holds = any(abs(row["value"] - gain) <= allowed for gain in gains)
                yield _made(table, row, "value", holds, f"{_listed(gains)}, close over issue price")


def a_day_of_trading_is_in_order(tables: Tables) -> Iterator[Check]:
    """Open and close are not above the day's high; shares issued or tradable are fewer than all."""
    frame = tables["listings"]
    for upper, lowers in (("high", ("open", "close")), ("shares_total", ("shares_issued", "float_shares"))):
        for row in _rows(frame, metric=lowers):
            for value in _values(frame, row["company"], upper):
                yield _made("listings", row, "value", row["value"] <= value, f"at most {value:.12g}, {upper}")
    for row in _rows(frame, metric="lottery_rate_initial"):
        for rate in _values(frame, row["company"], "lottery_rate"):
            wanted = f"at most {rate:g}, the rate after clawback, and at least half of it"
            yield _made("listings", row, "value", rate / 2 <= row["value"] <= rate, wanted)


# ---- the article ----

HAN = {"两": 2, "二": 2, "三": 3, "四": 4}
SINGLE_DIGIT = (1, 9.9)  # what 个位数, single digit, is typed as


def a_claims_number_is_the_one_printed(tables: Tables) -> Iterator[Check]:
    """Low and high of a claim are the numbers of its printed figure; of one alone, also the bounds of "almost" it
    (from a tenth below) and of "broke through" it (up to the next round number), as the README reads these words."""
    for row in tables["claims"]:
        printed = set() if pd.isna(row["figure_as_printed"]) else set(
            printed_numbers(row["figure_as_printed"], row["unit"])
        )
        ends = {column: row[column] for column in _points(row)}
        for column in ends if printed else ():
            wanted = set(printed)
            if len(printed) == 1 and set(ends.values()) & printed:
                wanted |= {0.9 * number if column == "low" else next_round_number(number) for number in printed}
            holds = any(abs(ends[column] - number) < 1e-9 for number in wanted)
            holds &= len(printed) == 1 or set(ends.values()) == printed
            yield _made("claims", row, column, holds, f"{_listed(wanted)}, as printed")


def next_round_number(number: float) -> float:
    """Return the next number with one digit that is not zero: 40 after 30, 60 after 57.6.

    >>> next_round_number(30), next_round_number(57.6), next_round_number(0.033)
    (40.0, 60.0, 0.04)
    """
    if number == 0:
        return 0.0
    step = 10.0 ** math.floor(math.log10(abs(number)))
    return round((math.floor(number / step) + 1) * step, 12)


def printed_numbers(figure: str, unit: object) -> list[float]:
    """Return the numbers of a printed figure in the claim's unit: 160亿 is 16 where the unit counts billions."""
    if "个位数" in figure:
        return list(SINGLE_DIGIT)
    found = []
    for digits, scale in re.findall(r"(\d+(?:\.\d+)?)(亿?)", figure):
        found.append(float(digits) / (10 if scale and "bn" in str(unit) else 1))
    return found or [float(HAN[sign]) for sign in figure if sign in HAN]


# ---- dates ----


def a_horizon_is_the_articles_date_and_its_years(tables: Tables) -> Iterator[Check]:
    """A forecast within n years of the article of December 2025 has until December of that year."""
    claims = {row["claim_id"]: row for row in tables["claims"]}
    [written] = {row["date"] for row in _rows(tables["sources"], source_id="article-wuxiaobo-2025-12")}
    for row in tables["forecasts"]:
        claim = claims[row["claim_id"]]
        if claim["unit"] == "years" and not pd.isna(claim["high"]):
            expected = f"{int(written[:4]) + int(claim['high'])}{written[4:7]}"
            wanted = f"{expected}, {claim['high']:g} years after the article"
            yield _made("forecasts", row, "horizon", row["horizon"] == expected, wanted)


STAGES = ("announced", "in_production", "first_shipment", "volume")


def stages_of_a_product_follow_each_other(tables: Tables) -> Iterator[Check]:
    """A product is announced before it is made and shipped; dates of unequal precision may overlap."""
    for rows in _groups(tables["product_dates"], "product"):
        for early, late in ((a, b) for a in STAGES for b in STAGES[STAGES.index(a) + 1 :]):
            for before in _rows(rows, event=early):
                for after in _rows(rows, event=late):
                    holds = dates.span(before["date"])[0] <= dates.span(after["date"])[1]
                    wanted = f"not before {before['date']}, the date of {early}"
                    yield _made("product_dates", after, "date", holds, wanted)


DATED = {"fees": "effective_from", "export_rules": "effective_from", "policy_events": "date", "product_dates": "date"}
JUDGED = {"outcomes", "policy_events"}  # one row, one judgment or event, told by early and late documents together
TERMS = {"issue_price", "shares_issued", "shares_total", "float_shares", "proceeds_gross", "market_value"}


def is_forecast(table: str, row: dict) -> bool:
    """Say whether a row speaks of a time to come: a forecast, a plan, or the terms of a listing set beforehand."""
    terms = table == "listings" and row["metric"] in TERMS and row["status"] in ("disclosed", "computed")
    return row.get("status") == "forecast" or row.get("event") == "planned" or terms


def no_source_is_older_than_what_it_shows(tables: Tables) -> Iterator[Check]:
    """No source was published before the observation; for an event or a judgment, not all of them were."""
    published = {row["source_id"]: row["date"] for row in tables["sources"]}
    for name, rows in tables.items():
        column = DATED.get(name, "as_of")
        if name == "sources" or not {"source_id", column} <= schemas.TABLES[name].columns.keys():
            continue
        for row in rows:
            if pd.isna(row[column]) or is_forecast(name, row):
                continue
            start = dates.span(row[column])[0]
            ids = data.split_ids(row["source_id"])
            old = [one for one in ids if not pd.isna(published[one]) and dates.span(published[one])[1] < start]
            holds = len(old) < len(ids) if name in JUDGED else not old
            shown = f"{row['source_id']} ({', '.join(published[one] for one in old)})"
            wanted = f"documents of {row[column]} or later, the {column} they are cited for"
            yield Check(name, Fault(int(row[ROW]), "source_id", shown, wanted), holds)


GATHERED = date(2026, 11, 24)  # the last day on which we searched; a new search moves it


def nothing_is_younger_than_our_search(tables: Tables) -> Iterator[Check]:
    """No source was published, and nothing but a forecast is dated, after the last day on which we searched."""
    wanted = f"at the latest {GATHERED}, the last day of our search"
    for name, rows in tables.items():
        dated = {"date"} if name == "sources" else {DATED.get(name, "as_of"), "published"}
        for column in sorted(dated & schemas.TABLES[name].columns.keys()):
            for row in rows:
                if not pd.isna(row[column]) and (column == "published" or not is_forecast(name, row)):
                    holds = dates.span(row[column])[0] <= GATHERED
                    yield _made(name, row, column, holds, wanted)


def a_forecast_is_of_what_is_to_come(tables: Tables) -> Iterator[Check]:
    """A forecast was published before its period was over; a chip that was measured is no longer forecast."""
    published = {row["source_id"]: row["date"] for row in tables["sources"]}
    ran: dict[str, date] = {}
    for row in _rows(tables["chip_specs"], status="measured"):
        ran[row["chip"]] = min(dates.span(row["as_of"])[0], ran.get(row["chip"], date.max))
    for row in _rows(tables["chip_specs"], status="forecast"):
        first = ran.get(row["chip"], date.max)
        wanted = f"no forecast of a chip measured since {first}"
        yield _made("chip_specs", row, "status", dates.span(row["as_of"])[1] < first, wanted)
    for name, rows in tables.items():
        if name == "chip_specs" or not {"status", "as_of", "source_id"} <= schemas.TABLES[name].columns.keys():
            continue
        for row in _rows(rows, status="forecast"):
            published_on = [when for one in data.split_ids(row["source_id"]) if not pd.isna(when := published[one])]
            if not published_on or pd.isna(row["as_of"]) or dates.precision(row["as_of"]) == "day":
                continue  # a day is that of the statement
            first = min(dates.span(when)[0] for when in published_on)
            wanted = f"no forecast of {row['as_of']} in a document of {first}"
            yield _made(name, row, "status", first <= dates.span(row["as_of"])[1], wanted)


def a_generated_page_carries_no_verdict_alone(tables: Tables) -> Iterator[Check]:
    """Behind each verdict stands at least one document that a person wrote."""
    kinds = {row["source_id"]: row["kind"] for row in tables["sources"]}
    for row in tables["verdicts"]:
        if not pd.isna(row["sources"]):
            holds = any(kinds[one] != "generated" for one in data.split_ids(row["sources"]))
            yield _made("verdicts", row, "sources", holds, "a source beside pages written by a machine")


def a_headline_claim_admits_weak_sources(tables: Tables) -> Iterator[Check]:
    """Where only copies, digests and generated pages stand behind a headline claim, its reason says so."""
    kinds = {row["source_id"]: row["kind"] for row in tables["sources"]}
    weights = {row["claim_id"]: row["weight"] for row in tables["claims"]}
    for row in tables["verdicts"]:
        known = [] if pd.isna(row["sources"]) else [kinds[one] for one in data.split_ids(row["sources"])]
        if weights[row["claim_id"]] == "headline" and not {"primary", "secondary"} & set(known):
            holds = "no primary source" in row["reason"]
            wanted = "the words “no primary source”: it rests on copies and digests alone"
            yield _made("verdicts", row, "reason", holds, wanted)


IDENTITIES: tuple[Callable[[Tables], Iterator[Check]], ...] = (
    tpp_is_a_dense_rate_times_its_bits,
    a_dense_rate_scales_with_its_bits,
    sparse_is_twice_dense,
    a_measured_rate_is_below_the_published_one,
    a_system_is_the_sum_of_its_chips,
    a_ratio_of_systems_is_their_quotient,
    a_stated_multiple_is_the_quotient_of_the_chips,
    like_benchmark_results_are_of_one_size,
    bands_are_not_empty,
    quarters_add_up_to_the_year,
    a_part_is_less_than_the_total,
    a_share_of_revenue_is_part_over_total,
    one_sum_stands_alike_in_two_tables,
    a_charge_is_at_most_what_was_warned_of,
    cards_times_price_is_revenue,
    longer_periods_earn_more,
    a_share_of_the_market_is_part_over_total,
    parts_of_a_market_fit_into_it,
    inference_and_training_make_the_whole,
    a_customers_share_is_part_over_revenue,
    price_times_shares_is_market_value,
    issue_price_times_shares_is_proceeds,
    a_gain_is_close_over_issue_price,
    a_day_of_trading_is_in_order,
    a_claims_number_is_the_one_printed,
    a_horizon_is_the_articles_date_and_its_years,
    stages_of_a_product_follow_each_other,
    no_source_is_older_than_what_it_shows,
    nothing_is_younger_than_our_search,
    a_forecast_is_of_what_is_to_come,
    a_generated_page_carries_no_verdict_alone,
    a_headline_claim_admits_weak_sources,
)


def main(stamp: Path, folder: Path | None = None, began: int | None = None) -> None:
    """Load and check all tables; write `stamp` when they hold, with the time `began` if given (see `write_atomic`)."""
    check(load_all(folder))
    write_atomic(stamp, "Every table is valid, and all identities hold.\n", began)


if __name__ == "__main__":
    with ending("The report was not changed.", DataError, IdentityError):
        main(Path(sys.argv[1]))

