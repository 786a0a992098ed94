"""Builds the site of the documentation from the pages as they lie in the repository, and checks every link of it.

`make docs` writes build/docs/html. The pages stay plain Markdown for whoever reads them in the repository; this lays
them out beside one another, writes those that come from elsewhere (the commands, from the parsers; the configuration;
the schemas), and lets Zensical render them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from outpace.cli.grammar import whole
from outpace.formats.grammar import CommandGrammar, Grammar, OneOf, Option

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "docs"
LINK = re.compile(r"\[(?P<text>[^\]]*)\]\((?P<target>[^)\s#]+)(?P<anchor>#[^)\s]*)?\)")
FENCE = re.compile(r"^(```+).*?^\1$", re.MULTILINE | re.DOTALL)

# Where a file of the repository is found on the site, if not under its own name.
MOVED = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "docs/README.md": "documentation.md",
    "docs/outpace.toml": "configuration.md",
    "docs/schemas": "schemas.md",
    "docs/decisions/README.md": "decisions.md",
}


def build(into: Path = BUILD) -> list[str]:
    """The links that lead nowhere; raises CalledProcessError where the pages cannot be rendered."""
    shutil.rmtree(into, ignore_errors=True)
    for name, content in pages().items():
        path = into / "pages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    for name in ("outpace.css", "mark.svg"):
        shutil.copy(ROOT / "docs" / "site" / name, into / "pages" / name)
    shutil.copytree(ROOT / "docs" / "schemas", into / "pages" / "schemas")
    shutil.copy(ROOT / "docs" / "site" / "zensical.toml", into)
    zensical = Path(sys.executable).with_name("zensical")
    subprocess.run([zensical, "build", "--strict", "--clean"], cwd=into, check=True, stdout=subprocess.PIPE)
    return list(broken(into / "html"))


def pages() -> dict[str, str]:
    """Name on the site -> Markdown."""
    there = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    found = {_place(path): _moved(path) for path in there}
    configuration = (ROOT / "docs" / "outpace.toml").read_text()
    found["configuration.md"] = f"# outpace.toml\n\nEvery key, annotated.\n\n```toml\n{configuration}```\n"
    found["commands.md"] = commands(whole())
    found["schemas.md"] = _schemas()
    found["decisions.md"] += "\n" + "".join(f"- {row}\n" for row in _decisions())
    return found


def _decisions() -> Iterator[str]:
    for path in sorted((ROOT / "docs" / "decisions").glob("0*.md")):
        title = path.read_text().partition("\n")[0].removeprefix("# ")
        yield f"[{title}](decisions/{path.name})"


def _place(path: Path) -> str:
    name = path.relative_to(ROOT).as_posix()
    return MOVED.get(name, name.removeprefix("docs/"))


def _is_shown(path: Path) -> bool:
    name = path.relative_to(ROOT).as_posix()
    return name in MOVED or (name.startswith("docs/") and path.suffix in {".md", ".json"})


def _moved(page: Path) -> str:
    """The page with its links as they are on the site. A file of the repository that is not on it keeps its name alone;
    a link to what is nowhere stays, and is found as broken."""
    depth = "../" * _place(page).count("/")

    def target(found: re.Match[str]) -> str:
        path = (page.parent / found["target"]).resolve()
        if "://" in found["target"] or not path.is_relative_to(ROOT):
            return found[0]
        if path.exists() and not _is_shown(path):
            return found["text"]
        return f"[{found['text']}]({depth}{_place(path)}{found['anchor'] or ''})"

    text = page.read_text()
    fenced = [(found.start(), found.end()) for found in FENCE.finditer(text)]
    return LINK.sub(lambda f: f[0] if any(a <= f.start() < b for a, b in fenced) else target(f), text)


def _schemas() -> str:
    told = "The JSON Schema of what each command writes with `--format json`, generated from the types."
    shared = "[All pages](documentation.md#the-json-of-the-commands) says what they share."
    rows = "\n".join(f"- [{p.stem}](schemas/{p.name})" for p in sorted((ROOT / "docs" / "schemas").glob("*.json")))
    return f"# JSON schemas\n\n{told} {shared}\n\n{rows}\n"


def commands(grammar: Grammar) -> str:
    """Every command with its options, from the same definitions as `--help`."""
    parts = ["# Commands\n", f"{grammar.description}\n", _notes(grammar.notes)]
    return "\n".join([*parts, *(_command(grammar.program, command) for command in grammar.commands)])


def _command(program: str, command: CommandGrammar) -> str:
    words = " ".join(f"[{word.shown}]" if word.optional else word.shown for word in command.words)
    usage = f"{program} {command.name} {words}".strip() + " [options]"
    summary = command.summary[0].upper() + command.summary[1:]
    rows = [f"| {_cell(word.shown)} | {_escaped(word.help)} |" for word in command.words]
    told = [option for option in command.options if "--help" not in option.names]
    rows += [f"| {_names(option)} | {_escaped(_told(option))} |" for option in told]
    table = "\n".join(["| word or option | what it does |", "|---|---|", *rows])
    return f"## {command.name}\n\n{_escaped(summary)}.\n\n```text\n{usage}\n```\n\n{table}\n\n{_notes(command.notes)}"


def _names(option: Option) -> str:
    names = ", ".join(f"`{name}`" for name in option.names)
    return f"{names} {_cell(option.shown)}" if option.shown and not isinstance(option.value, OneOf) else names


def _told(option: Option) -> str:
    if isinstance(option.value, OneOf) and option.value.words[0] not in option.help:
        return f"{option.help}: {', '.join(option.value.words)}"
    return option.help


def _cell(word: str) -> str:
    return f"`{word}`".replace("|", r"\|")


def _escaped(text: str) -> str:
    return text.replace("|", r"\|").replace("<", "&lt;").replace("[[", r"\[\[")


def _notes(text: str) -> str:
    """Paragraphs; what is indented is an example."""
    parts: list[str] = []
    for paragraph in text.strip("\n").split("\n\n"):
        lines = [line.removeprefix("  ") for line in paragraph.splitlines()]
        parts.append("```sh\n" + "\n".join(lines) + "\n```" if paragraph.startswith(" ") else _escaped(paragraph))
    return "\n\n".join(parts) + "\n"


class Page(HTMLParser):
    """What a built page links to, what it fetches by itself, and which places in it can be linked to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.add(value)
            elif name in {"href", "src"} and value and tag != "base":
                self.links.append(value)
                if tag in {"img", "script", "link"}:
                    self.fetched.append(value)


def broken(site: Path) -> Iterator[str]:
    """Every link of every page that leads to no file, or to no place in it; other hosts are not asked."""
    read = {path: Page(path) for path in sorted(site.rglob("*.html"))}
    for path, page in read.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            there = there / "index.html" if there.is_dir() else there
            anchor = unquote(parts.fragment)
            missing = not there.exists() or (anchor and there in read and anchor not in read[there].anchors)
            if missing and path.name != "404.html":  # that one is served from anywhere and links from the root
                yield f"{path.relative_to(site)}: {link}"


def main() -> int:
    wrong = build()
    for link in wrong:
        print(f"leads nowhere: {link}", file=sys.stderr)
    print(f"{len(list((BUILD / 'html').rglob('*.html')))} pages in {BUILD / 'html'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
