"""Walk the way of the figures in a browser and keep its pictures in docs/pictures for docs/statistics.md.

Usage: python scripts/figures_tour.py      needs chromium; takes about two minutes; ends its own server.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from scripts.png_palette import lighten  # noqa: E402
from tests.journeys.browser import chromium  # noqa: E402
from tests.journeys.figures_way import CITY_AT_WORK, FiguresWay, walk  # noqa: E402
from tests.journeys.site import AXE, CHROMIUM, running  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"


def main() -> int:
    """Walk, keep the pictures, say what was wrong; return the exit status."""
    if CHROMIUM is None or not AXE.exists():
        print("The tour needs chromium (apt install chromium) and the front-end packages (make install).")
        return 1
    with running("huoshui_figures", CITY_AT_WORK) as site, chromium() as browser:
        way = FiguresWay(site, browser, PICTURES)
        walk(way)
    for line in way.problems:
        print(f"PROBLEM {line}")
    taken = [name for one in way.walkers for name in one.taken]
    for name in taken:
        lighten(PICTURES / f"{name}.png")
    print(f"{len(taken)} pictures in {PICTURES.relative_to(ROOT)}")
    return 1 if way.problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
