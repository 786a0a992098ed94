"""Generated tests as files in a project's own style."""
