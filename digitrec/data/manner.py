"""How wildly lines of digits are drawn: wildly to learn from, calmly at the end, as most are."""

from typing import NamedTuple


class Manner(NamedTuple):
    """How lines of digits are drawn.

    Attributes:
        from_mnist: Share of the lines that are composed of MNIST's digits.
        lettered: Share of the lines with a letter.
        own: How far a writer's form of a digit is from the usual one, hundredths of its height.
        perspective: Standard deviation of how much wider a digit is at one end.
        warp: Standard deviation of how far ink is moved, pixels.
        patterned: Share of the lines on a printed pattern of waves.
        grainy: Share of the lines on grainy paper.
        dry: Share of the lines drawn with a pen that runs dry.
    """

    from_mnist: float
    lettered: float
    own: float
    perspective: float
    warp: float
    patterned: float
    grainy: float
    dry: float


# Chosen by training: the network first sees more than there is, then what there is.
WILD = Manner(0.55, 0.12, 3.5, 0.09, 1.7, 0.45, 0.15, 0.2)
CALM = Manner(0.8, 0.04, 1.5, 0.05, 1.2, 0.4, 0.05, 0.1)
