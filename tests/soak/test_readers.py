"""Readers of foreign files against mutated ones: nothing but the declared errors, and never slower than a bound."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from outpace.delivery import told
from outpace.ecosystems import osv
from outpace.ecosystems.read import read
from outpace.engines.advisories.kev import compile_catalog
from outpace.engines.junit import read_report
from outpace.matching.match import match
from outpace.model.advisory import Advisory, Coverage, Exploitation
from outpace.model.errors import BadConfiguration, DamagedData
from outpace.model.inventory import Component, Inventory
from outpace.model.package import PYPI, Package
from outpace.model.times import now
from outpace.model.unknown import Unknown
from outpace.pipelines.configuration import decode

DATA = Path(__file__).parents[1] / "data"
SECONDS = float(os.environ.get("OUTPACE_SOAK_RUNS", "50")) / 2  # for each reader
SEED = int(os.environ.get("OUTPACE_SOAK_SEED") or 0)
NO_COMPLAINTS = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)
PER_100_KB = 20.0  # seconds of CPU: a busy machine takes tenths for it, a square half a minute; no timing decides
LARGEST = 60_000  # a longer line is refused for its length alone

pytestmark = [pytest.mark.soak, pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")]

# What the formats are made of, and what has troubled readers of them before.
TOKENS = (
    b"[",
    b"]",
    b"{",
    b"}",
    b'"',
    b"'",
    b'"""',
    b"\\",
    b"\\\n",
    b"\n",
    b"\r",
    b"\t",
    b" ",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"=",
    b"==",
    b"===",
    b"!=",
    b"~=",
    b"<",
    b">=",
    b",",
    b";",
    b"#",
    b"@",
    b"*",
    b"(",
    b")",
    b"%",
    b"${A}",
    b"-r ",
    b"-c ",
    b"-e ",
    b"--hash=",
    b"--index-url ",
    b"file://",
    b"git+https://",
    b"../",
    b"/",
    b"1",
    b"1.0",
    b"1!1.0",
    b"1.0.post1.dev2",
    b"1.0+local",
    b"9" * 5000,
    b"1." * 2000,
    b"e",
    b"1e999",
    b"-0",
    b"null",
    b"true",
    b"[[package]]\n",
    b"version",
    b"name",
    b"python_version",
    b" and ",
    b" or ",
    b"extra",
    b"fixed",
    b"introduced",
    b"0",
    b"events",
    b"9999-99-99",
    b"\\ud800",
    b"<a>",
    b"</a>",
    b"<!DOCTYPE a>",
    b"&amp;",
    b"<testcase name='",
    b"\xe2\x80\xae",
    "é".encode(),
    b"<<<<<<< ",
    b"a" * 300,
    b"- ",
    b": ",
    b"&a ",
    b"*a ",
    b"!!x ",
    b"|\n ",
    b"pkg:pypi/",
    b"lambda: ",
    b"not ",
    b"~",
    b"^",
    b"||",
)
VALUES = (None, True, 0, -1, 10**30, 1.5, "", "0", "1.0", "x" * 1000, "\ud800", [], {}, [[]], [None], {"": None})


class Reader(NamedTuple):
    seeds: tuple[bytes, ...]
    call: Callable[[bytes], object]  # raises only what is declared


class Source:
    """One advisory that a mutated record was decoded to, for every package."""

    def __init__(self, *advisories: Advisory) -> None:
        self.advisories = advisories

    def about(self, package: Package) -> tuple[Advisory, ...]:
        return tuple(each for each in self.advisories if any(one.package == package for one in each.affected))

    def coverage(self) -> Coverage:
        return Coverage(source="fuzzed", ecosystem=PYPI, records=len(self.advisories), cutoff=None, fetched=now())

    def coverages(self) -> tuple[Coverage, ...]:
        return (self.coverage(),)

    def covers(self, ecosystem: str) -> bool:
        return ecosystem == PYPI

    def exploited(self, ids: Iterable[str]) -> Exploitation | None:
        return None


def cases() -> list[dict[str, object]]:
    return json.loads((DATA / "cases.json").read_text())


def files_called(*endings: str) -> tuple[bytes, ...]:
    found: dict[bytes, None] = {}
    for case in cases():
        files = case["files"]
        assert isinstance(files, dict)
        found.update({str(text).encode(): None for name, text in files.items() if name.endswith(endings)})
    return tuple(found)


def advisories() -> tuple[bytes, ...]:
    found: list[bytes] = []
    for case in cases():
        records = case["advisories"]
        assert isinstance(records, list)
        found += [json.dumps(record).encode() for record in records]
    return tuple(dict.fromkeys(found))


KNOWN = Source(*(osv.decode(record) for record in advisories()))


def reads(name: str) -> Callable[[bytes], object]:
    """A file of that name, which may include itself, matched as `outpace match` does it."""

    def call(data: bytes) -> object:
        inventory = read((name,), lambda path: data if path == name or path.endswith("other.txt") else None)
        return match(inventory, KNOWN, now=now())

    return call


def decides(data: bytes) -> object:
    """A record, and what it says of some versions."""
    try:
        advisory = osv.decode(data)
    except ValueError:
        return None
    packages = [one.package for one in advisory.affected]
    versions = ("1.0", "1.0.1rc1", "2024.1+local", None, "no version")
    components = [Component(package=package, version=version) for package in packages[:5] for version in versions]
    specified = [Component(package=package, version=None, specifier=">=1,<2") for package in packages[:5]]
    return match(Inventory(source="x", components=(*components, *specified)), Source(advisory), now=now())


def configures(data: bytes) -> object:
    try:
        return decode(data.decode("utf-8", "replace"))
    except BadConfiguration:
        return None


def catalogs(data: bytes) -> object:
    try:
        return compile_catalog(data, source="x", fetched=now())
    except DamagedData:
        return None


def tells(data: bytes) -> Inventory | Unknown:
    return told.inventory_of(data, by="x")


def reports(place: Path) -> Callable[[bytes], object]:
    def call(data: bytes) -> object:
        path = place / "report.xml"
        path.write_bytes(data)
        return read_report(path)

    return call


PDM = b"""
[metadata]
groups = ["default", "dev"]
lock_version = "4.4.1"
content_hash = "sha256:00"

[[package]]
name = "acme-core"
version = "1.4.0"
extras = ["fast"]
requires_python = ">=3.8"
groups = ["default"]
marker = "python_version >= '3.8'"
dependencies = ["acme-web<3,>=1"]
files = [{file = "acme_core-1.4.0-py3-none-any.whl", hash = "sha256:00"}]
"""
JUNIT = b"""<?xml version="1.0"?><testsuites><testsuite name="pytest" tests="2" failures="1">
<testcase classname="tests.test_a" name="test_b[1]" time="0.1"/>
<testcase classname="tests.test_a" name="test_c"><failure message="assert 1 == 2">E assert</failure></testcase>
</testsuite></testsuites>"""
CYCLONE = b"""{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
{"type": "library", "name": "acme-core", "version": "1.4.0", "purl": "pkg:pypi/acme-core@1.4.0"}]}"""
PIP_LIST = b'[{"name": "acme-core", "version": "1.4.0"}, {"name": "acme_web", "version": "2.0"}]'

SPDX = b"""{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "documentDescribes": ["SPDXRef-a"], "packages": [
{"SPDXID": "SPDXRef-b", "name": "acme-core", "versionInfo": ">= 1.0, < 2", "externalRefs": [
{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:pypi/acme-core"}]}]}"""
SPDX_GRAPH = b"""{"@context": "https://spdx.invalid/rdf/3.0.1/spdx-context.jsonld", "@graph": [
{"type": "SpdxDocument", "rootElement": ["a"]}, {"type": "software_Package", "spdxId": "b",
"software_packageUrl": "pkg:pypi/acme-core@1.4.0?vcs_url=git%2Bhttps://h.invalid/a%40b", "externalIdentifier": []}]}"""
PROJECT = b"""[project]
name = "site"
dynamic = ["version"]
dependencies = ["acme-core>=1,<2", "acme-web==2.0; python_version < '3.9'"]
[project.optional-dependencies]
fast = ["acme-fast"]
[dependency-groups]
test = ["checker~=2.1", {include-group = "lint"}]
[tool.pdm.dev-dependencies]
docs = ["-e file:///srv/docs#egg=docs-kit"]
"""
POETRY_PROJECT = b"""[tool.poetry.dependencies]
python = "^3.10"
acme-core = "^0.24.0.post1"
either = "^1 || ^2"
fast = {version = "~1.4", extras = ["b"], markers = "sys_platform == 'linux'"}
old = [{version = "1.0", python = "<3.9"}, {git = "https://h.invalid/a", rev = "abc"}]
[tool.poetry.group.test.dependencies]
checker = "==7.*"
"""
CONDA_LOCK = b"""version: 1
metadata: {content_hash: {linux-64: "00"}}
package:
- {name: numpy, version: '1.26', manager: conda, platform: linux-64}
- name: acme-core
  version: 1.10
  manager: pip
  category: dev
  url: https://files.invalid/acme_core-1.10-py3-none-any.whl
- {name: direct, version: '4', manager: pip, source: {type: url, url: "https://h.invalid/d-4.zip"}}
"""
CONDA_ENVIRONMENT = b"""dependencies:
  - conda-forge::python=3.11
  - pip:
    - acme-core==1.10
    - -r other.txt
    - --extra-index-url https://u:p@corp.invalid/simple
"""
SETUP_CFG = b"""[options]
install_requires =
    acme-core>=1,<2
    other==1.0; python_version < "3.9"
[options.extras_require]
test = checker; linter
"""
SETUP_PY = b"""from setuptools import setup
base = ["acme-core>=1,<2", *more]
kw = dict(install_requires=base + ["other==1.0"], **rest)
base.extend(f())
setup(name="x", extras_require={"test": ("checker",), ":sys_platform == 'win32'": 'a'}, **kw)
"""

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "requirements": Reader(files_called("requirements.txt", "other.txt"), reads("requirements.txt")),
        "uv.lock": Reader(files_called("uv.lock"), reads("uv.lock")),
        "pylock": Reader(files_called("pylock.toml"), reads("pylock.toml")),
        "poetry": Reader(files_called("poetry.lock"), reads("poetry.lock")),
        "Pipfile": Reader(files_called("Pipfile.lock"), reads("Pipfile.lock")),
        "pdm": Reader((PDM,), reads("pdm.lock")),
        "CycloneDX": Reader((CYCLONE,), reads("bom.json")),
        "SPDX": Reader((SPDX, SPDX_GRAPH), reads("x.spdx.json")),
        "conda-lock": Reader((CONDA_LOCK,), reads("conda-lock.yml")),
        "environment": Reader((CONDA_ENVIRONMENT,), reads("environment.yml")),
        "pyproject": Reader((PROJECT, POETRY_PROJECT), reads("pyproject.toml")),
        "setup.cfg": Reader((SETUP_CFG,), reads("setup.cfg")),
        "setup.py": Reader((SETUP_PY,), reads("setup.py")),
        "requirements.in": Reader(files_called("requirements.txt", "other.txt"), reads("requirements.in")),
        "osv": Reader(advisories(), decides),
        "kev": Reader(((DATA / "kev.json").read_bytes(),), catalogs),
        "told": Reader((CYCLONE, PIP_LIST, *files_called("requirements.txt")[:3]), tells),
        "outpace.toml": Reader(
            ((Path(__file__).parents[2] / "examples" / "storefront.outpace.toml").read_bytes(),), configures
        ),
    }
)


@st.composite
def mutated(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """Cut, doubled, overwritten, with foreign tokens put in; some of it repeated to a large file."""
    data = draw(st.sampled_from(seeds))
    if draw(st.booleans()):
        data = reshaped(draw, data)
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 60)))
        piece = draw(st.one_of(st.sampled_from(TOKENS), st.binary(max_size=8), st.just(data[start:end] * 2)))
        data = data[:start] + piece + data[end if draw(st.booleans()) else start :]
    if draw(st.integers(0, 9)) == 0:
        token = draw(st.one_of(st.sampled_from(TOKENS), st.just(draw(st.sampled_from(seeds)))))
        at = draw(st.integers(0, len(data)))
        data = data[:at] + token * (LARGEST // max(1, len(token))) + data[at:]
    return data


def reshaped(draw: st.DrawFn, data: bytes) -> bytes:
    """JSON whose values have other types here and there; what is no JSON stays."""
    try:
        document = json.loads(data)
    except ValueError:
        return data
    places: list[Callable[[object], None]] = []
    collect(document, places)
    for _ in range(draw(st.integers(1, 3)) if places else 0):
        put = places[draw(st.integers(0, len(places) - 1))]
        put(draw(st.sampled_from(VALUES)))
    return json.dumps(document).encode()


def collect(node: object, places: list[Callable[[object], None]]) -> None:
    """Every place that holds a value, as what puts another one there."""
    match node:
        case dict():
            for key, value in node.items():
                places.append(partial(node.__setitem__, key))
                collect(value, places)
        case list():
            for index, value in enumerate(node):
                places.append(partial(node.__setitem__, index))
                collect(value, places)
        case _:
            pass


def slow(call: Callable[[bytes], object], data: bytes) -> float:
    """Seconds of CPU, where they are beyond the bound; measured twice before it is believed."""
    bound = PER_100_KB * max(1.0, len(data) / 100_000)
    took = cpu(call, data)
    return 0.0 if took <= bound else max(0.0, cpu(call, data) - bound)


def cpu(call: Callable[[bytes], object], data: bytes) -> float:
    began = time.process_time()
    call(data)
    return time.process_time() - began


@pytest.mark.parametrize("name", [*READERS, "junit"])
def test_a_reader_of_mutated_files_raises_only_what_it_declares_and_keeps_its_time(name: str, tmp_path: Path) -> None:
    reader = Reader((JUNIT,), reports(tmp_path)) if name == "junit" else READERS[name]
    assert reader.seeds
    end = time.monotonic() + SECONDS
    count = 0

    def one(data: bytes) -> None:
        nonlocal count
        count += 1
        assert slow(reader.call, data) == 0.0

    for number in range(1 << 20):
        if time.monotonic() > end:
            break
        limits = settings(
            max_examples=100, deadline=None, database=None, suppress_health_check=NO_COMPLAINTS, print_blob=True
        )
        seed(f"{SEED} {number}")(limits(given(mutated(reader.seeds))(one)))()
    print(f"{name}: {count} files in {SECONDS:g} s")
    assert count >= 100


@pytest.mark.parametrize("name", READERS)
def test_a_reader_keeps_its_time_on_one_token_repeated(name: str) -> None:
    reader = READERS[name]
    first = reader.seeds[0][:2000]
    took = {
        token[:12]: slow(reader.call, start + token * (LARGEST // len(token)))
        for token in TOKENS
        for start in (b"", first)
    }
    assert {token: seconds for token, seconds in took.items() if seconds} == {}
