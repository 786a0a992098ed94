"""The words that Outpace answers with, in plain words: errors, answers, exit statuses. The docs hold the same text."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache

from msgspec import Struct


class Term(Struct, frozen=True):
    """`change` is what would change the answer; empty where nothing of the kind can be said."""

    name: str
    meaning: str
    change: str = ""


ERRORS = (
    Term(
        "UsageError",
        (
            "What was asked for cannot be: options that do not go together, a name or a number that is none, or "
            "nothing that is left to do. The message says which, and the line below it what to type instead. Exit"
            " 2."
        ),
    ),
    Term(
        "BadConfiguration",
        (
            "`outpace.toml` is not TOML, has a key that Outpace does not know, or contradicts itself. The"
            " message names the place; `docs/outpace.toml` is an annotated example. Exit 2."
        ),
    ),
    Term(
        "BadInput",
        "A file or an argument cannot be read: the message names the file, the value and what to do. Exit 2.",
    ),
    Term(
        "NotARepository",
        "The command needs a git repository with at least one commit. `match` works without one. Exit 2.",
    ),
    Term(
        "NotFound",
        (
            "The advisory, branch, revision, milestone, task, file, function or test does not exist here; where "
            "something like it does, it is named. Exit 2."
        ),
    ),
    Term(
        "EngineError",
        (
            "A tool or the world failed in a way that has no name of its own: an environment that cannot be made,"
            " a port that is taken. Run the command again once that is mended; the line below the message says "
            "how. Exit 3."
        ),
    ),
    Term(
        "ToolMissing",
        (
            "A program that Outpace calls is not installed: `git`, `uv` for `fix` and `prove`, or a browser for the "
            "PDF of `brief`. Exit 3."
        ),
    ),
    Term(
        "ToolFailed",
        "A program ended with an error; the message holds the end of what it said, secrets masked. Exit 3.",
    ),
    Term(
        "ToolTimedOut",
        "A program did not end in time and was stopped with all that it had started. Exit 3.",
    ),
    Term(
        "Unreachable",
        "A host did not answer, or answered with an error. Nothing that was there before is lost. Exit 3.",
    ),
    Term(
        "DamagedData",
        (
            "What was downloaded or stored cannot be read. A damaged download leaves the old data in "
            "place; a damaged file in the cache may be deleted; a damaged fact store is never deleted by "
            "Outpace. Exit 3."
        ),
    ),
    Term(
        "NoAdvisories",
        (
            "There is no advisory data and none can be fetched: bring it with `outpace advisories update "
            "--from FILE`. Exit 3."
        ),
    ),
    Term(
        "DiskFull",
        "Nothing more can be written. Nothing is left half-written: make room and run the command again. Exit 3.",
    ),
    Term(
        "Refused",
        (
            "A policy forbids it: a budget that is spent, as many proofs of a task as may be asked for, a branch "
            "that is checked out or is somebody else's. Nothing was changed. Exit 4."
        ),
    ),
    Term(
        "Busy",
        (
            "Another Outpace works on the same application, or the deploy command of one that was killed "
            "still runs; the message names the process. Exit 4."
        ),
    ),
    Term(
        "Unconfined",
        (
            "Foreign code would have run without a sandbox. Use a Linux kernel with namespaces or "
            "Landlock, or accept it for your own repository with `--unsafe-no-sandbox`. Exit 4."
        ),
    ),
    Term(
        "Unmasked",
        (
            "A copy for staging would hold personal data as it is: the source is production and declares neither "
            "`masks` nor `no_personal_data`, or a declared mask names a column that is not there. Nothing was copied. "
            "`outpace staging masks` shows what would be masked. Exit 4."
        ),
    ),
)
ANSWERS = (
    Term(
        "clean",
        "Everything that was found was read, and nothing of it is affected, as far as the advisory data reaches.",
        "Newer advisory data, or another version; what runs may differ from the files.",
    ),
    Term(
        "doubtful",
        "Nothing is known to be affected, and something is unknown or was not understood in part.",
        "What settles the lines that are unknown.",
    ),
    Term(
        "unreadable",
        "Nothing is known to be affected, and of a file nothing at all could be read: that is no clean answer.",
        "The file, mended; its own tool can write it again.",
    ),
    Term(
        "KEV",
        "CISA's catalog of vulnerabilities that are known to be exploited. In KEV: it is listed. KEV unknown: there is "
        "no catalog here to ask.",
        "`outpace advisories update`, which brings the catalog.",
    ),
    Term(
        "severity unknown",
        "No record of the vulnerability has a CVSS vector. That is no low severity: many records never get one.",
        "A record with a vector; another database may have one.",
    ),
    Term(
        "assumed",
        "The record names only the last affected version, so that a version above it is taken for fixed and not known "
        "to be.",
        "A record that names the fixed version.",
    ),
    Term(
        "skipped",
        "A check that was not made, because an earlier one had refuted the change, or there was nothing to check.",
        "The reason that stands beside it.",
    ),
    Term(
        "exposed",
        (
            "A component here is affected: the advisory's ranges or its list of versions hold the version"
            " that a file pins or that runs."
        ),
        "Another version, the component gone, or a record that is corrected or withdrawn.",
    ),
    Term(
        "unknown",
        (
            "It could not be determined, and why is said beside it. Unknown is never counted as safe, and"
            " with `match --strict` it counts as exposed."
        ),
        "What the line names: a pin, a lock file, an inventory of what runs, a corrected record.",
    ),
    Term(
        "not understood",
        "A part of a file that should have been read was not; the rest of the file was.",
        "The line that is named, written in a form that the file's own tool reads too.",
    ),
    Term(
        "not covered",
        (
            "It was read, and no advisory here can speak of it: another ecosystem, a conda package, a "
            "file of a kind that has no advisories."
        ),
        "Advisory data for it; today there is none.",
    ),
    Term(
        "fixed",
        (
            "A version above the pin that nothing is known against was found, it resolves together with "
            "everything else, and it is on a branch."
        ),
        "Nothing; prove it, and merge it.",
    ),
    Term(
        "blocked",
        (
            "Something else stands in the way of the upgrade, and it is named: another package's demand, "
            "a Python that is too old, a file that another program writes."
        ),
        "What stands in the way, moved by hand or by its owner; then run `outpace fix` again.",
    ),
    Term(
        "no_fix",
        "No release above the pin is free of known vulnerabilities.",
        "A release of the package that fixes it; until then remove the package, or hold the line in another way.",
    ),
    Term(
        "prerelease_only",
        "The only releases that are not affected are pre-releases, and whether to run one is your decision.",
        "A final release, or a pre-release that you pin yourself.",
    ),
    Term(
        "proved",
        (
            "Everything that a machine can check of the change was checked, and nothing spoke against it:"
            " its code, the lock diff, the advisories, environment, imports, suite and probe."
        ),
        "A check that fails when it is made again; `outpace prove` makes them again where anything moved.",
    ),
    Term(
        "refuted",
        "A check failed on the change that passed on its base. The first one that did is named.",
        "Another candidate, or an edit of what failed; the same revision stays refuted.",
    ),
    Term(
        "undecided",
        "No check failed, and one that is needed could not be made; why is said.",
        "What the line names: a test command, an environment that can be built, a service that the suite needs, a "
        "power of the code that somebody grants.",
    ),
    Term(
        "landed",
        "The change is on the branch that the pipeline deploys.",
        "A revert.",
    ),
    Term(
        "deployed",
        (
            "The pipeline has put a revision into an environment that holds the change; seen, or told "
            "with `outpace record deployed`."
        ),
        "Another deploy.",
    ),
    Term(
        "verified",
        (
            "What runs was looked at again and no longer matches; where a probe is declared, it was "
            "exploited before and is held now."
        ),
        "An older version coming back, or a probe that works again: then the case is reopened.",
    ),
    Term(
        "reopened",
        "It was verified once, and what runs now is exposed again.",
        "The fix, landed and deployed anew.",
    ),
    Term(
        "in doubt",
        "What runs cannot be judged: files changed under a running process, or a version is not known.",
        "A restart, or an inventory with versions.",
    ),
)
STATUSES = (
    Term(
        "0",
        "Done, and nothing is left to do.",
    ),
    Term(
        "1",
        "A bug in Outpace. The details are in the file that the message names; please report them.",
    ),
    Term(
        "2",
        (
            "You asked for something that cannot be: a wrong option, a file that cannot be read, a place "
            "without a repository."
        ),
    ),
    Term(
        "3",
        (
            "A tool or the world failed: a program, the network, damaged or missing data. Run the command"
            " again once that is mended."
        ),
    ),
    Term(
        "4",
        "Refused by a policy: another Outpace is at work here, or foreign code would run without a sandbox.",
    ),
    Term(
        "10",
        (
            "Done, and somebody must act: something is exposed, something is left to fix, a change is not"
            " proved, or the story waits."
        ),
    ),
    Term(
        "130",
        "Interrupted. Run the command again; it goes on.",
    ),
)
TERMS = (*ERRORS, *ANSWERS, *STATUSES)


def term_of(word: str) -> Term | None:
    """In any case, with blanks, dashes or underlines between its words; `exit 3` is status 3."""
    wanted = _plain(word).removeprefix("exit status ").removeprefix("exit ")
    return next((term for term in (*TERMS, *_glossary()) if _plain(term.name) == wanted), None)


@cache
def _glossary() -> tuple[Term, ...]:
    """The words of the documentation's glossary, which the answers above go before."""
    from outpace.model.glossary import entries

    return tuple(Term(name, f"{meaning[0].upper()}{meaning[1:]}") for name, meaning in entries().items())


def near(word: str) -> tuple[str, ...]:
    """The terms that were perhaps meant."""
    by_name = {_plain(term.name): term.name for term in (*TERMS, *_glossary())}
    return tuple(by_name[each] for each in get_close_matches(_plain(word), by_name, n=3, cutoff=0.75))


def _plain(word: str) -> str:
    return " ".join(word.lower().replace("_", " ").replace("-", " ").split())
