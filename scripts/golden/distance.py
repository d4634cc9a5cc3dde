"""Golden vectors for stats/distance and stats/hypothesis, from scipy, numpy, statsmodels and mpmath.

Run: python scripts/golden/distance.py > packages/homeostat/src/stats/golden/distance.json
Inputs have unequal sizes, ties, zeros, tiny n and constants on purpose.
"""
import json
import sys

import mpmath as mp
import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(20260722)
out = {
    "program": "scripts/golden/distance.py",
    "versions": {
        "mpmath": mp.__version__,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "statsmodels": statsmodels.__version__,
        "python": sys.version.split()[0],
    },
}

mp.mp.dps = 40


def exact_shares(counts):
    return [mp.mpf(c) / sum(counts) for c in counts]


def jensen_shannon(n, m):
    """In 40 digits, because nearly equal shares leave double arithmetic only half of its own."""
    half = lambda p, c: p * mp.log(p / c) if p else mp.mpf(0)
    pairs = zip(exact_shares(n), exact_shares(m))
    return mp.sqrt(sum((half(p, (p + q) / 2) + half(q, (p + q) / 2)) / 2 for p, q in pairs) / mp.log(2))


def hellinger(n, m):
    return mp.sqrt(sum((mp.sqrt(p) - mp.sqrt(q)) ** 2 for p, q in zip(exact_shares(n), exact_shares(m))) / 2)


def likelihood_ratio(n, m):
    share = mp.mpf(sum(n)) / (sum(n) + sum(m))
    part = lambda x, e: x * mp.log(x / e) if x else mp.mpf(0)
    return 2 * sum(part(a, (a + b) * share) + part(b, (a + b) * (1 - share)) for a, b in zip(n, m))


tables = [
    ([120, 110, 105, 100, 100, 95, 95, 95, 90, 90], [1000] * 10),
    ([200, 150, 120, 110, 100, 90, 80, 70, 50, 30], [1000] * 10),
    ([60, 30, 10, 0], [500, 300, 150, 50]),
    ([0, 12, 3], [7, 0, 400]),
    ([9, 3], [1000, 3]),
    ([5, 5, 5, 5], [1, 2, 3, 14]),
    ([50_000_000, 49_990_000], [500_000_000, 500_000_000]),
    (rng.multinomial(777, np.arange(1, 21) / 210).tolist(), rng.multinomial(12345, np.full(20, 0.05)).tolist()),
]
out["tables"] = []
for n, m in tables:
    p, q = np.array(n) / sum(n), np.array(m) / sum(m)
    x2 = stats.chi2_contingency([n, m], correction=False)
    g = stats.chi2_contingency([n, m], correction=False, lambda_="log-likelihood")
    assert abs(g.statistic - likelihood_ratio(n, m)) < 1e-6 * g.statistic + 1e-9
    out["tables"].append({
        "n": n, "m": m,
        "jensenShannon": float(jensen_shannon(n, m)),
        "hellinger": float(hellinger(n, m)),
        "totalVariation": float(np.abs(p - q).sum() / 2),
        "largest": float(np.abs(p - q).max()),
        "chiSquare": float(x2.statistic), "chiSquareP": float(x2.pvalue),
        "g": float(likelihood_ratio(n, m)), "gP": float(g.pvalue),
        "cramersV": float(stats.contingency.association([n, m], method="cramer")),
    })

samples = [
    ([0.1, 0.4, 0.5, 0.7, 0.9, 1.2, 1.5, 2], [0, 0.2, 0.3, 0.6, 0.8, 1, 1.1, 1.3, 1.4, 1.6]),
    (np.round(rng.normal(0, 1, 37), 1).tolist(), np.round(rng.normal(0.4, 1.5, 90), 1).tolist()),
    (rng.exponential(1, 25).tolist(), rng.exponential(1, 500).tolist()),
    ([3.0] * 12, [3.0] * 15 + [4.0] * 2),
    (np.r_[np.zeros(40), rng.lognormal(0, 2, 20)].tolist(), np.r_[np.zeros(300), rng.lognormal(0, 2, 100)].tolist()),
    (rng.normal(0, 1, 2000).tolist(), rng.normal(0.2, 1, 3000).tolist()),
]
out["samples"] = []
for x, y in samples:
    ks = stats.ks_2samp(x, y, method="exact")
    auc = stats.mannwhitneyu(x, y, alternative="greater", method="asymptotic", use_continuity=False)
    out["samples"].append({
        "x": x, "y": y,
        "ks": float(ks.statistic), "ksExactP": float(ks.pvalue),
        "wasserstein": float(stats.wasserstein_distance(x, y)),
        "energy": float(stats.energy_distance(x, y)),
        "auc": float(auc.statistic / (len(x) * len(y))), "aucP": float(auc.pvalue),
    })

out["fisher"] = []
for a, n, b, m in [(3, 20, 1, 500), (0, 12, 9, 40), (7, 9, 2, 11), (1, 3, 5, 8), (40, 1000, 300, 10000), (5, 5, 0, 5), (2, 200, 2, 200),
                   (0, 50, 0, 900), (50, 50, 900, 900), (1200, 100000, 9000, 1000000)]:
    t = [[a, n - a], [b, m - b]]
    out["fisher"].append([a, n, b, m] + [float(stats.fisher_exact(t, alternative=s).pvalue) for s in ("two-sided", "greater", "less")])

out["score"] = []
for a, n, b, m in [(40, 1000, 300, 10000), (120, 1000, 800, 10000), (9, 30, 400, 700), (500, 1000, 501, 1002)]:
    pool = (a + b) / (n + m)
    z = (a / n - b / m) / np.sqrt(pool * (1 - pool) * (1 / n + 1 / m))
    out["score"].append([a, n, b, m, float(z), float(2 * stats.norm.sf(abs(z)))])

out["hypergeometric"] = []
for k, total, marked, drawn in [(3, 50, 10, 20), (0, 50, 10, 20), (10, 50, 10, 10), (7, 1000, 40, 100), (55, 100000, 500, 10000),
                                (520, 1000000, 5000, 100000), (2, 5, 3, 4), (1, 3, 1, 1)]:
    h = stats.hypergeom(total, marked, drawn)
    out["hypergeometric"].append([k, total, marked, drawn, float(h.pmf(k)), float(h.sf(k - 1)), float(h.cdf(k))])

out["benjaminiHochberg"] = []
for p in ([0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216], [0.9, 0.9, 0.01, 0.01], [0.04], [1, 1, 1],
          (rng.uniform(size=60) ** 3).tolist(), [0, 0, 0.05, 0.05]):
    r = multipletests(p, 0.05, "fdr_bh")
    out["benjaminiHochberg"].append({"p": p, "rejected": [int(i) for i in np.flatnonzero(r[0])], "adjusted": [float(v) for v in r[1]]})

rows = lambda v: json.dumps(v) if not isinstance(v, list) else "[\n    " + ",\n    ".join(map(json.dumps, v)) + "\n  ]"
print("{\n  " + ",\n  ".join(f"{json.dumps(k)}: {rows(v)}" for k, v in out.items()) + "\n}")
