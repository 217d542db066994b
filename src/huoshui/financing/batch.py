"""One act on many: each is done or refused by itself, and the officer is told which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from huoshui.kernel.errors import DomainError, Problem


@dataclass(frozen=True, slots=True)
class BatchResult:
    """*done*: ids in order; *refused*: (id, every problem) in order."""

    done: tuple[int, ...]
    refused: tuple[tuple[int, tuple[Problem, ...]], ...]


def each(ids: Sequence[int], act: Callable[[int], object]) -> BatchResult:
    """Return what came of *act* on each of *ids* (each once, in a transaction of its own)."""
    done: list[int] = []
    refused: list[tuple[int, tuple[Problem, ...]]] = []
    for pk in dict.fromkeys(ids):
        try:
            act(pk)
        except DomainError as refusal:
            refused.append((pk, refusal.problems))
        else:
            done.append(pk)
    return BatchResult(tuple(done), tuple(refused))
