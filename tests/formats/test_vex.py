"""CycloneDX and OpenVEX say what a match knows, and no more."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from outpace.app.match import match_inventory
from outpace.ecosystems.read import read
from outpace.formats import cyclonedx, openvex
from tests.formats import published
from tests.formats.matched import NOW, SOURCE, view

MIXED = {"a": "acme==1.0\nother==1\nacme>=1.0\n", "b": "acme==1.0\nlast==1.0\n"}
LOCK = """version = 1
requires-python = ">=3.11"

[[package]]
name = "shop"
version = "0.1.0"
source = { virtual = "." }
dependencies = [{ name = "last" }]

[[package]]
name = "last"
version = "1.0"
source = { registry = "https://index.example.invalid/simple" }
dependencies = [{ name = "acme" }]

[[package]]
name = "acme"
version = "1.0"
source = { registry = "https://index.example.invalid/simple" }
"""


def vex(**files: str) -> Any:
    document = openvex.document(view(**files))
    assert document is not None
    assert published.errors(published.openvex(), document) == []
    return json.loads(document)


def bom(document: bytes) -> Any:
    assert published.errors(published.cyclonedx(), document) == []
    return json.loads(document)


def test_openvex_says_affected_with_the_fixed_version_and_under_investigation_for_the_unknown() -> None:
    told = [
        (
            each["vulnerability"]["name"],
            each["status"],
            each.get("action_statement"),
            [product["@id"] for product in each["products"]],
        )
        for each in vex(**MIXED)["statements"]
    ]
    assumed = "Upgrade last above 1.0. This is assumed: the record names only the last affected version."
    assert told == [
        ("PYSEC-2099-1", "affected", "Upgrade acme to 1.1.", ["pkg:pypi/acme@1.0"]),
        ("PYSEC-2099-2", "affected", "Upgrade acme to 1.2.", ["pkg:pypi/acme@1.0"]),
        ("PYSEC-2099-3", "affected", assumed, ["pkg:pypi/last@1.0"]),
        ("PYSEC-2099-1", "under_investigation", None, ["pkg:pypi/acme?specifier=%3E%3D1.0"]),
        ("PYSEC-2099-2", "under_investigation", None, ["pkg:pypi/acme?specifier=%3E%3D1.0"]),
    ]


def test_openvex_has_no_document_where_there_is_nothing_to_state() -> None:
    assert openvex.document(view(a="acme==9.0\nother==1\n")) is None


@pytest.mark.parametrize("write", [openvex.document, cyclonedx.vex])
def test_nothing_is_said_to_be_unaffected_or_fixed(write: Any) -> None:
    document = write(view(**MIXED, c="acme==9.0\n")).decode()
    assert [word for word in ("not_affected", '"fixed"', "resolved", 'unaffected"') if word in document] == []
    assert "acme@9.0" not in document


def test_cyclonedx_vex_analyzes_each_vulnerability_and_holds_the_components_it_speaks_of() -> None:
    found = bom(cyclonedx.vex(view(**MIXED)))
    refs = {each["bom-ref"]: each for each in found["components"]}
    assert {each["name"] for each in refs.values()} == {"acme", "last"}
    first = found["vulnerabilities"][0]
    assert (first["id"], first["analysis"]["state"], first["recommendation"]) == (
        "PYSEC-2099-1",
        "exploitable",
        "Upgrade acme to 1.1.",
    )
    assert first["affects"] == [{"ref": "pkg:pypi/acme@1.0", "versions": [{"version": "1.0", "status": "affected"}]}]
    assert first["references"] == [
        {"id": "CVE-2099-1", "source": {"name": "OSV", "url": "https://osv.dev/vulnerability/CVE-2099-1"}}
    ]
    assert (first["ratings"][0]["score"], first["ratings"][0]["method"]) == (9.8, "CVSSv31")
    assert first["properties"] == [{"name": "outpace:in-kev-since", "value": "2099-03-01"}]
    assert [each["line"] for each in refs["pkg:pypi/acme@1.0"]["evidence"]["occurrences"]] == [1, 1]
    assert [each["analysis"]["state"] for each in found["vulnerabilities"]].count("in_triage") == 2


def test_a_bill_of_materials_tells_components_places_and_who_asks_for_whom() -> None:
    seen = match_inventory(read(["uv.lock"], {"uv.lock": LOCK.encode()}.get), SOURCE, now=NOW)
    found = bom(cyclonedx.sbom(structs.replace(seen, root="/somewhere/shop")))
    assert {(each["type"], each["name"], each.get("purl", "")) for each in found["components"]} == {
        ("application", "shop", ""),
        ("library", "last", "pkg:pypi/last@1.0"),
        ("library", "acme", "pkg:pypi/acme@1.0"),
    }
    needs = {each["ref"]: each["dependsOn"] for each in found["dependencies"]}
    assert needs["pkg:pypi/shop@0.1.0"] == ["pkg:pypi/last@1.0"]
    assert needs["pkg:pypi/last@1.0"] == ["pkg:pypi/acme@1.0"]
    assert needs["pkg:pypi/acme@1.0"] == []
    assert found["metadata"]["component"]["name"] == "shop"
    assert found["metadata"]["tools"]["components"][0]["name"] == "outpace"
    assert "somewhere" not in json.dumps(found)


def test_where_no_file_tells_who_asks_for_whom_nothing_is_said_of_it() -> None:
    seen = view(a="acme==1.0\nother==1\n")
    found = bom(cyclonedx.sbom(seen))
    assert [each for each in found.get("dependencies", ()) if each["ref"] != "subject"] == []


def test_what_could_not_be_read_makes_a_bill_of_materials_incomplete_and_is_named_in_it() -> None:
    whole, part = (bom(cyclonedx.sbom(view(a=text))) for text in ("acme==1.0\n", "acme==1.0\nbad line\n"))
    assert [each["compositions"][0]["aggregate"] for each in (whole, part)] == ["unknown", "incomplete"]
    assert "outpace:not-understood" in {each["name"] for each in part["metadata"]["properties"]}


def test_a_bill_of_materials_that_outpace_wrote_is_one_that_it_reads() -> None:
    seen = view(a="acme==1.0\nother==1\n")
    content = {"sbom.json": cyclonedx.sbom(seen)}
    back = match_inventory(read(list(content), content.get), SOURCE, now=NOW)
    assert [(each.package, each.version) for each in back.matched.inventory.components] == [
        (each.package, each.version) for each in seen.matched.inventory.components
    ]
    assert [each.vulnerability.id for each in back.matched.exposures] == [
        each.vulnerability.id for each in seen.matched.exposures
    ]


@pytest.mark.parametrize(
    ("write", "key"), [(cyclonedx.sbom, "serialNumber"), (cyclonedx.vex, "serialNumber"), (openvex.document, "@id")]
)
def test_the_number_of_a_document_is_that_of_its_content(write: Any, key: str) -> None:
    seen = view(a="acme==1.0\n")
    first = json.loads(write(seen))[key]
    assert json.loads(write(seen))[key] == first
    assert json.loads(write(view(a="acme==0.9\n")))[key] != first
    assert json.loads(write(structs.replace(seen, at=seen.at + timedelta(days=1))))[key] != first


def test_components_of_one_version_and_several_origins_are_told_apart() -> None:
    first, second = "acme==1.0\n", "acme @ https://example.invalid/acme-1.0-py3-none-any.whl\n"
    found = bom(cyclonedx.sbom(view(a=first, b=first, c=second)))
    assert [(each["bom-ref"], len(each["evidence"]["occurrences"])) for each in found["components"]] == [
        ("pkg:pypi/acme@1.0", 2),
        ("pkg:pypi/acme@1.0#2", 1),
    ]
