"""Filters for the officers' pages: form fields in the frame's look, numbers and moments in their words."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def styled(field: BoundField) -> SafeString:
    """Return the field's control with the frame's classes, tied to its help and errors."""
    widget = field.field.widget
    attributes: dict[str, str | bool] = {"class": "form-select" if isinstance(widget, forms.Select) else "form-control"}
    if field.errors:
        attributes["class"] = f"{attributes['class']} is-invalid"
        attributes["aria-invalid"] = "true"
    notes = [f"{field.auto_id}_helptext"] if field.help_text else []
    notes += [f"{field.auto_id}_error"] if field.errors else []
    if notes:
        attributes["aria-describedby"] = " ".join(notes)
    return field.as_widget(attrs=attributes)


@register.filter
def unit_of(attributes: dict[str, Any]) -> Any:
    """Return the unit that a field's value is typed in, if it has one."""
    return attributes.get("data-unit", "")


@register.filter
def width_of(field: BoundField) -> str:
    """Return the columns a field takes on a wide screen: words need a row, figures and dates do not."""
    widget = field.field.widget
    if isinstance(widget, forms.Textarea | forms.CheckboxSelectMultiple | forms.RadioSelect | forms.FileInput):
        return "col-12"
    return "col-sm-6 col-md-4"


@register.filter
def widget_of(field: BoundField) -> str:
    """Return whether a field is "hidden", "ticks", "tick" or "line"."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect):
        return "ticks"
    return "tick" if isinstance(widget, forms.CheckboxInput) else "line"
