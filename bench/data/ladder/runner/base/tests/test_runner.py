import pytest

import runner


@pytest.fixture(autouse=True)
def logs(tmp_path, monkeypatch):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "app.log").write_text("info start\nerror disk full\ninfo stop\n")
    (tmp_path / "logs" / "two words.log").write_text("one\n")
    monkeypatch.chdir(tmp_path)


def test_counts_lines():
    assert runner.lines("app.log") == 3
    assert runner.lines("two words.log") == 1


def test_a_missing_log_fails():
    with pytest.raises(runner.JobFailed):
        runner.lines("missing.log")


def test_counts_matches():
    assert runner.matches("^info", "app.log") == 2
    assert runner.matches("DISK", "app.log", ignore_case=True) == 1


def test_no_match():
    assert runner.matches("warning", "app.log") == 0


def test_the_last_lines():
    assert runner.tail("app.log", 2) == ["error disk full", "info stop"]


def test_counts_values():
    assert runner.values("app.log") == {"info": 2, "error": 1}


def test_runs_a_job():
    assert runner.run_job('matches "disk full" app.log') == 1


def test_an_unknown_job_fails():
    with pytest.raises(runner.JobFailed):
        runner.run_job("erase app.log")
