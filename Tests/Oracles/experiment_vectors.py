"""Writes Tests/Fixtures/Experiments/distributions.csv: tails and quantiles of the distributions with 17 digits.

    experiment_vectors.py            needs mpmath and scipy, gmpy2 to take minutes and not an hour

Each row is `function,arguments…,value,condition`: the exact value (mpmath, 60 digits, series of positive terms only) at
exactly the doubles that are printed, and Σ |xᵢ ∂ ln f / ∂xᵢ|, by how much a relative rounding of the arguments
moves it. scipy chooses the places; no digit of it is written.
"""

import pathlib

import mpmath
from mpmath import mpf
from scipy import special, stats

mpmath.mp.dps = 60
PLACE = pathlib.Path(__file__).parent.parent / "Fixtures" / "Experiments" / "distributions.csv"
TAILS = [1e-299, 1e-150, 1e-60, 1e-16, 1e-5, 0.025, 0.3, 0.5, 0.8]


def gamma_lower(a, x):
    """Σ xⁿ / (a + 1)ₙ · xᵃ e⁻ˣ / Γ(a + 1)."""
    term = total = mpf(1)
    n = 0
    while term > total * mpf(10) ** (2 - mpmath.mp.dps):
        n += 1
        term *= x / (a + n)
        total += term
    return total * mpmath.exp(a * mpmath.log(x) - x - mpmath.loggamma(a + 1))


def gamma_upper(a, x):
    if x < a + 1:
        return 1 - gamma_lower(a, x)
    if a <= 50:
        return mpmath.gammainc(a, x, mpmath.inf, regularized=True)
    size = (a * mpmath.log(x) - x - mpmath.loggamma(a)) / mpmath.log(10)
    with mpmath.workdps(70 + max(0, int(-size))):  # so many that the complement loses nothing
        return 1 - gamma_lower(a, x)


def beta_tail(a, b, x, y):
    """Σ (a + b)ₙ / (a + 1)ₙ xⁿ · xᵃ yᵇ / (a B(a, b)), y = 1 − x; 1 − the mirror image beyond the mean."""
    if x * (a + b + 2) > a + 1:
        return 1 - beta_tail(b, a, y, x)
    if x > 0.99:  # the series creeps; with digits enough the complement of the other loses nothing
        with mpmath.workdps(400):
            return 1 - beta_series(b, a, y, x)
    return beta_series(a, b, x, y)


def beta_lower(a, b, x):
    return beta_tail(a, b, x, 1 - x)


def beta_upper(a, b, x):
    return beta_tail(b, a, 1 - x, x)


def beta_series(a, b, x, y):
    term = total = mpf(1)
    n = 0
    while term > total * mpf(10) ** (2 - mpmath.mp.dps):
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
    logarithm = mpmath.loggamma(a + b) - mpmath.loggamma(a + 1) - mpmath.loggamma(b)
    return total * mpmath.exp(logarithm + a * mpmath.log(x) + b * mpmath.log(y))


def student_upper(nu, t):
    square = t * t
    return beta_lower(nu / 2, mpf(1) / 2, nu / (nu + square)) / 2


def normal_upper(z):
    return mpmath.erfc(z / mpmath.sqrt(2)) / 2


def binomial_lower(k, n, p):
    return beta_upper(k + 1, n - k, p)


def binomial_upper(k, n, p):
    return beta_lower(k + 1, n - k, p)


def slope(function, arguments, index):
    """∂f / ∂xᵢ by a central difference of relative width 1e-20."""
    width = abs(arguments[index]) * mpf(10) ** -20
    above, below = list(arguments), list(arguments)
    above[index] += width
    below[index] -= width
    return (function(*above) - function(*below)) / (2 * width)


def condition(function, arguments, value, free):
    return sum(abs(arguments[i] * slope(function, arguments, i)) for i in free) / abs(value)


def text(number):
    return mpmath.nstr(number, 20, strip_zeros=True)


class Rows:
    def __init__(self):
        self.lines = ["function,arguments and value and condition"]
        self.seen = set()

    def tail(self, name, function, arguments, free=None):
        """One row, where the value can be held in a double with full precision."""
        exact = [mpf(argument) for argument in arguments]
        value = function(*exact)
        if not mpf("1e-300") <= value <= 1 or (name, *arguments) in self.seen:
            return
        self.seen.add((name, *arguments))
        moved = condition(function, exact, value, range(len(exact)) if free is None else free)
        self.lines.append(",".join([name, *map(repr, arguments), text(value), mpmath.nstr(moved, 3)]))

    def quantile(self, name, function, arguments, probability, start):
        """The x with function(arguments…, x) = probability."""
        exact = [mpf(argument) for argument in arguments]
        goal = mpmath.log(mpf(probability))
        root = mpmath.findroot(
            lambda u: mpmath.log(function(*exact, mpmath.exp(u))) - goal, (mpmath.log(start), mpmath.log(start) + 1e-9),
            tol=1e-40, maxsteps=60)
        x = mpmath.exp(root)
        everything = [*exact, x]
        steep = abs(x * slope(function, everything, len(exact)))
        moved = probability + sum(abs(exact[i] * slope(function, everything, i)) for i in range(len(exact)))
        self.lines.append(
            ",".join([name, *map(repr, arguments), repr(probability), text(x), mpmath.nstr(moved / steep, 3)]))


def gammas(rows):
    for a in [1e-3, 0.02, 0.3, 0.5, 1.0, 2.5, 9.75, 40.0, 333.3, 1e4, 123456.75, 1e6]:
        for p in TAILS:
            low, high = float(special.gammaincinv(a, p)), float(special.gammainccinv(a, p))
            if low > 1e-290:
                rows.tail("gamma.lower", gamma_lower if p < 0.6 else lambda a, x: 1 - gamma_upper(a, x), [a, low])
            if high > 1e-290:
                rows.tail("gamma.upper", gamma_upper, [a, high])
        for p in [1e-200, 1e-20, 1e-4, 0.3]:
            low, high = float(special.gammaincinv(a, p)), float(special.gammainccinv(a, p))
            if low > 1e-290:
                rows.quantile("gamma.quantile", gamma_lower, [a], p, low)
            if high > 1e-290:
                rows.quantile("gamma.upperQuantile", gamma_upper, [a], p, high)
    for k in [1, 2, 3, 7, 30, 101, 1000, 20001]:
        for p in TAILS:
            x = float(stats.chi2.isf(p, k))
            rows.tail("chisquare.upper", lambda k, x: gamma_upper(k / 2, x / 2), [float(k), x], free=[1])


def betas(rows):
    shapes = [1e-3, 0.05, 0.5, 1.0, 3.5, 40.0, 2000.0, 1e6]
    for a in shapes:
        for b in shapes:
            for p in TAILS[::2] + [0.025]:
                low, high = float(special.betaincinv(a, b, p)), float(special.betainccinv(a, b, p))
                if 1e-290 < low < 1:
                    rows.tail("beta.lower", beta_lower, [a, b, low])
                if 1e-290 < high < 1:
                    rows.tail("beta.upper", beta_upper, [a, b, high])
            for p in [1e-40, 0.01, 0.4]:
                low = float(special.betaincinv(a, b, p))
                if a >= 0.05 and b >= 0.05 and 1e-290 < low < 0.999999:
                    rows.quantile("beta.quantile", beta_lower, [a, b], p, low)


def students(rows):
    for nu in [1.0, 2.0, 3.3, 9.0, 29.5, 100.0, 1234.5, 98765.4, 1e6]:
        for p in TAILS[:-1] + [0.001, 0.49]:
            t = float(stats.t.isf(p, nu))
            if 0 < t < 1e100:
                rows.tail("student.upper", student_upper, [nu, t])
        for p in [1e-200, 1e-12, 0.025, 0.3]:
            t = float(stats.t.isf(p, nu))
            if t < 1e100:
                rows.quantile("student.upperQuantile", student_upper, [nu], p, t)


def normals(rows):
    for z in [-30.0, -3.0, -0.1, 0.7, 1.959963984540054, 4.5, 12.25, 25.7, 36.9]:
        rows.tail("normal.upper", normal_upper, [z])
    for p in [1e-300, 1e-77, 1e-9, 0.0025, 0.024, 0.2, 0.26, 0.45]:
        rows.quantile("normal.upperQuantile", normal_upper, [], p, float(stats.norm.isf(p)))


def binomials(rows):
    for n, p in [(1, 0.3), (10, 0.5), (50, 0.02), (999, 0.4), (20000, 0.001), (1000000, 0.25), (1000000, 0.99)]:
        spread = (n * p * (1 - p)) ** 0.5
        for z in [-30, -12, -5, -2, -0.7, 0, 1, 3, 8, 20, 35]:
            k = int(n * p + z * spread)
            if 0 <= k < n:
                # Counts do not round: only p does.
                rows.tail("binomial.lower", binomial_lower, [float(k), float(n), p], free=[2])
                rows.tail("binomial.upper", binomial_upper, [float(k), float(n), p], free=[2])


if __name__ == "__main__":
    table = Rows()
    for part in [normals, students, gammas, betas, binomials]:
        part(table)
        print(part.__name__, len(table.lines) - 1, "rows", flush=True)
    PLACE.parent.mkdir(parents=True, exist_ok=True)
    PLACE.write_text("\n".join(table.lines) + "\n")
