"""The front door: which commands there are, and what becomes of an error."""

from __future__ import annotations

import argparse
import errno
import gc
import os
import signal
import sys
from importlib import import_module
from types import FrameType
from typing import NamedTuple, NoReturn, Protocol, cast

from outpace import __version__
from outpace.cli.door import Door
from outpace.cli.pages import Page
from outpace.model.errors import DiskFull, Error

INTERRUPTED = 130
WITHOUT_COMMAND = ("-h", "--help", "--version")
FEW_COLLECTIONS = 50_000
"""Objects between two collections of cycles: a command imports much, lives briefly, and has hardly any cycle."""
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Command(NamedTuple):
    """`module` under `outpace.cli` is imported only when the command is called. A name may be of two words, the first
    of which is one of `GROUPS`."""

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
    Command("split", "propose a sequence of small changes for a large one, and prove each", "split"),
    Command("task", "write a brief of what is to be changed, and of how it will be judged", "task"),
    Command("propose", "let templates, an agent or a model propose, and prove what they propose", "propose"),
    Command("proposals", "show what was proposed, by whom, and what became of it", "proposals"),
    Command("respond", "go on with the story: match, propose, prove, land, deploy, observe, verify, close", "respond"),
    Command("watch", "repeat `respond` on a schedule", "watch"),
    Command("rollout", "bring a release to its users step by step, at Outpace's own edge", "rollout"),
    Command("rollback", "go back to the release before, by one rename", "rollback"),
    Command("edge up", "start the edge: the proxy, its watchdog and the last good release", "edge_up"),
    Command("edge down", "end everything that the edge runs", "edge_down"),
    Command("edge status", "show what runs at the edge, who gets how much, and what is under way", "edge_status"),
    Command("edge units", "write the units by which systemd runs the edge after a reboot", "edge_units"),
    Command("migrations", "say of new migrations which can be taken back, and which break what runs", "migrations"),
    Command("observe", "see what is running, and whether it is still exposed", "observe"),
    Command("where", "name the environments on record that one advisory hits", "where"),
    Command("record", "tell Outpace what it could not see", "record"),
    Command("clock", "show where the hours went, from advisory to verified fix", "clock"),
    Command("assess", "show where the hours go, why, and what to change first, from the history of clones", "assess"),
    Command("brief", "put it on one page, for whoever decides", "brief"),
    Command("test run", "run a project's own tests in the sandbox: green, red or unknown", "test_run"),
    Command("test select", "name the tests that a change needs, each with its reason", "test_select"),
    Command("test generate", "write tests for code that has none, each kept for a mutant or a branch", "test_generate"),
    Command("test mutants", "change the code in small ways, and show which changes no test notices", "test_mutants"),
    Command("test gaps", "name what tests of changed code let pass, and write tests that notice it", "test_gaps"),
    Command("test brittle", "find tests that another order, clock, zone, folder or wording turns", "test_brittle"),
    Command("test mend", "say why a change turned tests red, and mend those that only call by old names", "test_mend"),
    Command("release build", "build a revision into a release: read-only, named by its digest", "release_build"),
    Command("release list", "show the releases of an application on this host", "release_list"),
    Command("release verify", "look whether every file of a release is still what it was", "release_verify"),
    Command("release export", "write a release as an OCI image, or push it to a registry", "release_export"),
    Command("release collect", "remove old releases, never one that runs or that a rollback needs", "release_collect"),
    Command("verdict replay", "judge a rollout again from its trail, and compare what was said", "verdict_replay"),
    Command("replay", "send recorded requests to an old and a new release, and compare the answers", "replay"),
    Command("edge block", "answer 403 to requests of one shape, for a time", "edge_block"),
    Command("edge unblock", "take a block away before its time is over", "edge_unblock"),
    Command("edge record", "keep a bounded sample of exchanges, redacted before they touch the disk", "edge_record"),
    Command("staging up", "bring up a release with a proxy and masked copies of its own, for a while", "staging_up"),
    Command("staging list", "show which environments are up, and what they cost", "staging_list"),
    Command("staging compare", "replay what was recorded against the good release and another", "staging_compare"),
    Command("staging down", "throw an environment away, with its copies", "staging_down"),
    Command("staging masks", "show which personal data a copy for staging would mask, and which not", "staging_masks"),
    Command("explain", "say in plain words what an advisory or a word of Outpace means", "explain"),
    Command("mcp", "serve five tools to agents, none of which changes anything", "mcp"),
    Command("init", "write an annotated outpace.toml from what the repository says", "init"),
    Command("advisories", "bring advisory data, and say how old it is", "advisories"),
    Command("completion", "write a script that completes commands and options in a shell", "completion"),
)

GROUPS = {
    "test": "Baselines, gaps, brittle tests, mutants and selection.",
    "edge": "Outpace's own last mile: a proxy, a watchdog, and releases behind them.",
    "release": "Releases of the edge: built, listed, checked, handed out and collected.",
    "staging": "Environments that are there for seconds, with masked copies of databases.",
    "verdict": "What the judge of a rollout said, and whether it follows from what was seen.",
}

EPILOG = """\
exit status: 0 done; 1 a bug in Outpace; 2 usage; 3 a tool or the world failed;
4 refused by a policy; 10 done, and action is needed; 130 interrupted

start with: outpace match
"""


def front(group: str = "") -> argparse.ArgumentParser:
    """The grammar before a command is chosen, or within a group; no command's module is loaded."""
    before = f"{group} " if group else ""
    top = argparse.ArgumentParser(
        prog=f"outpace {group}".strip(),
        description=GROUPS.get(group, "From a vulnerability's advisory to a fix that is verified on what is running."),
        epilog=EPILOG if not group else None,
        formatter_class=Page,
    )
    if not group:
        top.add_argument("--version", action="version", version=f"outpace {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        if command.name.startswith(before):
            commands.add_parser(command.name.removeprefix(before), help=command.summary, add_help=False)
    return top


def grammar(command: Command) -> argparse.ArgumentParser:
    """One command's own, with its module loaded."""
    own = argparse.ArgumentParser(
        prog=f"outpace {command.name}",
        description=command.summary[0].upper() + command.summary[1:] + ".",
        formatter_class=Page,
    )
    module_of(command).arguments(own)
    Door.arguments(own)
    return own


def chosen(argv: list[str]) -> tuple[Command, argparse.Namespace]:
    """The command and what was typed behind it, words and options in any order. Ends the process on a usage error."""
    command = next((each for each in COMMANDS if argv[: _length(each)] == each.name.split()), None)
    if command is None:
        _no_command(argv)
    return command, grammar(command).parse_intermixed_args(argv[_length(command) :])


def _length(command: Command) -> int:
    return len(command.name.split())


def _no_command(argv: list[str]) -> NoReturn:
    """Ends the process, with help where that was asked for."""
    group = argv[0] if argv and argv[0] in GROUPS else ""
    top = front(group)
    behind = argv[1:] if group else argv
    if behind and behind[0] not in WITHOUT_COMMAND:
        top.error(_mistyped(group, behind[0]))
    top.parse_args(behind)
    top.error(f"a command is missing; {f'outpace {group} --help lists them' if group else 'start with: outpace match'}")


def _mistyped(group: str, word: str) -> str:
    """The nearest command is named, not all of them."""
    before = f"{group} " if group else ""
    if word.startswith("-"):
        return f"options come behind the command: outpace {before}COMMAND {word}"
    from difflib import get_close_matches

    names = [command.name.removeprefix(before) for command in COMMANDS if command.name.startswith(before)]
    near = get_close_matches(word, names if group else [*names, *GROUPS], n=1)
    told = f"did you mean {before}{near[0]}?" if near else f"outpace {before}--help lists them"
    return f"there is no command {before + word!r}; {told}"


def module_of(command: Command) -> CommandModule:
    return cast("CommandModule", import_module(f"outpace.cli.{command.module}"))


def main(argv: list[str]) -> int:
    """Run one command and return its exit status."""
    gc.set_threshold(FEW_COLLECTIONS)
    command, args = chosen(argv)
    door = Door.of(args)
    try:
        _warn(door)
        return module_of(command).run(args, door)
    except Error as error:
        door.fail(error)
        return error.exit_code
    except KeyboardInterrupt:
        anew = getattr(args, "begins_anew", False)
        door.say("interrupted: nothing is kept of it" if anew else "interrupted; run the command again to go on")
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


def _warn(door: Door) -> None:
    from outpace import bootstrap

    for line in bootstrap.ignored():
        door.report(line)


def _disk_full(error: OSError) -> DiskFull:
    """Whoever was writing: a full disk is the world's failure, and what is half written has a temporary name."""
    where = f" ({error.filename})" if error.filename else ""
    return DiskFull(
        f"nothing more can be written: {(error.strerror or 'no room').lower()}{where}",
        hint="free some space, then run the command again; it goes on where it stopped",
    )


def _standard_streams() -> None:
    """Where the caller closed one, nothing reads it, and no file of ours may get its number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            device = os.open(os.devnull, os.O_RDWR)
            if device != number:
                os.dup2(device, number)
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w"))


def entry() -> NoReturn:
    """Being told to end is an interrupt, so that what we started ends too; then we end as we were told."""
    _standard_streams()
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
