"""House numbers: length of functions, files and views. Prints what is over; exit status 1 when anything is."""

from __future__ import annotations

import ast
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FUNCTION_MEDIAN, FUNCTION_P90, FUNCTION_LIMIT = 9, 30, 60
FILE_LIMIT, VIEW_LIMIT, TEST_LIMIT = 600, 25, 60


def functions(path: Path) -> list[tuple[str, int, int]]:
    """Return (name, first line, lines of code and docstring) of every function in *path*."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1) for node in found]


def problems() -> list[str]:
    """Return a sentence for each number that is over its limit."""
    said: list[str] = []
    lengths: list[int] = []
    for path in sorted((ROOT / "src").rglob("*.py")):
        if "migrations" in path.parts:
            continue
        said += _file(path)
        limit = VIEW_LIMIT if path.name.startswith("views") and "portals" in path.parts else FUNCTION_LIMIT
        for name, line, length in functions(path):
            lengths.append(length)
            if length > limit:
                said.append(f"{path.relative_to(ROOT)}:{line} {name} has {length} lines, limit {limit}")
    for path in sorted((ROOT / "tests").rglob("*.py")):
        said += _file(path)
        for name, line, length in functions(path):
            if name.startswith("test_") and length > TEST_LIMIT:
                said.append(f"{path.relative_to(ROOT)}:{line} {name} has {length} lines, limit {TEST_LIMIT}")
    return said + _spread(lengths)


def _file(path: Path) -> list[str]:
    count = len(path.read_text(encoding="utf-8").splitlines())
    return [f"{path.relative_to(ROOT)} has {count} lines, limit {FILE_LIMIT}"] if count > FILE_LIMIT else []


def _spread(lengths: list[int]) -> list[str]:
    median, p90 = statistics.median(lengths), statistics.quantiles(lengths, n=10)[8]
    print(f"functions: {len(lengths)}, median {median:.0f} lines, 90th percentile {p90:.0f}")
    over = []
    if median > FUNCTION_MEDIAN:
        over.append(f"median function length {median:.0f}, limit {FUNCTION_MEDIAN}")
    if p90 > FUNCTION_P90:
        over.append(f"90th percentile of function length {p90:.0f}, limit {FUNCTION_P90}")
    return over


if __name__ == "__main__":
    found = problems()
    print("\n".join(found))
    sys.exit(1 if found else 0)
