"""How good the thin-file score is: repeated cross-validation beside plain logistic regression, calibration, model card.

Usage: python bench/score.py [--write]      needs scikit-learn and the real data folder.
--write makes the shipped scorecard, docs/model-card.md and its picture from what was found. The last line is JSON.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from huoshui.screening.score_features import FEATURES, from_invoices  # noqa: E402
from huoshui.screening.score_training import Model, auc, train  # noqa: E402

LOANS = ROOT / ".." / "shared" / "data" / "loans"
LAST = dt.date(2019, 12, 31)  # the invoices of 2020 cover only some firms
REPEATS, FOLDS, DRAWS = 20, 5, 1_000
FACTOR = 20 / math.log(2)  # 20 points double the odds
BASE = 600  # points of the average firm
LOSS = 0.5  # of what is lent, where a firm defaults [default of the platform]
GRADES = (("A", 5, "0.30"), ("B", 12, "0.20"), ("C", 30, "0.10"), ("D", 100, "0"))
NEAR_BEST = 0.95


@dataclass(frozen=True)
class Sample:
    """Features [firms, features], outcome, and for each feature whether more of it means less risk (None: as found)."""

    name: str
    codes: tuple[str, ...]
    features: Any
    bad: Any
    rising: tuple[bool | None, ...]
    logs: tuple[bool, ...]


@dataclass(frozen=True)
class Judged:
    """Out-of-fold risks [repeats, firms] of both models, and each repeat's AUC."""

    score: Any
    plain: Any
    score_aucs: list[float]
    plain_aucs: list[float]


def invoices_sample() -> Sample:
    """Return the 82 labelled firms with the features of their invoices."""
    table = from_invoices(pl.scan_parquet(LOANS / "cumcm2020c_invoices.parquet"), last=LAST)
    firms = pl.read_csv(LOANS / "cumcm2020c_enterprises.csv").filter(pl.col("defaulted").is_not_null())
    joined = firms.join(table, "enterprise", "left").sort("enterprise")
    codes = tuple(each.code for each in FEATURES)
    values = joined.select(pl.col(codes).cast(pl.Float64)).to_numpy().astype(float)
    logs = tuple(code in ("sales", "customers") for code in codes)
    return Sample(
        "invoices", codes, values, joined["defaulted"].to_numpy() == 1, tuple(f.rising for f in FEATURES), logs
    )


def loans_sample() -> Sample:
    """Return loans of small firms with their outcome. The term is left out: it was recorded when the loan ended."""
    rows = pl.read_parquet(LOANS / "sba_7a_sample.parquet").filter(
        pl.col("sample") == "first_22k", pl.col("mis_status").is_not_null()
    )
    columns = {
        "amount": pl.col("gr_appv"),
        "share": pl.col("sba_appv") / pl.col("gr_appv"),
        "employees": pl.col("no_emp"),
        "jobs_kept": pl.col("retained_job"),
        "new": (pl.col("new_exist") == 2),
        "franchise": (pl.col("franchise_code") > 1),
        "revolving": (pl.col("rev_line_cr") == "Y"),
        "low_papers": (pl.col("low_doc") == "Y"),
    }
    values = rows.select(**{name: each.cast(pl.Float64) for name, each in columns.items()}).to_numpy().astype(float)
    logs = tuple(name in ("amount", "employees", "jobs_kept") for name in columns)
    bad = (rows["mis_status"] == "CHGOFF").to_numpy()
    return Sample("loans", tuple(columns), values, bad, (None,) * len(columns), logs)


def judge(sample: Sample, *, repeats: int, bands: int) -> Judged:
    """Return out-of-fold risks; every choice (bands, directions, means) is made inside the training part."""
    score, plain = np.zeros((repeats, len(sample.bad))), np.zeros((repeats, len(sample.bad)))
    for at in range(repeats):
        for learn, test in StratifiedKFold(FOLDS, shuffle=True, random_state=at).split(sample.features, sample.bad):
            model = train(sample.features[learn], sample.bad[learn], directions(sample, learn), bands=bands)
            score[at, test] = model.risk(sample.features[test])
            plain[at, test] = plain_risk(sample, learn, test)
    found = [[auc(row, sample.bad) for row in rows] for rows in (score, plain)]
    return Judged(score, plain, *found)


def directions(sample: Sample, learn: Any) -> list[bool]:
    """Return whether more means less risk: as given, else as the training part shows."""
    shown = []
    for column, given in zip(sample.features[learn].T, sample.rising, strict=True):
        known = ~np.isnan(column)
        bad = sample.bad[learn][known]
        shown.append(bool(given) if given is not None else bool(column[known][bad].mean() < column[known][~bad].mean()))
    return shown


def plain_risk(sample: Sample, learn: Any, test: Any) -> Any:
    """Return the baseline: logistic regression on logs and standard units, gaps at the mean."""
    values = np.where(sample.logs, np.log1p(np.maximum(sample.features, 0)), sample.features)
    mean, spread = np.nanmean(values[learn], axis=0), np.nanstd(values[learn], axis=0) + 1e-9
    standard = np.nan_to_num((values - mean) / spread)
    fitted = LogisticRegression(max_iter=1_000).fit(standard[learn], sample.bad[learn])
    return fitted.predict_proba(standard[test])[:, 1]


def interval(risks: Any, bad: Any, *, other: Any = None) -> tuple[float, float]:
    """Return the middle 95 % of one repeat's AUC (or of its lead over *other*): firms and repeats are both drawn."""
    rng = np.random.default_rng(7)
    found = []
    for _ in range(DRAWS):
        drawn, repeat = rng.integers(0, len(bad), len(bad)), rng.integers(0, len(risks))
        if 0 < bad[drawn].sum() < len(bad):
            lead = auc(risks[repeat][drawn], bad[drawn])
            found.append(lead - auc(other[repeat][drawn], bad[drawn]) if other is not None else lead)
    return tuple(round(float(each), 3) for each in np.quantile(found, (0.025, 0.975)))  # type: ignore[return-value]


def calibration(risk: Any, bad: Any, *, groups: int) -> list[tuple[float, float, int]]:
    """Return (mean risk, share that defaulted, firms) of groups of equal size."""
    order = np.argsort(risk, kind="stable")
    return [(float(risk[part].mean()), float(bad[part].mean()), len(part)) for part in np.array_split(order, groups)]


def report(sample: Sample, found: Judged) -> dict[str, Any]:
    """Return the figures of one sample; an AUC is the mean of the repeats', risks are averaged for calibration only."""
    risk = found.score.mean(axis=0)
    return {
        "n": len(sample.bad),
        "bad": int(sample.bad.sum()),
        "auc": round(float(np.mean(found.score_aucs)), 3),
        "auc_interval": interval(found.score, sample.bad),
        "plain_auc": round(float(np.mean(found.plain_aucs)), 3),
        "plain_interval": interval(found.plain, sample.bad),
        "lead_interval": interval(found.score, sample.bad, other=found.plain),
        "brier": round(float(((found.score - sample.bad) ** 2).mean()), 4),
        "brier_of_average": round(float(sample.bad.mean() * (1 - sample.bad.mean())), 4),
        "calibration": [[round(a, 3), round(b, 3), n] for a, b, n in calibration(risk, sample.bad, groups=5)],
    }


def scorecard(model: Model, found: Judged, bad: Any) -> dict[str, Any]:
    """Return the shipped table: points of each band, grades with limit and rate band."""
    bands = []
    for code, cut, weight in zip((f.code for f in FEATURES), model.cuts, model.weights, strict=True):
        points = [round(-FACTOR * weight * evidence) + 0 for evidence in cut.evidence]
        limits = [float(f"{each:.4g}") for each in cut.limits]
        kept = [at for at in range(len(limits)) if points[at] != points[at + 1]]  # bands of equal points are one
        joined = [points[at] for at in kept] + points[-1:]
        bands.append({"feature": code, "limits": [limits[at] for at in kept], "points": joined})
    offset = BASE - FACTOR * -model.intercept
    return {
        "version": "invoices-2026.11",
        "source": "82 firms with an outcome, invoices of 2019 (contest data); for practice, not for lending decisions",
        "base": BASE,
        "offset": round(offset, 4),
        "factor": round(FACTOR, 4),
        "needed": 3,
        "limit_most_yuan": 1_000_000,
        "bands": bands,
        "grades": [grade(*each, found.score.mean(axis=0)) for each in GRADES],
    }


def grade(code: str, most: int, share: str, risk: Any) -> dict[str, Any]:
    """Return a grade; its rates are those whose expected return is near the best, customers lost to price counted."""
    low = max((other for _code, other, _share in GRADES if other < most), default=0)
    inside = risk[(risk * 100 > low) & (risk * 100 <= most)]
    pd = float(inside.mean()) if len(inside) else (low + most) / 200
    rates = (None, None) if code == "D" else rate_band(code, pd)
    return {
        "code": code,
        "most_pd": str(most),
        "share": share,
        "mean_pd": round(pd, 4),
        "rate_low": rates[0],
        "rate_high": rates[1],
    }


def rate_band(code: str, pd: float) -> tuple[str | None, str | None]:
    """Return the lowest and highest rate in percent within 95 % of the best expected return, None where all lose."""
    table = pl.read_csv(LOANS / "cumcm2020c_rate_churn.csv")
    rate, churn = table["annual_rate"].to_numpy(), table[f"churn_{code}"].to_numpy()
    earned = (1 - churn) * ((1 - pd) * rate - pd * LOSS)
    if earned.max() <= 0:
        return None, None
    near = rate[earned >= NEAR_BEST * earned.max()]
    return f"{near.min() * 100:.2f}", f"{near.max() * 100:.2f}"


def evaluation(figures: dict[str, Any]) -> dict[str, Any]:
    """Return what the card's page says of how good it is: firms, defaults, AUC with its interval beside the baseline's."""
    judged = [
        [figures[name], *figures[between]]
        for name, between in (("auc", "auc_interval"), ("plain_auc", "plain_interval"))
    ]
    told = [[format(each, ".3f") for each in row] for row in judged]
    return {"firms": figures["n"], "defaults": figures["bad"], "auc": told[0], "plain": told[1]}


def main() -> int:
    """Judge both samples, write what was asked for, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    if not LOANS.exists():
        print("the real data folder is missing", file=sys.stderr)
        return 1
    firms, loans = invoices_sample(), loans_sample()
    found, at_size = judge(firms, repeats=REPEATS, bands=3), judge(loans, repeats=2, bands=10)
    told = {"invoices": report(firms, found), "loans": report(loans, at_size)}
    card = scorecard(train(firms.features, firms.bad, directions(firms, slice(None))), found, firms.bad)
    card["evaluation"] = evaluation(told["invoices"])
    for name, figures in told.items():
        print(f"{name}: n {figures['n']}, defaults {figures['bad']}, AUC {figures['auc']} {figures['auc_interval']},"
              f" plain logistic {figures['plain_auc']} {figures['plain_interval']}, lead {figures['lead_interval']},"
              f" Brier {figures['brier']} (average firm {figures['brier_of_average']})")  # fmt: skip
    if write:
        from model_card import write_card  # beside this file

        (ROOT / "src/huoshui/screening/data/scorecard.json").write_text(
            json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        write_card(ROOT, told, card)
    print(json.dumps(told, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
