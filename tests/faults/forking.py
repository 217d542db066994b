"""A process to be killed: started once, it forks on each line of its input and prints one line of JSON.

    work SEED FIRST LOG   the child does deed FIRST, FIRST + 1, … and notes "try N" before and "done N" after each in LOG
    check SEED TRIED      what the database holds of the deeds up to TRIED

"work" is answered with the child's number at once and with "ended" when it is gone, "check" when it is done.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError

Place = TypeVar("Place")


def serve(
    opened: Callable[[], Place], do: Callable[[int, int, Place], object], check: Callable[[int, int], object]
) -> None:
    """Answer every line of the input: *opened* once a life, then *do* (seed, number, place) without end; or *check*."""
    for line in sys.stdin:
        words = line.split()
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            _child(words, opened, do, check)
        if words[0] == "work":
            print(json.dumps(child), flush=True)
        os.waitpid(child, 0)
        if words[0] == "work":
            print(json.dumps("ended"), flush=True)


def _child(
    words: list[str],
    opened: Callable[[], Place],
    do: Callable[[int, int, Place], object],
    check: Callable[[int, int], object],
) -> None:
    status = 1
    try:
        if words[0] == "work":
            _work(int(words[1]), int(words[2]), words[3], opened, do)
        else:
            print(json.dumps(check(int(words[1]), int(words[2]))), flush=True)
        status = 0
    except OperationalError:
        pass  # the server was killed under it: the process ends, as a real one would
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(status)


def _work(
    seed: int, first: int, path: str, opened: Callable[[], Place], do: Callable[[int, int, Place], object]
) -> None:
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    place, number = opened(), first
    while True:
        os.write(log, f"try {number}\n".encode())
        do(seed, number, place)
        os.write(log, f"done {number}\n".encode())
        number += 1
