"""A bounded load on one address of this machine: N connections, S seconds; prints requests a second and latencies.

Usage: python bench/load.py http://127.0.0.1:PORT/path CONNECTIONS SECONDS [COOKIE]
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from urllib.parse import urlsplit


async def connection(host: str, port: int, request: bytes, until: float, taken: list[float], bad: list[bytes]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    while time.perf_counter() < until:
        started = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        await _body(head.lower(), reader)
        taken.append(time.perf_counter() - started)
        if not head.startswith(b"HTTP/1.1 200"):
            bad.append(head.split(b"\r\n", 1)[0])
    writer.close()


async def _body(head: bytes, reader: asyncio.StreamReader) -> None:
    if b"content-length:" in head:
        await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
        return
    while size := int((await reader.readline()).strip() or b"0", 16):
        await reader.readexactly(size + 2)
    await reader.readline()


async def main(address: str, connections: int, seconds: float, cookie: str) -> dict[str, float]:
    parts = urlsplit(address)
    assert parts.hostname == "127.0.0.1", "only this machine"
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"GET {target} HTTP/1.1", f"Host: 127.0.0.1:{parts.port}", f"Cookie: {cookie}", "Accept-Language: zh-CN"]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    taken: list[float] = []
    bad: list[bytes] = []
    until = time.perf_counter() + seconds
    await asyncio.gather(
        *(connection(parts.hostname, parts.port or 80, request, until, taken, bad) for _ in range(connections))
    )
    if bad:
        sys.exit(f"{len(bad)} answers were not 200: {bad[0]!r}")
    cuts = statistics.quantiles(taken, n=20)
    return {"per_s": len(taken) / seconds, "median_ms": statistics.median(taken) * 1000, "p95_ms": cuts[18] * 1000}


if __name__ == "__main__":
    where, many, long, *rest = sys.argv[1:]
    print(json.dumps(asyncio.run(main(where, int(many), float(long), rest[0] if rest else ""))))
