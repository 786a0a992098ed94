"""What a project is entered by: web applications, what a server serves, Django's wsgi, scripts; through `ast` only."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from outpace.model.toml import document_or_empty, table
from outpace.pipelines.events import LookUp, Origin, text_at
from outpace.pipelines.serving import Served

MAKERS = {
    "Starlette": "starlette", "FastAPI": "fastapi", "Flask": "flask", "Quart": "quart", "Application": "aiohttp",
    "Litestar": "litestar", "Sanic": "sanic", "Django": "django",
}  # fmt: skip
MADE = re.compile(rb"\b(?:Starlette|FastAPI|Flask|Quart|Application|Litestar|Sanic)\(|get_[aw]sgi_application\(")
FOLDERS = r"tests?|docs?|examples?|scripts|vendor|demos?|benchmarks?|node_modules"
ASIDE = re.compile(rf"(?:^|/)(?:{FOLDERS})/|(?:^|/)test_|_test\.py$")
SCRIPT = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_][\w.]*")
MOST_FILES = 3_000
MOST_MODULES = 8


class EntryPoint(Struct, frozen=True, kw_only=True):
    target: str  # a module, or the object in it: `shop.cli:main`
    what: str
    origin: Origin

    @property
    def module(self) -> str:
        return self.target.partition(":")[0]


def entry_points(paths: Sequence[str], look_up: LookUp, served: Sequence[Served] = ()) -> tuple[EntryPoint, ...]:
    """Applications first, then what servers serve, then scripts; each once, and no module beside an object of it."""
    roots = _roots(paths)
    found: dict[str, EntryPoint] = {}
    modules: set[str] = set()
    for each in (*_applications(paths, look_up, roots), *_served(served, frozenset(paths), roots), *_scripts(look_up)):
        if each.module in modules or len(modules) < MOST_MODULES:
            modules.add(each.module)
            found.setdefault(each.target, each)
    held = {each.module for each in found.values() if each.target != each.module}
    return tuple(each for each in found.values() if each.target not in held)


def _roots(paths: Sequence[str]) -> tuple[str, ...]:
    """Where modules begin: `src`, and the root itself."""
    return tuple(root for root in ("src/", "") if any(path.startswith(root) for path in paths))


def _applications(paths: Sequence[str], look_up: LookUp, roots: tuple[str, ...]) -> Iterator[EntryPoint]:
    known = set(paths)
    modules = [path for path in paths if path.endswith(".py") and not ASIDE.search(path)]
    for path in modules[:MOST_FILES]:
        content = look_up(path)
        if content is None or MADE.search(content) is None:
            continue
        text = text_at(look_up, path)
        made = None if text is None else _made(text)
        module = _module(path, roots, known)
        if made is not None and module:
            yield EntryPoint(target=module, what=f"makes a {made[0]} application", origin=Origin(path, made[1]))


def _served(served: Sequence[Served], known: frozenset[str], roots: tuple[str, ...]) -> Iterator[EntryPoint]:
    """Of the project's own modules, where they lie as they are imported."""
    for each in served:
        module = each.target.partition(":")[0].replace(".", "/")
        places = (f"{root}{module}{rest}" for root in roots for rest in (".py", "/__init__.py"))
        if each.target and not known.isdisjoint(places):
            yield EntryPoint(target=each.target, what=f"serves it with {each.server}", origin=each.origin)


def _made(text: str) -> tuple[str, int] | None:
    """What is made and on which line, where the name that is called comes from the framework itself."""
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    imported = _imported(module)
    for node in ast.walk(module):
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign | ast.Return) else None
        kind = _kind(value.func, imported) if isinstance(value, ast.Call) else ""
        if value is not None and kind:
            return kind, value.lineno
    return None


def _imported(module: ast.Module) -> Mapping[str, str]:
    """Each name that an import brings, with the package and the name that it stands for."""
    found: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            package = node.module.partition(".")[0]
            found |= {each.asname or each.name: f"{package}:{each.name}" for each in node.names}
        elif isinstance(node, ast.Import):
            found |= {
                (each.asname or each.name).partition(".")[0]: f"{each.name.partition('.')[0]}:" for each in node.names
            }
    return found


def _kind(called: ast.expr, imported: Mapping[str, str]) -> str:
    match called:
        case ast.Name(id=name):
            package, _, original = imported.get(name, ":").partition(":")
        case ast.Attribute(value=ast.Name(id=owner), attr=original):
            package = imported.get(owner, ":").partition(":")[0]
        case _:
            return ""
    if package == "django" and original in ("get_wsgi_application", "get_asgi_application"):
        return "Django"
    if MAKERS.get(original) != package:
        return ""
    return package if original == "Application" else original


def _module(path: str, roots: tuple[str, ...], known: set[str]) -> str:
    """Its dotted name below the first root whose folders are packages or namespaces; empty where it has none."""
    root = next(root for root in roots if path.startswith(root))
    parts = path.removeprefix(root).removesuffix(".py").split("/")
    if not all(part.isidentifier() for part in parts):
        return ""
    folder = posixpath.dirname(path)
    top = f"{root}{parts[0]}/manage.py"
    if len(parts) > 2 and top in known:  # Django's own root: modules begin below it
        return ""
    if folder and f"{root}{parts[0]}/__init__.py" not in known and len(parts) > 2:
        return ""
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def _scripts(look_up: LookUp) -> Iterator[EntryPoint]:
    text = text_at(look_up, "pyproject.toml")
    whole = document_or_empty((text or "").encode())
    declared = (table(whole.get("project")), table(table(whole.get("tool")).get("poetry")))
    for scripts in (table(each.get("scripts")) for each in declared):
        for name, told in scripts.items():
            target = told if isinstance(told, str) else table(told).get("callable") or table(told).get("reference")
            found = SCRIPT.match(target) if isinstance(target, str) else None
            if found is not None:
                line = next((at for at, row in enumerate((text or "").splitlines(), 1) if found[0] in row), 0)
                yield EntryPoint(
                    target=found[0], what=f"names the script {name}", origin=Origin("pyproject.toml", line)
                )
