"""Reference values for stats/label-free, stats/conformal and the posterior of stats/sequential/bocpd, made with
scikit-learn (weighted ranking metrics of the doubled sample), numpy and scipy.

Run: python3 scripts/golden/label_free.py   (writes packages/homeostat/src/stats/golden/label-free.json)
"""

import json
import math
import pathlib
import sys

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn import metrics

OUT = pathlib.Path(__file__).resolve().parents[2] / "packages/homeostat/src/stats/golden/label-free.json"
rng = np.random.default_rng(77)


def expected_binary(n, decimals):
    s = np.round(rng.random(n), decimals)
    c = np.round(np.clip(s + rng.normal(scale=0.1, size=n), 0, 1), 3)
    d = (s >= 0.6).astype(int)
    y = np.r_[np.ones(n), np.zeros(n)]
    w = np.r_[c, 1 - c]
    s2, d2 = np.r_[s, s], np.r_[d, d]
    keep = w > 0
    rank = dict(sample_weight=w[keep])
    return {
        "scores": s.tolist(), "calibrated": c.tolist(), "decisions": d.tolist(),
        "auc": metrics.roc_auc_score(y[keep], s2[keep], **rank),
        "averagePrecision": metrics.average_precision_score(y[keep], s2[keep], **rank),
        "accuracy": metrics.accuracy_score(y[keep], d2[keep], **rank),
        "precision": metrics.precision_score(y[keep], d2[keep], zero_division=0, **rank),
        "recall": metrics.recall_score(y[keep], d2[keep], **rank),
        "f1": metrics.f1_score(y[keep], d2[keep], **rank),
        "specificity": metrics.recall_score(y[keep], d2[keep], pos_label=0, **rank),
    }


def expected_multiclass(n, k):
    p = np.round(rng.dirichlet(np.ones(k) * 0.7, size=n), 4)
    p = p / p.sum(axis=1, keepdims=True)
    d = p.argmax(axis=1)
    y = np.tile(np.arange(k), n)
    w, d2 = p.ravel(), np.repeat(d, k)
    auc = []
    for c in range(k):
        yy, ww = np.r_[np.ones(n), np.zeros(n)], np.r_[p[:, c], 1 - p[:, c]]
        auc.append(metrics.roc_auc_score(yy[ww > 0], np.r_[p[:, c], p[:, c]][ww > 0], sample_weight=ww[ww > 0]))
    return {
        "classes": k, "calibrated": p.ravel().tolist(), "decisions": d.tolist(),
        "accuracy": metrics.accuracy_score(y, d2, sample_weight=w),
        "macroPrecision": metrics.precision_score(y, d2, sample_weight=w, average="macro"),
        "macroRecall": metrics.recall_score(y, d2, sample_weight=w, average="macro"),
        "macroF1": metrics.f1_score(y, d2, sample_weight=w, average="macro"),
        "macroAuc": float(np.mean(auc)),
    }


def prediction_powered(total, n, phi):
    c = np.round(rng.beta(4, 2, size=total), 4)
    a = (rng.random(n) < np.clip(c[:n] - 0.1, 0, 1)).astype(int)
    cov = np.cov(a, c[:n])[0, 1]
    lam = min(1, max(0, cov / (c.var(ddof=1) * (1 + n / total))))
    theta = lam * c.mean() + (a - lam * c[:n]).mean()
    var = phi * ((a - lam * c[:n]).var(ddof=1) / n + lam**2 * c.var(ddof=1) / total)
    return {"expected": c.tolist(), "actual": a.tolist(), "overdispersion": phi, "power": lam, "value": theta,
            "standardError": math.sqrt(var)}


def conformal(n, alpha, decimals):
    s = np.round(rng.gamma(2, size=n), decimals)
    k = math.ceil(round((n + 1) * (1 - alpha), 9))
    value = None if k > n else float(np.partition(s, k - 1)[k - 1])
    beta = None if k > n else [float(stats.beta.ppf(q, k, n + 1 - k)) for q in (0.05, 0.95)]
    return {"scores": s.tolist(), "alpha": alpha, "rank": k, "value": value, "coverage": beta}


def garwood(k, exposure, alpha):
    return {"positives": k, "exposure": exposure, "alpha": alpha,
            "lower": 0.0 if k == 0 else float(stats.chi2.ppf(alpha / 2, 2 * k) / 2 / exposure),
            "upper": float(stats.chi2.isf(alpha / 2, 2 * k + 2) / 2 / exposure)}


def run_lengths(n, shift_at, shift, hazard):
    """Run-length posterior with every run kept: straight from the recursion, densities by scipy."""
    x = np.round(rng.normal(size=n) + shift * (np.arange(n) >= shift_at), 4)
    m0, k0, a0, b0 = 0.3, 0.5, 1.5, 2.0
    m, k, a, b = (np.array([v]) for v in (m0, k0, a0, b0))
    r = np.array([1.0])
    logp, recent = [], []
    for v in x:
        dens = stats.t.pdf(v, 2 * a, loc=m, scale=np.sqrt(b * (k + 1) / (a * k)))
        joint = r * dens
        logp.append(math.log(joint.sum()))
        r = np.r_[hazard, joint / joint.sum() * (1 - hazard)]
        m, k, a, b = (np.r_[m0, (k * m + v) / (k + 1)], np.r_[k0, k + 1], np.r_[a0, a + 0.5],
                      np.r_[b0, b + k * (v - m) ** 2 / (2 * (k + 1))])
        recent.append(float(r[:6].sum()))
    onset = r[1:][::-1] / r[1:].sum()
    return {"x": x.tolist(), "hazard": hazard, "logPredictive": logp, "recent": recent, "onset": onset.tolist()}


golden = {
    "madeWith": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__,
                 "scikit-learn": sklearn.__version__},
    "expectedBinary": [expected_binary(7, 1), expected_binary(60, 1), expected_binary(80, 4)],
    "expectedMulticlass": [expected_multiclass(30, 3), expected_multiclass(50, 5)],
    "predictionPowered": [prediction_powered(60, 20, 1), prediction_powered(150, 120, 2.5)],
    "conformal": [conformal(n, a, d) for n, a, d in [(1, 0.5, 2), (1, 0.4, 2), (30, 0.1, 1), (99, 0.01, 3), (57, 0.3, 1), (9, 0.1, 2)]],
    "exposure": [garwood(*c) for c in [(0, 40, 0.05), (1, 100, 0.1), (37, 900.5, 0.01), (3000, 40000, 0.05)]],
    "runLengths": [run_lengths(40, 25, 3, 0.02), run_lengths(25, 25, 0, 0.1)],
}
OUT.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
print(OUT, math.ceil(OUT.stat().st_size / 1024), "KiB")
