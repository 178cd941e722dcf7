"""Warehouse: typed fact tables, the engine that holds them, the feed.

Holds no personal data: members are dense numbers, identities keyed hashes.
Imports only accounts and kernel.
"""
