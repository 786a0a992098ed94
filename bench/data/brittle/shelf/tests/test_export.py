import io

import pytest

from shelf.export import count_rows, print_labels, read_csv, write_csv

ROWS = [("Emma", "Austen"), ("L'Assommoir", "Zola")]


def test_a_list_is_exported():
    assert write_csv(ROWS).read_text(encoding="utf-8").startswith("Emma,Austen")


def test_a_list_is_exported_where_one_says(tmp_path):
    assert write_csv(ROWS, tmp_path / "list.csv").name == "list.csv"


def test_an_exported_list_reads_back(tmp_path):
    assert read_csv(write_csv(ROWS, tmp_path / "list.csv")) == ROWS


def test_no_list_is_written_over(tmp_path):
    (tmp_path / "list.csv").write_text("kept", encoding="utf-8")
    with pytest.raises(FileExistsError):
        write_csv(ROWS, tmp_path / "list.csv")


def test_the_rows_of_a_list_are_counted(tmp_path):
    assert count_rows(write_csv(ROWS, tmp_path / "list.csv")) == 2


def test_labels_are_printed():
    assert print_labels(["Thérèse Raquin"], io.BytesIO()).getvalue().endswith(b"se Raquin\n")


@pytest.mark.parametrize(
    ("titles", "expected"),
    [([], b""), (["Emma"], b"Emma\n"), (["A very long title, too long"], b"A very long title, t\n")],
)
def test_labels_are_cut(titles, expected):
    assert print_labels(titles, io.BytesIO()).getvalue() == expected
