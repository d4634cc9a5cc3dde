"""Reference values for stats/sequential: drift detectors by river, partitions by ruptures, sequences by scipy.

Run: python3 scripts/golden/sequential.py   (writes packages/homeostat/src/stats/golden/sequential.json)
Streams come from a linear congruential generator that doubles hold exactly, so any language can rebuild them; they are
stored anyway, as digits.
"""

import json
import math
import pathlib
import sys

import numpy as np
import river
import ruptures
import scipy
from river import drift
from scipy import optimize, special

OUT = pathlib.Path(__file__).resolve().parents[2] / "packages/homeostat/src/stats/golden/sequential.json"


def uniforms(seed):
    x = seed
    while True:
        x = (1664525 * x + 1013904223) % 2**32
        yield x / 2**32


def bits(seed, parts):
    u = uniforms(seed)
    return [1 if next(u) < p else 0 for n, p in parts for _ in range(n)]


def digits(seed, parts):
    u = uniforms(seed)
    return [low + int(next(u) * (high - low)) for n, low, high in parts for _ in range(n)]


def hits(detector, stream):
    found = []
    for i, x in enumerate(stream):
        detector.update(x)
        if detector.drift_detected:
            found.append(i)
    return found


# The streams of the drift tests of river and MOA (numpy seed 12345), as hexadecimal bits and octal digits.
PUBLISHED_BITS_1 = (
    "74b6e3a7df99ef69ca30227e25465364f14d5d181ca9b64f6e0e54271b413e23d6cba80227fe41da87cd9273b0e6fa9caf10"
    "93afe3b97a02d60b4db5a01093c175968994d6789673e067ed6845deb7c5b4b810db6a9eb88822ca57e78351772d26abb79c"
    "e155ecd731707f353a9d6fa1b2de92c028168b41ec1597524b"
)
PUBLISHED_DIGITS_1 = (
    "3455712431702211314066414677502621375343203030057725352305442557276727612671774266020321303317017342"
    "5557216531474311530362267457564326476214357002115211332342755351376150402445717527016242567135300651"
    "3516254043675730456200674577030576371346042325270374635324140536652141260300505703727515072405736074"
    "7767222665023643056117504466271364705370067762402025100502644521054742302461565106716133233202400021"
    "4325017014416572727313616771344317620004276010767026273637674377276274320625433647525037333720143555"
    "3113071243322206240370506631112000502642533605222435202367002730737561570517516423444650742656520156"
    "3233125511352520211325010445351724566352252671336345047370203611314154056501537235026646660251567574"
    "4630443261644454024001714551537403075544315205321721435000374230016215046634337660267050311022060116"
    "5356111532723257632677317216222175171241703620527762317046720241555055214035347460654675602710342470"
    "5471535160730507032642354105526031763301556645224236462337176547376002764426410505007777777635071343"
)
PUBLISHED_BITS_2 = (
    "8210e02182a004300a01800d601090840040421c022ce200009020000001050c000606100080588800290001000221024480"
    "800e0b402010840010808251d0002838a2981020052400202260008017100140d1003840070220aa00146000442021803300"
    "2004020817148021c240017080420093c1d001401308038860c7ab733eb73decb7d7bfeff9fdfef7ff5efebffe678df7fcf9"
    "f7e6ffeffff7b9df7f7fbcfffbdffe7efe4ff677eecde4fdaedeb33fff6f1ffcfbceffffff7edfef96ffdfbef6fe6f5fdfde"
    "ff97fffdfff7dfedffbffb55fffefdffff4f6fdfef25f7bf7fd3fc2fdffffefffddff1efff7cbffdb2d5fbfdf9ab7d7feddd"
)
PUBLISHED_BITS_3 = (
    "4fef267c1506f66b81e1bd77b0358a320f968d2615e821c0f3a03564f4472aa21516602956d8e36b6624b9e0f1e48e58e755"
    "ef3041f34f73494a5e51d996ffffffbffffffffffffffffffffffffffffffffffdffffffffffffffffffffffffffffffffff"
    "fffffffffffff7ffffffffffffffffffffffffffffffffffff46e6c3b23408512d7125506e049efe6ee7024985a82043544f"
    "c08af401092ef5fe265991fafb08502b4ba1e3550cba48c259dd113f6dd9d01cba4c2be10d7fffffffefffffffffffffffff"
    "effffffffffffffffffffffffffffffffffffffffffffdfffffffffffffffffffffffffffffffffffffffffffffffffffffd"
)


def from_hex(text):
    return [int(b) for h in text for b in format(int(h, 16), "04b")]


STREAMS = {
    "publishedMixed": from_hex(PUBLISHED_BITS_1) + [int(c) for c in PUBLISHED_DIGITS_1],
    "publishedRise": from_hex(PUBLISHED_BITS_2),
    "publishedFourParts": from_hex(PUBLISHED_BITS_3),
    "rise": bits(1, [(1000, 0.2), (1000, 0.8)]),
    "creep": bits(2, [(1500, 0.1), (1500, 0.16)]),
    "quiet": bits(3, [(3000, 0.3)]),
    "fourParts": bits(4, [(500, 0.5), (500, 0.99), (500, 0.4), (500, 0.98)]),
    "fall": bits(5, [(800, 0.7), (1200, 0.2)]),
    "rare": bits(6, [(2000, 0.01), (1000, 0.05)]),
    "digits": digits(7, [(700, 0, 4), (700, 3, 8), (600, 0, 3)]),
}

B = drift.binary


def detections():
    rows = []
    for name, s in STREAMS.items():
        row = {
            "stream": name,
            "values": "".join(map(str, s)),
            "adwin": hits(drift.ADWIN(), s),
            "adwinClock1": hits(drift.ADWIN(clock=1), s),
            "adwinLoose": hits(drift.ADWIN(delta=0.05, max_buckets=3, min_window_length=8, grace_period=30), s),
            "adwinNarrow": hits(drift.ADWIN(clock=3, max_buckets=7, min_window_length=1), s),
            "pageHinkley": hits(drift.PageHinkley(), s),
            "pageHinkleyUp": hits(drift.PageHinkley(mode="up", threshold=10), s),
            "pageHinkleyDown": hits(drift.PageHinkley(mode="down", threshold=10, alpha=1.0), s),
        }
        if max(s) <= 1:
            row |= {
                "ddm": hits(B.DDM(), s),
                "eddm": hits(B.EDDM(), s),
                "hddmA": hits(B.HDDMA(), s),
                "hddmATwoSided": hits(B.HDDMA(two_sided_test=True), s),
                "hddmW": hits(B.HDDMW(), s),
                "hddmWTwoSided": hits(B.HDDMW(two_sided_test=True, lambda_val=0.1), s),
            }
        rows.append(row)
    return rows


def adwin_windows():
    rows = []
    for name, s in STREAMS.items():
        a = drift.ADWIN(clock=7)
        path = []
        for i, x in enumerate(s):
            a.update(x)
            if i % 250 == 249:
                path.append([i, a.width, a.total, a.variance])
        rows.append({"stream": name, "path": path})
    return rows


def partitions():
    rng = np.random.default_rng(5)
    rows = []
    cases = [
        np.concatenate([rng.normal(0, 1, 40), rng.normal(2, 1, 25), rng.normal(-1, 1, 60)]),
        np.concatenate([rng.normal(1e6, 1, 30), rng.normal(1e6 + 3, 1, 30)]),
        rng.normal(0, 1, 150),
        np.concatenate([np.zeros(20), np.ones(15)]),
        np.round(np.concatenate([rng.normal(0, 1, 5), rng.normal(9, 1, 4)]), 1),
    ]
    for x in cases:
        d = np.diff(x)
        s = np.median(np.abs(d - np.median(d))) / special.ndtri(0.75) / math.sqrt(2)
        if s == 0:
            s = math.sqrt(np.mean(d**2) / 2)
        pen = 3 * s**2 * math.log(len(x))
        fit = ruptures.Pelt(model="l2", min_size=2, jump=1).fit(x)
        rows.append({"x": x.tolist(), "penalty": pen, "variance": s**2,
                     "changes": [int(b) for b in fit.predict(pen=pen)[:-1]]})
    return rows


def beta_sequences():
    rows = []
    for s, f, alpha in [(0, 1, 0.05), (1, 0, 0.05), (0, 50000, 0.01), (3, 4, 0.1), (700, 300, 0.01), (10, 10**6, 0.001)]:
        mix = special.betaln(0.5 + s, 0.5 + f) - special.betaln(0.5, 0.5)

        def excess(p):
            return mix - special.xlogy(s, p) - special.xlog1py(f, -p) + math.log(alpha)

        p0 = s / (s + f)
        lo = 0.0 if s == 0 else optimize.brentq(excess, 1e-300, p0, xtol=1e-16, rtol=1e-14)
        hi = 1.0 if f == 0 else optimize.brentq(excess, max(p0, 1e-300), 1 - 1e-16, xtol=1e-16, rtol=1e-14)
        rows.append({"successes": s, "failures": f, "alpha": alpha, "lower": lo, "upper": hi})
    return rows


def grid_evidence():
    rows = []
    rng = np.random.default_rng(11)
    for m0, n in [(0.1, 30), (0.5, 1), (0.9, 200), (0.003, 400)]:
        x = np.round(rng.beta(2 * m0 + 0.2, 2.2 - 2 * m0, size=n), 4)
        for direction in ("above", "below"):
            y, m = (x, m0) if direction == "above" else (1 - x, 1 - m0)
            lam = 0.9 / m * 2.0 ** -np.arange(10)
            sums = np.log1p(lam[:, None] * (y - m)[None, :]).sum(axis=1)
            rows.append({"x": x.tolist(), "nullMean": m0, "direction": direction,
                         "logEvidence": float(special.logsumexp(sums) - math.log(10))})
    return rows


golden = {
    "madeWith": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__,
                 "river": river.__version__, "ruptures": ruptures.__version__},
    "detections": detections(),
    "adwinWindows": adwin_windows(),
    "partitions": partitions(),
    "betaSequences": beta_sequences(),
    "gridEvidence": grid_evidence(),
}
OUT.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
print(OUT, math.ceil(OUT.stat().st_size / 1024), "KiB")
