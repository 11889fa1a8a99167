"""How alike vectors are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from chainviz.errors import InvalidInputError

Matrix = Any


def cosine_similarity(x: Matrix, y: Matrix) -> Any:
    """The cosine of each row of `x` with each row of `y`; 0 for a row of zeros.

    Raises InvalidInputError where the rows differ in length.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if not x.size or not y.size:
        return np.zeros((len(x), len(y)))
    if x.shape[1] != y.shape[1]:
        raise InvalidInputError(f"vectors: expected the same length, got {x.shape[1]} and {y.shape[1]}")
    lengths = np.outer(np.linalg.norm(x, axis=1), np.linalg.norm(y, axis=1))
    return np.divide(x @ y.T, lengths, out=np.zeros(lengths.shape), where=lengths != 0)


def maximal_marginal_relevance(
    query: Sequence[float], vectors: Matrix, lambda_mult: float = 0.5, k: int = 4
) -> list[int]:
    """The places of `k` vectors that are like the query and unlike each other, the best first."""
    relevance = cosine_similarity([query], vectors)[0]
    likeness = cosine_similarity(vectors, vectors)
    chosen: list[int] = []
    left = list(range(len(relevance)))
    while left and len(chosen) < k:
        gains = [
            lambda_mult * relevance[place] - (1 - lambda_mult) * max(likeness[place][chosen], default=0.0)
            if chosen
            else relevance[place]
            for place in left
        ]
        chosen.append(left.pop(int(np.argmax(gains))))
    return chosen


__all__ = ["cosine_similarity", "maximal_marginal_relevance"]
