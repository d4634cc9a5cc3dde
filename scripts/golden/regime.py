"""Golden file for regimes: Ledoit-Wolf, nearest neighbours, Mahalanobis (scikit-learn), hidden Markov models (hmmlearn).

Run:  python3 scripts/golden/regime.py packages/homeostat/src/stats/golden/regime.json
"""

import json
import sys

import hmmlearn
import numpy as np
import scipy
import sklearn
from hmmlearn.hmm import GaussianHMM
from sklearn.covariance import LedoitWolf
from sklearn.neighbors import NearestNeighbors

rng = np.random.default_rng(20261122)


def covariance_case(n, d, scale):
    mix = rng.normal(size=(d, d))
    x = rng.normal(size=(n, d)) @ mix * scale + rng.normal(size=d) * 5
    points = x[:3] + rng.normal(size=(3, d))
    fit = LedoitWolf().fit(x)
    scaled = x / x.std(axis=0, ddof=1)
    near, _ = NearestNeighbors(n_neighbors=5).fit(scaled).kneighbors(points / x.std(axis=0, ddof=1))
    return {
        "rows": x.tolist(),
        "points": points.tolist(),
        "shrinkage": fit.shrinkage_,
        "covariance": fit.covariance_.tolist(),
        "mahalanobis": fit.mahalanobis(points).tolist(),
        "neighbours": near.mean(axis=1).tolist(),
    }


def model_case(k, n):
    model = GaussianHMM(n_components=k, covariance_type="diag")
    model.startprob_ = rng.dirichlet(np.ones(k))
    model.transmat_ = np.array([rng.dirichlet(np.ones(k) + 20 * np.eye(k)[i]) for i in range(k)])
    model.means_ = rng.normal(size=(k, 1)) * 0.01
    model.covars_ = np.sort(rng.uniform(0.005, 0.05, size=(k, 1)) ** 2, axis=0)
    model.n_features = 1
    x, _ = model.sample(n, random_state=7)
    last = [model.predict_proba(x[: t + 1])[t].tolist() for t in (0, 1, n // 2, n - 1)]
    return {
        "initial": model.startprob_.tolist(),
        "transition": model.transmat_.tolist(),
        "means": model.means_[:, 0].tolist(),
        "deviations": np.sqrt(model.covars_.reshape(-1)).tolist(),
        "values": x[:, 0].tolist(),
        "logLikelihood": float(model.score(x)),
        # The last smoothed probability of a series cut at t is the filtered probability at t.
        "filteredAt": [0, 1, n // 2, n - 1],
        "filtered": last,
    }


json.dump(
    {
        "madeBy": "scripts/golden/regime.py",
        "versions": {
            "python": sys.version.split()[0],
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "scikit-learn": sklearn.__version__,
            "hmmlearn": hmmlearn.__version__,
        },
        "covariances": [covariance_case(60, 2, 1.0), covariance_case(100, 5, 100.0), covariance_case(45, 1, 0.001)],
        "models": [model_case(2, 120), model_case(3, 200)],
    },
    open(sys.argv[1], "w"),
)
