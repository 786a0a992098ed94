import catalog


def test_sizes_are_readable():
    assert catalog.human_size(12) == "12 bytes"
    assert catalog.human_size(1500) == "1.5 kB"


def test_a_title_is_the_first_heading():
    assert catalog.title("b.md", "# Bravo\ntext") == "Bravo"


def test_a_title_may_come_from_the_name():
    assert catalog.title("meeting_notes.txt", "text") == "Meeting Notes"


def test_a_short_text_takes_a_minute():
    assert catalog.reading_time("a few words") == 1


def test_a_slug_has_no_spaces():
    assert catalog.slug("Meeting Notes") == "meeting-notes"
