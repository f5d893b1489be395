"""Complaint handling with nothing but a mailbox and a shared spreadsheet."""

__version__ = "0.1.0"
