"""Pages anybody may open: what the platform is, products with all their costs, programmes, practice sign-ins."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from huoshui.access.guard import public
from huoshui.catalogue import queries as catalogue
from huoshui.catalogue.papers import PAPERS
from huoshui.kernel import clock
from huoshui.portals.public.forms import CostForm, FilterForm, reckoned
from huoshui.portals.public.offers import card, cards
from huoshui.portals.public.programmes import conditions, programme_page


@public
def home(request: HttpRequest) -> HttpResponse:
    """Say what the platform is and where to begin."""
    today = clock.today()
    shown = cards(catalogue.offered_products(today), {}, today)[:6]
    counts = {
        "products": sum(1 for offer in catalogue.offered_products(today) if offer.kind == "loan"),
        "banks": sum(1 for one in catalogue.institutions() if one.products and one.kind != "guarantor"),
        "programmes": len(catalogue.published_programmes()),
    }
    return render(request, "public/home.html", {"cards": shown, "counts": counts})


@public
def products(request: HttpRequest) -> HttpResponse:
    """List what may be had today, cheapest first; HTMX gets only the list."""
    form = FilterForm(request.GET)
    today = clock.today()
    wanted = form.cleaned_data if form.is_valid() else {}
    context = {"form": form, "cards": cards(catalogue.offered_products(today), wanted, today)}
    part = request.headers.get("HX-Target") == "offers"
    return render(request, "public/_offers.html" if part else "public/products.html", context)


@public
def product(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one product with everything it costs."""
    offer = catalogue.offer(pk)
    if offer is None or offer.kind != "loan":
        raise Http404
    form = CostForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    shown = card(offer, wanted, clock.today())
    if not form.errors:
        form = CostForm(initial=reckoned(shown.page.cost))
    papers = [PAPERS[code] for code in offer.papers if code in PAPERS]
    context = {"card": shown, "form": form, "conditions": conditions(offer.criteria), "papers": papers}
    return render(request, "public/product.html", context)


@public
def programmes(request: HttpRequest) -> HttpResponse:
    """List the public schemes in force."""
    pages = [programme_page(view) for view in catalogue.published_programmes()]
    return render(request, "public/programmes.html", {"pages": pages})


@public
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """Show one scheme."""
    found = next((view for view in catalogue.published_programmes() if view.code == code), None)
    if found is None:
        raise Http404
    return render(request, "public/programme.html", {"page": programme_page(found)})
