"""House rules: what keeps the code livable, checked on every file."""

from __future__ import annotations

import ast
import configparser
import importlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import outpace
from outpace.model import errors
from outpace.pipelines.configuration import decode

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "outpace"
MODULES = sorted(SOURCE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
VAGUE_MODULES = {"utils", "util", "helpers", "helper", "common", "core", "base", "misc", "tools", "lib"}
VAGUE_CLASSES = re.compile(r"(Manager|Helper|Handler|Impl|DTO|Util)s?$")
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_every_module_says_in_one_line_what_is_inside(path: Path) -> None:
    document = ast.get_docstring(ast.parse(path.read_text()))
    assert document, f"{named(path)} has no docstring"
    assert document.splitlines()[0].endswith((".", "?", ":", "!")), document.splitlines()[0]


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_module_is_longer_than_a_person_reads(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_function_is_longer_than_a_screen(path: Path) -> None:
    long = {f.name: f.end_lineno - f.lineno for f in functions(path) if f.end_lineno}
    assert {name: length for name, length in long.items() if length > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_name_is_vague(path: Path) -> None:
    assert path.stem not in VAGUE_MODULES
    assert not {part for part in path.relative_to(SOURCE).parts[:-1] if part in VAGUE_MODULES}
    classes = {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)}
    assert {name for name in classes if VAGUE_CLASSES.search(name)} == set()


@pytest.mark.parametrize("path", TESTS, ids=named)
def test_every_test_can_fail(path: Path) -> None:
    """Each test asserts, expects an exception, or calls something whose name says that it checks."""
    checks = re.compile(r"^(assert_|check_|expect_|must_|run_contract)")
    for function in functions(path):
        if not function.name.startswith("test_"):
            continue
        asserts = any(isinstance(node, ast.Assert) for node in ast.walk(function))
        calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
        words = {f.attr if isinstance(f, ast.Attribute) else f.id if isinstance(f, ast.Name) else "" for f in calls}
        assert asserts or "raises" in words or any(map(checks.match, words)), f"{function.name} cannot fail"


@pytest.mark.parametrize("path", TESTS, ids=named)
def test_a_tests_name_is_a_sentence(path: Path) -> None:
    names = [f.name for f in functions(path) if f.name.startswith("test_")]
    assert [name for name in names if name.count("_") < 3] == []


def test_broad_excepts_stand_only_where_the_style_allows_them() -> None:
    """At the outermost frame, where everything is cleaned up and raised again, in what runs beside foreign code, and in
    the loop of the watchdog, which must look again whatever happened."""
    broad = {
        named(path)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)
    }
    doors = {"src/outpace/cli/main.py", "src/outpace/mcp/desk.py", "src/outpace/engines/envoy/watchdog/__main__.py"}
    assert {name for name in broad if "/inside/" not in name} <= doors


def test_the_map_is_the_contract() -> None:
    """The map in the package's docstring equals the layers that import-linter enforces."""
    contract = configparser.ConfigParser()
    contract.read(ROOT / ".importlinter")
    layers = contract["importlinter:contract:layers"]["layers"].split("\n")
    enforced = [set(line.replace("|", " ").split()) for line in layers if line.strip()]
    drawn = re.findall(r"^    ([a-z  ]+)$", outpace.__doc__ or "", re.MULTILINE)
    assert [set(line.split()) for line in drawn] == enforced


def test_every_room_of_the_map_exists_and_no_other() -> None:
    drawn = set(" ".join(re.findall(r"^    ([a-z  ]+)$", outpace.__doc__ or "", re.MULTILINE)).split())
    there = {p.stem for p in SOURCE.iterdir() if p.suffix in {"", ".py"} and not p.name.startswith(("__", "."))}
    assert there == drawn


def test_the_architecture_page_says_of_each_room_what_the_room_says_of_itself() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|$", page, re.MULTILINE))
    rooms = {p.name: importlib.import_module(f"outpace.{p.name}").__doc__ for p in SOURCE.iterdir() if p.is_dir()}
    assert rows == {name: (doc or "").splitlines()[0] for name, doc in rooms.items() if name != "__pycache__"}


def test_every_error_has_a_heading_in_the_docs_and_no_heading_is_stale() -> None:
    page = (ROOT / "docs" / "errors.md").read_text()
    headings = set(re.findall(r"^## `(\w+)`", page, re.MULTILINE))
    classes = {
        name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, errors.Error)
    }
    assert headings == classes - {"Error"}


def test_the_error_tree_in_the_docstring_is_the_tree() -> None:
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or ""))
    classes = {
        name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, errors.Error)
    }
    assert drawn == classes - {"Error"}


def test_every_noun_of_the_model_has_a_place_in_the_glossary() -> None:
    page = (ROOT / "docs" / "glossary.md").read_text().lower()
    modules = {p.stem for p in (SOURCE / "model").glob("*.py")} - {
        "__init__",
        "errors",
        "times",
        "toml",
        "words",
        "yaml_text",
    }
    assert {name for name in modules if f"**{name.replace('_', ' ')}**" not in page} == set()


def test_the_annotated_configuration_decodes() -> None:
    page = (ROOT / "docs" / "outpace.toml").read_text()
    assert decode(page).applications[0].name == "storefront"


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name]


def test_no_committed_text_names_a_registry_or_a_path_of_this_machine() -> None:
    hosts = ("py" + "pi.org", "python" + "hosted", "npm" + "js.org", "deb." + "debian", "/work" + "/main")
    guilty: list[str] = []
    for path in committed():
        content = path.read_bytes() if path.is_file() else b""
        if b"\0" not in content[:4096]:
            guilty += [f"{named(path)}: {host}" for host in hosts if host.encode() in content]
    assert guilty == []


def test_linux_only_modules_are_not_imported_with_the_command_line() -> None:
    """`match`, `fix` and `assess` are meant to run elsewhere too."""
    only_here = {"fcntl", "resource", "pwd", "grp", "termios"}
    guilty = {
        f"{named(path)} imports {name}"
        for path in MODULES
        if "sandbox" not in path.parts
        for node in ast.parse(path.read_text()).body
        for name in imported(node)
        if name in only_here
    }
    assert guilty == set()


def imported(node: ast.stmt) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name.split(".")[0] for alias in names]
        case ast.ImportFrom(module=str(module)):
            return [module.split(".")[0]]
        case _:
            return []
