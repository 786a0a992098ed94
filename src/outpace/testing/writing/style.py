"""How a project writes its tests, read from those that it has."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
from msgspec import Struct, field

LONGEST = 400_000
MOST_READ = 200
DEFAULT_LINE = 88
SHORTEST_LINE, LONGEST_LINE = 40, 400


class Style(Struct, frozen=True, kw_only=True):
    """`directory` is where tests lie; `imports`: names out of the module, or the module. `suffix` files are called
    `validation_test.py`. `annotated` tests say `-> None`. `hypothesis` draws values where tests do so already."""

    framework: Literal["pytest", "unittest"] = "pytest"
    classes: bool = False
    imports: Literal["names", "module"] = "names"
    quotes: Literal["'", '"'] = '"'
    line: int = DEFAULT_LINE
    directory: str = "tests"
    suffix: bool = False
    parametrized: bool = True
    annotated: bool = False
    future: bool = False
    packages: bool = False
    hypothesis: bool = False


class _Read(Struct, frozen=True, kw_only=True):
    """What one file of tests shows."""

    unittest: int
    functions: int
    classes: int
    names: int
    modules: int
    single: int
    double: int
    parametrized: bool
    annotated: int
    future: bool
    hypothesis: bool
    longest: int


def style_of(
    tests: Mapping[str, str],
    settings: Mapping[str, str],
    *,
    package: str,
    has_pytest: bool = True,
    has_hypothesis: bool = False,
) -> Style:
    """`tests`: path -> text of its test files; `settings`: of pyproject.toml and its like; `package`: the project's."""
    read = [each for text in list(tests.values())[:MOST_READ] if (each := _read(text, package)) is not None]
    base = Style(framework="pytest" if has_pytest else "unittest", line=_line(settings, read), quotes=_quotes(settings))
    if not read:
        return base
    unittest, functions, classes = (
        sum(getattr(each, name) for each in read) for name in ("unittest", "functions", "classes")
    )
    by_unittest = unittest > functions + classes or not has_pytest
    return Style(
        framework="unittest" if by_unittest else "pytest",
        classes=classes > functions,
        imports="module" if sum(each.modules for each in read) > sum(each.names for each in read) else "names",
        quotes="'" if sum(each.single for each in read) > sum(each.double for each in read) else '"',
        line=base.line,
        directory=_directory(list(tests)),
        suffix=sum(path.endswith("_test.py") for path in tests) > len(tests) / 2,
        parametrized=not by_unittest,
        annotated=sum(each.annotated for each in read) * 2 > max(1, unittest + functions + classes),
        future=sum(each.future for each in read) * 2 > len(read),
        packages=any(path.endswith("__init__.py") for path in tests),
        hypothesis=has_hypothesis and any(each.hypothesis for each in read),
    )


def _read(text: str, package: str) -> _Read | None:
    try:
        tree = ast.parse(text[:LONGEST])
    except (SyntaxError, ValueError, RecursionError):
        return None
    cases = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    in_unittest = [node for node in cases if any("TestCase" in ast.unparse(base) for base in node.bases)]
    in_classes = [test for node in cases if node not in in_unittest for test in _tests(node.body)]
    plain, of_unittest = _tests(tree.body), [test for node in in_unittest for test in _tests(node.body)]
    names, modules = _imports(tree, package)
    single, double = _counted(text)
    return _Read(
        unittest=len(of_unittest),
        functions=len(plain),
        classes=len(in_classes),
        names=names,
        modules=modules,
        single=single,
        double=double,
        parametrized="parametrize" in text,
        annotated=sum(test.returns is not None for test in (*plain, *in_classes, *of_unittest)),
        future="from __future__ import annotations" in text,
        hypothesis=re.search(r"^\s*(from|import) hypothesis\b", text, re.MULTILINE) is not None,
        longest=max((len(line) for line in text.splitlines()), default=0),
    )


def _tests(body: Sequence[ast.stmt]) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node
        for node in body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test")
    ]


def _imports(tree: ast.Module, package: str) -> tuple[int, int]:
    """How many of the package's own names are imported, and how many of its modules."""
    names = modules = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules += sum(alias.name.split(".")[0] == package for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package:
            lower = sum(alias.name.islower() and node.module == package for alias in node.names)
            modules += lower
            names += len(node.names) - lower
    return names, modules


STRING = re.compile(r"""(?<![\w'"])[rbfu]{0,2}(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")(?!['"])""")


def _counted(text: str) -> tuple[int, int]:
    """Strings in single and in double quotes, where either would do."""
    found = Counter(
        quoted.lstrip("rbfu")[:1] for quoted in STRING.findall(text[:LONGEST]) if not {"'", '"'} <= set(quoted)
    )
    return found["'"], found['"']


def _directory(paths: list[str]) -> str:
    """Where most of them lie, from the top."""
    found = Counter(path.rpartition("/")[0] for path in paths if not path.endswith(("conftest.py", "__init__.py")))
    if not found:
        return "tests"
    return min(found, key=lambda place: (-found[place], place.count("/"), place))


class _Format(Struct, rename="kebab"):
    quote_style: str = "double"


class _Formatter(Struct, rename="kebab"):
    line_length: int = 0
    format: _Format = field(default_factory=_Format)


class _Tools(Struct):
    ruff: _Formatter = field(default_factory=_Formatter)
    black: _Formatter = field(default_factory=_Formatter)


class _Project(Struct):
    tool: _Tools = field(default_factory=_Tools)


def _formatter(texts: Mapping[str, str]) -> _Formatter:
    """What cannot be read says nothing."""
    for name in ("ruff.toml", ".ruff.toml"):
        if name in texts:
            try:
                return msgspec.toml.decode(texts[name], type=_Formatter)
            except msgspec.MsgspecError:
                continue
    try:
        tool = msgspec.toml.decode(texts.get("pyproject.toml", ""), type=_Project).tool
    except msgspec.MsgspecError:
        return _Formatter()
    return tool.ruff if tool.ruff.line_length or tool.ruff.format.quote_style != "double" else tool.black


def formatter_of(texts: Mapping[str, str]) -> Literal["ruff", "black", ""]:
    """Which one the project declares, in its settings or in its hooks for commits."""
    pyproject, hooks = texts.get("pyproject.toml", ""), texts.get(".pre-commit-config.yaml", "")
    by_ruff = re.search(r"^\[tool\.ruff\.format", pyproject, re.MULTILINE) or re.search(r"\bid: *ruff-format\b", hooks)
    by_black = re.search(r"^\[tool\.black\]", pyproject, re.MULTILINE) or re.search(r"\bid: *black\b", hooks)
    if by_black and not by_ruff:
        return "black"
    ruff = by_ruff or {"ruff.toml", ".ruff.toml"} & set(texts) or re.search(r"^\[tool\.ruff\b", pyproject, re.MULTILINE)
    return "ruff" if ruff else ""


def _line(texts: Mapping[str, str], read: Sequence[_Read]) -> int:
    said = _formatter(texts).line_length
    if SHORTEST_LINE <= said <= LONGEST_LINE:
        return said
    found = re.search(r"max[-_]line[-_]length\s*=\s*(\d{2,3})", "\n".join(texts.values()))
    if found:
        return max(60, int(found[1]))
    longest = sorted(each.longest for each in read)
    usual = longest[len(longest) // 2] if longest else DEFAULT_LINE
    return next((length for length in (79, 88, 100, 120) if usual <= length), DEFAULT_LINE)


def _quotes(texts: Mapping[str, str]) -> Literal["'", '"']:
    return "'" if _formatter(texts).format.quote_style == "single" else '"'
