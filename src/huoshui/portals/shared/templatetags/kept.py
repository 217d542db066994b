"""``{% kept found "near" %}…{% endkept %}``: a part of a page written once for as long as the value it shows lives.

The value is one that never changes (a frozen result); what is written from it differs only by language and by the
further words of the tag. When the value is forgotten, so is everything written from it: nothing ever goes stale.
"""

from __future__ import annotations

import weakref
from typing import Any

from django import template
from django.template import Context, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()
_written: dict[int, dict[tuple[Any, ...], SafeString]] = {}


class KeptNode(Node):
    """The body of the tag."""

    def __init__(self, body: NodeList, shown: FilterExpression, words: list[FilterExpression]) -> None:
        self.body, self.shown, self.words = body, shown, words

    def render(self, context: Context) -> SafeString:
        """Return what was written before from the same value, else write it."""
        value = self.shown.resolve(context)
        parts = _parts_of(value)
        key = (id(self), get_language(), *(word.resolve(context) for word in self.words))
        if (found := parts.get(key)) is None:
            found = parts[key] = self.body.render(context)
        return found


def _parts_of(value: Any) -> dict[tuple[Any, ...], SafeString]:
    parts = _written.get(id(value))
    if parts is None:
        parts = _written[id(value)] = {}
        weakref.finalize(value, _written.pop, id(value), None)
    return parts


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """Compile the tag; the first word names the value."""
    _name, *words = token.split_contents()
    if not words:
        raise TemplateSyntaxError("kept needs the value that its body shows")
    body = parser.parse(("endkept",))
    parser.delete_first_token()
    shown, *rest = [parser.compile_filter(word) for word in words]
    return KeptNode(body, shown, rest)
