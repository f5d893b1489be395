from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_builders import NOW, a_case

from mailbot.core.model import Language, Pause, Reason, Visit
from mailbot.ledger import casefile, codec

TEXT = st.text(st.characters(), max_size=20)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-9, minutes=-30))])
AWARE = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=ZONES)
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT
    | st.dates() | st.datetimes() | AWARE
)  # fmt: skip
KEYS = TEXT | st.sampled_from(["$date", "$map", "$time", "$tuple"])
NESTED = st.recursive(
    VALUES,
    lambda inner: (
        st.lists(inner) | st.lists(inner).map(tuple)
        | st.dictionaries(KEYS, inner) | st.dictionaries(st.integers(), inner)
    ),
    max_leaves=20,
)  # fmt: skip


def exactly(value: Any) -> Any:
    """What equality alone would not tell apart: types, and naive from aware."""
    if isinstance(value, dict):
        return [(exactly(key), exactly(item)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return (type(value), [exactly(item) for item in value])
    return (type(value), value)


@given(NESTED)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    assert exactly(codec.loads(codec.dumps(value))) == exactly(value)


@given(NESTED)
def test_the_text_of_a_value_can_be_stored_anywhere(value: Any) -> None:
    text = codec.dumps(value)
    assert "\x00" not in text
    assert text.encode().decode() == text


@given(AWARE)
def test_an_aware_time_comes_back_in_utc(moment: datetime) -> None:
    assert codec.loads(codec.dumps(moment)).tzinfo is UTC


def test_not_a_number_and_infinity_come_back() -> None:
    back = codec.loads(codec.dumps([float("nan"), float("inf"), -0.0]))
    assert str(back) == "[nan, inf, -0.0]"


def test_chinese_text_stays_readable_in_the_database() -> None:
    assert codec.dumps({"现象": "充电慢"}) == '{"现象":"充电慢"}'


def test_an_enumerated_value_is_kept_by_its_value() -> None:
    assert codec.loads(codec.dumps({"language": Language.EN})) == {"language": "en"}


@pytest.mark.parametrize("value", [object(), b"bytes", {1, 2}, timedelta(1)])
def test_what_has_no_lossless_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="cannot keep"):
        codec.dumps([value])


VISITS = st.builds(Visit, stage=TEXT, number=st.integers(), entered_at=AWARE, left_at=st.none() | AWARE, outcome=TEXT)
PAUSES = st.builds(Pause, reason=TEXT, started_at=AWARE, ended_at=st.none() | AWARE)
REASONS = st.builds(Reason, rule=TEXT, sets=TEXT, words=st.lists(TEXT).map(tuple), version=TEXT)


@given(
    visits=st.lists(VISITS).map(tuple),
    pauses=st.lists(PAUSES).map(tuple),
    reasons=st.lists(REASONS).map(tuple),
    parties=st.lists(TEXT).map(tuple),
    values=st.dictionaries(KEYS, VALUES),
    language=st.sampled_from(Language),
    closed_at=st.none() | AWARE,
)
def test_a_case_comes_back_as_it_was(**known: Any) -> None:
    case = a_case(**known)
    found = casefile.load(casefile.dump(case))
    assert found == case
    assert type(found.language) is Language
    assert exactly(dict(found.values)) == exactly(dict(case.values))


def test_a_record_from_before_a_field_was_added_gets_its_default() -> None:
    old = codec.loads(casefile.dump(a_case(token="t")))
    del old["token"], old["reasons"]
    old["dropped_long_ago"] = 1
    assert casefile.load(codec.dumps(old)) == a_case(reasons=())


def test_a_date_is_no_datetime() -> None:
    assert codec.loads(codec.dumps((date(2026, 3, 2), NOW))) == (date(2026, 3, 2), NOW)
