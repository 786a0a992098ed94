"""Lock files, manifests, version orders, aliases: is this version affected?"""
