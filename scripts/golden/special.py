"""Golden vectors for stats/special, from mpmath at 50 digits (independent of every library we could share a bug with).

Run: python scripts/golden/special.py > packages/homeostat/src/stats/golden/special.json
Needs mpmath and scipy; scipy is used only to state agreement in the tests' favour (version recorded).
"""
import json
import sys

import mpmath as mp
import scipy
from scipy import stats

mp.mp.dps = 50
F = lambda v: mp.mpf(v)


def num(value):
    value = float(value)
    return value


def gamma_series(a, x):
    """P(a,x) by its power series of positive terms, which converges everywhere."""
    a, x = F(a), F(x)
    term = total = mp.mpf(1)
    n = 0
    while term > total * mp.eps or n < x - a:
        n += 1
        term *= x / (a + n)
        total += term
    return mp.exp(a * mp.log(x) - x - mp.loggamma(a + 1)) * total


def gamma_upper(a, x):
    if x == 0:
        return F(1)
    for digits in (50, 120, 800):
        with mp.workdps(digits):
            upper = 1 - gamma_series(a, x)
            if upper > mp.mpf(10) ** (25 - digits):
                return +upper
    return upper


def gamma_lower(a, x):
    return gamma_series(a, x)


def beta_series(a, b, x):
    """I_x(a,b) by a series of positive terms: x^a y^b / (a B(a,b)) * sum (a+b)_n/(a+1)_n x^n."""
    a, b, x = F(a), F(b), F(x)
    term = total = mp.mpf(1)
    n = 0
    while term > total * mp.eps * (1 - x) or (a + b + n) * x > a + 1 + n:
        term *= (a + b + n) / (a + 1 + n) * x
        n += 1
        total += term
        if n > 3_000_000:
            raise ValueError("slow")
    front = a * mp.log(x) + b * mp.log(1 - x) - mp.log(a) - mp.loggamma(a) - mp.loggamma(b) + mp.loggamma(a + b)
    return mp.exp(front) * total


def beta_inc(a, b, x):
    a, b, x = F(a), F(b), F(x)
    if x <= 0:
        return F(0)
    if x >= 1:
        return F(1)
    if x <= 0.5:
        return beta_series(a, b, x)
    for digits in (50, 120, 800):
        with mp.workdps(digits):
            lower = 1 - beta_series(b, a, 1 - x)
            if lower > mp.mpf(10) ** (25 - digits):
                return +lower
    return lower


def normal_sf(z):
    return mp.erfc(F(z) / mp.sqrt(2)) / 2


def chi2_sf(x, k):
    return gamma_upper(F(k) / 2, F(x) / 2)


def ncx2_sf(x, k, lam):
    lam, k, x = F(lam), F(k), F(x)
    half = lam / 2
    peak = int(max(half, mp.sqrt(half * x / 2)))
    spread = int(12 * mp.sqrt(peak + 1)) + 60
    lo = max(0, int(min(half, peak)) - spread)
    j = lo
    weight = mp.exp(-half + j * mp.log(half) - mp.loggamma(j + 1))
    tail = gamma_upper(k / 2 + j, x / 2)
    step = mp.exp(-(x / 2) + (k / 2 + j) * mp.log(x / 2) - mp.loggamma(k / 2 + j + 1))
    total = F(0)
    while j < peak + spread:
        total += weight * tail
        tail += step
        step *= (x / 2) / (k / 2 + j + 1)
        weight *= half / (j + 1)
        j += 1
    return total


def f_sf(x, a, b):
    a, b, x = F(a), F(b), F(x)
    return beta_inc(b / 2, a / 2, b / (b + a * x))


def t_sf(t, df):
    t, df = F(t), F(df)
    half = beta_inc(df / 2, F(1) / 2, df / (df + t * t)) / 2
    return half if t >= 0 else 1 - half


def kolmogorov_sf(lam):
    lam = F(lam)
    if lam < 1:
        s = sum(mp.exp(-((2 * k - 1) ** 2) * mp.pi**2 / (8 * lam**2)) for k in range(1, 40))
        return 1 - mp.sqrt(2 * mp.pi) / lam * s
    return 2 * sum((-1) ** (k - 1) * mp.exp(-2 * k * k * lam * lam) for k in range(1, 40))


def binom_cdf(k, n, p):
    if k >= n:
        return F(1)
    return beta_inc(F(n) - k, F(k) + 1, 1 - F(p))


def root(f, lo, hi):
    lo, hi = F(lo), F(hi)
    flo = f(lo)
    for _ in range(120):
        mid = (lo + hi) / 2
        fm = f(mid)
        if (fm > 0) == (flo > 0):
            lo = mid
        else:
            hi = mid
    return (lo + hi) / 2


out = {
    "program": "scripts/golden/special.py",
    "versions": {"mpmath": mp.__version__, "scipy": scipy.__version__, "python": sys.version.split()[0]},
}

out["logGamma"] = [
    [x, num(mp.log(abs(mp.gamma(F(x)))) if x < 170 else mp.loggamma(F(x)).real)]
    for x in [1e-300, 1e-20, 1e-5, 0.1, 0.4999, 0.5, 0.9, 0.999999, 1.0, 1.0000001, 1.3, 1.5, 1.999, 2.0, 2.00001, 2.4,
              2.5, 2.6, 3, 4.7, 7.5, 11, 14.999, 15, 15.001, 20.25, 100, 171.5, 1e4, 123456.789, 1e9, 1e15, 1e100,
              -0.5, -1.5, -3.7, -20.25]
]

gam = []
for a in [0.001, 0.1, 0.5, 1, 1.5, 4.5, 10, 49.5, 100, 1000, 1e5, 1e6]:
    sd = max(a**0.5, 0.3)
    for x in sorted({1e-8, a * 0.1, a * 0.5, max(a - 3 * sd, 1e-3), a, a + 1, a + 3 * sd, a + 8 * sd, a * 2 + 5}):
        if abs(x - a) > 25 * sd + 60:
            continue
        gam.append([a, x, num(gamma_lower(a, x)), num(gamma_upper(a, x))])
out["regularizedGamma"] = gam

bet = []
for a, b in [(0.5, 0.5), (1, 1), (2, 3), (0.01, 0.01), (0.001, 5), (5, 0.5), (1, 200), (12, 1), (36, 4.5), (100, 900),
             (250.5, 0.5), (5000, 3), (1e4, 1e4), (1e5, 1e6)]:
    m = a / (a + b)
    sd = (m * (1 - m) / (a + b + 1)) ** 0.5
    for x in sorted({1e-12, 0.001, m, 0.4, 0.5, 0.999, max(m - 4 * sd, 1e-6), min(m + 4 * sd, 1 - 1e-9), m - 12 * sd, m + 12 * sd}):
        if 0 < x < 1 and (a + b < 4000 or abs(x - m) < 30 * sd):
            bet.append([a, b, x, num(beta_inc(a, b, x)), num(beta_inc(b, a, 1 - F(x)))])
out["regularizedBeta"] = bet

out["betaQuantile"] = []
for p, a, b in [(0.025, 3, 998), (0.975, 3, 998), (0.5, 0.5, 0.5), (1e-10, 2, 7), (0.999999, 2, 7), (0.05, 1, 1000),
                (0.01, 0.2, 3), (0.3, 1e3, 1e4), (0.025, 7, 994), (0.5, 1e-2, 1), (0.9, 40, 0.3), (1e-300, 5, 5), (0.5, 800, 1)]:
    x = root(lambda u: beta_inc(a, b, mp.e**u) - F(p), -900, 0)
    out["betaQuantile"].append([p, a, b, num(mp.e**x)])

zs = [0, 1e-10, 0.1, 0.5, 0.6744, 0.6745, 1, 1.6448536269514722, 2.5, 4, 5.65, 5.66, 6, 8.3, 10, 15.123456, 20, 30, 37]
out["normal"] = [[z, num(normal_sf(-z)), num(normal_sf(z))] for z in zs + [-z for z in zs if z]]
out["normalQuantile"] = [
    [p, num(mp.chop(root(lambda z: normal_sf(-z) - F(p), -40, 9), 1e-30))]
    for p in [1e-300, 1e-100, 1e-20, 1e-12, 1e-6, 0.001, 0.025, 0.05, 0.0749, 0.0751, 0.3, 0.5, 0.6, 0.9, 0.95, 0.999, 1 - 1e-10]
]

out["chiSquared"] = [
    [x, k, num(chi2_sf(x, k))]
    for x, k in [(12.5, 9), (0.001, 1), (3.84, 1), (1e-6, 3), (9, 9), (27.9, 9), (206.09332518788239, 9), (1400, 9), (5, 0.5),
                 (199, 199), (260, 199), (150, 199), (400, 199), (1, 2), (1200, 1000), (0.5, 30)]
]
out["chiSquaredUpperQuantile"] = [
    [a, k, num(mp.exp(root(lambda u: chi2_sf(mp.exp(u), k) - F(a), -80, 9)))]
    for a, k in [(0.05, 9), (0.01, 9), (0.001, 9), (1e-12, 9), (0.5, 9), (0.95, 9), (0.999999, 9), (0.01, 1), (0.9, 1), (0.01, 199),
                 (0.05, 2), (0.2, 0.5), (1e-100, 49)]
]
out["noncentralChiSquared"] = [
    [x, k, lam, num(ncx2_sf(x, k, lam))]
    for x, k, lam in [(50, 9, 30), (12.5, 9, 2), (1, 1, 0.001), (3.84, 1, 7.85), (206.1, 9, 154.05), (206.1, 9, 265.2), (206.1, 9, 20),
                      (500, 9, 20), (10, 199, 5), (300, 199, 60), (2000, 99, 2000), (30000, 49, 29000), (20000, 9, 21000),
                      (5, 2, 0.5), (0.01, 3, 40), (105000, 9, 104000), (1000, 9, 100)]
]
out["f"] = [
    [x, a, b, num(f_sf(x, a, b))]
    for x, a, b in [(3, 9, 72), (1, 9, 72), (0.2, 9, 72), (1, 1, 1), (1000, 1, 3), (2.5, 199, 1592), (1.3, 49, 1176), (40, 9, 216),
                    (1e-6, 2, 5), (5, 0.5, 7), (1.01, 3, 1e6)]
]
out["t"] = [
    [t, df, num(t_sf(t, df))]
    for t, df in [(2.5, 10), (0, 3), (-1.2, 7), (1, 1), (60, 2), (1e-9, 5), (3, 0.5), (4.2, 1e6), (25, 40), (-8, 9), (1.96, 1e9)]
]
out["kolmogorov"] = [[l, num(kolmogorov_sf(l))] for l in [0.1, 0.2, 0.35, 0.6, 0.8276, 0.9999, 1, 1.0001, 1.36, 1.63, 2.2, 4, 9, 18]]
out["binomial"] = []
for k, n, p in [(2, 12, 0.5), (0, 1, 0.3), (5, 5, 0.2), (0, 1000, 0.001), (30, 1000, 0.01), (480, 1000, 0.5), (999, 1000, 0.999), (5, 20, 0),
                (5, 20, 1), (99_000, 1_000_000, 0.1), (-1, 5, 0.5), (0, 0, 0.5)]:
    low = F(0) if k < 0 else binom_cdf(k, n, p) if 0 < p < 1 else F(1 if (p == 0 or k >= n) else 0)
    out["binomial"].append([k, n, p, num(low), num(1 - low)])
out["clopperPearson"] = []
for k, n, a in [(0, 100, 0.1), (0, 1000, 0.1), (7, 1000, 0.05), (1, 1, 0.05), (5, 5, 0.01), (50, 1000, 0.05), (3, 7, 0.2), (1234, 100_000, 0.01)]:
    ci = stats.binomtest(k, n).proportion_ci(1 - a, "exact")
    lo = 0 if k == 0 else root(lambda x: (1 - binom_cdf(k - 1, n, x)) - F(a) / 2, 0, 1)
    hi = 1 if k == n else root(lambda x: F(a) / 2 - binom_cdf(k, n, x), 0, 1)
    assert abs(float(lo) - ci.low) < 1e-9 and abs(float(hi) - ci.high) < 1e-9
    out["clopperPearson"].append([k, n, a, num(lo), num(hi)])
out["logChoose"] = [
    [n, k, num(mp.loggamma(F(n) + 1) - mp.loggamma(F(k) + 1) - mp.loggamma(F(n) - k + 1))]
    for n, k in [(5, 2), (1, 0), (0, 0), (52, 5), (100, 50), (1000, 3), (1_000_000, 1), (1_000_000_000, 7), (1_000_000_000, 499_999_999), (30.5, 2.25)]
]
rows = lambda v: json.dumps(v) if not isinstance(v, list) else "[\n    " + ",\n    ".join(map(json.dumps, v)) + "\n  ]"
print("{\n  " + ",\n  ".join(f"{json.dumps(k)}: {rows(v)}" for k, v in out.items()) + "\n}")
