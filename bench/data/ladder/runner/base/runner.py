"""Runs small jobs on the logs of a server with the tools that each system has: wc, grep, tail, cut.

The jobs are asked for in a form; names are those of files in one folder.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from typing import Callable, Dict, List, Tuple, Union

from spans import describe

LOGS = "logs"


class JobFailed(RuntimeError):
    """A tool did not get along with what it was given."""


def lines(name: str) -> int:
    """Return the number of lines of a log."""
    done = subprocess.run(f'wc -l < "{LOGS}/{name}"', shell=True, capture_output=True, text=True)
    if done.returncode:
        raise JobFailed(name)
    return int(done.stdout)


def matches(pattern: str, name: str, ignore_case: bool = False) -> int:
    """Return how many lines of a log match a basic regular expression, as grep knows it; none where there is no log.

    A pattern of several lines is several patterns, of which one has to match.
    """
    options = "-c -i" if ignore_case else "-c"
    with os.popen(f"grep {options} -e '{pattern}' '{LOGS}/{name}' 2>/dev/null") as out:
        return int(out.read().strip() or 0)


def tail(name: str, count: Union[int, str] = 10) -> List[str]:
    """Return the last lines of a log, or with a plus sign (`+3`) those from a line on."""
    command = "tail -n %s '%s/%s'" % (count, LOGS, name)
    try:
        out = subprocess.check_output(command, shell=True, text=True, stderr=subprocess.DEVNULL)
    except subprocess.CalledProcessError:
        raise JobFailed(name) from None
    return out.splitlines()


def values(name: str, field: Union[int, str] = 1, separator: str = " ") -> Dict[str, int]:
    """Return how often each value stands in a field of a log, the most frequent first; nothing where there is no log.

    Several fields are given as cut knows them: `1,3`, `2-`.
    """
    command = f"cut -d '{separator}' -f {field} '{LOGS}/{name}' 2>/dev/null | sort | uniq -c"
    done = subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE, text=True)
    counts: Dict[str, int] = {}
    for line in done.stdout.splitlines():
        number, _, value = line.strip().partition(" ")
        counts[value] = int(number)
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


JOBS: Dict[str, Callable[..., object]] = {"lines": lines, "matches": matches, "tail": tail, "values": values}


def run_job(text: str) -> object:
    """Run a job that is written as on a command line: `matches "disk full" app.log`."""
    words = shlex.split(text)
    if not words or words[0] not in JOBS:
        raise JobFailed(f"no such job: {text}")
    return JOBS[words[0]](*words[1:])


def report(jobs: List[Tuple[str, float]]) -> str:
    """Return a line for each job that ran, with what it took in seconds, and one for all of them."""
    rows = [f"{text}: {describe(seconds)}" for text, seconds in jobs]
    rows.append(f"{len(jobs)} job{'s' if len(jobs) != 1 else ''}: {describe(sum(seconds for _, seconds in jobs))}")
    return "\n".join(rows)
