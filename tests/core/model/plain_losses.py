"""The loss over some points, its gradient and its curvature, from the definitions alone."""

import numpy as np

from gdsim.core.model.objective import LECTURE, FunctionObjective

# Functions of w and b, rewritten for complex numbers.
FUNCTIONS = {
    "w**2/2 + 5*b**2": lambda w, b: w * w / 2 + 5 * b * b,
    "(1 - w)**2 + 10*(b - w**2)**2": lambda w, b: (1 - w) ** 2 + 10 * (b - w * w) ** 2,
    "w**2 - b**2": lambda w, b: w * w - b * b,
    "sin(w)*cos(b) + 0.1*w**2": lambda w, b: np.sin(w) * np.cos(b) + 0.1 * w * w,
    "-exp(-w**2/8 - b**2)": lambda w, b: -np.exp(-w * w / 8 - b * b),
    "log(w) + b**2": lambda w, b: np.log(np.where(w.real > 0, w, np.nan)) + b * b,
    "w**3 + b**2": lambda w, b: w**3 + b * b,
}
# The same for functions of bundled scenes.
OTHERS = {
    "(1 - w)**2 + 100*(b - w**2)**2": lambda w, b: (1 - w) ** 2 + 100 * (b - w * w) ** 2,
    "(w**2 + b - 11)**2 + (w + b**2 - 7)**2": lambda w, b: (w * w + b - 11) ** 2 + (w + b * b - 7) ** 2,
}
_STEP = 1e-30


class PlainLoss:
    """The loss and its derivatives. Gradients are by the complex-step method, which loses no digits."""

    def __init__(self, points, objective=LECTURE):
        self.objective, self.x, self.y = objective, points.x, points.y
        self.inputs = np.column_stack([self.x, np.ones(len(self.x))])
        self.is_function = isinstance(self.objective, FunctionObjective)

    @property
    def of_lecture(self):
        objective = self.objective
        return not self.is_function and (
            (objective.activation, objective.loss, objective.l2) == ("sigmoid", "squared", 0.0)
        )

    @property
    def activation(self):
        return "" if self.is_function else self.objective.activation

    @property
    def has_floor(self):
        if self.is_function:
            return False
        return self.objective.loss != "cross-entropy" or ((self.y >= 0) & (self.y <= 1)).all()

    def loss(self, p):
        return float(self._loss(np.asarray(p, dtype=float)))

    def losses(self, places):
        return self._loss(np.asarray(places, dtype=float))

    def gradient(self, p):
        return self._gradients(np.asarray(p)[np.newaxis])[0]

    def _gradients(self, places):
        steps = 1j * _STEP * np.eye(places.shape[1])
        return self._loss(places[:, np.newaxis] + steps).imag / _STEP

    def hessian(self, p, side=0):
        """The Hessian; with a ``side`` (1 or -1), by a one-sided difference, as the two sides may differ."""
        return self.hessians(np.asarray(p)[np.newaxis], side)[0]

    def hessians(self, places, side=0):
        """The Hessian at each place, by differences of gradients."""
        # Each parameter has a step of its own, so that a huge one does not lengthen the steps of the others.
        step = np.maximum(1e-5, 1e5 * np.spacing(np.abs(places)))[..., np.newaxis]
        shape, steps = (*places.shape, places.shape[1]), step * np.eye(places.shape[1])
        to, back = (places[:, np.newaxis] + end * steps for end in {0: (1, -1), 1: (1, 0), -1: (0, -1)}[side])
        moved = np.diagonal(to - back, axis1=1, axis2=2)[..., np.newaxis]
        to, back = (self._gradients(there.reshape(-1, shape[1])).reshape(shape) for there in (to, back))
        rows = (to - back) / moved
        return (rows + rows.swapaxes(1, 2)) / 2

    def _loss(self, p):
        if self.is_function:
            w, b = p[..., 0], p[..., 1]
            slopes = self.x[:, 0].mean() * w + self.y.mean() * b
            return (FUNCTIONS | OTHERS)[self.objective.text](w, b) + slopes
        l2, z = self.objective.l2, p @ self.inputs.T
        factor = {"half-sum": 0.5, "sum": 1.0, "mean": 1.0 / len(self.y)}[self.objective.reduction]
        loss = self._terms(z).sum(axis=-1) * factor
        return loss + 0.5 * l2 * (p[..., :-1] ** 2).sum(axis=-1) if l2 else loss

    def _terms(self, z):
        objective = self.objective
        with np.errstate(all="ignore"):
            match objective.activation:
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
            match objective.loss:
                case "squared":
                    return error * error
                case "absolute":
                    return size
                case "huber":
                    delta = objective.delta
                    return np.where(size.real <= delta, error * error / 2, delta * (size - delta / 2))
            logit = z if objective.activation == "sigmoid" else f
            positive = np.where(logit.real > 0, logit, 0.0)
            below = np.where(logit.real > 0, -logit, logit)
            return positive + np.log1p(np.exp(below)) - self.y * logit
