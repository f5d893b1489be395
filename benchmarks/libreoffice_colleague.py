"""A colleague who works in LibreOffice: opens the workbook, fills one more cell, saves, again and again.

Run by `race.py`, with the interpreter LibreOffice brings its `uno` for (the system's). Says at the end, as JSON, how
often he saved and how often LibreOffice could not.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.io import IOException
from com.sun.star.lang import IllegalArgumentException

_OFF = (
    '<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="{}" oor:op="fuse"><value>false</value></prop>'
    "</item>"
)
UNLOCKED = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    + "".join(map(_OFF.format, ("UseLocking", "UseDocumentOOoLockFile")))
    + "</oor:items>"
)


def office(profile: Path) -> tuple[subprocess.Popen[bytes], Any]:
    """A LibreOffice of our own, without windows."""
    pipe = f"colleague{os.getpid()}"
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nologo"]
    process = subprocess.Popen([*command, f"--accept=pipe,name={pipe};urp;"], start_new_session=True)
    local = uno.getComponentContext()
    find = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(300):
        try:
            context = find.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return process, context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except Exception:  # not there yet
            time.sleep(0.1)
    raise SystemExit("LibreOffice does not start")


def work(desk: Any, path: Path, seconds: float, saves_each: int) -> tuple[int, int]:
    """Open, fill and save `saves_each` times, close; how many saves were done, and how many LibreOffice refused."""
    hidden = PropertyValue()
    hidden.Name, hidden.Value = "Hidden", True
    count = refused = 0
    until = time.time() + seconds
    while time.time() < until:
        try:
            document = desk.loadComponentFromURL(path.as_uri(), "_blank", 0, (hidden,))
        except (IOException, IllegalArgumentException):
            document = None
        if document is None:  # just being replaced
            refused += 1
            continue
        try:
            for _ in range(saves_each):
                document.Sheets.getByIndex(0).getCellByPosition(10 + count % 100, count // 100).setValue(count + 1)
                document.store()
                count += 1
        except IOException:
            refused += 1
        document.close(True)
    return count, refused


def main() -> None:
    path, profile, seconds, lock, saves_each = sys.argv[1:]
    folder = Path(profile)
    if lock == "no":
        (folder / "user").mkdir(parents=True)
        (folder / "user" / "registrymodifications.xcu").write_text(UNLOCKED)
    process, desk = office(folder)
    try:
        count, refused = work(desk, Path(path), float(seconds), int(saves_each))
    finally:
        os.killpg(process.pid, signal.SIGKILL)
    print(json.dumps({"saved": count, "refused": refused}))


main()
