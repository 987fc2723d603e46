from itertools import groupby, product

import numpy as np
import pytest

from digitrec.recognize.ctc import likeliest_symbols


def probabilities_of(*columns: dict[int, float]) -> np.ndarray:
    rows = np.zeros((len(columns), 4))
    for row, column in zip(rows, columns, strict=True):
        for symbol, probability in column.items():
            row[symbol] = probability
    return rows


def test_what_is_seen_at_neighbouring_columns_is_one_digit():
    (only,) = likeliest_symbols(probabilities_of({0: 1}, {2: 1}, {2: 1}, {0: 1}, {3: 1}))
    assert only.symbols == (2, 3)
    assert only.columns == (1, 4)
    assert only.probability == pytest.approx(1)


def test_a_blank_parts_two_equal_digits():
    (only,) = likeliest_symbols(probabilities_of({2: 1}, {0: 1}, {2: 1}))
    assert only.symbols == (2, 2)


def test_probabilities_are_sums_over_all_ways_to_spread_the_digits():
    """The same as by trying every way."""
    rows = 0.1 + 0.7 * np.random.default_rng(0).dirichlet(np.ones(3), 5)
    expected: dict[tuple[int, ...], float] = {}
    for path in product(range(3), repeat=5):
        symbols = tuple(symbol for symbol, _ in groupby(path) if symbol)
        ways = expected.get(symbols, 0)
        expected[symbols] = ways + float(np.prod(rows[np.arange(5), path]))
    found = likeliest_symbols(rows, width=1000)
    assert {each.symbols for each in found} == set(expected)
    for each in found:
        assert each.probability == pytest.approx(expected[each.symbols])
    assert found == sorted(found, key=lambda each: -each.probability)


def test_a_digit_is_where_it_is_seen_best():
    found = likeliest_symbols(
        probabilities_of({1: 0.6, 0: 0.4}, {1: 0.9, 0: 0.1}, {1: 0.7, 0: 0.3})
    )
    assert found[0].columns == (1,)


def test_no_more_are_followed_than_asked_for():
    rows = np.full((20, 4), 0.25)
    assert len(likeliest_symbols(rows, width=5)) == 5
