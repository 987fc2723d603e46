"""How well digitrec reads pages as people photograph them: `python -m benchmarks.pages`.

Twenty kinds of pages composed from MNIST test digits, thirty of each, the same ones every time;
nothing of them is trained on. Prints how many are read correctly, every digit of every line, how
many are accepted, and how many of the accepted are wrong, the worst kinds first. Then pictures
without a number, of which none should be accepted.
"""

import argparse
import statistics
import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

import digitrec
from benchmarks.compose import Digits, photograph
from benchmarks.page_kinds import BLANKS, PAGES

COUNT = 30  # pictures of a kind
SMALL = 100  # pixels; a smaller picture is a drawing, which no camera took


class Outcome(NamedTuple):
    """What became of one picture."""

    correct: bool
    accepted: bool
    seconds: float


def pages(kind: str, count: int) -> Iterator[tuple[bytes | np.ndarray, str]]:
    """The pictures of a kind, each with its text."""
    digits = Digits(*digitrec.load_mnist()[1])
    for number in range(count):
        rng = np.random.default_rng([number, *kind.encode()])
        colour, text = PAGES[kind](rng, digits)
        is_drawing = max(colour.shape) < SMALL
        yield colour.astype(np.uint8) if is_drawing else photograph(rng, colour), text


def blanks(kind: str, count: int) -> Iterator[tuple[bytes, str]]:
    for number in range(count):
        rng = np.random.default_rng([number, *kind.encode()])
        yield photograph(rng, BLANKS[kind](rng)), ""


def read(picture: bytes | np.ndarray, text: str) -> Outcome:
    start = time.perf_counter()
    try:
        reading = digitrec.read_digits(picture)
    except digitrec.PictureError:
        return Outcome(False, False, time.perf_counter() - start)
    return Outcome(reading.text == text, reading.accepted, time.perf_counter() - start)


def percent(flags: list[bool]) -> str:
    return f"{100 * statistics.mean(flags):.1f} %"


def row(kind: str, outcomes: list[Outcome]) -> str:
    wrong = [one.accepted and not one.correct for one in outcomes]
    cells = (
        kind,
        percent([one.correct for one in outcomes]),
        percent([one.accepted for one in outcomes]),
        percent(wrong),
        f"{1000 * statistics.median(one.seconds for one in outcomes):.0f} ms",
    )
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kinds", nargs="*", help="only kinds with these words in their names")
    parser.add_argument("--count", type=int, default=COUNT)
    options = parser.parse_args()
    chosen = [kind for kind in PAGES if matches(kind, options.kinds)]
    results = {kind: [read(*page) for page in pages(kind, options.count)] for kind in chosen}
    chosen.sort(key=lambda kind: statistics.mean(one.correct for one in results[kind]))
    print("| pages | read correctly | accepted | accepted, but wrong | median time |")
    print("|---|---|---|---|---|")
    for kind in chosen:
        print(row(kind, results[kind]))
    print(row("**all**", [one for kind in chosen for one in results[kind]]))
    print("\n| pictures without a number | accepted |")
    print("|---|---|")
    for kind in BLANKS:
        accepted = [read(*page).accepted for page in blanks(kind, options.count)]
        print(f"| {kind} | {sum(accepted)} of {options.count} |")


def matches(kind: str, words: list[str]) -> bool:
    return not words or any(word in kind for word in words)


if __name__ == "__main__":
    main()
