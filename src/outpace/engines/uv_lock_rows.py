"""The packages of a uv.lock as text, so that one can be put back as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple, cast

from outpace.ecosystems.pypi.versions import normalize_name
from outpace.model.toml import document_or_empty, table

OPENS = "[[package]]\n"
FILES = ("source", "sdist", "wheels")  # where a package comes from
_KEY = re.compile(r"^([\w-]+) = ", re.MULTILINE)


class Archive(NamedTuple):
    """A locked release for which the index has an archive of source alone."""

    name: str
    version: str
    url: str
    hash: str  # "sha256:..."
    registry: str
    needs: tuple[str, ...]  # by name, extra and marker, as the lock has them: it does not keep which versions


def rows_of(lock: bytes) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", document_or_empty(lock).get("package", []))


def versions_of(lock: bytes) -> dict[str, str]:
    return {str(row.get("name")): str(row.get("version", "")) for row in rows_of(lock)}


def archives_in(lock: bytes) -> Iterator[Archive]:
    for row in rows_of(lock):
        source, sdist = table(row.get("source")), table(row.get("sdist"))
        registry, url = source.get("registry"), sdist.get("url")
        if row.get("wheels") or not isinstance(registry, str) or not isinstance(url, str):
            continue
        yield Archive(
            name=normalize_name(str(row.get("name"))),
            version=str(row.get("version", "")),
            url=url,
            hash=str(sdist.get("hash", "")),
            registry=registry,
            needs=tuple(_needs(row)),
        )


def _needs(row: Mapping[str, object]) -> Iterator[str]:
    yield from (_requirement(each) for each in _tables(row.get("dependencies")))
    for extra, asked in table(row.get("optional-dependencies")).items():
        yield from (_requirement(each, extra) for each in _tables(asked))


def _requirement(asked: Mapping[str, object], extra: str = "") -> str:
    extras = ",".join(str(each) for each in cast("list[object]", asked.get("extra", [])))
    marker = str(asked.get("marker", ""))
    markers = [f"({marker})"] if marker else []
    markers += [f"extra == '{extra}'"] if extra else []
    return f"{asked.get('name')}{f'[{extras}]' if extras else ''}{' ; ' if markers else ''}{' and '.join(markers)}"


def put_back(lock: bytes, base: bytes, stand_in: str) -> bytes | None:
    """The lock with each package whose source names `stand_in` coming from where `base` has it from; None where one is
    not there, or the name would stay in the lock."""
    head, *blocks = lock.decode().split(OPENS)
    before = {_key(fields): fields for fields in (_fields(block)[0] for block in base.decode().split(OPENS)[1:])}
    written: list[str] = []
    for block in blocks:
        fields, rest = _fields(block)
        if stand_in not in fields.get("source", ""):
            written.append(block)
            continue
        own = before.get(_key(fields))
        if own is None or own.get("resolution-markers") != fields.get("resolution-markers"):
            return None
        kept = {name: text for name, text in fields.items() if name not in FILES}
        order = ("name", "version", "source", "resolution-markers", "dependencies", "sdist", "wheels")
        came = {name: own[name] for name in FILES if name in own}
        written.append("".join(text for name in order if (text := {**kept, **came}.get(name))) + rest)
    whole = OPENS.join((head, *written))
    return None if stand_in in whole else whole.encode()


def _key(fields: Mapping[str, str]) -> tuple[str, str]:
    return fields.get("name", ""), fields.get("version", "")


def _fields(block: str) -> tuple[dict[str, str], str]:
    """The lines of each key of the package itself, and everything after them."""
    end = min((at for mark in ("\n\n", "\n[package.") if (at := block.find(mark)) >= 0), default=len(block) - 1) + 1
    starts = [*(found.start() for found in _KEY.finditer(block, 0, end)), end]
    texts = (block[start:stop] for start, stop in pairwise(starts))
    return {text.partition(" = ")[0]: text for text in texts}, block[end:]


def _tables(value: object) -> list[Mapping[str, object]]:
    return [table(each) for each in cast("list[object]", value)] if isinstance(value, list) else []
