"""Arguments for the functions under test, drawn by what is known of each parameter."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from . import regexes, words
from .callables import Hint, Parameter, Target, parameters_of
from .contents import Contents, below, is_path
from .mining import Function, Mined
from .programs import (
    ATTRIBUTE,
    BUILTINS,
    DICT,
    INFIX,
    LIST,
    SET,
    SETTING,
    SOURCE,
    TUPLE,
    Literal,
    Node,
    Program,
    call,
    constant,
    named,
    operator,
    shifted,
    variable,
)

DEPTH = 3
LONG_TEXTS = frozenset(
    {"text", "doc", "docstring", "source", "content", "lines", "data", "body", "code", "string", "s", "value", "chunk"}
)
WORDS = ("a", "b", "name", "value", "Short text", "A sentence.", "x: y", "int", "1")
ALIKE = frozenset({"__eq__", "__lt__", "__le__", "__add__", "__sub__", "__and__", "__or__"})
"""Whose other side is often of the same class."""
ANYTHING = Parameter("other", "POSITIONAL_OR_KEYWORD", required=True, hint=("any",))
NO_FUNCTION = Function((), (), {}, {})
ANY = ("str", "str", "int", "list", "dict", "none", "bool", "float", "tuple", "bytes")
STANDARD: dict[str, tuple[str, ...]] = {
    "datetime:datetime": ("datetime.datetime(2020, 1, 31, 12, 30)", "datetime.datetime(1999, 12, 31, 23, 59, 59)"),
    "datetime:date": ("datetime.date(2020, 1, 31)", "datetime.date(2019, 12, 31)"),
    "datetime:time": ("datetime.time(12, 30)", "datetime.time(23, 59, 59, 5)"),
    "datetime:timedelta": ("datetime.timedelta(days=1)", "datetime.timedelta(0)", "datetime.timedelta(seconds=-90)"),
    "decimal:Decimal": ("decimal.Decimal('1.5')", "decimal.Decimal('0')", "decimal.Decimal('-2.25')"),
    "fractions:Fraction": ("fractions.Fraction(1, 3)",),
    "uuid:UUID": ("uuid.UUID('6f8aa2f9-686c-4ac3-8766-5712354a04cf')",),
    "types:SimpleNamespace": ("types.SimpleNamespace(a=1, b='c')", "types.SimpleNamespace()"),
    "collections:OrderedDict": ("collections.OrderedDict(a=1, b=2)", "collections.OrderedDict()"),
    "collections:Counter": ("collections.Counter('aab')",),
    "collections:deque": ("collections.deque([1, 2])",),
    "collections:defaultdict": ("collections.defaultdict(list)",),
    "collections:namedtuple": ("collections.namedtuple('Point', 'x y')(1, 2)",),
    "re:Pattern": ("re.compile('a+')", "re.compile('([a-z]+)-([0-9]+)')"),
    "io:StringIO": ("io.StringIO('a\\nb\\n')", "io.StringIO('')"),
    "io:BytesIO": ("io.BytesIO(b'ab')",),
}


ABSTRACT = frozenset({"collections.abc", "typing", "numbers"})
BY_ABSTRACT = {
    "Mapping": "dict",
    "MutableMapping": "dict",
    "Sequence": "list",
    "MutableSequence": "list",
    "Iterable": "list",
    "Collection": "list",
    "Sized": "list",
    "Container": "list",
    "Hashable": "str",
    "Set": "set",
    "MutableSet": "set",
    "Callable": "callable",
    "Number": "int",
    "Integral": "int",
    "Real": "float",
}


class Values:
    """`classes` is the table of `targets`; `module` the name of the module under test."""

    def __init__(self, module: str, mined: Mined, classes: dict[str, dict[str, Any]]) -> None:
        self._module = module
        self._mined = mined
        self._classes = classes
        self._made: dict[str, list[Node]] = {}
        shared = [each for each in mined.constants if isinstance(each, str)]
        self._contents = Contents(mined, lambda rng: self._lines(shared, rng))

    def seen(self, name: str, node: Node) -> None:
        """An expression that gives an instance of a class, for later."""
        held = self._made.setdefault(name, [])
        if node not in held and len(held) < 20:
            held.append(node)

    def made(self, name: str) -> list[Node]:
        """Expressions for instances of it that were seen."""
        return list(self._made.get(name, ()))

    def argument_of(self, parameter: Parameter, within: str, rng: random.Random) -> Node:
        """One argument of a function by its qualified name."""
        return self.argument(parameter, self._mined.functions.get(within, NO_FUNCTION), rng, DEPTH)

    def texts(self, target: Target) -> list[str]:
        """Those of the function, and of the module."""
        own = [each for each in self._mined.functions.get(target.name, NO_FUNCTION).constants if isinstance(each, str)]
        shared = [each for each in self._mined.constants if isinstance(each, str)]
        return [*own, *own, *shared]

    def fresh(self, target: Target, rng: random.Random) -> Program:
        """One call of it, with what goes before."""
        if target.kind == "property":
            return self._on_object(target, rng, lambda held: Node(ATTRIBUTE, target.name.rpartition(".")[2], (held,)))
        if target.kind == "method":
            return self._on_object(target, rng, lambda held: self._method(held, target, rng))
        if target.kind == "setter":
            return self._set(target, rng)
        node = self._call(named(self._module, target.name), target, rng)
        return (self._awaited(node, target),)

    def _awaited(self, node: Node, target: Target) -> Node:
        return call(named("asyncio", "run"), node) if target.coroutine else node

    def _on_object(self, target: Target, rng: random.Random, using: Callable[[Node], Node]) -> Program:
        return (self.instance(f"{self._module}:{target.owner}", rng, DEPTH), using(variable(0)))

    def _set(self, target: Target, rng: random.Random) -> Program:
        name = target.name.rpartition(".")[2]
        function = self._mined.functions.get(target.name, NO_FUNCTION)
        value = self.argument(target.parameters[0], function, rng, DEPTH)
        held = self.instance(f"{self._module}:{target.owner}", rng, DEPTH)
        setting = call(named(*SETTING.split(":")), variable(0), constant(name), value)
        return (held, setting, Node(ATTRIBUTE, name, (variable(0),)))

    def _method(self, held: Node, target: Target, rng: random.Random) -> Node:
        name = target.name.rpartition(".")[2]
        if name.startswith("__"):
            return self._by_operator(held, name, target, rng)
        return self._awaited(self._call(Node(ATTRIBUTE, name, (held,)), target, rng), target)

    def _by_operator(self, held: Node, name: str, target: Target, rng: random.Random) -> Node:
        builtin = {
            "__len__": "len", "__str__": "str", "__repr__": "repr", "__bool__": "bool", "__hash__": "hash",
            "__iter__": "list", "__int__": "int", "__float__": "float", "__abs__": "abs",
        }.get(name)  # fmt: skip
        if builtin is not None:
            return call(named(BUILTINS, builtin), held)
        if name == "__call__":
            return self._awaited(self._call(held, target, rng), target)
        if name in INFIX:
            other = self.instance(f"{self._module}:{target.owner}", rng, DEPTH)
            if name not in ALIKE or rng.random() < 0.5:
                parameter = target.parameters[0] if target.parameters else ANYTHING
                function = self._mined.functions.get(target.name, NO_FUNCTION)
                other = self.argument(parameter, function, rng, DEPTH)
            return operator(INFIX[name], held, other)
        return self._call(Node(ATTRIBUTE, name, (held,)), target, rng)

    def _call(self, what: Node, target: Target, rng: random.Random) -> Node:
        within = target.name if target.kind != "class" else f"{target.name}.__init__"
        return self._applied(what, target.parameters, self._mined.functions.get(within, NO_FUNCTION), rng, DEPTH)

    def _applied(
        self, what: Node, parameters: Sequence[Parameter], function: Function, rng: random.Random, depth: int
    ) -> Node:
        plain: list[Node] = []
        keywords: dict[str, Node] = {}
        skipped = False
        share = rng.choice((0.0, 0.3, 0.6))
        for parameter in parameters:
            if parameter.kind == "VAR_POSITIONAL":
                if not skipped and rng.random() < 0.7:
                    plain += [self.argument(parameter, function, rng, depth) for _ in range(rng.randint(1, 3))]
            elif parameter.kind == "VAR_KEYWORD":
                for key in function.keys.get(parameter.name, ()):
                    if rng.random() < share:
                        keywords[key] = self.word("any", parameter.name, function, rng, depth)
            elif not parameter.required and rng.random() >= share:
                skipped = True
            else:
                node = self.argument(parameter, function, rng, depth)
                by_keyword = skipped or parameter.kind == "KEYWORD_ONLY"
                if not by_keyword:
                    plain.append(node)
                elif parameter.kind != "POSITIONAL_ONLY":
                    keywords[parameter.name] = node
        return call(what, *plain, **keywords)

    def argument(self, parameter: Parameter, function: Function, rng: random.Random, depth: int) -> Node:
        if parameter.hint[0] in ("any", "str"):
            chance = is_path(parameter.name, function.uses.get(parameter.name, ()))
            if chance and rng.random() < chance:
                as_text = parameter.hint[0] == "str" or rng.random() < 0.5
                return self._contents.file(function, rng, as_text=as_text)
        if parameter.hint[0] != "any" and rng.random() < 0.97:
            return self.of_hint(parameter.hint, parameter.name, function, rng, depth)
        return self.word(self._guessed(parameter, function, rng), parameter.name, function, rng, depth)

    def _guessed(self, parameter: Parameter, function: Function, rng: random.Random) -> str:
        uses = function.uses.get(parameter.name, ())
        if uses and rng.random() < 0.8:
            return rng.choice(uses)
        if (
            parameter.default in ("str", "int", "float", "bool", "bytes", "list", "dict", "tuple")
            and rng.random() < 0.8
        ):
            return parameter.default
        parts = set(parameter.name.lower().split("_")) | {parameter.name.lower()}
        for names, word in words.BY_WORD:
            if parts & set(names) and rng.random() < 0.7:
                return word
        return rng.choice(ANY)

    def of_hint(self, hint: Hint, name: str, function: Function, rng: random.Random, depth: int) -> Node:  # noqa: PLR0911  one line a kind
        word, rest = str(hint[0]), list(hint[1:])
        if word == "union":
            return self.of_hint(rng.choice(rest[0]), name, function, rng, depth)
        if word == "literal":
            return constant(rng.choice(rest[0])) if rest[0] else constant(None)
        if word == "class":
            return self.instance(str(rest[0]), rng, depth)
        if word == "type":
            return self._a_type(rest[0], rng)
        if word in ("list", "set", "frozenset", "tuple_of", "iterator") and rest:
            return self._several(word, rest[0], name, function, rng, depth)
        if word == "tuple" and rest:
            return Node(TUPLE, None, tuple(self.of_hint(each, name, function, rng, depth - 1) for each in rest))
        if word == "dict" and len(rest) == 2:
            pairs = [
                self.of_hint(each, name, function, rng, depth - 1) for _ in range(rng.randint(0, 2)) for each in rest
            ]
            return Node(DICT, None, tuple(pairs))
        return self.word(word, name, function, rng, depth)

    def _several(self, word: str, of: Hint, name: str, function: Function, rng: random.Random, depth: int) -> Node:
        count = rng.choice((0, 1, 1, 2, 2, 3)) if depth > 0 else 0
        items = tuple(self.of_hint(of, name, function, rng, depth - 1) for _ in range(count))
        if word in ("set", "frozenset"):
            whole = Node(SET, None, items)
            return whole if word == "set" else call(named(BUILTINS, "frozenset"), whole)
        if word == "iterator":
            return call(named(BUILTINS, "iter"), Node(LIST, None, items))
        return Node(TUPLE if word == "tuple_of" else LIST, None, items)

    def _a_type(self, of: Hint, rng: random.Random) -> Node:
        if of[0] == "class":
            module, _, qualname = str(of[1]).partition(":")
            return named(module, qualname)
        return named(BUILTINS, rng.choice(("int", "str", "list", "dict")))

    def instance(self, name: str, rng: random.Random, depth: int) -> Node:  # noqa: PLR0911
        """By its constructor, one of its members, one of its subclasses, or one that was made before."""
        module, _, qualname = name.partition(":")
        if module in ABSTRACT and qualname in BY_ABSTRACT:
            return self.word(BY_ABSTRACT[qualname], "", NO_FUNCTION, rng, depth)
        if name in STANDARD:
            return Node(SOURCE, rng.choice(STANDARD[name]), (named(module, qualname),))
        made = self._made.get(name)
        if made and rng.random() < 0.4:
            return rng.choice(made)
        if module in ("pathlib", "os") and qualname in ("Path", "PurePath", "PosixPath", "PathLike"):
            return self._file(rng) if rng.random() < 0.2 else self._contents.file(NO_FUNCTION, rng, as_text=False)
        row = self._classes.get(name, {})
        if row.get("members"):
            return named(module, f"{qualname}.{rng.choice(row['members'])}")
        if row.get("below") and (row.get("abstract") or rng.random() < 0.3) and depth > 0:
            return self.instance(rng.choice(row["below"]), rng, depth - 1)
        function = self._mined.functions.get(f"{qualname}.__init__", NO_FUNCTION)
        parameters = parameters_of(row) if row else ()
        if depth <= 0:
            parameters = tuple(each for each in parameters if each.required)
        return self._applied(named(module, qualname), parameters, function, rng, depth - 1)

    def _file(self, rng: random.Random) -> Node:
        """One that is not there."""
        return below(rng.choice(("b.txt", "c")))

    def word(self, word: str, name: str, function: Function, rng: random.Random, depth: int) -> Node:  # noqa: PLR0911
        """A value of the type that a word says; of any for `any`."""
        if word == "any":
            word = rng.choice(ANY)
        if word == "none" or word == "NoneType":
            return constant(None)
        if word == "bool":
            return constant(rng.random() < 0.5)
        if word in ("str", "int", "float", "bytes", "complex"):
            return constant(self._scalar(word, name, function, rng))
        if word == "callable":
            return self._callable(rng)
        if word == "pairs":
            pair = Node(TUPLE, None, (self._small(function, rng), self._small(function, rng)))
            return Node(LIST, None, (pair,) * rng.randint(0, 2))
        if word == "date":
            return Node(SOURCE, rng.choice(STANDARD["datetime:date"]), (named("datetime", "date"),))
        if word == "path":
            return self._contents.file(function, rng, as_text=rng.random() < 0.3)
        if word == "file":
            return call(named("io", "StringIO"), constant(self._contents.text(function, rng)))
        return self._container(word, name, function, rng, depth)

    def _callable(self, rng: random.Random) -> Node:
        text = rng.choice(words.LAMBDAS)
        return named(BUILTINS, text) if text.isidentifier() else Node(SOURCE, text)

    def _container(self, word: str, name: str, function: Function, rng: random.Random, depth: int) -> Node:
        count = rng.choice((0, 1, 1, 2, 3)) if depth > 0 else 0
        if word in ("dict", "mapping"):
            keys = list(function.keys.get(name, ()))
            pairs: list[Node] = []
            for _ in range(max(count, rng.randint(0, len(keys)) if keys else 0)):
                key = rng.choice(keys) if keys and rng.random() < 0.8 else self._scalar("str", name, function, rng)
                if constant(key) not in pairs[::2]:
                    pairs += [constant(key), self._inner(name, function, rng, depth)]
            return Node(DICT, None, tuple(pairs))
        same = rng.random() < 0.6
        kind = rng.choice(("str", "int", "str"))
        items = [
            constant(self._scalar(kind, name, function, rng)) if same else self._inner(name, function, rng, depth)
            for _ in range(count)
        ]
        if word in ("set", "frozenset"):
            hashable = tuple(item for item in items if item.kind not in (LIST, DICT, SET))
            return Node(SET, None, hashable)
        return Node(TUPLE if word == "tuple" else LIST, None, tuple(items))

    def _inner(self, name: str, function: Function, rng: random.Random, depth: int) -> Node:
        if depth > 1 and rng.random() < 0.25:
            return self.word(rng.choice(("list", "dict", "tuple")), name, function, rng, depth - 1)
        return self._small(function, rng)

    def _small(self, function: Function, rng: random.Random) -> Node:
        return constant(self._scalar(rng.choice(("str", "str", "int", "float")), "", function, rng))

    def _scalar(self, word: str, name: str, function: Function, rng: random.Random) -> Literal:
        chance = rng.random()
        own = [each for each in function.constants if type(each).__name__ == word]
        if own and chance < 0.3:
            return rng.choice(own)
        if word == "str":
            return self._text(name, function, rng)
        shared = [each for each in self._mined.constants if type(each).__name__ == word]
        if shared and chance < 0.45:
            return rng.choice(shared)
        if word == "int":
            return rng.choice(words.INTEGERS) if rng.random() < 0.8 else rng.randint(-1000, 1000)
        if word == "float":
            return rng.choice(words.FLOATS)
        return complex(rng.randint(0, 3), 1) if word == "complex" else rng.choice(words.BYTES)

    def _text(self, name: str, function: Function, rng: random.Random) -> str:
        patterns = function.patterns or (self._mined.patterns if rng.random() < 0.7 else ())
        if patterns and rng.random() < 0.35:
            made = regexes.matching(rng.choice(patterns), rng)
            if made is not None:
                return made
        parts = set(name.lower().split("_"))
        for names, texts in words.BY_NAME:
            if parts & set(names) and rng.random() < 0.5:
                return rng.choice(texts)
        shared = [each for each in self._mined.constants if isinstance(each, str)]
        if shared and rng.random() < 0.35:
            return rng.choice(shared)
        if parts & LONG_TEXTS and rng.random() < 0.4:
            return self._lines(shared, rng)
        if rng.random() < 0.15 and shared:
            return "".join(rng.choice(shared) for _ in range(rng.randint(2, 4)))[:200]
        return rng.choice(words.STRINGS)

    def _lines(self, shared: Sequence[str], rng: random.Random) -> str:
        """A text with sections, of the module's own words."""
        lines: list[str] = []
        for _ in range(rng.randint(1, 6)):
            word = rng.choice(shared) if shared and rng.random() < 0.6 else rng.choice(WORDS)
            indent = rng.choice(("", "", "    ", "        "))
            lines.append(indent + word.strip() + rng.choice(("", ":", ": a b", " (int): c", ".", " - d", "=1")))
            if rng.random() < 0.25:
                lines.append("")
        return "\n".join(lines)


def behind(first: Program, second: Program) -> Program:
    """The second behind the first, its variables renumbered."""
    return (*first, *(shifted(node, len(first)) for node in second))
