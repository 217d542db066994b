"""Files waiting to be taken into the register: kept in the file store until the worker has run or tried them.

Each upload is a folder: the file under its own ending, and ``upload.json`` with what is known of it. The worker writes
what became of it into the same place, so a page can be left and found again.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from huoshui.registry.imports import files

FOLDER = "imports/waiting"
SAMPLE_ROWS = 3
SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".xls", ".ods", ".parquet")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was handed in. *state*: new, queued, done, failed. *batch*: what the register made of it last."""

    key: str
    file_name: str
    source: str
    kind: str
    person_id: int
    state: str = "new"
    batch: int | None = None
    message: str = ""
    mapping: dict[str, str] = field(default_factory=dict)
    dry_run: bool = True

    @property
    def path(self) -> Path:
        """Return where the file lies."""
        return _folder(self.key) / f"file{Path(self.file_name).suffix.lower()}"


def named(upload: Upload, lines: list[str]) -> list[str]:
    """Return what was said of the stored file, said of the file as its owner calls it."""
    return [line.replace(upload.path.name, upload.file_name) for line in lines]


def keep(file: UploadedFile, *, source: str, kind: str, person_id: int) -> Upload:
    """Store a file that was handed in; its name is used for nothing but its ending and the page."""
    name = Path(file.name or "").name[:160]
    upload = Upload(uuid.uuid4().hex, name, source, kind, person_id)
    _folder(upload.key).mkdir(parents=True, exist_ok=True)
    with upload.path.open("wb") as target:
        for chunk in file.chunks():
            target.write(chunk)
    return save(upload)


def save(upload: Upload, **changes: Any) -> Upload:
    """Keep what is known of an upload; return it as it is now."""
    changed = replace(upload, **changes)
    (_folder(upload.key) / "upload.json").write_text(json.dumps(asdict(changed), ensure_ascii=False), encoding="utf-8")
    return changed


def find(key: str) -> Upload | None:
    """Return the upload *key*, or None."""
    path = _folder(key) / "upload.json" if key.isalnum() else None
    if path is None or not path.exists():
        return None
    return Upload(**json.loads(path.read_text(encoding="utf-8")))


def peek(upload: Upload) -> list[tuple[str, list[str]]]:
    """Return each column with its first values. Raises FileRefused for a file that cannot be read."""
    with files.opened(upload.path) as source:
        rows = list(islice(_rows(source.frames), SAMPLE_ROWS))
        return [(name, [str(row.get(name) or "") for row in rows]) for name in source.columns]


def _rows(frames: Any) -> Iterator[dict[str, Any]]:
    for frame, _bad in frames:
        yield from frame.head(SAMPLE_ROWS).iter_rows(named=True)


def _folder(key: str) -> Path:
    return Path(default_storage.path(FOLDER)) / key
