"""What every command shares: output, progress, errors."""

from __future__ import annotations

import argparse
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from outpace.model.errors import BadInput, Error, UsageError

if TYPE_CHECKING:
    from io import StringIO

    from rich.console import Console, RenderableType

TEXT_WIDTH_WITHOUT_TERMINAL = 80


class Door:
    """One command's mouth: results to stdout or a file, everything else to stderr."""

    formats: ClassVar[tuple[str, ...]] = ("text", "json")

    def __init__(self, *, form: str, output: Path | None, quiet: bool) -> None:
        self.form = form
        self.output = output
        self.quiet = quiet

    @staticmethod
    def arguments(parser: argparse.ArgumentParser, formats: tuple[str, ...] | None = None) -> None:
        """Adds the shared options; a command that has further formats sets `parser.set_defaults(formats=...)` first."""
        known = formats or parser.get_default("formats") or Door.formats
        wide = len(known) > 4
        told = f"how the result is written: {', '.join(known)}" if wide else "how the result is written"
        name = "FORMAT" if wide else None  # else argparse lists them in a line of their own, as wide as it gets
        parser.add_argument("--format", choices=known, default="text", dest="form", metavar=name, help=told)
        parser.add_argument("--output", type=Path, metavar="FILE", help="write the result there, in one piece")
        parser.add_argument("--quiet", action="store_true", help="no progress on stderr")

    @classmethod
    def of(cls, args: argparse.Namespace) -> Door:
        return cls(form=args.form, output=args.output, quiet=args.quiet)

    def report(self, event: str) -> None:
        """Progress of what runs long: one line each, in the past or present tense."""
        if not self.quiet:
            self.say(event)

    def say(self, line: str) -> None:
        print(f"outpace: {_shown(line)}", file=sys.stderr, flush=True)

    def fail(self, error: Error) -> None:
        """What happened, the next step, and where its kind is explained: a line each, so that a log can be searched."""
        self.say(error.message)
        if error.hint:
            print(f"  {_shown(error.hint)}", file=sys.stderr, flush=True)
        print(f"  more: outpace explain {type(error).__name__}", file=sys.stderr, flush=True)

    def bug(self, error: Exception) -> None:
        """Keeps the traceback in a file of its own and says where."""
        import tempfile
        import traceback

        with tempfile.NamedTemporaryFile("w", prefix="outpace-bug-", suffix=".txt", delete=False) as details:
            traceback.print_exception(error, file=details)
        self.say(f"a bug in Outpace: {type(error).__name__}: {error}")
        print(f"  the details are in {details.name}; please report them", file=sys.stderr, flush=True)

    def emit(self, result: bytes | str | RenderableType) -> None:
        """Bytes and text go out as they are; anything else is drawn by rich."""
        match result:
            case bytes():
                self._write(result)
            case str():
                self._write(result.encode())
            case drawn if self.output is None and sys.stdout.isatty():
                self._console().print(drawn)
            case drawn:
                self._write(self._drawn(drawn).encode())

    def _console(self, file: StringIO | None = None) -> Console:
        from rich.console import Console

        wide = None if file is None or "COLUMNS" in os.environ else TEXT_WIDTH_WITHOUT_TERMINAL
        return Console(file=file, width=wide, highlight=False, emoji=False, markup=False)

    def _drawn(self, drawn: RenderableType) -> str:
        """As it would stand on a terminal, without the blanks that fill it up."""
        from io import StringIO

        page = StringIO()
        self._console(page).print(drawn)
        return "\n".join(line.rstrip() for line in page.getvalue().splitlines())

    def _write(self, content: bytes) -> None:
        if not content.endswith(b"\n"):
            content += b"\n"
        if self.output is None or str(self.output) == "-":
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
            return
        write_whole(self.output, content)


def _shown(text: str) -> str:
    """What a tool or a file's name says stays text: no terminal obeys it."""
    from outpace.formats.plain import printable

    return "\n".join(printable(line.expandtabs()) for line in text.split("\n"))


def write_whole(path: Path, content: bytes) -> None:
    """Temporary name beside it, then rename: a reader sees the old file or the new one.

    A link is followed; a device or a pipe is written to, never replaced; permissions stay as they were, or as usual.
    """
    import tempfile

    real = path.resolve()
    if real.is_dir():
        raise UsageError(f"cannot write {path}: it is a directory", hint="name a file in --output")
    try:
        if real.exists() and not real.is_file():
            real.write_bytes(content)
            return
        mode = stat.S_IMODE(real.stat().st_mode) if real.exists() else 0o666 & ~_umask()
        with tempfile.NamedTemporaryFile(dir=real.parent, prefix=f".{real.name}.", delete=False) as temporary:
            temporary.write(content)
        Path(temporary.name).chmod(mode)
        Path(temporary.name).replace(real)
    except OSError as error:
        raise BadInput(f"cannot write {path}: {error.strerror}", hint="name a writable file in --output") from error


def _umask() -> int:
    """It can only be read by setting it."""
    current = os.umask(0o077)
    os.umask(current)
    return current
