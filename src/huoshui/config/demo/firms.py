"""Invented firms: names, credit codes with right check characters, and departmental facts with realistic gaps.

Everything follows from three hidden traits of a firm (size, soundness, age), so facts hang together: a firm with high
revenue pays more tax and employs more people; an unsound one has a worse tax grade and more arrears. The same seed
gives the same city.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from huoshui.config.demo import names
from huoshui.kernel import size_class, uscc
from huoshui.registry import size_frame
from huoshui.rules.facts import shipped

# county → share of the city's firms; roughly by population
DISTRICTS = {
    "140105": 0.26,
    "140106": 0.15,
    "140107": 0.14,
    "140108": 0.10,
    "140109": 0.15,
    "140110": 0.05,
    "140121": 0.06,
    "140122": 0.03,
    "140123": 0.02,
    "140181": 0.04,
}
KINDS = ("company", "individual_business", "cooperative")
GRADES = np.array(["A", "B", "M", "C", "D"])
YUAN = 100
LABELS = (("专精特新", 0.012), ("高新技术", 0.02), ("科技型中小企业", 0.03), ("绿色", 0.02), ("老字号", 0.002))

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Traits:
    """What is not seen: *size* (log of yearly revenue in yuan), *sound* (standard normal), *months* since founding."""

    kind: Array
    trade: Array
    district: Array
    size: Array
    sound: Array
    months: Array


def invent(count: int, *, today: dt.date, seed: int = 7) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """Return *count* firms as the register stores them, and their facts by department."""
    rng = np.random.default_rng(seed)
    traits = _traits(rng, count)
    codes = _codes(traits, count)
    columns = pl.concat([make(rng, traits) for make in _MAKERS], how="horizontal")
    keys = pl.DataFrame({"uscc": codes})
    facts = {
        department: keys.hstack(columns.select(found))
        for department, listed in shipped().by_source().items()
        if (found := [fact.code for fact in listed if fact.code in columns.columns])
    }
    return _register(rng, traits, codes, today).with_columns(_sizes(traits, columns)), facts


def _traits(rng: np.random.Generator, count: int) -> Traits:
    kind = rng.choice(3, count, p=(0.52, 0.44, 0.04))
    shares = np.array([trade[3] for trade in names.TRADES])
    trade = rng.choice(len(shares), count, p=shares / shares.sum())
    farms = [index for index, row in enumerate(names.TRADES) if row[0] == "A"]
    trade = np.where(kind == 2, rng.choice(farms, count), trade)
    districts = np.array(list(DISTRICTS))
    licensed = [index for index, row in enumerate(names.TRADES) if row[0] in "JK"]
    return Traits(
        kind=np.where(np.isin(trade, licensed), 0, kind),
        trade=trade,
        district=rng.choice(districts, count, p=np.array(list(DISTRICTS.values()))),
        size=rng.normal(np.choose(kind, (14.6, 12.6, 13.4)), 1.15),
        sound=rng.normal(0, 1, count),
        months=np.clip(rng.gamma(2.0, 38, count), 1, 420).astype(int),
    )


def _codes(traits: Traits, count: int) -> list[str]:
    registrars = ("91", "92", "93")
    return [
        uscc.make_uscc(
            registrar=registrars[traits.kind[index]],
            division=str(traits.district[index]),
            organisation=f"MA{_base(index)}",
        )
        for index in range(count)
    ]


def _base(number: int) -> str:
    """Return *number* as six characters of the code's alphabet, so that 700 million firms get codes of their own."""
    letters = ""
    for _ in range(6):
        number, rest = divmod(number, 31)
        letters = uscc.ALPHABET[rest] + letters
    return letters


def _register(rng: np.random.Generator, traits: Traits, codes: list[str], today: dt.date) -> pl.DataFrame:
    count = len(codes)
    first_of_month = np.datetime64(today.replace(day=1), "M") - traits.months
    capital = (np.exp(traits.size - 0.6) // 10_000 * 10_000 * YUAN).astype("int64")
    return pl.DataFrame(
        {
            "uscc": codes,
            "name": _names(rng, traits),
            "kind": [KINDS[kind] for kind in traits.kind],
            "district_code": traits.district,
            "status": np.where(rng.random(count) < 0.985, "active", "closed"),
            "address": _addresses(rng, count),
            "industry_code": [names.TRADES[trade][1] for trade in traits.trade],
            "scope": [names.TRADES[trade][2] for trade in traits.trade],
            "established_on": (first_of_month.astype("datetime64[D]") + rng.integers(0, 28, count)),
            "registered_capital": pl.Series(capital).set(pl.Series(traits.kind == 1), None),
            "labels": _labels(rng, traits),
            "organisation_type": [_held_by(KINDS[kind], at) for at, kind in enumerate(traits.kind)],
            "invented": np.full(count, fill_value=True),
        },
        schema_overrides={"established_on": pl.Date},
    )


def _held_by(kind: str, at: int) -> str:
    """Return the type of the register: one company in forty belongs to the state."""
    if kind != "company":
        return "个体工商户" if kind == "individual_business" else "农民专业合作社"
    return "有限责任公司(国有独资)" if at % 40 == 0 else "有限责任公司(自然人投资或控股)"


def _sizes(traits: Traits, facts: pl.DataFrame) -> list[pl.Series]:
    known = pl.DataFrame(
        {
            "industry_code": [names.TRADES[trade][1] for trade in traits.trade],
            "kind": [KINDS[kind] for kind in traits.kind],
            "employees": facts["employees"],
            "revenue": facts["revenue_last_year"],
            "assets": facts["assets_total"],
        }
    )
    sized = size_frame.classify(known)
    return [sized, pl.Series("size_rule", [size_class.DEFAULT_RULE] * len(sized)).set(sized.is_null(), "")]


def _names(rng: np.random.Generator, traits: Traits) -> list[str]:
    brands, tails = rng.integers(0, len(names.BRANDS), (2, len(traits.kind)))
    ends = rng.integers(0, 60, len(traits.kind))
    made = []
    for kind, trade, brand, tail, end in zip(traits.kind, traits.trade, brands, tails, ends, strict=True):
        endings = names.ENDINGS[KINDS[kind]]
        second = names.BRANDS[tail][0] + names.BRANDS[brand][-1] if tail != brand else ""
        made.append(f"太原{names.BRANDS[brand]}{second}{names.TRADES[trade][2]}{endings[end % len(endings)]}")
    return made


def _addresses(rng: np.random.Generator, count: int) -> list[str]:
    streets, numbers = rng.integers(0, len(names.STREETS), count), rng.integers(1, 300, count)
    return [f"太原市{names.STREETS[street]}{number}号" for street, number in zip(streets, numbers, strict=True)]


def _labels(rng: np.random.Generator, traits: Traits) -> list[list[str]]:
    lift = np.clip(np.exp((traits.size - 14) * 0.5 + traits.sound * 0.3), 0, 6) * (traits.kind == 0)
    drawn = {label: rng.random(len(lift)) < share * lift for label, share in LABELS}
    farming = np.array([names.TRADES[trade][0] == "A" for trade in traits.trade])
    return [
        [label for label in drawn if drawn[label][index]] + (["涉农"] if farming[index] else [])
        for index in range(len(lift))
    ]


def _known(rng: np.random.Generator, values: Array | list[object], share: float | Array) -> pl.Series:
    """Return *values* with all but *share* of them unknown."""
    return pl.Series(values).set(pl.Series(rng.random(len(values)) >= share), None)


def _percent(values: Array) -> Array:
    """Return whole percentages; a statement's ratio is not known more exactly."""
    return values.round().astype(int)


def _yuan(rng: np.random.Generator, log_amount: Array, *, step: int = 100) -> Array:
    """Return amounts in fen, whole *step* yuan, spread a little around exp(*log_amount*) yuan."""
    amount = np.exp(log_amount + rng.normal(0, 0.25, len(log_amount)))
    return (np.clip(amount, 0, 5e11) // step * step * YUAN).astype("int64")


def _tax(rng: np.random.Generator, traits: Traits) -> pl.DataFrame:
    files = np.where(traits.kind == 1, 0.35, 0.92)  # most individual businesses pay a fixed quota and file nothing
    bands = np.digitize(traits.sound + rng.normal(0, 0.5, len(files)), (0.9, 0.0, -0.7, -1.9))
    revenue = _yuan(rng, traits.size)
    new = traits.months < 12
    return pl.DataFrame(
        {
            "tax_grade": _known(rng, np.where(new & (bands < 3), "M", GRADES[bands]), files),
            "tax_paid_last_year": _known(rng, _yuan(rng, traits.size - 3.4), files),
            "revenue_last_year": _known(rng, revenue, files),
            "assets_total": _known(rng, _yuan(rng, traits.size + 0.2), files * 0.9),
            "debt_ratio": _known(
                rng, _percent(np.clip(55 - 9 * traits.sound + rng.normal(0, 12, len(files)), 2, 140)), files * 0.8
            ),
            "invoice_amount_12m": _known(rng, _yuan(rng, traits.size - 0.15), np.where(traits.kind == 1, 0.4, 0.9)),
            "invoice_months": _known(
                rng, np.clip(12 - rng.poisson(1.2, len(files)), 0, 12), np.where(traits.kind == 1, 0.4, 0.9)
            ),
            "invoice_customers": _known(rng, rng.poisson(np.clip(np.exp(traits.size - 11.5), 1, 400)), 0.8),
            "tax_arrears": _known(rng, rng.random(len(files)) < _risk(traits, 0.02), 0.97),
            "export_amount_12m": _known(rng, np.where(rng.random(len(files)) < 0.04, revenue // 5, 0), 0.9),
        }
    )


def _risk(traits: Traits, base: float) -> Array:
    return np.clip(base * np.exp(-1.1 * traits.sound), 0, 0.6)


def _market(rng: np.random.Generator, traits: Traits) -> pl.DataFrame:
    count = len(traits.kind)
    return pl.DataFrame(
        {
            "premises_registered": _known(rng, rng.random(count) < 0.93, 0.96),
            "abnormal_operation": _known(rng, rng.random(count) < _risk(traits, 0.025), 0.99),
            "serious_violation": _known(rng, rng.random(count) < _risk(traits, 0.004), 0.99),
            "annual_report_filed": _known(rng, rng.random(count) < 0.92, 0.97),
            "permit_valid": _known(rng, rng.random(count) < 0.97, 0.6),
            "penalties_recent": _known(rng, (rng.random(count) < _risk(traits, 0.04)).astype(int), 0.98),
            "patents_valid": _known(rng, rng.poisson(np.clip((traits.size - 14) * 0.6, 0.02, 8)), 0.9),
        }
    )


def _social(rng: np.random.Generator, traits: Traits) -> pl.DataFrame:
    staff = np.clip(np.exp(traits.size - 12.7), 1, 3000).astype(int)
    insured = np.minimum(staff, rng.binomial(staff, 0.7))
    share = np.where(traits.kind == 1, 0.25, 0.85)
    return pl.DataFrame(
        {
            "employees": _known(rng, staff, 0.9),
            "social_security_persons": _known(rng, insured, share),
            "social_security_arrears": _known(rng, rng.random(len(staff)) < _risk(traits, 0.02), share),
            "wage_arrears": _known(rng, rng.random(len(staff)) < _risk(traits, 0.006), 0.95),
        }
    )


def _credit(rng: np.random.Generator, traits: Traits) -> pl.DataFrame:
    count = len(traits.kind)
    borrowed = rng.random(count) < np.clip(0.045 + 0.045 * (traits.size - 14), 0.01, 0.6)
    late = np.where(rng.random(count) < _risk(traits, 0.03), rng.integers(1, 200, count), 0)
    return pl.DataFrame(
        {
            "open_lawsuits": _known(rng, rng.poisson(_risk(traits, 0.03)), 0.95),
            "dishonest": _known(rng, rng.random(count) < _risk(traits, 0.008), 0.995),
            "has_loan_history": _known(rng, borrowed, 0.998),
            "loan_balance": _known(rng, np.where(borrowed, _yuan(rng, traits.size - 0.9, step=10_000), 0), 0.98),
            "lender_count": _known(rng, np.where(borrowed, 1 + rng.poisson(0.4, count), 0), 0.98),
            "max_overdue_days": _known(rng, np.where(borrowed, late, 0), 0.95),
        }
    )


def _flows(rng: np.random.Generator, traits: Traits) -> pl.DataFrame:
    count = len(traits.kind)
    return pl.DataFrame(
        {
            "trading_flow_12m": _known(rng, _yuan(rng, traits.size - 0.05), 0.75),
            "trading_months": _known(
                rng, np.minimum(traits.months, np.clip(12 - rng.poisson(0.8, count), 1, 12)), 0.75
            ),
            "order_amount_12m": _known(rng, _yuan(rng, traits.size - 0.6), 0.35),
            "repeat_customer_rate": _known(
                rng, _percent(np.clip(45 + 8 * traits.sound + rng.normal(0, 10, count), 0, 98)), 0.5
            ),
            "electricity_12m": _known(rng, _yuan(rng, traits.size - 4.4), 0.8),
        }
    )


def _other(rng: np.random.Generator, traits: Traits) -> pl.DataFrame:
    count = len(traits.kind)
    farming = np.array([names.TRADES[trade][0] == "A" for trade in traits.trade])
    return pl.DataFrame(
        {
            "property_value": _known(
                rng, np.where(rng.random(count) < 0.3, _yuan(rng, traits.size + 0.1, step=10_000), 0), 0.7
            ),
            "environment_grade": _known(
                rng, np.array(["green", "blue", "yellow", "red"])[np.digitize(traits.sound, (0.5, -1.0, -2.0))], 0.4
            ),
            "farm_land_mu": _known(
                rng, np.where(farming, rng.gamma(2, 60, count), 0).round().astype(int), np.where(farming, 0.9, 0.0)
            ),
            "core_firm_supplier": _known(rng, rng.random(count) < 0.05, 0.6),
        }
    )


_MAKERS = (_tax, _market, _social, _credit, _flows, _other)
