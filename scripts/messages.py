"""Keep the English catalogues complete: extract Chinese msgids from templates and code, compile, or check.

Usage: python scripts/messages.py            extract new messages, then compile
       python scripts/messages.py --check    exit status 1 when a message has no English
       python scripts/messages.py --compile  only compile
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).resolve().parent.parent / "src" / "huoshui"
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "_": None,
}
CHINESE = re.compile(r"[\u3400-\u9fff]")
Message = tuple[str | tuple[str, str], str | None]


def apps() -> list[Path]:
    """Return every package folder that has an apps.py."""
    return sorted(path.parent for path in SOURCE.rglob("apps.py"))


def owner(path: Path, folders: list[Path]) -> Path | None:
    """Return the innermost app folder that holds *path*; config's own messages go to the shared portal."""
    holders = [folder for folder in folders if folder in path.parents]
    return max(holders, key=lambda folder: len(folder.parts), default=None)


def messages_of(path: Path) -> list[Message]:
    """Return the (msgid, context) pairs of a template or a Python file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html" or path.suffix == ".txt":
        text = _templatize(text, path)
    found: list[Message] = []
    for _line, content, _comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
        if not content or not (content if isinstance(content, str) else all(content)):
            continue  # a message that is computed cannot be extracted
        found.append((content, context))
    return found


def _templatize(text: str, path: Path) -> str:
    """Return the gettext calls that a Django template amounts to, one a line."""
    from django.utils.translation.template import templatize

    calls = templatize(text, origin=str(path))
    pattern = re.compile(r"(n?p?gettext|_)\((.*?)\)(?=\s|$|X|x)", re.DOTALL)
    return "\n".join(f"{name}({body})" for name, body in pattern.findall(calls))


def main(*, check: bool) -> int:
    """Bring every catalogue up to date; return the exit status."""
    folders = apps()
    wanted: dict[Path, dict[Message, None]] = {}
    for path in sorted([*SOURCE.rglob("*.html"), *SOURCE.rglob("*.py"), *SOURCE.rglob("*.txt")]):
        home = owner(path, folders)
        if home is None or "migrations" in path.parts:
            continue
        for message in messages_of(path):
            text = message[0] if isinstance(message[0], str) else message[0][0]
            if text and CHINESE.search(text):
                wanted.setdefault(home, {})[message] = None
    missing = sum(_update(folder, wanted.get(folder, {}), check=check) for folder in folders)
    if missing:
        print(f"{missing} message(s) without English", file=sys.stderr)
    return 1 if missing and check else 0


def _update(folder: Path, wanted: dict[Message, None], *, check: bool) -> int:
    path = folder / "locale" / "en" / "LC_MESSAGES" / "django.po"
    old = read_po(path.open("rb"), locale="en") if path.exists() else Catalog(locale="en")
    if not wanted and not path.exists():
        return 0
    new = Catalog(locale="en", fuzzy=False, project="Huoshui", version="1", charset="utf-8")
    for text, context in wanted:
        known = old.get(text, context=context)
        new.add(text, known.string if known else "", context=context, flags=_flags(text))
    empty = [m.id for m in new if m.id and not (all(m.string) if isinstance(m.string, tuple) else m.string)]
    for text in empty if check else []:
        print(f"{path.relative_to(SOURCE)}: {text}", file=sys.stderr)
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as handle:
            write_po(handle, new, width=120, omit_header=False, sort_output=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".mo").open("wb") as handle:
        write_mo(handle, new)
    return len(empty)


def _flags(text: str | tuple[str, str]) -> list[str]:
    plain = text if isinstance(text, str) else text[0]
    return ["python-format"] if re.search(r"%\([a-z_]+\)[sd]", plain) else []


def compile_all() -> int:
    """Compile every catalogue as it is."""
    for folder in apps():
        path = folder / "locale" / "en" / "LC_MESSAGES" / "django.po"
        if path.exists():
            with path.open("rb") as source, path.with_suffix(".mo").open("wb") as target:
                write_mo(target, read_po(source, locale="en"))
    return 0


if __name__ == "__main__":
    sys.exit(compile_all() if "--compile" in sys.argv[1:] else main(check="--check" in sys.argv[1:]))
