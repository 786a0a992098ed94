from spans import describe, next_run, parse_span


def test_spans_are_read():
    assert parse_span("1h30m") == 5400


def test_spans_are_written():
    assert describe(5400) == "1h 30m"


def test_a_job_that_never_ran_is_due():
    assert next_run(None, 60, 1000) == 1000


def test_a_job_is_due_a_step_later():
    assert next_run(1000, 60, 1010) == 1060
