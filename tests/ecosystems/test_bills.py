"""CycloneDX and SPDX in JSON, by their package URLs."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.ecosystems.purl import Purl, purl_of
from outpace.ecosystems.read import is_read, read
from outpace.model.inventory import DirectUrl, Git, Inventory, Origin, OtherIndex, PublicIndex


def inventory(document: object, name: str = "bom.json") -> Inventory:
    data = document if isinstance(document, bytes) else json.dumps(document, indent=1).encode()
    return read([name], {name: data}.get)


def told(found: Inventory) -> list[tuple[str, str | None, str | None]]:
    return [(e.package.name, e.version, None if e.doubt is None else e.doubt.why) for e in found.components]


def library(purl: str | None, **more: object) -> dict[str, object]:
    return {"type": "library", "name": "x", **({} if purl is None else {"purl": purl}), **more}


def cyclonedx(*parts: object, version: str = "1.6", **more: object) -> dict[str, object]:
    return {"bomFormat": "CycloneDX", "specVersion": version, "components": list(parts), **more}


def spdx(*packages: object, version: str = "SPDX-2.3", **more: object) -> dict[str, object]:
    return {"spdxVersion": version, "SPDXID": "SPDXRef-DOCUMENT", "packages": list(packages), **more}


def package(purl: str | None, version: str | None = None, **more: object) -> dict[str, object]:
    reference = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}
    return {"name": "x", "versionInfo": version, "externalRefs": [reference] if purl else [], **more}


def graph(*packages: object) -> dict[str, object]:
    head = {"type": "SpdxDocument", "spdxId": "d", "rootElement": ["root"]}
    return {"@context": "https://spdx.invalid/rdf/3.0.1/spdx-context.jsonld", "@graph": [head, *packages]}


@pytest.mark.parametrize("version", ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2.0"])
def test_a_cyclonedx_bill_of_any_version_is_read_with_its_nested_components(version: str) -> None:
    inner = library("pkg:pypi/inner@3.0", scope="optional")
    found = inventory(
        cyclonedx(library("pkg:pypi/Acme_Web.Core@1.0.0-RC.1?arch=x#y", components=[inner]), version=version)
    )
    assert [(e.package.name, e.version, e.line, e.groups) for e in found.components] == [
        ("acme-web-core", "1.0.0rc1", 8, ()),
        ("inner", "3.0", 13, ("optional",)),
    ]
    assert (found.unread, found.uncovered, found.files) == ((), (), ("bom.json",))


@pytest.mark.parametrize(
    ("purl", "more", "expected"),
    [
        ("pkg:pypi/acme@1.0", {}, ("acme", "1.0", None)),
        ("PKG:PyPI/acme@1.0", {}, ("acme", "1.0", None)),
        ("pkg://pypi/acme@1.0", {}, ("acme", "1.0", None)),
        ("pkg:pypi/ac%6De@1.0%2Blocal.1", {}, ("acme", "1.0+local.1", None)),
        ("pkg:pypi/acme", {"version": "1.0"}, ("acme", "1.0", None)),
        ("pkg:pypi/acme@1.0.0", {"version": "1.0"}, ("acme", "1.0.0", None)),
        ("pkg:pypi/acme@2", {"version": "1"}, ("acme", None, "its package URL says version 2 and the entry itself 1")),
        ("pkg:pypi/acme", {}, ("acme", None, "the bill names it without a version")),
        ("pkg:pypi/acme", {"version": "NOASSERTION"}, ("acme", None, "the bill names it without a version")),
    ],
)  # fmt: skip
def test_a_package_url_tells_name_and_version(
    purl: str, more: dict[str, str], expected: tuple[str, str | None, str | None]
) -> None:
    assert told(inventory(cyclonedx(library(purl, **more)))) == [expected]


def test_a_range_in_place_of_a_version_is_kept_as_one() -> None:
    (component,) = inventory(spdx(package("pkg:pypi/acme", ">= 1.0, < 2"))).components
    assert (component.version, component.specifier) == (None, "<2,>=1.0")


@pytest.mark.parametrize(
    ("qualifiers", "origin"),
    [
        ("repository_url=https%3A%2F%2Fu%3Ap%40corp.invalid%2Fsimple", OtherIndex("https://***@corp.invalid/simple")),
        ("vcs_url=git%2Bhttps%3A%2F%2Ft%3Ax%40h.invalid%2Fa.git%40abc", Git("https://***@h.invalid/a.git", "abc")),
        ("download_url=https%3A%2F%2Fh.invalid%2Fa-1.0.tar.gz", DirectUrl("https://h.invalid/a-1.0.tar.gz")),
        ("file_name=a-1.0.tar.gz", PublicIndex()),
    ],
)
def test_qualifiers_tell_the_origin_without_its_password(qualifiers: str, origin: Origin) -> None:
    (component,) = inventory(cyclonedx(library(f"pkg:pypi/a@1.0?{qualifiers}"))).components
    assert component.origin == origin


def test_other_ecosystems_and_entries_without_a_package_url_are_counted_and_not_covered() -> None:
    found = inventory(
        cyclonedx(
            library("pkg:npm/%40scope/x@1"),
            library("pkg:npm/y@1"),
            library("pkg:deb/debian/z@1"),
            library(None),
            {"type": "file", "name": "a.py"},
            library("pkg:pypi/acme@1"),
        )
    )
    assert [e.package.name for e in found.components] == ["acme"]
    assert [each.why for each in found.uncovered] == [
        "it also holds 2 of npm, 1 of deb: Outpace knows the advisories of PyPI only",
        "1 entry has no package URL, so which packages they are is not told",
    ]


@pytest.mark.parametrize(
    "purl", ["pypi/acme@1", "pkg:pypi/", "pkg:pypi/a%20b@1", "pkg:pypi/ns/acme@1", "pkg:pypi/\x1b[1m@1"]
)
def test_what_is_no_package_url_is_unread(purl: str) -> None:
    found = inventory(cyclonedx(library(purl), library("pkg:pypi/acme@1")))
    assert [e.package.name for e in found.components] == ["acme"]
    assert ["no package URL of a package" in each.why for each in found.unread] == [True]


def test_the_subject_of_a_bill_counts_where_it_has_a_package_url() -> None:
    subject = {"component": library("pkg:pypi/acme@1.0")}
    assert told(inventory(cyclonedx(metadata=subject))) == [("acme", "1.0", None)]
    assert inventory(cyclonedx(metadata={"component": library(None)})).uncovered == ()


@pytest.mark.parametrize("version", ["SPDX-2.2", "SPDX-2.3"])
@pytest.mark.parametrize("wrapped", [False, True])
def test_an_spdx_document_is_read_without_its_subject(version: str, wrapped: bool) -> None:
    root = package(None, SPDXID="SPDXRef-root")
    relation = {
        "spdxElementId": "SPDXRef-DOCUMENT",
        "relationshipType": "DESCRIBES",
        "relatedSpdxElement": "SPDXRef-root",
    }
    old = {
        **package("pkg:pypi/old@2"),
        "externalRefs": [
            {"referenceCategory": "PACKAGE_MANAGER", "referenceType": "purl", "referenceLocator": "pkg:pypi/old@2"}
        ],
    }
    document = spdx(
        root,
        package("pkg:pypi/Acme@1.0", "1.0"),
        old,
        package("pkg:github/a/b"),
        version=version,
        relationships=[relation],
    )
    found = inventory({"sbom": document} if wrapped else document, "x.spdx.json")
    assert told(found) == [("acme", "1.0", None), ("old", "2", None)]
    assert ["1 of github" in each.why for each in found.uncovered] == [True]


def test_a_graph_of_spdx_3_is_read() -> None:
    found = inventory(
        graph(
            {"type": "software_Package", "spdxId": "root", "name": "mine"},
            {"type": "software_Package", "spdxId": "a", "software_packageUrl": "pkg:pypi/Acme@1.0"},
            {
                "type": "software_Package",
                "spdxId": "b",
                "software_packageVersion": "2.0",
                "externalIdentifier": [{"externalIdentifierType": "packageUrl", "identifier": "pkg:pypi/other"}],
            },
            {"type": "software_File", "spdxId": "c", "name": "x"},
        ),
        "sbom.json",
    )
    assert told(found) == [("acme", "1.0", None), ("other", "2.0", None)]
    assert found.uncovered == ()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"{", "JSON"),
        (b'{"bomFormat": "CycloneDX", "components": [', "JSON"),
        (b'{"bomFormat": "CycloneDX", "components": 3}', "format"),
        (b'{"bomFormat": "CycloneDX", "components": [], "components": []}', "twice"),
        (json.dumps(cyclonedx()).encode("utf-16"), "UTF-8"),
        (b'{"bomFormat": "CycloneDX",\n<<<<<<< HEAD\n"components": []}', "conflict"),
        (b"[" * 100_000, "deep"),
        (b'{"bomFormat": "CycloneDX", "components": ' + b'[{"components": ' * 50_000, "deep"),
        (b'{"spdxVersion": "SPDX-2.3", "packages": {}}', "format"),
        (b'{"@context": "https://spdx.invalid", "@graph": {}}', "format"),
    ],
)
def test_a_damaged_bill_is_unread(data: bytes, why: str) -> None:
    found = inventory(data, "any.json")
    assert found.components == ()
    assert why in found.unread[0].why.replace("it is no file that Outpace knows", "neither")


def test_json_that_is_no_bill_is_left_alone_in_a_directory_and_refused_where_it_is_named() -> None:
    assert inventory({"name": "x"}, "sbom-settings.json") == Inventory(source="files")
    assert ["no file that Outpace knows" in each.why for each in inventory({"name": "x"}, "x.json").unread] == [True]
    assert told(inventory(cyclonedx(library("pkg:pypi/a@1")), "x.json")) == [("a", "1", None)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("bom.json", True),
        ("sbom.json", True),
        ("a/sbom-prod.json", True),
        ("app.cdx.json", True),
        ("app.spdx.json", True),
        ("app-sbom.json", True),
        ("package.json", False),
        ("bombs.json", False),
        ("bom.xml", False),
    ],
)
def test_a_bill_is_told_by_its_usual_names(path: str, expected: bool) -> None:
    assert is_read(path) is expected


@given(st.text(max_size=60))
def test_whatever_is_no_package_url_is_none_and_the_rest_has_type_and_name(text: str) -> None:
    for found in (purl_of(text), purl_of(f"pkg:pypi/{text}")):
        assert found is None or (found.type and found.name is not None)


def test_the_parts_of_a_package_url_are_decoded() -> None:
    assert purl_of("pkg:npm/%40scope/x@1.0%2B2?a=b%20c&d#sub/path") == Purl(
        type="npm", namespace="@scope", name="x", version="1.0+2", qualifiers=(("a", "b c"),)
    )
