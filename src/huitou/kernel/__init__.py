"""Kernel: home folder, clock, ids, money, errors, crypto, languages and background jobs.

Lowest band: imports nothing else of Huitou.
"""
