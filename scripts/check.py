"""Every check of the code, side by side: prints what failed and how long each took. Exit status 1 when any failed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
NO_DATABASE = {"HUOSHUI_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}

CHECKS: dict[str, list[str]] = {
    "types": [f"{BIN}/mypy"],
    "format": [f"{BIN}/ruff", "format", "--check", "-q", "."],
    "lint": [f"{BIN}/ruff", "check", "-q", "."],
    "imports": [f"{BIN}/lint-imports", "--no-logo"],
    "migrations": [f"{BIN}/huoshui", "manage", "makemigrations", "--check", "--dry-run"],
    "messages": [f"{BIN}/python", "scripts/messages.py", "--check"],
    "reference": [f"{BIN}/python", "scripts/reference.py", "--check"],
    "sizes": [f"{BIN}/python", "scripts/sizes.py"],
}


def run(name: str) -> tuple[str, int, float, str]:
    """Return name, exit status, seconds and output of one check."""
    started = time.monotonic()
    environment = {**os.environ, **NO_DATABASE, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(CHECKS[name], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return name, done.returncode, time.monotonic() - started, done.stdout + done.stderr


def main(names: list[str]) -> int:
    """Run the checks *names* on two cores."""
    failed = 0
    with ThreadPoolExecutor(2) as pool:
        for name, status, seconds, output in pool.map(run, names or CHECKS):
            print(f"{'ok    ' if status == 0 else 'FAILED'} {name} ({seconds:.0f} s)")
            if status:
                failed += 1
                print(output[-6000:])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
