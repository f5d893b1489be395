"""Makes the contract suite importable, with its assertions explained, from every test of a register."""

import pytest

pytest.register_assert_rewrite("register_contract")
