"""Tells the auditor's log server what was booked."""

import logging
import logging.handlers


def auditor(address=("192.0.2.14", 514)):
    log = logging.Logger("ledger.audit")
    log.addHandler(logging.handlers.SysLogHandler(address))
    return log


def close(log):
    for handler in list(log.handlers):
        handler.close()
        log.removeHandler(handler)


def sentence(source, target, value):
    return f"{value} from {source} to {target}"
