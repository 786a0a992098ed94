"""The door for agents: five tools over the Model Context Protocol, none of which changes anything."""
