"""Huitou (回头): the member CRM a retail brand runs itself."""
