"""Validators of the published schemas in tests/data/schemas, with the formats that jsonschema leaves unchecked."""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, Draft7Validator, Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT7

SCHEMAS = Path(__file__).parents[1] / "data" / "schemas"
CYCLONEDX = "http://cyclonedx.org/schema/"

# RFC 3986, section 2: nothing else may stand in a URI, and a percent sign is followed by two digits.
REFERENCE = re.compile(r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")

CHECKER = FormatChecker()


@CHECKER.checks("uri-reference")
@CHECKER.checks("iri-reference")
def is_reference(value: object) -> bool:
    return not isinstance(value, str) or REFERENCE.fullmatch(value) is not None


@CHECKER.checks("uri")
@CHECKER.checks("iri")
def is_absolute(value: object) -> bool:
    return not isinstance(value, str) or (is_reference(value) and ABSOLUTE.fullmatch(value) is not None)


@CHECKER.checks("date-time")
def is_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return datetime.fromisoformat(value).tzinfo is not None and "T" in value
    except ValueError:
        return False


def schema(name: str) -> Any:
    return json.loads((SCHEMAS / name).read_bytes())


@cache
def sarif() -> Draft4Validator:
    return Draft4Validator(schema("sarif-schema-2.1.0.json"), format_checker=CHECKER)


@cache
def cyclonedx() -> Draft7Validator:
    names = ("bom-1.6.schema.json", "spdx.schema.json", "jsf-0.82.schema.json")
    pages = [(CYCLONEDX + name, DRAFT7.create_resource(schema(name))) for name in names]
    return Draft7Validator(schema(names[0]), registry=Registry().with_resources(pages), format_checker=CHECKER)


@cache
def openvex() -> Draft202012Validator:
    return Draft202012Validator(schema("openvex-0.2.0.schema.json"), format_checker=CHECKER)


def errors(validator: Any, document: bytes) -> list[str]:
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(json.loads(document))]
