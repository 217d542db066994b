"""django-hordak behind a pipe: reads "single N", "bulk N", "balance", "count"; answers seconds (or the count)."""

from __future__ import annotations

import sys
import time
from urllib.parse import urlsplit

import django
from django.conf import settings

address = urlsplit(sys.argv[1])
settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": address.path.lstrip("/"),
            "USER": address.username,
            "PASSWORD": address.password,
            "HOST": address.hostname,
            "PORT": address.port,
        }
    },
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DEFAULT_CURRENCY="CNY",
    HORDAK_CURRENCIES=["CNY"],
    HORDAK_INTERNAL_CURRENCY="CNY",
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from hordak.models import Account, Leg, Transaction  # noqa: E402
from moneyed import Money  # noqa: E402

call_command("migrate", verbosity=0)
cash = Account.objects.create(name="cash", code="1", type="AS", currencies=["CNY"])
budget = Account.objects.create(name="budget", code="2", type="EQ", currencies=["CNY"])
ONE = Money(1, "CNY")


def single(count: int) -> None:
    for _ in range(count):
        budget.transfer_to(cash, ONE)


def bulk(count: int) -> None:
    with transaction.atomic():
        made = Transaction.objects.bulk_create([Transaction() for _ in range(count)])
        Leg.objects.bulk_create(
            [Leg(transaction=t, account=cash, debit=ONE) for t in made]
            + [Leg(transaction=t, account=budget, credit=ONE) for t in made]
        )


print(0, flush=True)
for line in sys.stdin:
    what, count = line.split()
    started = time.perf_counter()
    if what == "count":
        print(Transaction.objects.count(), flush=True)
        continue
    if what == "single":
        single(int(count))
    elif what == "bulk":
        bulk(int(count))
    else:
        Account.objects.get(pk=cash.pk).get_balance()
    print(time.perf_counter() - started, flush=True)
