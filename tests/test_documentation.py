"""The documentation is tested: commands parse, links and paths resolve, figures name the script that prints them."""

from __future__ import annotations

import io
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from outpace.cli.main import COMMANDS, GROUPS, chosen

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
FENCE = re.compile(r"^(```+)(?P<kind>\w*)\n(?P<body>.*?)^\1$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
OPTION = re.compile(r"--[a-z][a-z-]+")
FIGURE = re.compile(r"\b\d[\d,.]* ?(?:ms|MB|s of CPU)\b|\b\d+ %")
TREES = ("src", "tests", "scripts", "bench", "docs", "examples", "requirements", "changes", ".ci")
COMMAND_NAMES = {command.name for command in COMMANDS}


def pages() -> list[Path]:
    """Every committed page; those of an example and of data belong to it."""
    listed = subprocess.run(["git", "ls-files", "-z", "*.md"], cwd=ROOT, capture_output=True, check=True).stdout
    others = ("examples/", "tests/data/", "bench/data/")
    names = {name for name in listed.decode().split("\0") if name and not name.startswith(others)}
    return [path for name in sorted(names | {"README.md"}) if (path := ROOT / name).is_file()]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


PAGES = pytest.mark.parametrize("page", pages(), ids=named)


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text())


def typed(page: Path) -> Iterator[str]:
    """Each line that somebody is told to type: those of `sh` blocks, and those after a prompt in `console` blocks."""
    for block in FENCE.finditer(page.read_text()):
        for line in block["body"].splitlines():
            match block["kind"]:
                case "sh" if line.strip():
                    yield line.strip()
                case "console" if line.startswith("$ "):
                    yield line.removeprefix("$ ")
                case _:
                    continue


def calls(line: str) -> Iterator[list[str]]:
    """The words after `outpace` in a shell line, one list for each part of a pipe."""
    words = shlex.split(line, comments=True)
    while words:
        part = words[: words.index("|")] if "|" in words else words
        words = words[len(part) + 1 :]
        if part and part[0] == "outpace":
            yield part[1:]


def refused(words: list[str]) -> str:
    """What the real parser says against these words; empty where it takes them."""
    said = io.StringIO()
    try:
        with redirect_stderr(said), redirect_stdout(io.StringIO()):
            chosen(words)
    except SystemExit as ended:
        return said.getvalue().strip() if ended.code else ""
    return ""


def options(name: str) -> set[str]:
    said = io.StringIO()
    with redirect_stdout(said), pytest.raises(SystemExit):
        chosen([*name.split(), "--help"])
    return set(OPTION.findall(said.getvalue().partition("\n\noptions:")[2]))


def test_the_table_of_commands_is_that_of_the_program() -> None:
    table = README.read_text().split("\n## Commands\n")[1]
    rows = re.findall(r"^\| `([\w ]+)` \| ([^|]+) \|$", table, re.MULTILINE)
    assert rows == [(command.name, command.summary) for command in COMMANDS]


def test_the_table_of_exit_statuses_speaks_of_every_command_that_can_end_with_10() -> None:
    rows = re.findall(r"^\| `([\w -]+)` \| [^|]+ \| [^|]+ \|$", README.read_text(), re.MULTILINE)
    ten = {name for name in COMMAND_NAMES if _may_end_with_10(name)}
    assert {row if row in COMMAND_NAMES else row.split()[0] for row in rows} == ten


def _may_end_with_10(name: str) -> bool:
    """By what its own module says; `watch` ends with 0 after its rounds."""
    module = next(command.module for command in COMMANDS if command.name == name)
    return "10" in re.findall(r"\b10\b", (ROOT / "src/outpace/cli" / f"{module}.py").read_text())


@PAGES
def test_every_command_that_a_page_tells_one_to_type_parses(page: Path) -> None:
    told = [(line, refused(words)) for line in typed(page) for words in calls(line)]
    told += [(code, refused(words)) for code in CODE.findall(prose(page)) for words in _spoken(code)]
    assert [(line, why) for line, why in told if why] == []


def _spoken(code: str) -> Iterator[list[str]]:
    """`outpace prove`, `outpace fix ADVISORY`: in running text, a bare name of a command stands for it."""
    words = code.split()
    if words[0] != "outpace" or not words[1:] or words[1].startswith(("/", ".")):
        return
    bare = " ".join(words[1:]) in COMMAND_NAMES | GROUPS.keys()
    if not bare:
        yield words[1:]


@PAGES
def test_every_option_that_a_page_names_exists(page: Path) -> None:
    """`fix --all` is an option of `fix`; where no command stands before it, it is one of some command."""
    known = {name: options(name) for name in COMMAND_NAMES}
    anywhere = set().union(*known.values()) | {"--version", "--help"}
    unknown: list[str] = []
    for code in CODE.findall(prose(page)):
        words = code.removeprefix("outpace ").split()
        name = next((name for name in (" ".join(words[:2]), words[0]) if name in COMMAND_NAMES), words[0])
        if name not in COMMAND_NAMES and not name.startswith("--"):
            continue
        there = known.get(name, anywhere)
        unknown += [f"{code}: {option}" for option in OPTION.findall(code) if option not in there]
    assert unknown == []


@PAGES
def test_every_relative_link_resolves(page: Path) -> None:
    targets = [found["target"] for found in LINK.finditer(prose(page))]
    broken = [t for t in targets if "://" not in t and not t.startswith("#") and not _resolves(page, t)]
    assert broken == []


def _resolves(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    there = (page.parent / path).resolve()
    if not there.is_relative_to(ROOT) or not there.exists():
        return False
    titles = re.findall(r"^#+ (.+)$", there.read_text(), re.MULTILINE) if anchor else []
    return not anchor or anchor in map(_anchor, titles)


def _anchor(title: str) -> str:
    return re.sub(r"[^\w -]", "", title.lower()).strip().replace(" ", "-")


@PAGES
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    words = {code.rstrip("/") for code in CODE.findall(prose(page)) if re.fullmatch(r"[\w./-]+", code)}
    paths = {word for word in words if "/" in word and word.split("/")[0] in TREES}
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []


def test_every_file_of_the_tour_exists_also_where_it_is_named_without_its_folder() -> None:
    """In one step of the tour, a bare file name lies in a folder that the step has named."""
    tour = README.read_text().split("## The code in reading order")[1].split("\n## ")[0]
    steps = re.split(r"^\d+\. ", tour, flags=re.MULTILINE)[1:]
    assert len(steps) > 9
    for step in steps:
        codes = CODE.findall(step)
        full = [ROOT / code for code in codes if "/" in code and code.split("/")[0] in TREES]
        folders = {path if path.is_dir() else path.parent for path in full}
        bare = [code for code in codes if re.fullmatch(r"\w+(\.py|/)", code)]
        assert full
        assert [code for code in bare if not any((folder / code).exists() for folder in folders)] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/how-it-works.md", "docs/README.md"])
def test_a_section_that_quotes_a_measured_figure_names_the_script_that_prints_it(page: str) -> None:
    """The other pages state limits of the code, or what was measured once for a decision."""
    sections = re.split(r"^## ", prose(ROOT / page), flags=re.MULTILINE)
    guilty = {figure for section in sections if "bench/" not in section for figure in FIGURE.findall(section)}
    assert guilty == set()


def test_the_figures_of_the_readme_stay_within_the_goals_of_the_bench_that_prints_them() -> None:
    told = " ".join(README.read_text().split())
    size = re.search(r"base install is ([\d.]+) MB", told)
    cpu = re.search(r"`outpace --help` takes ([\d.]+) s of CPU", told)
    assert size
    assert cpu
    from bench.command_line import CPU_LIMIT, SIZE_LIMIT

    assert float(size[1]) * 1e6 < SIZE_LIMIT
    assert float(cpu[1]) < CPU_LIMIT


def test_the_readme_counts_the_direct_dependencies_rightly() -> None:
    words = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    told = " ".join(README.read_text().split())
    assert f"{words[len(project['dependencies'])]} direct dependencies" in told


def test_every_recipe_that_the_pages_name_is_in_the_makefile() -> None:
    recipes = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    spoken = {word for page in pages() for word in re.findall(r"`make ([a-z-]+)", prose(page))}
    lines = {line.split()[1] for page in pages() for line in typed(page) if re.match(r"make [a-z]", line)}
    assert sorted((spoken | lines) - recipes) == []


def test_the_index_of_the_docs_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    there = {path.name for path in (ROOT / "docs").glob("*.*")} - {"README.md"}
    assert {name for name in there if f"]({name})" not in index} == set()


def test_every_kind_of_fact_that_how_it_works_names_is_one() -> None:
    from outpace.stories.kinds import NOT_BELIEVED_FROM_ELSEWHERE

    facts = (ROOT / "docs" / "facts.md").read_text()
    kinds = set(re.findall(r"^\| `(\w+)` \|", facts, re.MULTILINE))
    page = prose(ROOT / "docs" / "how-it-works.md")
    named_there = {word for told in re.findall(r"\*Facts?:\* ([^*]+?)(?:\.|$)", page) for word in CODE.findall(told)}
    assert named_there
    assert named_there - kinds == set()
    assert kinds >= NOT_BELIEVED_FROM_ELSEWHERE


def test_every_check_of_a_proof_is_explained() -> None:
    from outpace.proving.decide import NAMES

    page = (ROOT / "docs" / "how-it-works.md").read_text()
    section = page.split("## What *proved* means")[1].split("\n## ")[0]
    assert tuple(re.findall(r"^\| ([\w -]+) \| (?!it passes)", section, re.MULTILINE)) == NAMES
