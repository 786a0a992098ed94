"""Redirects and proxies of an HTTP client: an excerpt of Requests, see NOTICE."""
