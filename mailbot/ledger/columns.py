"""Column types of the ledger, the same on every database.

Text from outside may hold what a database refuses (NUL, half surrogate pairs): such characters become U+FFFD here, in
one place; the original bytes are in the archive. Times are aware UTC in and out, a naive one is refused.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Integer, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_REFUSED = re.compile("[\x00\ud800-\udfff]")

Serial = BigInteger().with_variant(Integer(), "sqlite")
"""A row's own number, counted up by the database."""


class Words(TypeDecorator[str]):
    """Text from anywhere."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what no database takes."""
        return None if value is None else _REFUSED.sub("\ufffd", value)


class Key(TypeDecorator[str]):
    """Text from anywhere that is searched by. Beyond 500 characters a digest stands for the rest."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what no database takes and shorten, always in the same way."""
        if value is None:
            return None
        text = _REFUSED.sub("\ufffd", value)
        return text if len(text) <= 500 else f"{text[:400]}#{hashlib.sha256(text.encode()).hexdigest()}"


class Moment(TypeDecorator[datetime]):
    """A point in time, aware, in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC. Raises ValueError for a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone cannot be kept: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back where the database keeps none."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
