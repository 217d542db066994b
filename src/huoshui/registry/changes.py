"""Who hears that something known of one firm changed: a table filled in apps.ready().

Listeners run inside the transaction of the change. Files of many firms are not told one by one: who needs them looks
at the batches.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from huoshui.access.actor import Actor

# (who changed it, the firm's number, the facts that changed)
Listener = Callable[[Actor, int, Collection[str]], None]
_LISTENERS: list[Listener] = []


def listen(listener: Listener) -> None:
    """Let *listener* hear of every change of one firm; registering the same one again changes nothing."""
    if listener not in _LISTENERS:
        _LISTENERS.append(listener)


def tell(actor: Actor, enterprise_id: int, codes: Collection[str]) -> None:
    """Tell every listener that the facts *codes* of the firm changed."""
    for listener in _LISTENERS:
        listener(actor, enterprise_id, codes)
