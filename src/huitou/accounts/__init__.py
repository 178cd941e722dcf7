"""Accounts: the brand, its shops, users, roles, data scopes, API keys and the audit log.

Imports only kernel.
"""
