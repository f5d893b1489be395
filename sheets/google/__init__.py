"""The register in a Google Sheet: `GoogleRegister` works on one, `connect` logs in with a key file."""

from sheets.google.backend import GoogleRegister
from sheets.google.transport import connect

__all__ = ["GoogleRegister", "connect"]
