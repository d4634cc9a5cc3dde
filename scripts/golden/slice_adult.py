"""Golden file for slice search on Adult (UCI, CC BY 4.0): errors of two models and the top slices of the peer library.

Run:  python3 scripts/golden/slice_adult.py ../shared/data/slices/adult.csv packages/homeostat/src/stats/golden/slice-adult.json
Needs scikit-learn, pandas, numpy, sliceline. The data themselves are not copied: only one bit per row (was the model
wrong?), out-of-fold, and the encoding, so the test can only run where the data are.
"""

import base64
import json
import sys

import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

source, target = sys.argv[1:3]
data = pd.read_csv(source, skipinitialspace=True, keep_default_na=False)
y = (data["income"].str.strip() == ">50K").astype(int).to_numpy()
x = data.drop(columns="income")
numeric = ["age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours_per_week"]
categorical = [c for c in x.columns if c not in numeric]


def bits(wrong):
    return base64.b64encode(np.packbits(wrong.astype(np.uint8), bitorder="little").tobytes()).decode()


forest = make_pipeline(
    make_column_transformer((OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), categorical), remainder="passthrough"),
    RandomForestClassifier(n_estimators=10, random_state=0, n_jobs=1),
)
logistic = make_pipeline(
    make_column_transformer((OneHotEncoder(handle_unknown="ignore"), categorical), (StandardScaler(), numeric)),
    LogisticRegression(max_iter=1000),
)
forest_wrong = (cross_val_predict(forest, x, y, cv=5) != y).astype(int)
logistic_wrong = (cross_val_predict(logistic, x, y, cv=5) != y).astype(int)

# Encoding: numeric by sorted inner edges (code = 1 + number of edges <= value), categorical by sorted categories from 1.
columns = []
codes = np.zeros(x.shape, dtype=int)
for k, name in enumerate(x.columns):
    if name in numeric:
        edges = sorted(set(np.quantile(x[name], np.arange(1, 10) / 10).tolist()))
        codes[:, k] = 1 + np.searchsorted(edges, x[name], side="right")
        columns.append({"name": name, "edges": edges})
    else:
        categories = sorted(x[name].unique())
        codes[:, k] = 1 + x[name].map({c: i for i, c in enumerate(categories)})
        columns.append({"name": name, "categories": categories})

from sliceline.slicefinder import Slicefinder  # noqa: E402  (after the slow part, so a missing package fails fast enough)

peers = []
for model, wrong, alpha, sigma, level in [
    ("logistic", logistic_wrong, 0.95, 326, 3),
    ("forest", forest_wrong, 0.95, 326, 3),
    ("forest", forest_wrong, 0.8, 1000, 2),
]:
    finder = Slicefinder(alpha=alpha, k=10, max_l=level, min_sup=sigma, verbose=False)
    finder.fit(codes, wrong)
    stats = finder.top_slices_statistics_
    slices = [[[c, int(v)] for c, v in enumerate(row) if v is not None] for row in finder.top_slices_]
    peers.append(
        {
            "model": model,
            "alpha": alpha,
            "minimumRows": sigma,
            "maximumPredicates": level,
            "slices": [
                {"predicates": s, "score": float(st["slice_score"]), "rows": int(st["slice_size"]), "loss": float(st["sum_slice_error"])}
                for s, st in zip(slices, stats)
            ],
        }
    )

import importlib.metadata as metadata  # noqa: E402

json.dump(
    {
        "madeBy": "scripts/golden/slice_adult.py",
        "versions": {
            "python": sys.version.split()[0],
            "scikit-learn": sklearn.__version__,
            "sliceline": metadata.version("sliceline"),
            "numpy": np.__version__,
        },
        "rows": len(x),
        "columns": columns,
        "errors": {"forest": bits(forest_wrong), "logistic": bits(logistic_wrong)},
        "peers": peers,
    },
    open(target, "w"),
)
print("forest", forest_wrong.mean(), "logistic", logistic_wrong.mean())
for column, value in [("marital_status", "Married-civ-spouse"), ("relationship", "Husband"), ("relationship", "Wife"), ("marital_status", "Never-married")]:
    print(value, forest_wrong[x[column] == value].mean())
