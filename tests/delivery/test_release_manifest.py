"""What names a release: all that it holds and how it is started, and nothing else."""

from __future__ import annotations

import hashlib
import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.delivery.releases.manifest import (
    Entry,
    File,
    Interpreter,
    Layers,
    Link,
    Manifest,
    decoded,
    digest_of,
    encoded,
    listing_digest,
)
from outpace.model.edge import Worker
from outpace.model.errors import DamagedData

ONE = File(sha256="1" * 64, size=1)
MANIFEST = Manifest(
    application="shop",
    revision="a" * 40,
    lock="b" * 64,
    environment="locked",
    interpreter=Interpreter(path="/usr/bin/python3.11", version="3.11.7"),
    run=("uvicorn", "shop:app"),
    ready="/healthz",
    workers=(Worker(name="queue", command=("python", "-m", "queue")),),
    inventory="c" * 64,
    layers=Layers(application="d" * 64, dependencies="e" * 64),
    files={"a": ONE, "b": Link(to="a")},
)
CHANGES = {
    "application": "depot",
    "revision": "f" * 40,
    "lock": "",
    "environment": "none",
    "interpreter": Interpreter(path="/usr/bin/python3.11", version="3.11.8"),
    "run": ("uvicorn", "shop:app", "--reload"),
    "ready": "/",
    "workers": (),
    "directory": "apps/shop",
    "roots": ("src",),
    "inventory": "0" * 64,
    "layers": Layers(application="d" * 64),
    "files": {"a": ONE, "b": Link(to="./a")},
    "format": 2,
}


@pytest.mark.parametrize("field", Manifest.__struct_fields__)
def test_whatever_a_manifest_says_another_word_is_another_release(field: str) -> None:
    changed = msgspec.structs.replace(MANIFEST, **{field: CHANGES[field]})
    assert digest_of(changed) != digest_of(MANIFEST)


@pytest.mark.parametrize(
    "entry",
    [
        File(sha256="2" * 64, size=1),
        File(sha256="1" * 64, size=2),
        File(sha256="1" * 64, size=1, executable=True),
        Link(to="1" * 64),
    ],
)
def test_content_size_execution_and_kind_of_a_file_count(entry: Entry) -> None:
    assert listing_digest({"a": entry}) != listing_digest({"a": ONE})


ENTRIES = st.one_of(
    st.builds(File, sha256=st.text("0123456789abcdef", min_size=64, max_size=64), size=st.integers(0, 1 << 40),
              executable=st.booleans()),
    st.builds(Link, to=st.text(min_size=1, max_size=20)),
)  # fmt: skip
LISTINGS = st.dictionaries(st.text(min_size=1, max_size=20), ENTRIES, max_size=8)


@given(LISTINGS, st.randoms())
def test_the_order_in_which_files_are_found_says_nothing(files: dict[str, Entry], chance: random.Random) -> None:
    shuffled = list(files.items())
    chance.shuffle(shuffled)
    one, other = (msgspec.structs.replace(MANIFEST, files=each) for each in (files, dict(shuffled)))
    assert (listing_digest(dict(shuffled)), digest_of(other)) == (listing_digest(files), digest_of(one))


@given(LISTINGS, LISTINGS)
def test_other_files_are_another_release(files: dict[str, Entry], others: dict[str, Entry]) -> None:
    assert (listing_digest(files) == listing_digest(others)) == (files == others)


@given(LISTINGS)
def test_a_manifest_is_read_as_it_was_written_and_its_name_is_that_of_its_bytes(files: dict[str, Entry]) -> None:
    manifest = msgspec.structs.replace(MANIFEST, files=files)
    content = encoded(manifest)
    assert hashlib.sha256(content).hexdigest() == digest_of(manifest)
    assert decoded(content, digest_of(manifest)) == manifest


def test_bytes_that_the_name_does_not_fit_are_damage() -> None:
    with pytest.raises(DamagedData, match="was changed"):
        decoded(encoded(MANIFEST) + b" ", digest_of(MANIFEST))


@pytest.mark.parametrize("content", [b"{}", b"not JSON", b'{"format":1,"unheard":1}', b"\xff"])
def test_what_is_no_manifest_is_damage(content: bytes) -> None:
    with pytest.raises(DamagedData, match="cannot be read"):
        decoded(content, hashlib.sha256(content).hexdigest())
