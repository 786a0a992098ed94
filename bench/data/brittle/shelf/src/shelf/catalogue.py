"""Books in SQLite."""

import sqlite3


class Catalogue:
    def __init__(self, path=":memory:"):
        self.connection = sqlite3.connect(path)
        self.connection.execute(
            "create table if not exists book (isbn text primary key, title text, author text, year integer)"
        )

    def add(self, isbn, title, author, year):
        with self.connection:
            self.connection.execute("insert into book values (?, ?, ?, ?)", (isbn, title, author, year))
        return isbn

    def find(self, isbn):
        row = self.connection.execute("select title, author, year from book where isbn = ?", (isbn,)).fetchone()
        if row is None:
            raise KeyError(isbn)
        return row

    def by(self, author):
        rows = self.connection.execute("select title from book where author = ? order by year", (author,))
        return [title for (title,) in rows]

    def titles(self):
        """Every title, in no order that is promised."""
        return [title for (title,) in self.connection.execute("select title from book order by rowid")]

    def authors(self):
        return list({author for (author,) in self.connection.execute("select author from book")})

    def __len__(self):
        return self.connection.execute("select count(*) from book").fetchone()[0]

    def close(self):
        self.connection.close()
