"""Masked copies of databases for staging: SQLite by its own library, PostgreSQL by its own programs."""
