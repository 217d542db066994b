"""Departmental files: handed in, columns named, tried, taken in, refused rows given back."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.kernel.errors import DomainError
from huoshui.portals.government import imports_page, lists, tasks, uploads
from huoshui.portals.government.forms_policy import ImportUploadForm, MappingForm
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response
from huoshui.registry import imports


@requires(Permission.IMPORT_REGISTER)
def batches(request: ActingRequest) -> HttpResponseBase:
    """List the files that were taken in."""
    return table_response(request, lists.imports(request.actor))


@requires(Permission.IMPORT_REGISTER)
def upload(request: ActingRequest) -> HttpResponseBase:
    """Hand a file in."""
    form = ImportUploadForm(request.POST or None, request.FILES or None, sources=imports_page.sources())
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        kept = uploads.keep(
            data["file"], source=data["source"], kind=data["kind"], person_id=request.actor.person_id or 0
        )
        return redirect("gov:import_map", kept.key)
    return render(request, "government/import_upload.html", {"form": form}, status=422 if form.errors else 200)


@requires(Permission.IMPORT_REGISTER)
def mapping(request: ActingRequest, key: str) -> HttpResponseBase:
    """Name the columns, try the file, take it in."""
    found = _upload(request, key)
    try:
        columns = uploads.peek(found)
    except DomainError as refusal:
        return _refused_file(request, found, refusal)
    form = MappingForm(request.POST or None, **imports_page.mapping_options(found, columns))
    if request.method == "POST" and form.is_valid():
        dry_run = request.POST.get("do") != "run"
        uploads.save(found, mapping=form.mapping(), dry_run=dry_run, state="queued", batch=None, message="")
        tasks.take_in.defer(key=key)
        return redirect("gov:import_progress", key)
    context = {"upload": found, "form": form, "columns": imports_page.columns(form, columns)}
    return render(request, "government/import_map.html", context, status=422 if form.errors else 200)


@requires(Permission.IMPORT_REGISTER)
def progress(request: ActingRequest, key: str) -> HttpResponseBase:
    """Show how far the worker is, then what became of the rows."""
    page = imports_page.progress(request.actor, _upload(request, key))
    return render(request, "government/import_batch.html", {"page": page})


@requires(Permission.IMPORT_REGISTER)
def batch(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show what became of one file."""
    return render(
        request, "government/import_batch.html", {"page": imports_page.of_batch(imports.batch(request.actor, pk))}
    )


@requires(Permission.IMPORT_REGISTER)
def refused(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Give the refused rows back, each with all its reasons."""
    form = "csv" if request.GET.get("form") == "csv" else "xlsx"
    kind = "text/csv" if form == "csv" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    body = imports.refusals(request.actor, pk, form=form)
    return HttpResponse(
        body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="refused-{pk}.{form}"'}
    )


def _upload(request: ActingRequest, key: str) -> uploads.Upload:
    found = uploads.find(key)
    if found is None or found.person_id != request.actor.person_id:
        raise Http404
    return found


def _refused_file(request: ActingRequest, found: uploads.Upload, refusal: DomainError) -> HttpResponseBase:
    form = ImportUploadForm(None, sources=imports_page.sources())
    problems = uploads.named(found, refusal.lines(get_language() or "zh"))
    return render(request, "government/import_upload.html", {"form": form, "problems": problems}, status=422)
