"""Functions that read a file are given small ones, with what the module could ask for."""

from __future__ import annotations

import json
import random

from outpace.inside.probing.contents import FILE, Contents, hoisted, is_path
from outpace.inside.probing.mining import mined
from outpace.inside.probing.programs import Node, call, constant, named, source, variable

LOADS = mined('import json\n\ndef load(path):\n    return json.load(open(path))["name"] + ".json"\n')


def test_what_is_opened_is_a_path_and_so_may_be_what_is_called_one() -> None:
    assert is_path("anything", LOADS.functions["load"].uses["path"]) > is_path("config_path", ()) > 0
    assert is_path("text", ()) == 0


def test_contents_are_of_the_formats_that_the_module_reads() -> None:
    contents, rng = Contents(LOADS, lambda _: "lines"), random.Random(1)
    found = {contents.text(LOADS.functions["load"], rng) for _ in range(60)}
    assert {"", "lines", "[]", "{"} <= found
    assert any(text.startswith('{"name":') and json.loads(text) for text in found)
    assert not any(text.startswith("<") for text in found)


def test_a_file_s_name_ends_as_the_module_says() -> None:
    node = Contents(LOADS, lambda _: "").file(LOADS.functions["load"], random.Random(1), as_text=True)
    assert source(node.children[:1]) == "v0 = tmp_path / 'a.json'"


def test_files_are_made_ahead_of_what_reads_them() -> None:
    path = Contents(LOADS, lambda _: "").file(LOADS.functions["load"], random.Random(1), as_text=True)
    program = (call(named("m", "Reader")), call(named("m", "load"), variable(0), Node(FILE, "{}", path.children)))
    assert source(hoisted(program)).splitlines() == [
        "v0 = tmp_path / 'a.json'",
        "v1 = v0.write_text('{}')",
        "v2 = m.Reader()",
        "v3 = m.load(v2, str(v0))",
    ]
    assert hoisted((constant(1),)) == (constant(1),)
