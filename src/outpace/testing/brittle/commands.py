"""The command that shows a condition with pytest alone, for a shell in the project's directory."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping

from outpace.testing.brittle.records import Flip


def command(flip: Flip, env: Mapping[str, str]) -> str:
    """In an environment that is plain otherwise: UTC, C.UTF-8. `env` are the project's own variables."""
    own = {f"set:{name}": value for name, value in env.items() if f"unset:{name}" not in flip.settings}
    test = shlex.quote(flip.test)
    match flip.kind:
        case "order":
            told = f"pytest {' '.join(map(shlex.quote, flip.needs))} {test}"
        case "alone":
            told = f"pytest {test}"
        case "twice":
            told = f"python -c {shlex.quote(_twice(flip.test))}"
        case "over-specified":
            told = f"pytest {test}  # after that edit"
        case _:
            return _under(own | flip.settings, flip.test)
    return " ".join((*_variables(own), told))


def _twice(test: str) -> str:
    named = json.dumps([test])
    return f"import pytest; pytest.main({named}); raise SystemExit(pytest.main({named}))"


def _under(settings: Mapping[str, str], test: str) -> str:
    """What only Python can set innermost, then variables, then what only a shell can."""
    told = " ".join((*_variables(settings), _pytest(settings, test)))
    if "cpu" in settings:
        told = f"bash -c {shlex.quote(SLOW.format(command=told))}"
    if "network" in settings:
        told = f"unshare -rn sh -c {shlex.quote(f'ip link set lo up; {told}')}"
    for name, before in BEFORE.items():
        value = settings.get(name)
        first = "" if value is None else before.get(value, before.get("", "")).format(value=value)
        told = f"({first} {told})" if first else told
    return told


def _pytest(settings: Mapping[str, str], test: str) -> str:
    words = ["-W", settings["warnings"]] if "warnings" in settings else []
    words += ["-W", "ignore::pytest.PytestConfigWarning"] if "optimize" in settings else []
    python = ["python", *(["-O"] if "optimize" in settings else [])]
    lines, each = list(_lines(settings)), list(_of_each_test(settings))
    if lines or each:
        plugins = f', plugins=[type("Each", (), {{"pytest_runtest_setup": lambda _: ({", ".join(each)},)}})()]'
        lines = [IMPORTS, *lines, f"raise SystemExit(pytest.main({json.dumps([test])}{plugins if each else ''}))"]
        return " ".join((*python, "-c", shlex.quote("; ".join(lines))))
    named = shlex.quote(test)
    words += ['--rootdir="$OLDPWD"', f'"$OLDPWD"/{named}'] if "directory" in settings else [named]
    return " ".join((*python, "-m", "pytest", *words) if len(python) > 1 else ("pytest", *words))


def _lines(settings: Mapping[str, str]) -> Iterator[str]:
    """Before anything of the project is imported."""
    if "clock" in settings:
        yield MOMENTS.get(settings["clock"], MOMENTS[""]).format(at=settings["clock"])
        yield from CLOCK
    if "listing" in settings:
        yield f"turn = {TURNED[settings['listing']]}"
        yield from LISTING
    if "uuid" in settings:
        yield "again, first = uuid.uuid4, []"
        yield "uuid.uuid4 = lambda: first.pop() if first else again()"
    if "pid" in settings:
        yield f"os.getpid = lambda: {settings['pid']}"
    if "sleep" in settings:
        yield "nap, main = time.sleep, threading.main_thread()"
        yield f"longer = lambda s: min(s * {settings['sleep']}, s + 2)"
        yield "time.sleep = lambda s: nap(s if threading.current_thread() is main else longer(s))"
    if "switch-interval" in settings:
        yield f"sys.setswitchinterval({settings['switch-interval']})"


def _of_each_test(settings: Mapping[str, str]) -> Iterator[str]:
    """Right before each test."""
    if "random" in settings:
        yield f"random.seed({settings['random']})"
    if "uuid" in settings:
        yield f'first.append(uuid.UUID("{settings["uuid"]}"))'


def _variables(settings: Mapping[str, str]) -> Iterator[str]:
    gone = [f"-u {shlex.quote(name[6:])}" for name in settings if name.startswith("unset:")]
    if gone:
        yield " ".join(("env", *gone))
    for name, value in settings.items():
        if name in NAMES:
            yield f"{NAMES[name]}={shlex.quote(value)}"
        elif name.startswith("set:"):
            yield f"{name[4:]}={shlex.quote(value)}"
    if "clock" in settings and "time-zone" not in settings:
        yield "TZ=UTC"
    if settings.get("locale") == "C":
        yield "PYTHONUTF8=0 PYTHONCOERCECLOCALE=0"
    if settings.get("home") == "missing":
        yield "HOME=/nonexistent/home"


NAMES = {"hash-seed": "PYTHONHASHSEED", "time-zone": "TZ", "locale": "LC_ALL"}
IMPORTS = "import ctypes, gc, os, random, sys, threading, time, uuid, datetime as d, pytest"
MOMENTS = {
    "": 'real = time.time; off = d.datetime.fromisoformat("{at}").timestamp() - real(); now = lambda: real() + off',
    "frozen": "held, sleep = [time.time()], time.sleep; now = lambda: held[-1]; "
    "time.sleep = lambda s: (sleep(s), held.append(held[-1] + s))[0]",
    "fast": "real, begun = time.time, time.time(); now = lambda: begun + (real() - begun) * 10",
}
CLOCK = (
    "time.time, time.time_ns = now, lambda: int(now() * 10**9)",
    "local, gm, form = time.localtime, time.gmtime, time.strftime",
    "time.localtime = lambda s=None: local(now() if s is None else s)",
    "time.gmtime = lambda s=None: gm(now() if s is None else s)",
    "time.strftime = lambda f, t=None: form(f, t or time.localtime())",
    "kind = gc.get_referents(vars(d.datetime))[0]",
    'kind["now"] = classmethod(lambda c, tz=None: c.fromtimestamp(now(), tz))',
    'kind["utcnow"] = classmethod(lambda c: c.utcfromtimestamp(now()))',
    "ctypes.pythonapi.PyType_Modified(ctypes.py_object(d.datetime))",
)
LISTING = (
    "real_listdir = os.listdir",
    'os.listdir = lambda path=".": turn(sorted(real_listdir(path)))',
    "real_scandir = os.scandir",
    (
        'os.scandir = lambda path=".": type("L", (list,), {"__enter__": lambda s: s, "__exit__": lambda s, *e: None, '
        '"__next__": lambda s: s.pop(0), "close": lambda s: None})'
        "(turn(sorted(real_scandir(path), key=lambda e: e.name)))"
    ),
)
TURNED = {
    "reversed": "lambda found: found[::-1]",
    "in order": "lambda found: found",
    "shuffled": "lambda found: (random.Random(len(found)).shuffle(found), found)[1]",
}
SLOW = (
    "{command} & while kill -STOP $! 2>/dev/null; do sleep 0.18; kill -CONT $! 2>/dev/null; sleep 0.01; done; wait $!"
)
BEFORE: dict[str, dict[str, str]] = {
    "home": {"read-only": 'export HOME="$(mktemp -d)"; chmod 555 "$HOME";'},
    "temporary": {
        "with space": 'export TMPDIR="$(mktemp -d)/with space"; mkdir "$TMPDIR";',
        "long": 'export TMPDIR="$(mktemp -d)/' + "long" * 15 + '"; mkdir "$TMPDIR";',
    },
    "directory": {"": "cd /tmp &&"},
    "umask": {"": "umask {value};"},
}
