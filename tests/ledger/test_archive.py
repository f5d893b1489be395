import hashlib
import os
import stat
from pathlib import Path

import pytest

from mailbot import errors
from mailbot.ledger.archive import Archive

RAW = b"From: a@b\r\n\r\nhello\xff\r\n"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if not path.is_dir())


def test_a_mail_is_found_by_what_it_contains(archive: Archive) -> None:
    digest = archive.put(RAW)
    assert digest == hashlib.sha256(RAW).hexdigest()
    assert archive.get(digest) == RAW
    assert archive.path(digest).read_bytes() == RAW


def test_the_same_mail_twice_is_one_file(archive: Archive) -> None:
    assert archive.put(RAW) == archive.put(RAW)
    assert len(files(archive.root)) == 1


def test_files_and_folders_are_private_whatever_the_umask(archive: Archive) -> None:
    before = os.umask(0)
    try:
        archive.link("CP-1", archive.put_attachment(b"x", "a.pdf"))
        archive.put(RAW)
    finally:
        os.umask(before)
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in archive.root.rglob("*")}
    assert modes == {True: 0o700, False: 0o600}


def test_a_half_written_file_is_written_again(archive: Archive) -> None:
    path = archive.path(archive.put(RAW))
    path.write_bytes(RAW[:5])
    archive.put(RAW)
    assert path.read_bytes() == RAW


def test_what_a_crash_left_aside_is_swept_away(archive: Archive) -> None:
    digest = archive.put(RAW)
    (archive.root / "incoming" / "left").write_bytes(b"half")
    assert archive.sweep() == 1
    assert files(archive.root) == [archive.path(digest)]


def test_a_missing_or_damaged_mail_is_said_to_be_so(archive: Archive) -> None:
    with pytest.raises(errors.Permanent, match="missing"):
        archive.get("ab" * 32)
    digest = archive.put(RAW)
    archive.path(digest).write_bytes(b"something else")
    with pytest.raises(errors.Permanent, match="damaged"):
        archive.get(digest)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "AB" * 32, "ab" * 31, "ab" * 32 + "\n"])
def test_only_a_digest_names_a_mail(archive: Archive, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        archive.get(name)


def test_an_attachment_lies_under_our_own_name(archive: Archive) -> None:
    stored = archive.put_attachment(b"MZ", "../../run\u202e.exe")
    assert stored.name == "run.exe.bin"
    assert stored.path == archive.root / "attachments" / stored.sha256[:2] / f"{stored.sha256}.bin"
    assert stored.path.read_bytes() == b"MZ"
    assert archive.stored(stored.sha256, "../../run\u202e.exe") == stored


def test_staff_find_attachments_in_the_folder_of_the_case(archive: Archive) -> None:
    path = archive.link("CP-2026-000001", archive.put_attachment(b"jpg", "不良照片.jpg"))
    assert path == archive.view("CP-2026-000001") / "不良照片.jpg"
    assert path.read_bytes() == b"jpg"


def test_linking_again_is_no_second_file(archive: Archive) -> None:
    stored = archive.put_attachment(b"jpg", "a.jpg")
    assert archive.link("CP-1", stored) == archive.link("CP-1", stored)
    assert len(files(archive.view("CP-1"))) == 1


def test_parts_of_one_name_are_as_many_files(archive: Archive) -> None:
    parts = [(b"1", "photo.jpg"), (b"2", "photo.jpg"), (b"3", "Photo.JPG"), (b"4", "x/photo.jpg")]
    for content, name in parts:
        archive.link("CP-1", archive.put_attachment(content, name))
    found = files(archive.view("CP-1"))
    assert sorted(path.name.casefold() for path in found) == [
        "photo (2).jpg", "photo (3).jpg", "photo (4).jpg", "photo.jpg",
    ]  # fmt: skip
    assert sorted(path.read_bytes() for path in found) == [b"1", b"2", b"3", b"4"]


def test_a_name_taken_before_a_crash_is_filled(archive: Archive) -> None:
    (archive.view("CP-1") / "a.jpg").write_bytes(b"")
    path = archive.link("CP-1", archive.put_attachment(b"jpg", "a.jpg"))
    assert (path.name, path.read_bytes()) == ("a.jpg", b"jpg")


def test_staff_changing_their_copy_leave_the_original_alone(archive: Archive) -> None:
    stored = archive.put_attachment(b"original", "a.docx")
    archive.link("CP-1", stored).write_bytes(b"changed")
    assert stored.path.read_bytes() == b"original"


def test_what_lies_in_the_way_is_never_followed_or_replaced(archive: Archive, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_bytes(b"precious")
    folder = archive.view("CP-1")
    (folder / "a.txt").symlink_to(outside)
    os.mkfifo(folder / "a (2).txt")
    (folder / "a (3).txt").mkdir()
    path = archive.link("CP-1", archive.put_attachment(b"new", "a.txt"))
    assert path.name == "a (4).txt"
    assert outside.read_bytes() == b"precious"
    assert (folder / "a.txt").is_symlink()


def test_no_link_leads_out_of_the_archive(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    archive.view("CP-1").rmdir()
    (archive.root / "cases" / "CP-1").symlink_to(tmp_path / "outside")
    with pytest.raises(errors.Temporary, match="archive"):
        archive.link("CP-1", archive.put_attachment(b"x", "a.txt"))
    assert files(tmp_path / "outside") == []


def test_a_full_disk_is_temporary_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    archive = Archive(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    import signal

    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(errors.Temporary, match="archive"):
            archive.put(b"x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert files(tmp_path) == []


def test_the_files_of_a_case_may_be_opened_by_whoever_may_open_the_folder_of_cases(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o2770)
    archive = Archive(tmp_path / "archive", shared)
    photo = archive.link("CP-1", archive.put_attachment(b"photo", "photo.png"))
    assert photo == shared / "CP-1" / "photo.png"
    assert stat.S_IMODE(photo.parent.stat().st_mode) == 0o2770
    assert stat.S_IMODE(photo.stat().st_mode) == 0o660
    assert stat.S_IMODE((tmp_path / "archive" / "attachments").stat().st_mode) == 0o700


def test_the_files_of_a_case_are_private_when_nobody_shared_them(archive: Archive) -> None:
    photo = archive.link("CP-1", archive.put_attachment(b"photo", "photo.png"))
    assert stat.S_IMODE(photo.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(photo.stat().st_mode) == 0o600
