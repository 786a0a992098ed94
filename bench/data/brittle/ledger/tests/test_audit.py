import socket

import pytest

from ledger.audit import auditor, close, sentence


def test_the_auditor_is_told_without_a_word(capsys):
    log = auditor()
    log.warning(sentence("bank", "rent", 800))
    close(log)
    assert capsys.readouterr().err == ""


def test_the_auditor_hears_what_was_booked():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(30)
        log = auditor(server.getsockname())
        log.warning(sentence("bank", "rent", 800))
        close(log)
        assert b"800 from bank to rent" in server.recv(500)


@pytest.mark.parametrize("value", [1, "2.50"])
def test_a_sentence_names_both_accounts(value):
    assert sentence("bank", "rent", value) == f"{value} from bank to rent"


def test_a_closed_log_has_no_handler():
    log = auditor(("127.0.0.1", 9))
    close(log)
    assert log.handlers == []
