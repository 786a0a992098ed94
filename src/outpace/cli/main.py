"""The front door: which commands there are, and what becomes of an error."""

from __future__ import annotations

import argparse
import errno
import signal
import sys
from importlib import import_module
from types import FrameType
from typing import NamedTuple, NoReturn, Protocol, cast

from outpace import __version__
from outpace.cli.door import Door
from outpace.model.errors import DiskFull, Error

INTERRUPTED = 130
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Command(NamedTuple):
    """`module` under `outpace.cli` is imported only when the command is called."""

    name: str
    summary: str
    module: str


class CommandModule(Protocol):
    def arguments(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, args: argparse.Namespace, door: Door) -> int: ...


COMMANDS = (
    Command("match", "show what is exposed here: lock files, an environment or a running process", "match"),
    Command("fix", "put the smallest safe upgrade on a branch of its own", "fix"),
    Command("prove", "say what a machine can say of a change, whoever made it", "prove"),
    Command("respond", "go on with the story: match, propose, prove, land, deploy, observe, verify, close", "respond"),
    Command("watch", "repeat `respond` on a schedule", "watch"),
    Command("observe", "see what is running, and whether it is still exposed", "observe"),
    Command("record", "tell Outpace what it could not see", "record"),
    Command("clock", "show where the hours went, from advisory to verified fix", "clock"),
    Command("init", "write an annotated outpace.toml from what the repository says", "init"),
    Command("advisories", "bring advisory data, and say how old it is", "advisories"),
)

EPILOG = """\
exit status: 0 done; 1 a bug in Outpace; 2 usage; 3 a tool or the world failed; 4 refused by a policy;
10 done, and action is needed; 130 interrupted

start with:  outpace match
"""


def parser(chosen: str | None) -> argparse.ArgumentParser:
    """The whole grammar; only the chosen command's module is loaded."""
    top = argparse.ArgumentParser(
        prog="outpace",
        description="From a vulnerability's advisory to a fix that is verified on what is running.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"outpace {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        sub = commands.add_parser(
            command.name,
            help=command.summary,
            description=command.summary[0].upper() + command.summary[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if command.name == chosen:
            module_of(command).arguments(sub)
            Door.arguments(sub)
    return top


def module_of(command: Command) -> CommandModule:
    return cast("CommandModule", import_module(f"outpace.cli.{command.module}"))


def main(argv: list[str]) -> int:
    """Run one command and return its exit status."""
    names = {command.name: command for command in COMMANDS}
    chosen = next((word for word in argv if word in names), None)
    args = parser(chosen).parse_args(argv)
    door = Door.of(args)
    try:
        return module_of(names[args.command]).run(args, door)
    except Error as error:
        door.fail(error)
        return error.exit_code
    except KeyboardInterrupt:
        door.say("interrupted; run the command again to go on")
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  the outermost frame: a traceback is a bug, told as one
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            full = _disk_full(error)
            door.fail(full)
            return full.exit_code
        door.bug(error)
        return 1


def _disk_full(error: OSError) -> DiskFull:
    """Whoever was writing: a full disk is the world's failure, and what is half written has a temporary name."""
    where = f" ({error.filename})" if error.filename else ""
    return DiskFull(
        f"nothing more can be written: {(error.strerror or 'no room').lower()}{where}",
        hint="free some space, then run the command again; it goes on where it stopped",
    )


def entry() -> NoReturn:
    """Being told to end is an interrupt, so that what we started ends too; then we end as we were told."""
    told: list[int] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        told.append(number)
        if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # a shell's background job
            raise KeyboardInterrupt
        signal.raise_signal(signal.SIGINT)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, interrupt)
    status = main(sys.argv[1:])
    if told and status == INTERRUPTED:
        signal.signal(told[0], signal.SIG_DFL)
        signal.raise_signal(told[0])
    sys.exit(status)
