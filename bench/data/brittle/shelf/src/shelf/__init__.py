"""A catalogue of books in a database."""
