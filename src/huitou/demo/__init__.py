"""Demo: an invented brand and its believable data, also used by tests and benchmarks.

``demo.generate.generate`` makes the data (pure), ``demo.loader.load`` puts it into a home the way
files come in. Imports everything below; nothing but ``web`` imports it.
"""
