"""The loss of an experiment, its gradient and its curvature, from the definitions alone."""

import numpy as np

from gdsim.core.model.objective import FunctionObjective

# Functions of w and b, written again for complex numbers.
FUNCTIONS = {
    "w**2/2 + 5*b**2": lambda w, b: w * w / 2 + 5 * b * b,
    "(1 - w)**2 + 10*(b - w**2)**2": lambda w, b: (1 - w) ** 2 + 10 * (b - w * w) ** 2,
    "w**2 - b**2": lambda w, b: w * w - b * b,
    "sin(w)*cos(b) + 0.1*w**2": lambda w, b: np.sin(w) * np.cos(b) + 0.1 * w * w,
    "-exp(-w**2/8 - b**2)": lambda w, b: -np.exp(-w * w / 8 - b * b),
    "log(w) + b**2": lambda w, b: np.log(w) + b * b if w.real > 0 else np.nan,
    "w**3 + b**2": lambda w, b: w**3 + b * b,
}
# Of the bundled scenes.
OTHERS = {
    "(1 - w)**2 + 100*(b - w**2)**2": lambda w, b: (1 - w) ** 2 + 100 * (b - w * w) ** 2,
    "(w**2 + b - 11)**2 + (w + b**2 - 7)**2": lambda w, b: (w * w + b - 11) ** 2 + (w + b * b - 7) ** 2,
}
_STEP = 1e-30


class PlainLoss:
    """Derivatives are by complex steps, which round nothing away."""

    def __init__(self, experiment):
        self.objective, self.x, self.y = experiment.objective, experiment.points.x, experiment.points.y
        self.inputs = np.column_stack([self.x, np.ones(len(self.x))])
        self.is_function = isinstance(self.objective, FunctionObjective)

    @property
    def of_lecture(self):
        one = self.objective
        return not self.is_function and (one.activation, one.loss, one.l2) == ("sigmoid", "squared", 0.0)

    @property
    def activation(self):
        return "" if self.is_function else self.objective.activation

    @property
    def has_floor(self):
        if self.is_function:
            return False
        return self.objective.loss != "cross-entropy" or ((self.y >= 0) & (self.y <= 1)).all()

    def loss(self, p):
        return float(self._loss(np.asarray(p, dtype=complex)).real)

    def gradient(self, p):
        steps = 1j * _STEP * np.eye(len(p))
        return np.array([self._loss(p + step).imag / _STEP for step in steps])

    def hessian(self, p, side=0):
        """The curvature; with a ``side`` that of one side, where both may differ."""
        by = 1e-5 * max(1.0, float(np.abs(p).max()))
        ends = {0: (by, -by), 1: (by, 0.0), -1: (0.0, -by)}[side]
        rows = [np.subtract(*(self.gradient(p + end * e) for end in ends)) for e in np.eye(len(p))]
        rows = np.array(rows) / (ends[0] - ends[1])
        return (rows + rows.T) / 2

    def _loss(self, p):
        if self.is_function:
            slopes = self.x[:, 0].mean() * p[0] + self.y.mean() * p[1]
            return (FUNCTIONS | OTHERS)[self.objective.text](*p) + slopes
        one, z = self.objective, self.inputs @ p
        term = self._terms(z).sum() * {"half-sum": 0.5, "sum": 1.0, "mean": 1.0 / len(self.y)}[one.reduction]
        return term + 0.5 * one.l2 * (p[:-1] ** 2).sum() if one.l2 else term

    def _terms(self, z):
        one = self.objective
        with np.errstate(all="ignore"):
            match one.activation:
                case "sigmoid":
                    f = np.where(z.real > -700, 1.0 / (1.0 + np.exp(-z)), 0.0)
                case "tanh":
                    f = np.tanh(z)
                case "relu":
                    f = np.where(z.real > 0, z, 0.0)
                case _:
                    f = z
            error = f - self.y
            size = np.where(error.real < 0, -error, error)
            match one.loss:
                case "squared":
                    return error * error
                case "absolute":
                    return size
                case "huber":
                    return np.where(
                        size.real <= one.delta, error * error / 2, one.delta * (size - one.delta / 2)
                    )
            logit = z if one.activation == "sigmoid" else f
            positive = np.where(logit.real > 0, logit, 0.0)
            below = np.where(logit.real > 0, -logit, logit)
            return positive + np.log1p(np.exp(below)) - self.y * logit
