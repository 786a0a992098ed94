"""What stands in an agent's context: five tools, small, and none of which changes anything."""

from __future__ import annotations

import anyio
import mcp_types as types
import pytest
from mcp import Client

from outpace.mcp.offered import MOST, TOOLS, arguments_of, schema_of
from outpace.mcp.server import served
from outpace.model.errors import BadInput, NotFound
from tests.fakes.asking import Asking

MOST_TOKENS = 700
WORDS_OF_POWER = ("apply", "merge", "deploy", "push", "land", "config", "write", "record", "delete", "run")


def listed(agent: Asking) -> types.ListToolsResult:
    async def ask() -> types.ListToolsResult:
        async with Client(served(agent.desk)) as client:
            return await client.list_tools()

    return anyio.run(ask)


def test_five_tools_are_listed_and_each_is_said_to_change_nothing(agent: Asking) -> None:
    tools = listed(agent).tools
    assert [tool.name for tool in tools] == ["exposures", "match", "explain", "task", "prove_change"]
    assert {word for tool in tools for word in WORDS_OF_POWER if word in tool.name} == set()
    hints = [tool.annotations.model_dump(exclude_none=True) for tool in tools if tool.annotations]
    assert hints == [{"read_only_hint": True, "open_world_hint": False}] * 5


def test_what_stands_in_the_context_stays_below_700_tokens(agent: Asking) -> None:
    """By characters, of which a token of English or JSON has four and more (bench/mcp_start.py)."""
    told = "".join(tool.model_dump_json(by_alias=True, exclude_none=True) for tool in listed(agent).tools)
    assert 1000 < len(told) < MOST_TOKENS * 4 * 0.85


def test_nothing_but_tools_is_offered(agent: Asking) -> None:
    async def ask() -> types.ServerCapabilities:
        async with Client(served(agent.desk)) as client:
            return client.server_capabilities

    offered = anyio.run(ask).model_dump(exclude_none=True)
    assert {name for name, value in offered.items() if value} <= {"tools"}


def test_the_schema_of_each_tool_names_what_is_decoded() -> None:
    for tool in TOOLS:
        schema = schema_of(tool)
        assert set(schema["properties"]) == set(tool.takes.__struct_fields__)
        assert (schema["type"], schema["additionalProperties"]) == ("object", False)


@pytest.mark.parametrize(
    "given",
    [
        {"id": ""},
        {"id": 3},
        {"id": "x" * 301},
        {"id": "x", "unsafe": True},
        {},
    ],
)
def test_what_a_tool_does_not_take_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        arguments_of("explain", given)


def test_limits_have_bounds_and_other_tools_do_not_exist() -> None:
    with pytest.raises(BadInput):
        arguments_of("match", {"limit": MOST + 1})
    with pytest.raises(BadInput):
        arguments_of("match", {"paths": ["a"] * 21})
    with pytest.raises(NotFound):
        arguments_of("apply", {})
