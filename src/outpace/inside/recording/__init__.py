"""What each test of a project depends on, recorded while it runs.

A test's record is a set of *items*, each one text whose first letter says what it is. `present.Present` says what
an item is now, as a short digest; a test whose record is complete and whose items are all as they were when it passed
would pass again. That is all that selection needs to know: it compares digests, and understands items only to explain.

    u:PATH:NAME   the body of a function; without NAME the remainder of the module (see `outpace.inside.units`)
    d:PATH        the docstrings of a module
    c:PATH        all code of a module, for who looks into functions without calling them
    n:PATH:NAME   the lines on which a function lies, for who shows them
    f:PATH        a file's content, its mode, and where it leads if it is a link; a path where nothing is says so, so
                  that its appearance is a change too
    k:PATH        what is at a path: a file, a directory, nothing; its mode, and where it leads
    l:PATH        the names in a directory, and which of them are directories or links
    s:PATH        the same with modes and sizes
    m:NAME        which files of the project a module's name could mean, so that a new one that shadows it is a change
    e:NAME        a variable of the environment; `e:*` all of them
    p:NAME        an installed distribution, by its RECORD and its files; `p:*` which ones there are
    t:*           which files the project has (for children, whose look-ups of absent files nobody sees)
    o:*           the content of all files of the project that are not Python (for the same)
    g:*           what git keeps of the project; nothing is recorded of it, so that such a test is untraced

Paths are relative to the root of the project's files, with `/`; what lies outside is absolute.

`Recorder` does the recording in one process:

    recorder = Recorder(root)
    recorder.install()              # before anything of the project is imported
    recorder.collected(session)     # a pytest.Session, once it has collected
    recorder.start()
    ...                             # one test runs, with its fixtures
    record = recorder.stop(item)    # Record(test, items, untraced)

A record is *complete* only if the test ran in a fork of the collected state, alone (`complete`): in one process the
second user of a cache or of a lazy import looks independent, so what is recorded there only adds to a complete record.
`untraced` says in a sentence each why a record may lack something; such a test is always selected.
"""
