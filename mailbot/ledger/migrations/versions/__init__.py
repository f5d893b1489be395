"""The steps. A new one is `NNNN_what.py` with the next number; `schema.HEAD` follows it."""
