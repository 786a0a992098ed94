"""What tox's environments install and run: tox.ini, setup.cfg and pyproject.toml, read as text."""

from __future__ import annotations

import configparser
import itertools
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import cast

from msgspec import Struct

from outpace.model.toml import document_or_empty, table
from outpace.pipelines.events import LookUp, Origin, text_at
from outpace.pipelines.shell import is_open

BRACES = re.compile(r"\{([^{}]*)\}")
SUBSTITUTION = re.compile(r"\{(?P<what>[^{}\n]*)\}")
FACTOR = re.compile(r"(?P<factors>[\w!{},.-]+):\s+(?P<rest>.+)")
PYTHON = re.compile(r"py(?P<major>3)\.?(?P<minor>\d{1,2})")
KNOWN = {
    "envpython": "python",
    "envname": "python",
    "basepython": "python",
    "toxinidir": ".",
    "tox_root": ".",
    "/": "/",
}
MOST_NAMES = 200
MOST_LISTED = 60
DEEPEST = 6
MOST_FILLED = 500


class ToxEnvironment(Struct, frozen=True, kw_only=True):
    """`deps` and `commands` are lines as written, with tox's own substitutions filled in as far as they are known."""

    name: str
    origin: Origin
    deps: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    env: dict[str, str] = {}
    directory: str = ""
    is_installed: bool = True
    python: str = ""


def tox_environment(look_up: LookUp, name: str | None) -> ToxEnvironment | None:
    """The environment called so, or the first that begins with `py`; None where tox is not set up."""
    for file, prefix in (("tox.ini", ""), ("setup.cfg", ""), ("pyproject.toml", "")):
        text = text_at(look_up, file)
        if text is None:
            continue
        if file == "pyproject.toml":
            legacy = table(table(document_or_empty(text.encode()).get("tool")).get("tox")).get("legacy_tox_ini")
            native = _native(text, name)
            if native is not None:
                return native
            text = legacy if isinstance(legacy, str) else ""
        found = _Ini(file, text + prefix).environment(name)
        if found is not None:
            return found
    return None


def listed_environments(look_up: LookUp) -> tuple[str, ...]:
    """All that tox runs where nobody names one."""
    for file in ("tox.ini", "setup.cfg", "pyproject.toml"):
        text = text_at(look_up, file)
        if text is None:
            continue
        if file == "pyproject.toml":
            tox = table(table(document_or_empty(text.encode()).get("tool")).get("tox"))
            listed = tuple(str(each) for each in _list(tox.get("env_list")))
            text = str(tox.get("legacy_tox_ini", ""))
            if listed:
                return listed[:MOST_LISTED]
        found = _Ini(file, text).listed()
        if found:
            return found[:MOST_LISTED]
    return ()


class _Ini:
    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._lines = text.splitlines()
        self._left = MOST_FILLED
        self._parser = configparser.RawConfigParser(strict=False, interpolation=None, allow_no_value=True)
        try:
            self._parser.read_string(text)
        except configparser.Error:
            self._parser = configparser.RawConfigParser()

    def environment(self, name: str | None) -> ToxEnvironment | None:
        if not self._parser.has_section("testenv") and not any(s.startswith("testenv:") for s in self._parser):
            return None
        chosen = name or self._default()
        own = self._section(chosen)
        factors = set(chosen.split("-"))

        def lines(*keys: str) -> tuple[str, ...]:
            return tuple(self._rows(own, keys, factors))

        python = PYTHON.search(chosen) or PYTHON.fullmatch(
            "".join(lines("basepython", "base_python")).replace("thon", "")
        )
        env = dict(_assigned(lines("setenv", "set_env")))
        bare = " ".join(lines("skip_install")).lower() == "true"
        return ToxEnvironment(
            name=chosen,
            origin=Origin(self._file, self._line_of(own)),
            deps=lines("deps"),
            extras=tuple(_words(lines("extras"))),
            groups=tuple(_words(lines("dependency_groups"))),
            commands=(*lines("commands_pre"), *lines("commands")),
            env=env,
            directory=" ".join(lines("changedir", "change_dir")).removeprefix("./"),
            is_installed=not bare,
            python=f"3.{python['minor']}" if python else "",
        )

    def listed(self) -> tuple[str, ...]:
        keys = ("envlist", "env_list")
        return tuple(expanded("\n".join(self._option("tox", key) or self._option("tox:tox", key) for key in keys)))

    def _default(self) -> str:
        names = [name for name in self.listed() if name.startswith("py")]
        return names[-1] if names else "py"

    def _section(self, name: str) -> str:
        """That of the name, that whose generated names hold it, else what all share."""
        for section in self._parser.sections():
            if section.startswith("testenv:") and name in expanded(section.removeprefix("testenv:")):
                return section
        return "testenv"

    def _option(self, section: str, key: str) -> str:
        if not self._parser.has_option(section, key):
            return ""
        return self._parser.get(section, key) or ""

    def _rows(self, section: str, keys: tuple[str, ...], factors: set[str]) -> Iterator[str]:
        raw = next((r for s in (section, "testenv") for key in keys if (r := self._option(s, key))), "")
        kept: list[str] = []
        for row in self._filled(raw, 0).splitlines():
            found = FACTOR.fullmatch(row.strip())
            if found is None or _applies(found["factors"], factors):
                kept.append(re.sub(r"(?:^|\s)#.*", "", row if found is None else found["rest"]).strip())
        whole = re.sub(r"\\\n", " ", "\n".join(row for row in kept if row))
        yield from (" ".join(row.rstrip("\\").split()) for row in whole.splitlines())

    def _filled(self, text: str, depth: int) -> str:
        def value(found: re.Match[str]) -> str:
            what = found["what"]
            section = re.fullmatch(r"\[([^\]]*)\](\w+)", what)
            if section is not None and depth < DEEPEST and self._left > 0:
                self._left -= 1
                return self._filled(self._option(section[1], section[2]), depth + 1)
            return _substituted(what, found[0])

        for _ in range(3):
            text = SUBSTITUTION.sub(value, text)[:40_000]
        return text

    def _line_of(self, section: str) -> int:
        return next((at for at, line in enumerate(self._lines, 1) if line.strip() == f"[{section}]"), 0)


def _substituted(what: str, whole: str) -> str:
    kind, _, rest = what.partition(":")
    if kind == "env":
        name, mark, default = rest.partition(":")
        return default if mark else f"${{{name}}}"
    if kind in ("envtmpdir", "envdir", "toxworkdir", "distdir", "envlogdir", "tox_pkg", "homedir", "envbindir"):
        return "${TOX}"
    return rest if kind == "posargs" else KNOWN.get(kind, whole)


def _applies(factors: str, own: set[str]) -> bool:
    def holds(factor: str) -> bool:
        return factor[1:] not in own if factor.startswith("!") else factor in own

    return any(all(holds(factor) for factor in name.split("-")) for name in expanded(factors))


def _assigned(rows: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for row in rows:
        name, mark, value = row.partition("=")
        if mark and name.strip().isidentifier() and not is_open(value):
            yield name.strip(), value.strip()


def _words(rows: tuple[str, ...]) -> Iterator[str]:
    for row in rows:
        yield from (word for word in re.split(r"[,\s]+", row) if word)


def expanded(text: str) -> list[str]:
    """`py{38,39}-a` is two names."""
    found: list[str] = []
    for word in re.split(r"[\s,]+(?![^{]*\})", text[:5_000]):
        pieces = [piece.split(",") if at % 2 else [piece] for at, piece in enumerate(BRACES.split(word))]
        found += ["".join(each).strip() for each in itertools.islice(itertools.product(*pieces), MOST_NAMES)]
    return [name for name in found[:MOST_NAMES] if name]


def _native(text: str, name: str | None) -> ToxEnvironment | None:
    """tox 4's own tables in pyproject.toml."""
    tox = table(table(document_or_empty(text.encode()).get("tool")).get("tox"))
    common, named = table(tox.get("env_run_base")), table(tox.get("env"))
    if not common and not named:
        return None
    listed = [str(each) for each in _list(tox.get("env_list")) if str(each).startswith(("py", "3"))]
    chosen = name or (listed[-1] if listed else "py")
    own: Mapping[str, object] = {**common, **table(named.get(chosen))}
    python = PYTHON.search(chosen) or re.search(r"(?P<major>3)\.(?P<minor>\d+)", chosen)
    line = next((at for at, row in enumerate(text.splitlines(), 1) if row.startswith("[tool.tox")), 0)
    return ToxEnvironment(
        name=chosen,
        origin=Origin("pyproject.toml", line),
        deps=tuple(map(str, _list(own.get("deps")))),
        extras=tuple(map(str, _list(own.get("extras")))),
        groups=tuple(map(str, _list(own.get("dependency_groups")))),
        commands=tuple(
            shlex.join(str(w) for w in _list(row) if isinstance(w, str)) for row in _list(own.get("commands"))
        ),
        env={key: value for key, value in table(own.get("set_env")).items() if isinstance(value, str)},
        is_installed=own.get("skip_install") is not True,
        python=f"3.{python['minor']}" if python else "",
    )


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
