"""A condition in words, and the command that shows it with pytest alone."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from outpace.testing.brittle.records import Flip


def condition(flip: Flip) -> str:
    """`TZ=Asia/Tokyo`, `right after tests/test_a.py::test_b`."""
    match flip.kind:
        case "order":
            return f"{'right after' if len(flip.needs) == 1 else 'after'} {', '.join(flip.needs) or 'other tests'}"
        case "alone":
            return f"without {', '.join(flip.needs) or 'the tests before it'}"
        case "twice":
            return "a second run in the same process"
        case "over-specified":
            return f"{flip.on} in {flip.file}:{flip.line}"
        case _:
            return " and ".join(_setting(name, value) for name, value in sorted(flip.settings.items()))


def _setting(name: str, value: str) -> str:
    kind, _, variable = name.partition(":")
    if kind == "set":
        return f"{variable}={value}"
    if kind == "unset":
        return f"{variable} unset"
    return SETTINGS.get(name, name + " {}").format(value)


SETTINGS = {
    "hash-seed": "PYTHONHASHSEED={}",
    "time-zone": "TZ={}",
    "locale": "LC_ALL={}",
    "clock": "the clock at {}",
    "home": "HOME {}",
    "temporary": "TMPDIR {}",
    "directory": "the working directory {}",
    "listing": "folders listed {}",
    "umask": "umask {}",
    "random": "random.seed({})",
    "uuid": "uuid4() = {}",
    "pid": "the process id {}",
    "switch-interval": "threads switched every {} s",
    "cpu": "a share of {} of one CPU",
    "optimize": "python -O",
    "warnings": "-W {}",
    "network": "no network but the loopback",
}


def command(flip: Flip) -> str:
    """For a shell in the project's directory, in a plain environment."""
    test = shlex.quote(flip.test)
    match flip.kind:
        case "order":
            return f"pytest {' '.join(map(shlex.quote, flip.needs))} {test}"
        case "alone":
            return f"pytest {test}"
        case "twice":
            return f"python -c {shlex.quote(_twice(flip.test))}"
        case "over-specified":
            return f"pytest {test}  # after that edit"
        case _:
            return _under(flip.settings, flip.test)


def _twice(test: str) -> str:
    return f"import pytest; pytest.main([{test!r}]); raise SystemExit(pytest.main([{test!r}]))"


def _under(settings: Mapping[str, str], test: str) -> str:
    """Variables first, then what only Python can set, then what only a shell can."""
    named = shlex.quote(test)
    lines = [
        LINES[name].format(value=value, turned=TURNED.get(value, ""))
        for name, value in settings.items()
        if name in LINES
    ]
    told = "pytest"
    if "warnings" in settings:
        told += f" -W {settings['warnings']}"
    if "directory" in settings:
        told += f' --rootdir="$OLDPWD" "$OLDPWD"/{named}'
    else:
        told += f" {named}"
    if "optimize" in settings:
        told = f"python -O -m {told}"
    if lines:
        imports = "import os, random, sys, uuid, pytest"
        told = f"python -c {shlex.quote('; '.join((imports, *lines, f'raise SystemExit(pytest.main([{test!r}]))')))}"
    for name, wrapped in WRAPPED.items():
        if name in settings:
            told = wrapped.format(value=settings[name], command=told)
    variables = _variables(settings)
    told = f"{variables} {told}" if variables else told
    for name, before in BEFORE.items():
        value = settings.get(name)
        if value is not None:
            first = before.get(value, before.get("", "")).format(value=value)
            told = f"({first} {told})" if first else told
    return told


def _variables(settings: Mapping[str, str]) -> str:
    found = {
        "hash-seed": "PYTHONHASHSEED",
        "time-zone": "TZ",
        "locale": "LC_ALL",
    }
    words = [f"{found[name]}={shlex.quote(value)}" for name, value in settings.items() if name in found]
    words += ["PYTHONUTF8=0", "PYTHONCOERCECLOCALE=0"] if settings.get("locale") == "C" else []
    words += [f"{name[4:]}={shlex.quote(value)}" for name, value in settings.items() if name.startswith("set:")]
    if settings.get("home") == "missing":
        words.append("HOME=/nonexistent/home")
    gone = [f"-u {shlex.quote(name[6:])}" for name in settings if name.startswith("unset:")]
    return " ".join([*(["env", *gone] if gone else []), *words])


LINES = {
    "listing": "turn = {turned}; real = os.listdir; os.listdir = lambda path='.': turn(sorted(real(path))); "
    "scan = os.scandir; os.scandir = lambda path='.': type('L', (list,), {{'__enter__': lambda s: s, "
    "'__exit__': lambda s, *e: None, 'close': lambda s: None}})(turn(sorted(scan(path), key=lambda e: e.name)))",
    "random": "random.seed({value})",
    "uuid": "real_uuid4 = uuid.uuid4; first = [uuid.UUID('{value}')]; "
    "uuid.uuid4 = lambda: first.pop() if first else real_uuid4()",
    "pid": "os.getpid = lambda: {value}",
    "switch-interval": "sys.setswitchinterval({value})",
}
TURNED = {
    "reversed": "lambda found: found[::-1]",
    "in order": "lambda found: found",
    "shuffled": "lambda found: (random.Random(len(found)).shuffle(found), found)[1]",
}
WRAPPED = {
    "cpu": "cpulimit -l 10 -f -- {command}",
    "clock": "TZ=UTC faketime '{value}' {command}",
    "network": "unshare -rn sh -c 'ip link set lo up; exec {command}'",
}
BEFORE: dict[str, dict[str, str]] = {
    "home": {"read-only": 'export HOME="$(mktemp -d)"; chmod 555 "$HOME";'},
    "temporary": {
        "with space": 'export TMPDIR="$(mktemp -d)/with space"; mkdir "$TMPDIR";',
        "long": 'export TMPDIR="$(mktemp -d)/' + "long" * 15 + '"; mkdir "$TMPDIR";',
    },
    "directory": {"": "cd /tmp &&"},
    "umask": {"": "umask {value};"},
}
