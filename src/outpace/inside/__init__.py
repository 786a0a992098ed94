"""What runs on a project's own Python, in the sandbox: standard library, and pytest where it is; Python 3.9 and later.

It imports nothing else of Outpace, and always relatively: in a foreign environment it lies, copied, as
`outpace_inside`.
"""
