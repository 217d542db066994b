"""A departmental file from upload to refused rows, as the office does it."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from factories.firms import code
from factories.people import sign_in, staff
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.portals.government import tasks, uploads
from huoshui.registry import actions, queries

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(client, settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }
    actions.install_reference_data(SYSTEM)
    actor = staff(Role.OFFICE, kind="government")
    sign_in(client, actor)
    return actor


def sheet(*rows):
    lines = ["统一社会信用代码,企业名称,注册地址,备注", *rows]
    return SimpleUploadedFile("名单.csv", "\r\n".join(lines).encode("gb18030"))


def handed_in(client, *rows):
    data = {"source": "market", "kind": "enterprises", "file": sheet(*rows)}
    answer = client.post(reverse("gov:import_upload"), data)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].rstrip("/").rpartition("/")[2]


def chosen(client, key, do):
    page = client.get(reverse("gov:import_map", args=[key]))
    form = page.context["form"]
    data = {name: field.initial for name, field in form.fields.items()} | {"do": do}
    answer = client.post(reverse("gov:import_map", args=[key]), data)
    assert answer.status_code == 302
    tasks.take_in(key)
    return client.get(answer.headers["Location"])


def test_columns_are_guessed_and_samples_shown(client, office):
    good = code()
    page = client.get(reverse("gov:import_map", args=[handed_in(client, f"{good},太原一号机械有限公司,长治路1号,无")]))
    assert good in page.text
    assert page.context["form"].fields["column_0"].initial == "uscc"
    assert page.context["form"].fields["column_3"].initial == ""


def test_a_trial_changes_nothing_and_says_what_would_happen(client, office):
    good = code()
    page = chosen(client, handed_in(client, f"{good},太原一号机械有限公司,长治路1号,"), "try")
    assert "试运行完成" in page.text
    assert queries.enterprise_by_uscc(good) is None


def test_the_file_is_taken_in_and_refused_rows_come_back_with_reasons(client, office):
    good, bad = code(), "91140105MA0K000001"
    page = chosen(
        client, handed_in(client, f"{good},太原一号机械有限公司,长治路1号,", f"{bad},错码公司,长治路2号,"), "run"
    )
    assert queries.enterprise_by_uscc(good) is not None
    batch = page.context["page"].refused_batch
    refused = client.get(reverse("gov:import_refused", args=[batch]) + "?form=csv")
    assert bad in refused.content.decode("utf-8-sig")


def test_a_file_that_is_no_workbook_is_refused_in_words(client, office):
    file = SimpleUploadedFile("坏.xlsx", b"not a workbook")
    key = client.post(reverse("gov:import_upload"), {"source": "market", "kind": "enterprises", "file": file}).headers[
        "Location"
    ]
    page = client.get(key)
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert "文件 坏.xlsx 打不开" in page.text


def test_nobody_else_sees_an_upload(client, office):
    key = handed_in(client, f"{code()},太原一号机械有限公司,长治路1号,")
    sign_in(client, staff(Role.OFFICE, kind="government"))
    assert client.get(reverse("gov:import_map", args=[key])).status_code == 404


@pytest.mark.parametrize("key", ["0" * 32, "abc", "a-b"])
def test_an_unknown_upload_is_not_found(client, office, key):
    assert client.get(reverse("gov:import_map", args=[key])).status_code == 404


def test_the_name_of_a_file_cannot_lead_out_of_its_folder(client, office):
    file = SimpleUploadedFile("../../etc/passwd.csv", b"a,b\r\n1,2\r\n")
    kept = uploads.keep(file, source="market", kind="enterprises", person_id=1)
    assert kept.path.parent.name == kept.key
    assert kept.path.name == "file.csv"
