"""Golden file for slices, paired comparison and attribution: scipy and statsmodels on unequal sizes, ties, zeros, tiny n.

Run:  python3 scripts/golden/shift.py packages/homeostat/src/stats/golden/shift.json
"""

import json
import sys
from itertools import permutations

import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportions_ztest
from sklearn.metrics import cohen_kappa_score, roc_auc_score

rng = np.random.default_rng(20261122)


def degradation(n0, e0, n1, e1):
    z, p = proportions_ztest([e1, e0], [n1, n0], alternative="larger")
    fisher = stats.fisher_exact([[e1, n1 - e1], [e0, n0 - e0]], alternative="greater").pvalue
    return {"n0": n0, "e0": e0, "n1": n1, "e1": e1, "z": z, "p": p, "fisher": fisher}


def welch(n0, n1, shift):
    a = rng.gamma(2, 1, n0)
    b = rng.gamma(2, 1, n1) + shift
    t = stats.ttest_ind(b, a, equal_var=False, alternative="greater")
    return {"baseline": a.tolist(), "current": b.tolist(), "t": t.statistic, "p": t.pvalue}


def paired(b, c):
    table = [[50, b], [c, 50]]
    exact = mcnemar(table, exact=True)
    corrected = mcnemar(table, exact=False, correction=True)
    n, k = b + c, min(b, c)
    mid = min(1.0, 2 * stats.binom.cdf(k, n, 0.5) - stats.binom.pmf(k, n, 0.5))
    return {"b": b, "c": c, "exact": min(1.0, exact.pvalue), "midP": mid, "chiSquared": corrected.statistic, "chiSquaredP": corrected.pvalue}


def shapley(players):
    values = rng.normal(size=2**players)
    phi = np.zeros(players)
    orders = list(permutations(range(players)))
    for order in orders:
        coalition = 0
        for player in order:
            phi[player] += values[coalition | (1 << player)] - values[coalition]
            coalition |= 1 << player
    return {"values": values.tolist(), "phi": (phi / len(orders)).tolist()}


def auc(n):
    y = rng.integers(0, 2, n)
    scores = np.round(rng.normal(size=n) + y, 1)
    weights = rng.poisson(1, n)
    return {"labels": y.tolist(), "scores": scores.tolist(), "weights": weights.tolist(), "auc": roc_auc_score(y, scores, sample_weight=weights)}


def flips(n, k):
    a = rng.integers(0, k, n)
    b = np.where(rng.random(n) < 0.7, a, rng.integers(0, k, n))
    return {"before": [str(v) for v in a], "after": [str(v) for v in b], "kappa": cohen_kappa_score(a, b), "agreement": float((a == b).mean())}


json.dump(
    {
        "madeBy": "scripts/golden/shift.py",
        "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
        "degradation": [
            degradation(*c)
            for c in [(10000, 800, 1000, 120), (50, 3, 5000, 700), (7, 0, 3, 3), (100000, 120, 400, 9), (300, 299, 40, 40), (1000, 100, 1000, 60), (10**6, 2000, 10**6, 2300)]
        ],
        "welch": [welch(200, 30, 0.3), welch(5, 400, -0.2), welch(2, 2, 1.0)],
        "mcnemar": [paired(*c) for c in [(10, 2), (1, 0), (0, 9), (40, 41), (300, 240), (7, 7)]],
        "shapley": [shapley(1), shapley(3), shapley(5)],
        "auc": [auc(30), auc(200)],
        "flips": [flips(40, 2), flips(300, 7)],
    },
    open(sys.argv[1], "w"),
)
