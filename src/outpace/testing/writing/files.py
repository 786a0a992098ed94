"""A file of tests: its imports, its tests, in the style of those that the project has."""

from __future__ import annotations

import re
from collections.abc import Sequence

from outpace.inside.probing.programs import Program, printed
from outpace.testing.writing.cases import Case, Claim, Group, Imports, Lawful, grouped, statement, taken_apart
from outpace.testing.writing.found import FoundTest
from outpace.testing.writing.layout import INDENT, laid_out
from outpace.testing.writing.names import group_name, snake, target_words, test_name, unique
from outpace.testing.writing.style import Style

FOLDER = (
    "folder = tempfile.TemporaryDirectory()",
    "self.addCleanup(folder.cleanup)",
    "tmp_path = pathlib.Path(folder.name)",
)
HYPOTHESIS = ("from hypothesis import example, given, settings", "from hypothesis import strategies as st")


def written(module: str, tests: Sequence[FoundTest], style: Style) -> str:
    """The whole file; nothing in it is of ours."""
    imports = Imports(module=module, by_module=style.imports == "module")
    body = _Body(imports, style)
    blocks = body.blocks(tests)
    return _head(imports, body, style) + "\n\n\n" + "\n\n\n".join(blocks) + "\n"


def to_paste(module: str, program: Program) -> str:
    """The program with what it imports, for an interpreter."""
    imports = Imports(module=module, by_module=False, variables=tuple(f"v{place}" for place in range(len(program))))
    last = len(program) - 1
    code = [
        statement(node, imports) if place == last else f"v{place} = {printed(node, imports)}"
        for place, node in enumerate(program)
    ]
    plain = [f"import {each}" for each in sorted(imports.plain)]
    own = [f"from {each} import {', '.join(sorted(names))}" for each, names in sorted(imports.out_of.items())]
    return "\n".join([*plain, *own, *code])


def names_of(module: str, tests: Sequence[FoundTest], style: Style) -> dict[str, tuple[FoundTest, ...]]:
    """Test's name -> what it was made of; a group's holds several."""
    body = _Body(Imports(module=module, by_module=style.imports == "module"), style)
    body.blocks(tests)
    return body.named


def _head(imports: Imports, body: _Body, style: Style) -> str:
    plain, out_of = dict.fromkeys(sorted(imports.plain), ""), imports.out_of
    standard = [f"import {module}" for module in plain]
    third = list(HYPOTHESIS) if body.uses_hypothesis else []
    third += ["import pytest"] if body.uses_pytest else []
    if style.framework == "unittest":
        standard.append("import unittest")
    own = [_from(module, sorted(names), style) for module, names in sorted(out_of.items())]
    top = imports.module.partition(".")[0]
    ours = [line for line in own if line.startswith((f"from {top} ", f"from {top}."))]
    theirs = [line for line in own if line not in ours]
    first = ["from __future__ import annotations"] if style.future else []
    mine = [line for line in standard if line == f"import {imports.module}"]
    rest = [line for line in sorted(standard) if line not in mine]
    parts = [first, rest, sorted([*third, *theirs], key=lambda line: line.split()[1]), [*mine, *ours]]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _from(module: str, names: Sequence[str], style: Style) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= style.line:
        return line
    return f"from {module} import (\n" + "".join(f"{INDENT}{name},\n" for name in names) + ")"


class _Body:
    def __init__(self, imports: Imports, style: Style) -> None:
        self._imports = imports
        self._style = style
        self._taken: set[str] = set()
        self.named: dict[str, tuple[FoundTest, ...]] = {}
        self.uses_pytest = False
        self.uses_hypothesis = False

    def blocks(self, tests: Sequence[FoundTest]) -> list[str]:
        by_target: dict[str, list[FoundTest]] = {}
        for test in tests:
            by_target.setdefault(test.target, []).append(test)
        if self._style.framework == "unittest" or self._style.classes:
            return [self._class(target, each) for target, each in by_target.items()]
        return [block for each in by_target.values() for block in self._tests(each, "")]

    def _class(self, target: str, tests: Sequence[FoundTest]) -> str:
        words = "".join(part.capitalize() for part in target_words(target).split("_"))
        head = f"class {words}Test(unittest.TestCase):" if self._unittest else f"class Test{words}:"
        self._taken = set()
        return f"{head}\n" + "\n\n".join(self._tests(tests, INDENT))

    @property
    def _unittest(self) -> bool:
        return self._style.framework == "unittest"

    def _tests(self, tests: Sequence[FoundTest], indent: str) -> list[str]:
        blocks: list[str] = []
        for each in grouped(tests, self._imports, drawn=self._style.hypothesis):
            if isinstance(each, Group):
                name = group_name(each.tests[0], self._taken)
                self.named[name] = each.tests
                blocks.append(self._grouped(name, each, indent))
            elif isinstance(each, Lawful):
                name = unique(each.tests[0].law, self._taken)
                self.named[name] = each.tests
                blocks.append(self._lawful(name, each, indent))
            else:
                name = test_name(each, self._taken)
                self.named[name] = (each,)
                blocks.append(self._single(name, taken_apart(each, self._imports), indent))
        return blocks

    def _def(self, name: str, arguments: Sequence[str], indent: str) -> str:
        first = ["self"] if self._unittest or self._style.classes else []
        returns = " -> None" if self._style.annotated else ""
        said = [f"{word}{self._hint(word)}" for word in arguments]
        line = f"{indent}def {name}({', '.join([*first, *said])}){returns}:"
        if len(line) <= self._style.line:
            return line
        inner = "".join(f"{indent}{INDENT}{word},\n" for word in [*first, *said])
        return f"{indent}def {name}(\n{inner}{indent}){returns}:"

    def _hint(self, word: str) -> str:
        if not self._style.annotated:
            return ""
        if word == "capsys":
            self.uses_pytest = True
            return ": pytest.CaptureFixture[str]"
        if word == "tmp_path":
            self._imports.out_of.setdefault("pathlib", set()).add("Path")
            return ": Path"
        return ": object"

    def _single(self, name: str, case: Case, indent: str) -> str:
        if self._unittest:
            return self._of_unittest(name, case, indent)
        inner = indent + INDENT
        lines = [self._def(name, case.fixtures, indent), *self._acting(case, inner)]
        if case.printed:
            lines.append(self._printed("capsys.readouterr().out", case, inner))
        return "\n".join([*lines, *(self._check(claim, inner) for claim in case.claims)])

    def _of_unittest(self, name: str, case: Case, indent: str) -> str:
        """Without fixtures: it makes its own folder, and takes up what is printed itself."""
        inner = indent + INDENT
        lines = [self._def(name, (), indent)]
        if "tmp_path" in case.fixtures:
            self._imports.plain |= {"pathlib", "tempfile"}
            lines += [f"{inner}{line}" for line in FOLDER]
        if case.printed:
            self._imports.plain |= {"contextlib", "io"}
            acting = self._acting(case, inner + INDENT)
            output = "output"
            while any(re.search(rf"\b{output}\b", line) for line in acting):
                output += "_"
            lines += [f"{inner}with contextlib.redirect_stdout(io.StringIO()) as {output}:", *acting]
            lines.append(self._printed(f"{output}.getvalue()", case, inner))
        else:
            lines += self._acting(case, inner)
        return "\n".join([*lines, *(self._check(claim, inner) for claim in case.claims)])

    def _acting(self, case: Case, indent: str) -> list[str]:
        lines = [self._laid(line, indent) for line in case.before]
        if case.raises:
            return [*lines, self._raising(case, indent)]
        return [*lines, self._laid(case.act, indent)] if case.act else lines

    def _printed(self, subject: str, case: Case, indent: str) -> str:
        return self._check(Claim(subject=subject, kind="equal", text=repr(case.printed)), indent)

    def _laid(self, line: str, indent: str) -> str:
        name, sign, text = line.partition(" = ") if re.match(r"[\w.]+ = ", line) else ("", "", line)
        return laid_out(text, before=f"{indent}{name}{sign}", limit=self._style.line, quotes=self._style.quotes)

    def _quoted(self, text: str) -> str:
        return laid_out(text, before="", limit=10_000, quotes=self._style.quotes)

    def _raising(self, case: Case, indent: str) -> str:
        inner = indent + INDENT
        if self._unittest:
            held = " as raised" if case.message else ""
            lines = [f"{indent}with self.assertRaises({case.raises}){held}:", self._laid(case.act, inner)]
            if case.message:
                lines.append(f"{indent}self.assertEqual(str(raised.exception), {self._quoted(repr(case.message))})")
            return "\n".join(lines)
        self.uses_pytest = True
        plain = case.message and re.escape(case.message) == case.message.replace(" ", "\\ ")
        match = f", match={self._quoted(repr(case.message))}" if plain else ""
        held = " as raised" if case.message and not plain else ""
        lines = [f"{indent}with pytest.raises({case.raises}{match}){held}:", self._laid(case.act, inner)]
        if held:
            lines.append(self._check(Claim(subject="str(raised.value)", kind="equal", text=repr(case.message)), indent))
        return "\n".join(lines)

    def _check(self, claim: Claim, indent: str) -> str:
        if self._unittest:
            return self._unittest_check(claim, indent)
        match claim.kind:
            case "is" if claim.text == "True" and claim.subject.startswith("(") and claim.subject.endswith(")"):
                text = claim.subject
            case "is" | "member":
                text = f"{claim.subject} is {claim.text}"
            case "type":
                text = f"isinstance({claim.subject}, {claim.text})"
            case "nan":
                text = f"{claim.subject} != {claim.subject}"
            case "true":
                text = claim.subject
            case _:
                text = f"{claim.subject} == {claim.text}"
        return laid_out(text, before=f"{indent}assert ", limit=self._style.line, quotes=self._style.quotes)

    def _unittest_check(self, claim: Claim, indent: str) -> str:
        word = {"is": "assertIs", "member": "assertIs", "type": "assertIsInstance"}.get(claim.kind, "assertEqual")
        if claim.kind == "is" and claim.text == "None":
            text = f"self.assertIsNone({claim.subject})"
        elif claim.kind == "nan":
            text = f"self.assertNotEqual({claim.subject}, {claim.subject})"
        elif claim.kind == "true":
            text = f"self.assertTrue({claim.subject})"
        else:
            text = f"self.{word}({claim.subject}, {claim.text})"
        return laid_out(text, before=indent, limit=self._style.line, quotes=self._style.quotes)

    def _grouped(self, name: str, group: Group, indent: str) -> str:
        columns = (*group.columns, "expected") if group.expected else group.columns
        positional = len(group.columns) - len(group.keywords)
        words = [f"{word}={column}" for word, column in zip(group.keywords, group.columns[positional:], strict=True)]
        call = f"{group.callee}({', '.join([*group.columns[:positional], *words])})"
        if self._unittest:
            inner = indent + INDENT * 3
            claimed = self._claimed(group, call, inner)
            return self._sub_tests(name, columns, group.columns, group.rows, claimed, indent)
        mark = self._parametrized(columns, group.rows, indent)
        return "\n".join([mark, self._def(name, columns, indent), *self._claimed(group, call, indent + INDENT)])

    def _parametrized(self, columns: Sequence[str], rows: Sequence[Sequence[str]], indent: str) -> str:
        self.uses_pytest = True
        said = repr(columns[0]) if len(columns) == 1 else f"({', '.join(map(repr, columns))})"
        mark = laid_out(
            f"pytest.mark.parametrize({said}, [{', '.join(map(_row, rows))}])",
            before=f"{indent}@",
            limit=self._style.line,
            quotes=self._style.quotes,
        )
        return _tight(mark, indent)

    def _lawful(self, name: str, law: Lawful, indent: str) -> str:
        claim = Claim(subject=law.claim, kind="true", text="")
        if not law.columns:
            return "\n".join([self._def(name, (), indent), self._check(claim, indent + INDENT)])
        if law.strategies:
            lines = [*self._drawn(law, indent), self._def(name, law.columns, indent)]
            return "\n".join([*lines, self._check(claim, indent + INDENT)])
        if self._unittest:
            checked = [self._check(claim, indent + INDENT * 3)]
            return self._sub_tests(name, law.columns, law.columns, law.rows, checked, indent)
        mark = self._parametrized(law.columns, law.rows, indent)
        return "\n".join([mark, self._def(name, law.columns, indent), self._check(claim, indent + INDENT)])

    def _claimed(self, group: Group, call: str, indent: str) -> list[str]:
        if group.kind == "raises":
            word = "self.assertRaises" if self._unittest else "pytest.raises"
            return [f"{indent}with {word}({group.text}):", f"{indent}{INDENT}{call}"]
        text = "expected" if group.expected else group.text
        return [self._check(Claim(subject=call, kind=group.kind, text=text), indent)]

    def _drawn(self, law: Lawful, indent: str) -> list[str]:
        """The examples that kill, and more: the same ones on every day, and however slow the machine is."""
        self.uses_hypothesis = True
        decorators = ["settings(derandomize=True, deadline=None)"]
        for call, rows in (("example", law.rows), ("given", [law.strategies])):
            said = [", ".join(map("{}={}".format, law.columns, row)) for row in rows]
            decorators += [f"{call}({each})" for each in said]
        limit, quotes = self._style.line, self._style.quotes
        return [laid_out(each, before=f"{indent}@", limit=limit, quotes=quotes) for each in decorators]

    def _sub_tests(
        self,
        name: str,
        columns: Sequence[str],
        shown: Sequence[str],
        rows: Sequence[Sequence[str]],
        claimed: Sequence[str],
        indent: str,
    ) -> str:
        inner = indent + INDENT
        cases = laid_out(
            f"[{', '.join(map(_row, rows))}]",
            before=f"{inner}for {', '.join(columns)} in ",
            behind=":",
            limit=self._style.line,
            quotes=self._style.quotes,
        )
        under = f"{inner}{INDENT}with self.subTest({', '.join(f'{column}={column}' for column in shown)}):"
        return "\n".join([self._def(name, (), indent), cases, under, *claimed])


def _row(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"({', '.join(values)})"


def _tight(mark: str, indent: str) -> str:
    """`parametrize("text", [` on one line, as people write it."""
    found = re.match(
        rf"({re.escape(indent)}@pytest\.mark\.parametrize\()\n\s+(.*),\n\s+(\[\n(?:.*\n)*?)\s*\],\n\s*\)$", mark
    )
    if found is None:
        return mark
    items = "".join(f"{line[4:]}\n" if line.startswith(INDENT) else f"{line}\n" for line in found[3].splitlines()[1:])
    return f"{found[1]}{found[2]}, [\n{items}{indent}])"


def file_name(module: str, style: Style, taken: frozenset[str]) -> str:
    """Beside what is there, never over it. `taken`: base names that are in use."""
    stem = snake(module.rpartition(".")[2].strip("_")) or "module"
    parent = snake(module.rpartition(".")[0].rpartition(".")[2])
    wanted = [
        stem,
        *([f"{parent}_{stem}"] if parent else []),
        f"{stem}_behavior",
        *(f"{stem}_behavior_{n}" for n in range(2, 99)),
    ]
    names = [f"{word}_test.py" if style.suffix else f"test_{word}.py" for word in wanted]
    return next(name for name in names if name not in taken)
