"""Turn what the line network says of each column into the likeliest sequences of symbols."""

from dataclasses import dataclass

import numpy as np

BLANK = 0  # the symbol for no digit
BEAM = 8  # sequences that are followed at a time
LEAST = 1e-3  # probability of a symbol at a column; a less probable one is not considered
MOST = 4  # symbols that are considered at a column


@dataclass
class Symbols:
    """A sequence of symbols.

    Attributes:
        symbols: Those that are not BLANK, from left to right.
        columns: Where each is seen best.
        after_blank: Probability that it ends with BLANK.
        after_symbol: Probability that it ends with its last symbol.
        best: How probable its last symbol is where it is seen best.
    """

    symbols: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    after_blank: float = 0.0
    after_symbol: float = 0.0
    best: float = 0.0

    @property
    def probability(self) -> float:
        """However its symbols are spread over the columns."""
        return self.after_blank + self.after_symbol


def likeliest_symbols(probabilities: np.ndarray, width: int = BEAM) -> list[Symbols]:
    """Find the likeliest sequences of symbols by a beam search over prefixes.

    Args:
        probabilities: Shape (columns, symbols), float: of each symbol at each column.
        width: How many prefixes are followed, and sequences returned, at most.

    Returns:
        The likeliest first.

    Source:
        Graves, Fernández, Gomez and Schmidhuber (2006), "Connectionist temporal classification",
        ICML, on prefix search; Hannun, Maas, Jurafsky and Ng (2014), "First-pass large vocabulary
        continuous speech recognition using bi-directional recurrent DNNs", arXiv:1408.2873, for
        the beam.
    """
    beam = [Symbols(after_blank=1.0)]
    for column, row in enumerate(probabilities):
        likely = [symbol for symbol in row.argsort()[-MOST:].tolist() if row[symbol] > LEAST]
        symbols = [(symbol, float(row[symbol])) for symbol in likely]
        grown: dict[tuple[int, ...], Symbols] = {}
        for sequence in beam:
            for symbol, probability in symbols:
                _grow(grown, sequence, column, symbol, probability)
        beam = sorted(grown.values(), key=lambda each: -each.probability)[:width]
    return beam


def _grow(
    grown: dict[tuple[int, ...], Symbols],
    sequence: Symbols,
    column: int,
    symbol: int,
    probability: float,
) -> None:
    """Add what a sequence becomes with one more column."""
    if symbol == BLANK:
        _same(grown, sequence).after_blank += sequence.probability * probability
        return
    before = sequence.probability
    if sequence.symbols and symbol == sequence.symbols[-1]:
        if sequence.after_symbol:
            same = _same(grown, sequence)
            same.after_symbol += sequence.after_symbol * probability
            if probability > same.best:
                same.columns, same.best = (*same.columns[:-1], column), probability
        before = sequence.after_blank  # only a blank between them makes it a second one
    if before:
        longer = Symbols((*sequence.symbols, symbol), (*sequence.columns, column), best=probability)
        longer = grown.setdefault(longer.symbols, longer)
        longer.after_symbol += before * probability


def _same(grown: dict[tuple[int, ...], Symbols], sequence: Symbols) -> Symbols:
    fresh = Symbols(sequence.symbols, sequence.columns, best=sequence.best)
    return grown.setdefault(sequence.symbols, fresh)
