"""The local Google: what of Sheets v4 and Drive v3 the register needs, for the demo and the tests."""
