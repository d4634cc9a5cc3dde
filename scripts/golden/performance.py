"""Reference values for stats/performance, made with scikit-learn, statsmodels and a quadratic-time DeLong of our own.

Run: python3 scripts/golden/performance.py   (writes packages/homeostat/src/stats/golden/performance.json)
"""

import json
import math
import pathlib
import sys

import numpy as np
import scipy
import sklearn
import statsmodels
from sklearn import metrics
from sklearn.isotonic import IsotonicRegression
from statsmodels.stats.proportion import proportion_confint

OUT = pathlib.Path(__file__).resolve().parents[2] / "packages/homeostat/src/stats/golden/performance.json"
rng = np.random.default_rng(20240611)


def delong(scores, labels):
    """Placement values by comparing every pair: slow, obviously right."""
    pos = np.array([s for s, y in zip(scores, labels) if y == 1])
    neg = np.array([s for s, y in zip(scores, labels) if y == 0])
    psi = (pos[:, None] > neg[None, :]) + 0.5 * (pos[:, None] == neg[None, :])
    v10, v01 = psi.mean(axis=1), psi.mean(axis=0)
    return psi.mean(), v10.var(ddof=1) / len(pos) + v01.var(ddof=1) / len(neg), v10, v01


def scored(n, prevalence, shift, decimals):
    y = (rng.random(n) < prevalence).astype(int)
    y[:2], y[2:4] = 1, 0
    s = 1 / (1 + np.exp(-(rng.normal(size=n) + shift * y - shift / 2)))
    return np.round(s, decimals), y


def ranking_case(n, prevalence, shift, decimals):
    s, y = scored(n, prevalence, shift, decimals)
    s2 = np.round(np.clip(s + rng.normal(scale=0.2, size=n), 0, 1), decimals)
    auc, var, v10, v01 = delong(s, y)
    auc2, var2, w10, w01 = delong(s2, y)
    cov = np.cov(v10, w10)[0, 1] / len(v10) + np.cov(v01, w01)[0, 1] / len(v01)
    assert abs(auc - metrics.roc_auc_score(y, s)) < 1e-12
    d = (s >= 0.5).astype(int)
    return {
        "scores": s.tolist(),
        "second": s2.tolist(),
        "labels": y.tolist(),
        "auc": auc,
        "variance": var,
        "auc2": auc2,
        "variance2": var2,
        "covariance": cov,
        "averagePrecision": metrics.average_precision_score(y, s),
        "logLoss": metrics.log_loss(y, np.clip(s, np.finfo(float).eps, 1 - np.finfo(float).eps), labels=[0, 1]),
        "brier": float(np.mean((y - s) ** 2)),
        "accuracy": metrics.accuracy_score(y, d),
        "precision": metrics.precision_score(y, d, zero_division=0) if d.sum() else None,
        "recall": metrics.recall_score(y, d),
        "f1": metrics.f1_score(y, d),
        "balancedAccuracy": metrics.balanced_accuracy_score(y, d),
        "mcc": metrics.matthews_corrcoef(y, d) if 0 < d.sum() < n else None,
        "specificity": metrics.recall_score(y, d, pos_label=0),
    }


def proportions():
    rows = []
    for k, n, a in [(0, 1, 0.05), (1, 1, 0.05), (0, 10, 0.05), (3, 10, 0.1), (10, 10, 0.01), (5, 100, 0.05),
                    (500, 10000, 0.05), (1, 10**9, 0.05), (999_999, 10**6, 0.001)]:
        rows.append({
            "successes": k, "n": n, "alpha": a,
            "wilson": list(map(float, proportion_confint(k, n, a, "wilson"))),
            "clopperPearson": list(map(float, proportion_confint(k, n, a, "beta"))),
        })
    return rows


def multiclass(n, k, weights):
    y = rng.choice(k, size=n, p=weights)
    d = np.where(rng.random(n) < 0.65, y, rng.choice(k, size=n, p=weights))
    p = rng.dirichlet(np.ones(k), size=n)
    p = p / p.sum(axis=1, keepdims=True)
    return {
        "classes": k, "labels": y.tolist(), "decisions": d.tolist(), "probabilities": p.ravel().tolist(),
        "accuracy": metrics.accuracy_score(y, d),
        "balancedAccuracy": metrics.balanced_accuracy_score(y, d),
        "macroF1": metrics.f1_score(y, d, average="macro"),
        "weightedF1": metrics.f1_score(y, d, average="weighted"),
        "macroPrecision": metrics.precision_score(y, d, average="macro"),
        "mcc": metrics.matthews_corrcoef(y, d),
        "kappa": metrics.cohen_kappa_score(y, d),
        "logLoss": metrics.log_loss(y, p, labels=list(range(k))),
        "brier": float(np.mean(((np.eye(k)[y] - p) ** 2).sum(axis=1))),
    }


def regression(n, offset):
    y = np.round(offset + rng.normal(scale=3, size=n), 4)
    f = np.round(y + rng.standard_t(5, size=n), 4)
    return {
        "labels": y.tolist(), "predictions": f.tolist(),
        "mae": metrics.mean_absolute_error(y, f), "mse": metrics.mean_squared_error(y, f),
        "rmse": metrics.root_mean_squared_error(y, f),
        "mape": metrics.mean_absolute_percentage_error(y, f), "r2": metrics.r2_score(y, f),
        "bias": float(np.mean(f - y)),
    }


def ndcg(n, k, decimals):
    rel = rng.integers(0, 4, size=n)
    s = np.round(rng.random(n), decimals)
    return {"relevance": rel.tolist(), "scores": s.tolist(), "k": k,
            "ndcg": metrics.ndcg_score([rel], [s], k=k),
            "exponential": metrics.ndcg_score([2.0**rel - 1], [s], k=k)}


def isotonic(n, weighted, decimals):
    x = np.round(rng.random(n), decimals)
    y = np.round(x + rng.normal(scale=0.5, size=n), 3)
    w = np.round(rng.random(n) * 3, 2) + 0.01 if weighted else np.ones(n)
    fit = IsotonicRegression(out_of_bounds="clip").fit(x, y, sample_weight=w)
    at = np.linspace(-0.2, 1.2, 29)
    return {"x": x.tolist(), "y": y.tolist(), "weights": w.tolist(), "at": at.tolist(), "predicted": fit.predict(at).tolist()}


def student_t():
    from scipy import stats
    return [{"alpha": a, "df": df, "critical": float(stats.t.isf(a / 2, df))}
            for a in (0.2, 0.05, 0.01, 1e-6) for df in (1, 2, 3.5, 10, 99, 1e4, 1e6)]


def kappa_errors():
    from statsmodels.stats.inter_rater import cohens_kappa
    rows = []
    for table in ([[20, 5], [10, 15]], [[44, 5, 1], [7, 20, 3], [9, 5, 6]], [[90, 3, 2, 1], [4, 50, 6, 2], [3, 8, 40, 5], [1, 2, 3, 30]]):
        fit = cohens_kappa(np.array(table))
        rows.append({"table": table, "kappa": float(fit.kappa), "standardError": float(np.sqrt(fit.var_kappa))})
    return rows


golden = {
    "madeWith": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__,
                 "scikit-learn": sklearn.__version__, "statsmodels": statsmodels.__version__},
    "proportions": proportions(),
    "ranking": [ranking_case(*c) for c in [(9, 0.4, 1, 1), (60, 0.15, 1.2, 2), (150, 0.5, 0.0, 1), (120, 0.9, 2.5, 4)]],
    "multiclass": [multiclass(40, 3, [0.6, 0.3, 0.1]), multiclass(90, 4, [0.4, 0.3, 0.2, 0.1])],
    "regression": [regression(7, 1), regression(80, 1000), regression(50, -2)],
    "ndcg": [ndcg(8, 3, 1), ndcg(20, 10, 1), ndcg(12, 12, 3), ndcg(5, 9, 2)],
    "isotonic": [isotonic(12, False, 2), isotonic(60, True, 1), isotonic(80, True, 3)],
    "studentT": student_t(),
    "kappaErrors": kappa_errors(),
}
OUT.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
print(OUT, math.ceil(OUT.stat().st_size / 1024), "KiB")
