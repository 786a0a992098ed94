"""Where source can be mutated: the text and the tree say the same, and what is arid says why."""

from __future__ import annotations

import ast
import shlex
import textwrap
from pathlib import Path
from types import ModuleType

import pytest

from outpace.inside.mutants.sites import Mutant, mutants_of, mutated_text, sites_of


class Replaced(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def shown(tree: ast.AST) -> str:
    """`(a or b) or c` and `a or b or c` are one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BoolOp):
            while any(isinstance(each, ast.BoolOp) and type(each.op) is type(node.op) for each in node.values):
                node.values = [
                    part
                    for each in node.values
                    for part in (
                        each.values if isinstance(each, ast.BoolOp) and type(each.op) is type(node.op) else [each]
                    )
                ]
    return ast.dump(tree)


def edits(source: str) -> list[str]:
    return [f"{each.before} -> {each.after}" for each in mutants_of(textwrap.dedent(source)) if not each.arid]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(a, b): return a <  b", ["a <  b -> None", "a <  b -> a <=  b", "a <  b -> a >=  b"]),
        ("def f(a): yield a is not None", ["a is not None -> a is None"]),
        ("def f(a): yield a not in b", ["a not in b -> a in b"]),
        ("def f(): yield a and (b or c)", ["a and (b or c) -> a or (b or c)", "b or c -> b and c"]),
        ("def f(): yield a ** b ** c", ["a ** b ** c -> (a * (b ** c))", "b ** c -> (b * c)"]),
        (
            "def f(): yield a + (b  # +\n - c)",
            ["a + (b  # +\n - c) -> a - (b  # +\n - c)", "b  # +\n - c -> b  # +\n + c"],
        ),
        ("def f(): yield 'a' + b", ["'a' -> 'XXaXX'"]),
        ("def f(): yield not (a)", ["not (a) -> (a)"]),
        ("def f(): yield -a, -1", ["-a -> a", "1 -> 2"]),
        (
            "def f(): yield True, None, 1.5, b'x', ''",
            ["True -> False", "None -> ''", "1.5 -> 2.5", "b'x' -> b'XXxXX'", "'' -> 'XX'"],
        ),
        ("def f():\n if a or b: g()", ["a or b -> not (a or b)", "a or b -> a and b", "g() -> pass"]),
        ("def f():\n if a < b: pass", ["a < b -> a <= b", "a < b -> a >= b"]),
        ("def f():\n while not a: break", ["not a -> a", "break -> continue"]),
        ("def f(): yield [a for a in b if a]", ["a -> not a"]),
        ("def f():\n a: int = b\n c, d = a\n a += 1", ["b -> None", "a += 1 -> a -= 1", "1 -> 2"]),
        ("async def f():\n for a in b: continue\n await g()", ["continue -> break", "await g() -> pass"]),
        ("def f(): yield f'{a + 1}' f'{b}'", []),
        ("def f(a: 'int' = 3) -> 'str': pass", ["3 -> 4"]),
        ("@d(1)\nclass A(B, x=1):\n 'text'", []),
        ("def f():\n match a:\n  case 1 if b: pass", []),
        ('def f():\n "é"\n return "ü", a', ['"ü", a -> None', '"ü" -> "XXüXX"']),
    ],
)
def test_a_site_becomes_what_its_operator_says(source: str, expected: list[str]) -> None:
    assert edits(source) == expected


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("logger.info('x', a + 1)", "logging"),
        ("self._log.debug(1)", "logging"),
        ("logging.getLogger(__name__).error(1)", "logging"),
        ("warnings.warn('x')", "a warning"),
        ("time.sleep(2 * 3)", "how long it waits"),
        ("await asyncio.sleep(0)", "how long it waits"),
        ("assert a == 1, 'x'", "an assertion"),
        ("raise ValueError('x' 'y')", "the message of an exception"),
        ("if TYPE_CHECKING: a = b", "for type checkers only"),
        ("if __name__ == '__main__': a = b", "run as a script only"),
        ("__all__ = ['a']", "about the module"),
        ("yield TypeVar('T')", "a name"),
    ],
)
def test_what_is_arid_says_why(statement: str, why: str) -> None:
    assert {each.arid for each in mutants_of(f"async def f():\n {statement}")} == {why}


def test_what_prints_an_object_is_arid() -> None:
    source = "class A:\n def __repr__(self): return g(1)\n def g(self): return g(1)"
    assert [(each.id, each.arid) for each in mutants_of(source)] == [
        ("A.__repr__:return:1", "text for people"),
        ("A.__repr__:number:1", "text for people"),
        ("A.g:return:1", ""),
        ("A.g:number:1", ""),
    ]


def test_an_id_outlives_changes_elsewhere() -> None:
    function = "def f(a):\n    return a + 1\n"
    before, after = mutants_of(function), mutants_of(f"A = 5\n\ndef g(): return 1 + 1\n\n\n{function}")
    assert [each.id for each in before] == ["f:return:1", "f:arithmetic:1", "f:number:1"]
    assert [each.id for each in after if each.function == "f"] == [each.id for each in before]


def test_functions_and_lines_can_be_chosen() -> None:
    source = "A = 1\ndef f(a=2):\n    def g(): return 3\n    return 4\nclass B:\n    def h(self): return 5\n"
    by_function = {
        name: [each.after for each in mutants_of(source, functions=frozenset({name}))] for name in ("", "f", "B.h")
    }
    assert by_function == {"": ["2", "3"], "f": ["4", "5"], "B.h": ["6"]}
    assert [each.after for each in mutants_of(source, lines=frozenset({3, 6}))] == ["4", "6"]


@pytest.mark.parametrize("module", [shlex, textwrap], ids=lambda module: module.__name__)
def test_the_edited_text_is_the_edited_tree(module: ModuleType) -> None:
    source = Path(str(module.__file__)).read_text()
    mutants = mutants_of(source)
    assert len({each.id for each in mutants}) == len(mutants)
    for mutant in mutants[::45]:
        tree = ast.parse(source)
        site = next(site for site in sites_of(tree, source) if site.mutant == mutant)
        expected = shown(Replaced(site.node, site.put).visit(tree))
        assert shown(ast.parse(mutated_text(source, mutant))) == expected, mutant


def test_lines_end_as_python_says() -> None:
    source = "x = '\x0c'\r\ndef f():\r\n    return 1 + 1\r\n"
    mutant: Mutant = mutants_of(source)[2]
    assert mutated_text(source, mutant) == "x = '\x0c'\r\ndef f():\r\n    return 1 - 1\r\n"
