"""What the tools are called, what they take and what is said of them: all that stands in an agent's context."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias

import msgspec
from msgspec import Meta, Struct

from outpace.model.errors import BadInput, NotFound

LONGEST_ID = 300
LONGEST_DIFF = 1 << 20
MOST = 50
MOST_PATHS = 20

Id: TypeAlias = Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]
Limit: TypeAlias = Annotated[int, Meta(ge=1, le=MOST)]
Status: TypeAlias = Literal["open", "unknown", "closed"]
Schema: TypeAlias = dict[str, Any]  # JSON Schema, in msgspec's words


class Exposures(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    status: Status = "open"
    limit: Limit = 10


class Match(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    paths: Annotated[tuple[Id, ...], Meta(max_length=MOST_PATHS)] = ()
    limit: Limit = 10


class Explain(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Id


class TaskOf(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Id


class ProveChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A task with a diff, or the handle of a proof that was still running."""

    task_id: Annotated[str, Meta(max_length=LONGEST_ID)] = ""
    diff: Annotated[str, Meta(max_length=LONGEST_DIFF)] = ""
    handle: Annotated[str, Meta(max_length=LONGEST_ID)] = ""


Arguments: TypeAlias = Exposures | Match | Explain | TaskOf | ProveChange


class Tool(NamedTuple):
    name: str
    description: str
    takes: type[Exposures | Match | Explain | TaskOf | ProveChange]


TOOLS = (
    Tool(
        "exposures",
        "Known vulnerabilities of this application on its deploy branch, most urgent first, with what each waits for.",
        Exposures,
    ),
    Tool(
        "match",
        "Match lock files as they lie here against advisories. Also lists what is unknown or could not be read: "
        "neither is safe. Without paths: all of them.",
        Match,
    ),
    Tool(
        "explain",
        "Details of an advisory id, a word used in answers (e.g. undecided), or a handle from an answer.",
        Explain,
    ),
    Tool(
        "task",
        "Brief of a change that is wanted: goal, what may be edited, how it is judged. id: a task's id; an advisory "
        "whose upgrade broke tests; PATH::FUNCTION that needs a test; the id of a red test; a committed task file.",
        TaskOf,
    ),
    Tool(
        "prove_change",
        "Judge a unified diff against a task's base, in a sandbox: proved, refuted (with the first failed check) or "
        "undecided. Applies nothing. Few tries per task; editing tests never helps. If running, call again with the "
        "handle alone.",
        ProveChange,
    ),
)
ANNOTATIONS = {"readOnlyHint": True, "openWorldHint": False}


def schema_of(tool: Tool) -> Schema:
    """What it takes, as small as it gets."""
    whole = msgspec.json.schema(tool.takes)
    taken: Schema = whole["$defs"][tool.takes.__name__]
    properties = {name: _bare(schema) for name, schema in taken["properties"].items()}
    required = {"required": taken["required"]} if taken["required"] else {}
    return {"type": "object", "properties": properties, **required, "additionalProperties": False}


def _bare(schema: Schema) -> Schema:
    """Without bounds that an error names when it is met; an agent needs the type, the words and the default."""
    kept = {key: value for key, value in schema.items() if key in ("type", "enum", "default")}
    kept = {key: value for key, value in kept.items() if value not in ("", [])}
    if "items" in schema:
        kept["items"] = {"type": schema["items"]["type"]}
    return {"type": "string", **kept} if "enum" in kept else kept


def arguments_of(name: str, given: Mapping[str, object]) -> Arguments:
    """Raises NotFound, BadInput."""
    tool = next((each for each in TOOLS if each.name == name), None)
    if tool is None:
        raise NotFound(f"there is no tool {name}", hint=f"there are {', '.join(each.name for each in TOOLS)}")
    try:
        return msgspec.convert(given, tool.takes)
    except msgspec.ValidationError as error:
        raise BadInput(f"{name} was called with what it does not take: {error}", hint="its schema says what") from error
