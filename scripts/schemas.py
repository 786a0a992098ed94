"""Publishes the JSON Schema of each command's JSON, generated from the types in `outpace.formats`.

`make schemas` writes docs/schemas/<command>.json; a test keeps the files equal to the types.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from inspect import cleandoc
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct, inspect

from outpace.formats import (
    advisories,
    agents,
    assess_v1,
    clock,
    completion,
    edge,
    explain,
    fix,
    init,
    match,
    migrations,
    observe,
    proposals,
    propose,
    prove,
    record,
    release,
    replay,
    respond,
    rollout,
    split,
    staged,
    staging,
    staging_compare,
    task,
    test_brittle,
    test_gaps,
    test_generate,
    test_mend_v1,
    test_mutants,
    test_run_v1,
    test_select,
    verdict_replay,
    where,
)
from outpace.formats.envelope import Envelope

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema: TypeAlias = dict[str, Any]  # msgspec's own words for one


class Answer(Struct, frozen=True):
    """`command` is the word in the envelope; `file` may hold several answers, of which each output is one."""

    file: str
    command: str
    result: type[Struct]


ANSWERS = (
    Answer("match", "match", match.MatchV1),
    Answer("fix", "fix", fix.FixV1),
    Answer("prove", "prove", prove.ProveV1),
    Answer("split", "split", split.SplitV1),
    Answer("task", "task", task.TasksV1),
    Answer("propose", "propose", propose.ProposeV1),
    Answer("proposals", "proposals", proposals.ProposalsV1),
    Answer("respond", "respond", respond.RespondV1),
    Answer("watch", "respond", respond.RespondV1),  # each line is the answer of one `respond`
    Answer("migrations", "migrations", migrations.MigrationsV1),
    Answer("rollout", "rollout", rollout.RolloutV1),
    Answer("rollback", "rollback", rollout.RolloutV1),
    Answer("edge-up", "edge up", edge.EdgeV1),
    Answer("edge-down", "edge down", edge.EdgeV1),
    Answer("edge-status", "edge status", edge.EdgeV1),
    Answer("edge-block", "edge block", edge.EdgeV1),
    Answer("edge-unblock", "edge unblock", edge.EdgeV1),
    Answer("edge-units", "edge units", edge.UnitsV1),
    Answer("edge-record", "edge record", edge.RecordedV1),
    Answer("observe", "observe", observe.ObserveV1),
    Answer("where", "where", where.WhereV1),
    Answer("verdict-replay", "verdict replay", verdict_replay.VerdictReplayV1),
    Answer("record", "record", record.RecordV1),
    Answer("record", "record list", record.ToldListV1),
    Answer("record", "record retract", record.RetractV1),
    Answer("clock", "clock", clock.ClockV1),
    Answer("assess", "assess", assess_v1.AssessV1),
    Answer("brief", "brief", assess_v1.AssessV1),
    Answer("assess", "assess fleet", assess_v1.FleetV1),
    Answer("test-brittle", "test brittle", test_brittle.TestBrittleV1),
    Answer("test-run", "test run", test_run_v1.TestRunV1),
    Answer("test-select", "test select", test_select.TestSelectV1),
    Answer("test-gaps", "test gaps", test_gaps.TestGapsV1),
    Answer("test-generate", "test generate", test_generate.TestGenerateV1),
    Answer("test-mend", "test mend", test_mend_v1.TestMendV1),
    Answer("test-mutants", "test mutants", test_mutants.TestMutantsV1),
    Answer("release-build", "release build", release.ReleaseBuildV1),
    Answer("release-list", "release list", release.ReleaseListV1),
    Answer("release-verify", "release verify", release.ReleaseVerifyV1),
    Answer("release-export", "release export", release.ReleaseExportV1),
    Answer("release-collect", "release collect", release.ReleaseCollectV1),
    Answer("replay", "replay", replay.ReplayV1),
    Answer("staging-up", "staging up", staged.StagingUpV1),
    Answer("staging-list", "staging list", staged.StagingListV1),
    Answer("staging-down", "staging down", staged.StagingDownV1),
    Answer("staging-compare", "staging compare", staging_compare.StagingCompareV1),
    Answer("staging-masks", "staging masks", staging.StagingMasksV1),
    Answer("explain", "explain", explain.ExplainV1),
    Answer("init", "init", init.InitV1),
    Answer("init", "init agents", agents.AgentsV1),
    Answer("advisories", "advisories update", advisories.UpdateV1),
    Answer("advisories", "advisories status", advisories.StatusV1),
    Answer("completion", "completion", completion.CompletionV1),
)


def files() -> dict[str, bytes]:
    """Name of each file -> its content."""
    names = dict.fromkeys(answer.file for answer in ANSWERS)
    return {f"{name}.json": _document(name, [a for a in ANSWERS if a.file == name]) for name in names}


def _document(name: str, answers: list[Answer]) -> bytes:
    envelopes = [_envelope(answer) for answer in answers]
    roots, components = msgspec.json.schema_components(envelopes, ref_template="#/$defs/{name}")
    times = frozenset(_times(msgspec.inspect.multi_type_info(envelopes)))
    document: Schema = {
        "$schema": DIALECT,
        "$id": f"urn:outpace:v1:{name}",
        "title": f"outpace {name.replace('-', ' ')} --format json{', each line' if name == 'watch' else ''}",
        **(roots[0] if len(answers) == 1 else {"anyOf": list(roots)}),
        "$defs": {key: _always_written(key, value, times) for key, value in sorted(components.items())},
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _envelope(answer: Answer) -> type[Struct]:
    """The envelope that `formats.envelope.encoded` writes, with this command's word and result."""
    narrowed: Mapping[str, object] = {
        "outpace": Literal[1],
        "command": Literal[answer.command],
        "result": answer.result,
    }
    name = "".join(word.capitalize() for word in answer.command.split()) + "EnvelopeV1"
    fields = [(field.name, narrowed.get(field.name, field.type)) for field in msgspec.structs.fields(Envelope)]
    return msgspec.defstruct(name, fields)


def _times(kinds: Iterable[inspect.Type]) -> Iterator[tuple[str, str]]:
    """Struct and field of each point in time, which msgspec's schema shows as any string."""
    for kind in kinds:
        match kind:
            case inspect.StructType(cls=cls, fields=fields):
                for field in fields:
                    if any(isinstance(each, inspect.DateTimeType) for each in _alternatives(field.type)):
                        yield cls.__name__, field.encode_name
                    yield from _times([field.type])
            case inspect.UnionType(types=types):
                yield from _times(types)
            case inspect.VarTupleType(item_type=item):
                yield from _times([item])
            case _:
                continue


def _alternatives(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    return kind.types if isinstance(kind, inspect.UnionType) else (kind,)


def _always_written(name: str, component: Schema, times: frozenset[tuple[str, str]]) -> Schema:
    """Outputs hold every field, also one that has a default; the default is for who decodes, and says nothing here."""
    properties: dict[str, Schema] = component.get("properties", {})
    kept = {field: _shown(schema, moment=(name, field) in times) for field, schema in properties.items()}
    told = {"description": cleandoc(said)} if (said := component.get("description")) else {}  # as Python 3.13 has it
    return {**component, **told, **({"properties": kept, "required": list(kept)} if kept else {})}


def _shown(schema: Schema, *, moment: bool) -> Schema:
    if "anyOf" in schema:
        return {"anyOf": [_shown(alternative, moment=moment) for alternative in schema["anyOf"]]}
    if moment and schema.get("type") == "string":
        return {"type": "string", "format": "date-time"}
    return {key: value for key, value in schema.items() if key != "default"}


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    wanted = files()
    for stale in {path.name for path in FOLDER.glob("*.json")} - set(wanted):
        (FOLDER / stale).unlink()
    for name, content in wanted.items():
        (FOLDER / name).write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
