"""The route document: who gets how much, what is mirrored, what is blocked."""

from __future__ import annotations

import re
from typing import TypeAlias

import msgspec
from msgspec import Struct

from outpace.delivery.edge.traffic import (
    WHOLE,
    Block,
    BlockHeader,
    BlockMethod,
    BlockPath,
    Traffic,
    upstream_name,
)
from outpace.model.errors import DamagedData

Document: TypeAlias = dict[str, object]

NAME = "edge"
MARK = "outpace"
ARM_HEADER = "x-outpace-arm"
"""Set by Envoy on what a release gets, whatever a client has sent: the log of arms goes by it."""

WATCHED = "watched"
"""Stands for the baseline while no user is sent to the candidate: then each of its answers is logged."""
SAFE_ROUTE = "safe"
"""Of requests that are mirrored: Envoy counts by it what users were answered to them."""

SAFE = "GET|HEAD|OPTIONS"
MILLION = 1_000_000
BLOCKED = 403
DOT_SEGMENT = r"(?i)[^?]*(?:/|\\|%2f|%5c)(?:\.|%2e){1,2}(?:/|\\|%2f|%5c|;|\?|$).*"
NOTHING_HERE = 503
ASCII_END = 0x80


def routes(traffic: Traffic) -> Document:
    """Each of its requests is one route configuration, so that one rename changes all of it at once."""
    found = [route for block in traffic.blocks for route in _blocking(block)]
    found += _forwarding(traffic)
    host = {
        "name": NAME,
        "domains": ["*"],
        "routes": found,
        "metadata": {"filter_metadata": {MARK: {"traffic": msgspec.json.encode(traffic).decode()}}},
    }
    kind = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"
    return {"resources": [{"@type": kind, "name": NAME, "virtual_hosts": [host], "validate_clusters": False}]}


def traffic_of(document: bytes) -> Traffic:
    """What the document was made of. Raises DamagedData."""
    try:
        found = msgspec.json.decode(document, type=_Routes)
        text = found.resources[0].virtual_hosts[0].metadata.filter_metadata[MARK]["traffic"]
        return msgspec.json.decode(text, type=Traffic)
    except (msgspec.DecodeError, LookupError) as error:
        raise DamagedData(
            f"the edge's routes cannot be read: {error}", hint="outpace rollback writes them anew"
        ) from error


class _Metadata(Struct):
    filter_metadata: dict[str, dict[str, str]]


class _Host(Struct):
    metadata: _Metadata


class _Routing(Struct):
    virtual_hosts: list[_Host]


class _Routes(Struct):
    resources: list[_Routing]


def _forwarding(traffic: Traffic) -> list[Document]:
    if traffic.baseline is None and traffic.candidate is None:
        answer = {"status": NOTHING_HERE, "body": {"inline_string": "no release is running here yet\n"}}
        return [{"match": {"prefix": "/"}, "direct_response": answer}]
    safe = {"prefix": "/", "headers": [{"name": ":method", "string_match": {"safe_regex": {"regex": SAFE}}}]}
    return [
        {
            "match": safe,
            "stat_prefix": SAFE_ROUTE,
            "route": _route(traffic, "connect-failure,refused-stream,reset", is_safe=True),
        },
        {"match": {"prefix": "/"}, "route": _route(traffic, "connect-failure,refused-stream", is_safe=False)},
    ]


def _route(traffic: Traffic, retry_on: str, *, is_safe: bool) -> Document:
    """No time limit of ours: streams live long, and the application knows its own."""
    route: Document = {
        "timeout": "0s",
        "idle_timeout": "3600s",
        "retry_policy": {
            "retry_on": retry_on,
            "num_retries": 2,
            "retry_host_predicate": [
                {
                    "name": "envoy.retry_host_predicates.previous_hosts",
                    "typed_config": {
                        "@type": "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3."
                        "PreviousHostsPredicate"
                    },
                }
            ],
            "host_selection_retry_max_attempts": 3,
        },
    }
    route |= _destination(traffic)
    if is_safe and traffic.mirrored and traffic.candidate is not None and not traffic.weight:
        share = {"numerator": round(traffic.mirrored * MILLION), "denominator": "MILLION"}
        route["request_mirror_policies"] = [
            {
                "cluster": upstream_name(traffic.candidate),
                "runtime_fraction": {"default_value": share},
                "disable_shadow_host_suffix_append": True,
            }
        ]
    return route


def _destination(traffic: Traffic) -> Document:
    is_watched = traffic.candidate is not None and not traffic.weight
    arms = [
        (traffic.baseline, WHOLE - traffic.weight, WATCHED if is_watched else "baseline"),
        (traffic.candidate, traffic.weight, "candidate"),
    ]
    clusters = [
        {
            "name": upstream_name(release),
            "weight": weight,
            "request_headers_to_add": [
                {"header": {"key": ARM_HEADER, "value": arm}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
            ],
        }
        for release, weight, arm in arms
        if release is not None and weight
    ]
    return {"weighted_clusters": {"clusters": clusters}}


def _blocking(block: Block) -> list[Document]:
    until = block.until.isoformat(timespec="seconds")
    answer = {
        "status": BLOCKED,
        "body": {"inline_string": f"blocked until {until} while a fix is on its way\n"},
    }
    mark = {"filter_metadata": {MARK: {"until": block.until.timestamp()}}}
    return [{"match": match, "direct_response": answer, "metadata": mark} for match in _matches(block)]


def _matches(block: Block) -> list[Document]:
    match block.what:
        case BlockPath(path=path):
            return _paths(path, [])
        case BlockMethod(method=method, path=path):
            # Applications take GET's routes for HEAD as well, so what blocks one blocks the other.
            wanted = "GET|HEAD" if method.upper() in {"GET", "HEAD"} else re.escape(method.upper())
            only: list[Document] = [{"name": ":method", "string_match": {"safe_regex": {"regex": f"(?i){wanted}"}}}]
            return [{"prefix": "/", "headers": only}] if path == "/" else _paths(path, only)
        case BlockHeader(header=header, contains=contains):
            held: Document = {"name": header.lower()}
            held |= (
                {"string_match": {"contains": contains, "ignore_case": True}} if contains else {"present_match": True}
            )
            return [{"prefix": "/", "headers": [held]}]


def _paths(path: str, headers: list[Document]) -> list[Document]:
    """In every way in which a path may be spelled: letters as percent escapes, in either case, slashes doubled, with
    parameters behind a semicolon, which many servers take off. What walks through the tree by dots may end anywhere: it
    is blocked too, while the block stands."""
    parts = [_spelled(part) for part in path.strip("/").split("/") if part]
    slash = r"(?:(?:(?:;|%3b)[^/\\]*)?(?:/|\\|%2f|%5c))+"
    below = f"(?i){slash}{slash.join(parts)}(?:(?:/|\\\\|%2f|%5c|;|%3b|\\?).*)?"
    matches: list[Document] = [{"safe_regex": {"regex": regex}} for regex in (below, DOT_SEGMENT)]
    return [match | ({"headers": headers} if headers else {}) for match in matches]


def _spelled(part: str) -> str:
    return "".join(
        f"(?:{re.escape(chr(byte))}|%{byte:02x})" if byte < ASCII_END else f"%{byte:02x}" for byte in part.encode()
    )
