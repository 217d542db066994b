"""Goes through the whole chain, link by link, and says which event was changed, removed or slipped in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import connection

from huoshui.audit.chain import FIELDS, GENESIS, digest
from huoshui.kernel.text import Text

# one statement reads links and events, so that it sees them at one moment however long it takes
_ROWS = f"""
COPY (SELECT link.seq, link.event_id, encode(link.previous, 'hex'), encode(link.digest, 'hex'), {", ".join(FIELDS)}
        FROM audit_link link FULL JOIN audit_event event ON event.id = link.event_id
       ORDER BY link.seq, event.id) TO STDOUT
"""  # noqa: S608 (only our own column names)
REPORT_EVERY = 2_000


@dataclass(frozen=True, slots=True)
class Found:
    """Something wrong: the place in the chain (None: not in it), the event (None: not known), what it is."""

    seq: int | None
    event_id: int | None
    what: Text

    def __iter__(self) -> Iterator[object]:
        """Give seq, event id and what, so that a report reads as a table."""
        return iter((self.seq, self.event_id, self.what))


@dataclass(frozen=True, slots=True)
class Report:
    """*ok* when nothing is wrong; *checked* events; *head_seq* and *head* are the end of the chain as it is now."""

    checked: int
    head_seq: int
    head: str
    problems: list[Found] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Return whether every event stands where it was written."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class _Row:
    seq: int | None
    event_id: int | None
    previous: bytes
    digest: bytes
    fields: tuple[str, ...] | None


def verify(*, anchors: Mapping[int, str] | None = None, progress: Callable[[int], None] | None = None) -> Report:
    """Return what a walk over the whole chain found, in its order.

    *anchors*: heads published earlier (seq → digest in hexadecimal); with them a cut-off or rewritten end is found too.
    *progress* is called with the number of events checked so far.
    """
    awaited, problems = dict(anchors or {}), list[Found]()
    last_seq, last, checked = 0, GENESIS, 0
    for row in _rows():
        problems += _judged(row, last_seq, last)
        if row.seq is not None:
            last_seq, last, checked = row.seq, row.digest, checked + 1
            problems += _anchored(row, awaited.pop(row.seq, None))
        if progress and checked % REPORT_EVERY == 0:
            progress(checked)
    problems += [Found(seq, None, _CUT.format(last=last_seq)) for seq in sorted(awaited)]
    return Report(checked, last_seq, last.hex(), problems)


def _rows() -> Iterator[_Row]:
    with connection.cursor() as cursor, cursor.copy(_ROWS) as rows:
        for seq, linked, previous, digested, event_id, *fields in rows.rows():
            number = linked or event_id
            yield _Row(
                seq=int(seq) if seq else None,
                event_id=int(number) if number else None,
                previous=bytes.fromhex(previous or ""),
                digest=bytes.fromhex(digested or ""),
                fields=(event_id, *fields) if event_id else None,
            )


def _judged(row: _Row, last_seq: int, last: bytes) -> Iterator[Found]:
    if row.seq is None:
        yield Found(None, row.event_id, _INSERTED)
        return
    if row.seq != last_seq + 1:
        yield Found(last_seq + 1, None, _REMOVED_LINKS.format(first=last_seq + 1, last=row.seq - 1))
    elif row.previous != last:
        yield Found(row.seq, row.event_id, _BROKEN.format(before=last_seq))
    if row.fields is None:
        yield Found(row.seq, row.event_id, _REMOVED)
    elif digest(row.previous, row.fields) != row.digest:
        yield Found(row.seq, row.event_id, _CHANGED)


def _anchored(row: _Row, published: str | None) -> Iterator[Found]:
    if published is not None and row.digest.hex() != published.lower():
        yield Found(row.seq, row.event_id, _REWRITTEN)


_INSERTED = Text("事件不在链上：绕过平台插入", "not in the chain: slipped in past the platform")
_REMOVED = Text("事件已被删除，链上留有其位置", "removed: the chain still holds its place")
_REMOVED_LINKS = Text("第 {first} 至 {last} 环已被删除", "links {first} to {last} were removed")
_CHANGED = Text("事件内容已被改动", "changed after it was written")
_BROKEN = Text(
    "与第 {before} 环不衔接：其中之一被重写", "does not continue link {before}: one of the two was rewritten"
)
_REWRITTEN = Text("与此前公布的链首不符：此处及之前已被重写", "differs from the head published: rewritten up to here")
_CUT = Text(
    "此前公布过此环，但链只到第 {last} 环：末尾被截去", "published earlier, but the chain ends at {last}: cut off"
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """The end of the chain: whoever keeps it elsewhere can prove later that nothing before it was rewritten."""

    seq: int
    digest: str

    def __str__(self) -> str:
        return f"{self.seq} {self.digest}"


def anchor() -> Anchor:
    """Return the end of the chain as it is now, for publication outside the platform."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, encode(digest, 'hex') FROM audit_link ORDER BY seq DESC LIMIT 1")
        row = cursor.fetchone()
    return Anchor(*row) if row else Anchor(0, GENESIS.hex())
