"""Write the pages of docs/reference/ from the tables that are in force, or check that they are what those tables say.

Usage: python scripts/reference.py          write
       python scripts/reference.py --check  exit status 1 when a page differs from its table
"""

from __future__ import annotations

import difflib
import importlib
import os
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
# file -> function that returns it in Markdown
PAGES: dict[str, str] = {
    "permissions.md": "huoshui.access.permissions_page:page",
    "states.md": "huoshui.financing.states_page:page",
    "fund-states.md": "huoshui.funds.states_page:page",
}


def built(source: str) -> str:
    """Return the page that the function *source* ("module:function") makes now."""
    module, _, name = source.partition(":")
    page: str = getattr(importlib.import_module(module), name)()
    return page


def main(arguments: list[str]) -> int:
    """Write every page, or with --check show the differences; returns the exit status."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoshui.config.settings")
    django.setup()
    FOLDER.mkdir(parents=True, exist_ok=True)
    differing = 0
    for name, source in PAGES.items():
        path, page = FOLDER / name, built(source)
        kept = path.read_text(encoding="utf-8") if path.exists() else ""
        if "--check" not in arguments:
            path.write_text(page, encoding="utf-8")
        elif kept != page:
            differing += 1
            lines = difflib.unified_diff(kept.splitlines(), page.splitlines(), f"docs/reference/{name}", source, n=0)
            print("\n".join(lines))
    if differing:
        print(f"{differing} page(s) differ from their tables: run `make reference`")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
