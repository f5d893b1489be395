import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from ledger_builders import NOW, a_decision, a_delivery, a_letter
from sqlalchemy import create_engine, text

from mailbot import errors
from mailbot.ledger.ledger import Ledger
from mailbot.ledger.schema import HEAD, METADATA


def test_the_migrations_make_the_tables_the_program_uses(url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        migrated = MigrationContext.configure(connection, opts={"compare_type": False})
        assert migrated.get_current_heads() == (HEAD,)
        assert compare_metadata(migrated, METADATA) == []
    engine.dispose()


def test_a_new_ledger_makes_its_folder_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "ledger.sqlite"
    with closing(Ledger.open(f"sqlite:///{path}")) as ledger:
        assert ledger.check() == []
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_what_was_recorded_is_there_after_opening_again(url: str) -> None:
    with closing(Ledger.open(url)) as ledger:
        ledger.record(a_decision(), [a_letter()], NOW)
        secret = ledger.secret()
    with closing(Ledger.open(url)) as again:
        assert again.cases.exists("CP-2026-000001")
        assert again.secret() == secret
        assert len(secret) == 32


def test_an_up_to_date_ledger_opens_without_loading_alembic(sqlite_url: str) -> None:
    program = (
        f"import sys, time; from mailbot.ledger.ledger import Ledger; began = time.perf_counter()\n"
        f"Ledger.open({sqlite_url!r}); assert time.perf_counter() - began < 0.5\n"
        f"assert not [name for name in sys.modules if name.startswith(('alembic', 'psycopg'))]"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def set_version(url: str, version: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    engine.dispose()


def test_a_ledger_of_a_newer_program_is_refused_and_left_alone(url: str) -> None:
    set_version(url, "9999")
    try:
        with pytest.raises(errors.Usage, match="newer mailbot"):
            Ledger.open(url)
    finally:
        set_version(url, HEAD)
    Ledger.open(url).close()


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notices (key TEXT)")
    with pytest.raises(errors.Temporary, match="already exists"):
        Ledger.open(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("notices",)]


def test_a_file_that_is_no_ledger_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    path.write_bytes(b"PK\x03\x04 a workbook" * 100)
    with pytest.raises(errors.Usage, match="is not a ledger"):
        Ledger.open(f"sqlite:///{path}")
    assert path.read_bytes() == b"PK\x03\x04 a workbook" * 100


@pytest.mark.parametrize("url", ["ledger.sqlite", "mysql://x/y", "nosuch://x", "postgresql+nosuch://x/y", ""])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(errors.Usage, match="ledger address"):
        Ledger.open(url)


def test_a_place_where_no_file_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.Usage, match="cannot be opened"):
        Ledger.open(f"sqlite:///{tmp_path}/file/ledger.sqlite")


def test_a_database_out_of_reach_is_tried_again_later(tmp_path: Path) -> None:
    with pytest.raises(errors.Temporary, match="ledger") as caught:
        Ledger.open(f"postgresql+psycopg://mailbot:top-secret@/x?host={tmp_path}")
    assert "top-secret" not in str(caught.value)


def test_sqlite_is_set_up_to_survive_a_power_cut(sqlite_url: str) -> None:
    with closing(Ledger.open(sqlite_url)) as ledger:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        settings = [ledger._store.value(text(f"PRAGMA {pragma}")) for pragma in asked]
        assert settings == ["delete", 3, 1, 30000]


def test_one_reads_while_another_is_about_to_write(url: str) -> None:
    with closing(Ledger.open(url)) as ledger, closing(Ledger.open(url)) as status:
        with ledger.transaction():
            ledger.record(a_decision(), [], NOW)
            assert list(status.cases.all()) == []
        assert status.cases.exists("CP-2026-000001")


def test_a_lost_connection_is_temporary_and_the_next_try_works(shared_database: str) -> None:
    with closing(Ledger.open(shared_database)) as ledger:
        with psycopg.connect(shared_database.replace("+psycopg", "")) as killer:
            killer.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        with pytest.raises(errors.Temporary, match="ledger"):
            ledger.mails.see([a_delivery(1)], NOW)
        ledger.mails.see([a_delivery(2)], NOW)
        assert ledger.mails.known_uids("quality", "INBOX", 7) >= {2}


def test_a_damaged_ledger_is_found_by_the_check(sqlite_url: str, tmp_path: Path) -> None:
    with closing(Ledger.open(sqlite_url)) as ledger:
        for number in range(50):
            ledger.record(a_decision(f"N{number}"), [a_letter(f"{number}", raw=b"x" * 5000)], NOW)
    path = tmp_path / "ledger.sqlite"
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 20000] = b"\xff" * 20000
    path.write_bytes(content)
    with closing(Ledger.open(sqlite_url)) as ledger:
        assert any("damaged" in problem for problem in ledger.check())


def test_rows_that_do_not_agree_are_found_by_the_check(sqlite_url: str, tmp_path: Path) -> None:
    with closing(Ledger.open(sqlite_url)) as ledger:
        ledger.record(a_decision("A"), [a_letter()], NOW, message_ids=["<m@x>"])
        ledger.mails.see([a_delivery()], NOW)
        with closing(sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)) as other:
            other.execute("UPDATE mails SET state = 'done', case_number = 'B'")
            other.execute("DELETE FROM letter_bytes")
            other.execute("UPDATE cases SET state = '{}'")
        problems = " | ".join(ledger.check())
        for words in ("without an end", "has no bytes", "case that does not exist", "case A cannot be read"):
            assert words in problems
        with closing(sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)) as other:
            other.execute("UPDATE message_ids SET case_number = 'gone'")
        assert ["does not exist" in problem for problem in ledger.check()] == [True]
