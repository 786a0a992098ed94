"""Letters out of templates, queued and sent."""
