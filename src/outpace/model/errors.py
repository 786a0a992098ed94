"""Everything raised on purpose, by who must act.

Error
├── UsageError          you asked for something that cannot be: exit 2
│   ├── BadConfiguration    outpace.toml does not say what it must
│   ├── BadInput            a file or an argument cannot be read
│   ├── NotARepository      the command needs a git repository with a commit
│   └── NotFound            the advisory, branch or milestone does not exist
├── EngineError         a tool or the world failed: exit 3
│   ├── ToolMissing         a program is not installed
│   ├── ToolFailed          a program ended with an error
│   ├── ToolTimedOut        a program did not end in time
│   ├── Unreachable         a host did not answer
│   ├── DamagedData         what was downloaded or stored cannot be read
│   ├── NoAdvisories        there is no advisory data, and none can be fetched
│   └── DiskFull            nothing more can be written
└── Refused             a policy forbids it: exit 4
    ├── Busy                another Outpace holds this application
    ├── Unconfined          foreign code would run without a sandbox
    └── Unmasked            personal data would be copied as it is
"""

from __future__ import annotations

from typing import ClassVar


class Error(Exception):
    """The root; `hint` names the next command or edit."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(Error):
    exit_code = 2


class BadConfiguration(UsageError):
    pass


class BadInput(UsageError):
    pass


class NotARepository(UsageError):
    pass


class NotFound(UsageError):
    pass


class EngineError(Error):
    exit_code = 3


class ToolMissing(EngineError):
    pass


class ToolFailed(EngineError):
    """Carries what the program said, with secrets already masked."""

    def __init__(self, message: str, *, hint: str = "", returncode: int = 1, output: str = "") -> None:
        super().__init__(message, hint=hint)
        self.returncode = returncode
        self.output = output


class ToolTimedOut(EngineError):
    pass


class Unreachable(EngineError):
    pass


class DamagedData(EngineError):
    pass


class NoAdvisories(EngineError):
    pass


class DiskFull(EngineError):
    pass


class Refused(Error):
    exit_code = 4


class Busy(Refused):
    pass


class Unconfined(Refused):
    pass


class Unmasked(Refused):
    pass
