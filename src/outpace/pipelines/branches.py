"""All commands of a shell script: those of every branch, loop, function and substitution, reached or not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import structs

from outpace.pipelines.shell import Command, Passed, Reading, logical_lines, split_words

OPENING = frozenset({"if", "then", "else", "elif", "while", "until", "do", "!", "{", "(", "time"})
CLOSING = frozenset({"fi", "done", "esac", "}", "in", ")"})
HEADERS = frozenset({"for", "case", "select"})
WAVES = frozenset({"true", ":", "echo", "printf", "/bin/true"})
DEEPEST = 6
MOST_PASSED_ON = 8
READS_PROGRAMS = frozenset({"sh", "bash", "zsh", "python", "python3"})
FETCHED = re.compile(r"<\(\s*(?:curl|wget)[^()]*?(?P<url>https?://[^\s()'\"]+)[^()]*\)")
SUBSTITUTION = re.compile(r"\$\((?P<new>[^()`]*)\)|`(?P<old>[^`]*)`")
ARITHMETIC = re.compile(r"\$\(\([^()]*\)\)")


def every_command(
    script: str,
    *,
    line: int = 1,
    directory: str = "",
    values: Mapping[str, str] | None = None,
    arguments: tuple[str, ...] = (),
) -> Iterator[Command | Passed]:
    """`values` are variables that are known already; `arguments` are what `$@` stands for."""
    yield from _Every(line, directory, values or {}, arguments).read(script)


class _Every(Reading):
    """`_depth` is of parentheses, which tell a subshell's end from a pattern's of `case`."""

    def __init__(self, line: int, directory: str, values: Mapping[str, str], arguments: tuple[str, ...]) -> None:
        super().__init__(line, directory, values, arguments)
        self._functions: dict[str, list[list[str]]] = {}  # commands of each that pass on what it is given
        self._current = ""
        self._depth = 0
        self._condition = ""  # what ends it
        self._nested = 0

    def read(self, script: str) -> Iterator[Command | Passed]:
        for number, text in logical_lines(script):
            yield from self._text(text, self.first + number)

    def _text(self, text: str, line: int) -> Iterator[Command | Passed]:
        text, inner = _without_substitutions(FETCHED.sub(r" \g<url> ", text))
        self._nested += 1
        for each in inner if self._nested < DEEPEST else ():
            yield from self._text(each, line)
        self._nested -= 1
        try:
            words = split_words(text)
        except ValueError:
            yield Passed(why="its quotes do not end", line=line)
            return
        parts = self._commands(words)
        for at, (told, _) in enumerate(parts):
            fetched = at and parts[at - 1][1] == "|" and told[0] in READS_PROGRAMS
            part = [*told, *[word for word in parts[at - 1][0] if "://" in word][:1]] if fetched else told
            waved = parts[at][1] == "||" and parts[at + 1 :] != [] and parts[at + 1][0][0] in WAVES
            for each in self.simple([self.filled(word) for word in self.spread(part)], line):
                yield structs.replace(each, waved=True) if waved else each

    def _commands(self, words: list[str]) -> list[tuple[list[str], str]]:
        """Each with the operator after it."""
        found: list[tuple[list[str], str]] = []
        for part, operator in _joined(words):
            if operator.startswith("()") and part:
                self._defines(part[-1])
                continue
            if self._ends_condition(part, operator) or self._is_pattern(operator, found):
                continue
            bare = self._bare(part)
            if not bare:
                continue
            found.extend((each, operator) for each in self._called(bare))
        return found

    def _defines(self, name: str) -> None:
        self._current = name
        self._functions.setdefault(name, [])

    def _called(self, part: list[str]) -> list[list[str]]:
        """The command itself; of a function those of its commands that run what it is given."""
        if part[0] not in self._functions:
            if self._current and "$@" in part and len(self._functions[self._current]) < MOST_PASSED_ON:
                self._functions[self._current].append(part)
            return [part]
        return [
            [word for each in told for word in (part[1:] if each == "$@" else [each])]
            for told in self._functions[part[0]]
            if len(part) > 1
        ]

    def _ends_condition(self, part: list[str], operator: str) -> bool:
        """Whether it is a part of `[[ ... ]]` or `(( ... ))`, which hold no command."""
        if self._condition:
            if self._condition in part or self._condition in operator:
                self._condition = ""
            return True
        if operator.startswith("(") and part and part[-1].endswith("="):
            self._condition = ")"  # of an array's words
            return True
        if operator.startswith("(("):
            self._condition = "))"
            return not part
        if "[[" in part and "]]" not in part:
            self._condition = "]]"
            return True
        return False

    def _is_pattern(self, operator: str, found: list[tuple[list[str], str]]) -> bool:
        self._depth += operator.count("(")
        if ")" not in operator:
            return False
        if self._depth > 0:
            self._depth -= min(operator.count(")"), self._depth)
            return False
        while found and found[-1][1] == "|":
            found.pop()
        return True

    def _bare(self, part: list[str]) -> list[str]:
        """Without the words of the shell's own grammar; empty where nothing else is there."""
        while part and part[0] in OPENING:
            part = part[1:]
        if part[:1] == ["function"]:
            self._defines(part[1] if len(part) > 1 else "")
            return []
        if not part or part[0] in CLOSING or part[0] in HEADERS or "[[" in part:
            return []
        return part


def _without_substitutions(text: str) -> tuple[str, list[str]]:
    """`$(command)` and its older form are open words; the commands are told apart."""
    inner: list[str] = []

    def taken(found: re.Match[str]) -> str:
        inner.append(found["new"] or found["old"] or "")
        return "${_}"

    text = ARITHMETIC.sub("0", text)
    for _ in range(DEEPEST):
        shorter = SUBSTITUTION.sub(taken, text)
        if shorter == text:
            break
        text = shorter
    return text, [each for each in inner if each.strip()]


def _joined(words: list[str]) -> Iterator[tuple[list[str], str]]:
    part: list[str] = []
    skip = False
    for word in [*words, ";"]:
        if skip:
            skip = False
        elif set(word) <= set("<>&|") and set(word) & set("<>"):
            part, skip = (part[:-1] if part and part[-1].isdigit() else part), True
        elif word and set(word) <= set(";&|()"):
            if part or "(" in word or ")" in word:
                yield part, word
            part = []
        else:
            part.append(word)
