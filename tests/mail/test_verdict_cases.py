"""Short letters of many kinds against what a careful clerk says of them (verdict_cases.toml).

Every second letter measures only; `python tests/mail/test_verdict_cases.py` prints the figures of both halves and the
differences of the half for tuning.
"""
