"""The register in a Google Sheet: `backend.GoogleRegister` works on one, `transport.connect` logs in with a key file.

Nothing is imported here: gspread is there only where somebody needs it.
"""
