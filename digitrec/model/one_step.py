"""One step of learning, slowly enough to follow: one digit, one weight of the last layer.

The slope says how much the loss grows for each unit that the weight grows. It is found here in
three ways that agree: by backpropagation, by trying, and by hand. The model stays as it is.
"""

from typing import NamedTuple

import numpy as np

from digitrec.data.mnist import CLASSES
from digitrec.model._tensorflow import keras, tf
from digitrec.model.inputs import scaled, to_inputs
from digitrec.model.lead import last_layer

RATE = 0.1  # of gradient descent
NUDGE = 1e-4  # by which the weight is moved to either side, to see what the loss does


class OneStep(NamedTuple):
    """One step of gradient descent for one digit.

    Attributes:
        features: Shape (64,), float: what the last layer is given.
        sums: Shape (10,), float: what it adds up for each digit, before softmax.
        label: The true digit, 0 to 9.
        digit: To which digit's sum the weight adds, 0 to 9.
        feature: Which feature it is multiplied by, 0 to 63.
        weight: Its value.
        slope: Slope of the loss along that weight, by backpropagation.
        finite_difference: The same by moving the weight a little to either side.
        loss_after: The loss once the weight alone has taken the step, `-rate * slope`.
        loss_after_all: The loss once all weights of the network have taken theirs.
    """

    features: np.ndarray
    sums: np.ndarray
    label: int
    digit: int
    feature: int
    weight: float
    slope: float
    finite_difference: float
    loss_after: float
    loss_after_all: float

    @property
    def probabilities(self) -> np.ndarray:
        """Shape (10,), float: p, what softmax makes of the sums."""
        powers = np.exp(self.sums - self.sums.max())
        return powers / powers.sum()

    @property
    def targets(self) -> np.ndarray:
        """Shape (10,), float: t, 1 for the true digit and 0 for all others."""
        return np.eye(CLASSES)[self.label]

    @property
    def errors(self) -> np.ndarray:
        """Shape (10,), float: p - t, the slope of the loss along each of the sums."""
        return self.probabilities - self.targets

    @property
    def product(self) -> float:
        """The slope along the weight by hand: the error of its digit times its feature."""
        return float(self.errors[self.digit] * self.features[self.feature])

    @property
    def loss_before(self) -> float:
        """Cross-entropy of the digit, in nats: -ln p of the true digit."""
        return _cross_entropy(self.sums, self.label)


def one_step(
    model: keras.Model,
    image: np.ndarray,
    label: int,
    *,
    digit: int | None = None,
    feature: int | None = None,
    rate: float = RATE,
) -> OneStep:
    """Find the slope of the loss along one weight in three ways, and take a step downhill.

    Nothing is dropped out meanwhile, so that the numbers can be checked by hand, and the model is
    not changed.

    Args:
        model: A network from `build_model`, trained or not.
        image: Shape (28, 28), uint8 or float32 in [0, 1].
        label: The true digit, 0 to 9.
        digit: The weight adds to the sum of this digit; None is the true one.
        feature: The weight is multiplied by this feature; None is the most active one.
        rate: The learning rate.

    Returns:
        All numbers of the step.

    Raises:
        ValueError: If the model has no dense softmax layer at its end or is from a .tflite file,
            the image has another shape, or there is no such digit or feature.

    Source:
        Rumelhart, Hinton and Williams (1986), "Learning representations by back-propagating
        errors", Nature 323.
    """
    layers = _Layers(model, image, label)
    features, sums = layers.features, layers.sums
    digit = _choice("digit", label if digit is None else digit, CLASSES)
    most_active = int(features.argmax())
    feature = _choice("feature", most_active if feature is None else feature, len(features))
    slopes = layers.slopes()
    slope = float(slopes[-2][feature, digit])
    # What the sums gain for each unit that the weight grows: only one of them does.
    gain = np.eye(CLASSES)[digit] * features[feature]
    below, above, after = (
        _cross_entropy(sums + move * gain, label) for move in (-NUDGE, NUDGE, -rate * slope)
    )
    return OneStep(
        *(features, sums, int(label), digit, feature),
        weight=float(layers.weights[-2][feature, digit]),
        slope=slope,
        finite_difference=(above - below) / (2 * NUDGE),
        loss_after=after,
        loss_after_all=layers.loss_after(rate, slopes),
    )


class _Layers:
    """A network in two parts, the last layer and those before it, and one digit shown to it."""

    def __init__(self, model: keras.Model, image: np.ndarray, label: int):
        last = last_layer(model)
        self._body = keras.Model(model.inputs[0], last.input)
        self._inputs = scaled(to_inputs(np.asarray(image)[np.newaxis]))
        self._label = _choice("label", label, CLASSES)
        self.weights = [*self._body.trainable_variables, last.kernel, last.bias]
        features, sums = self._run(self.weights)
        # In float64, since two losses in float32 differ by little more than they are rounded.
        self.features, self.sums = (
            np.asarray(values[0], np.float64) for values in (features, sums)
        )

    def slopes(self) -> list[tf.Tensor]:
        """The slopes of the loss along all weights, by backpropagation."""
        with tf.GradientTape() as tape:
            loss = tf.nn.sparse_softmax_cross_entropy_with_logits(
                [self._label], self._run(self.weights)[1]
            )
        return tape.gradient(loss, self.weights)

    def loss_after(self, rate: float, slopes: list[tf.Tensor]) -> float:
        """The loss once all weights have taken a step."""
        pairs = zip(self.weights, slopes, strict=True)
        _, sums = self._run([weight - rate * slope for weight, slope in pairs])
        return _cross_entropy(np.asarray(sums[0], np.float64), self._label)

    def _run(self, weights: list[tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        """Features and sums with these weights instead of the model's own."""
        *body, kernel, bias = weights
        features, _ = self._body.stateless_call(
            body, self._body.non_trainable_variables, self._inputs, training=False
        )
        return features, features @ kernel + bias


def _cross_entropy(sums: np.ndarray, label: int) -> float:
    """-ln p of the true digit, which stays finite where p is rounded to 0."""
    highest = sums.max()
    return float(highest + np.log(np.exp(sums - highest).sum()) - sums[label])


def _choice(name: str, number: int, count: int) -> int:
    if not 0 <= number < count:
        raise ValueError(f"there is no {name} {number}: choose one from 0 to {count - 1}")
    return int(number)
