"""LibreOffice as staff's office program: it opens a workbook, calculates what it does by itself, saves another."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

soffice = shutil.which("soffice")
needed = [pytest.mark.slow, pytest.mark.skipif(soffice is None, reason="LibreOffice is not installed")]
"""Marks of tests that need it."""


def convert(path: Path, to: str, out: Path, *, zone: str = "") -> Path:
    """Open a workbook and save it as `to` in the folder `out`; `zone` is where its user sits."""
    profile = f"-env:UserInstallation=file://{out}/profile"
    command = [str(soffice), profile, "--headless", "--norestore", "--convert-to", to, "--outdir", str(out), str(path)]
    environment = {**os.environ, "TZ": zone} if zone else None
    subprocess.run(command, check=True, capture_output=True, timeout=100, env=environment)
    return out / f"{path.stem}.{to.split(':')[0]}"
