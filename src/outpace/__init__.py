"""Outpace: from a vulnerability's advisory to a fix that is verified on what is running.

Imports point down this page; `.importlinter` holds the code to it, and a test keeps this map equal to the contract.

    cli
    mcp
    bootstrap
    formats
    app
    stories
    engines  store
    sandbox
    matching  remediation  proving  assessment  testing  delivery
    ecosystems  pipelines  statistics
    model  inside

Names on one line do not know each other. Rooms of the design that are still empty, and so do not exist yet:
web, scanning, modernization, privilege, attestation, shielding, sources.
"""

__version__ = "0.1.0"
