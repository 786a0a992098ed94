"""Where a component comes from, in one word and in the address that goes with it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from outpace.model.inventory import (
    DirectUrl,
    Editable,
    Git,
    LocalPath,
    Origin,
    OtherIndex,
    PublicIndex,
    Workspace,
)

Source: TypeAlias = Literal["registry", "private", "workspace", "editable", "path", "url", "git"]


def source_word(origin: Origin) -> Source:
    words: dict[type, Source] = {
        PublicIndex: "registry",
        OtherIndex: "private",
        Workspace: "workspace",
        Editable: "editable",
        LocalPath: "path",
        DirectUrl: "url",
        Git: "git",
    }
    return words[type(origin)]


def whence(origin: Origin) -> str:
    match origin:
        case PublicIndex(beside):
            return " ".join(beside)
        case Git(url, revision):
            return f"{url}@{revision}" if revision else url
        case OtherIndex(place) | DirectUrl(place) | Workspace(place) | Editable(place) | LocalPath(place):
            return place


def in_words(origin: Origin) -> str:
    """Empty for the public index, which needs no word."""
    match origin:
        case PublicIndex():
            return ""
        case OtherIndex(url):
            return f"index {url}"
        case Workspace(path) | Editable(path):
            return f"own code, {path}"
        case LocalPath(path):
            return f"path {path}"
        case DirectUrl(url):
            return url
        case Git():
            return f"git {whence(origin)}"
