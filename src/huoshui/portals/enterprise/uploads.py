"""Files from a phone: checked by size and by what they are, not by their name, and stored out of the web's reach."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import default_storage

from huoshui.catalogue.queries import parameter
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text

MEGABYTE = 1024 * 1024
KINDS = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png", b"%PDF-": "pdf"}
_REMEDY = Text("请上传 JPG、PNG 照片或 PDF 文件。", "Upload a JPG or PNG photo, or a PDF.")


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored file: *path* in the store, name as given, size in bytes, hash of its content."""

    path: str
    name: str
    size: int
    sha256: str


def store(upload: Any, *, folder: str) -> Kept:
    """Store *upload* under a name of our own in *folder*. Raises DomainError (file_empty, file_too_large, file_kind)."""
    suffix = _checked(upload)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    path = default_storage.save(f"{folder}/{uuid.uuid4().hex}.{suffix}", upload)
    return Kept(path, str(upload.name)[:160], upload.size, digest.hexdigest())


def _checked(upload: Any) -> str:
    limit = parameter("paper.max_size_mb")
    if not upload.size:
        raise _wrong("file_empty", "文件是空的。", "The file is empty.", upload)
    if upload.size > limit * MEGABYTE:
        size = -(-upload.size // MEGABYTE)
        zh, en = f"文件约 {size} MB，超过 {limit} MB。", f"The file has about {size} MB, more than {limit} MB."
        raise _wrong("file_too_large", zh, en, upload)
    head = upload.read(16)
    upload.seek(0)
    found = next((suffix for mark, suffix in KINDS.items() if head.startswith(mark)), None)
    if found is None:
        name = str(upload.name)[-30:]
        raise _wrong("file_kind", f"“{name}”不是照片或 PDF。", f"“{name}” is neither a photo nor a PDF.", upload)
    return found


def _wrong(code: str, zh: str, en: str, upload: Any) -> DomainError:
    return DomainError(code, Text(zh, en), field="photo", value=str(upload.name)[:80], remedy=_REMEDY)
