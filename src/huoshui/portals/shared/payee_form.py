"""The form for the account that somebody is paid to; firms and institutions share it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AccountForm(forms.Form):
    """Holder, bank and number of an account."""

    holder = forms.CharField(label=_("户名"), max_length=120)
    bank_name = forms.CharField(label=_("开户行"), max_length=80)
    account_no = forms.CharField(label=_("账号"), max_length=48, help_text=_("6 至 40 位数字或字母，可含空格。"))
