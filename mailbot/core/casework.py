"""The verbs of casework, in the order of a complaint's life.

A complaint arrives (`opening`), the customer writes again or a letter bounces (`furthermail`), staff change the row
(`edits`). Each verb takes the facts and `now` and returns a Decision; nothing touches a mailbox, a workbook or a clock.
What they are made of: `decisions` joins letters and remarks, `progress` walks through the stages, `reopening` brings a
closed case back, `supplement` reads what a further mail adds. In between `chasing` watches the deadlines, `asking` what
the customer still owes us.
"""

from mailbot.core.cells import CellEdit
from mailbot.core.edits import apply_edits
from mailbot.core.furthermail import add_mail, note_automatic, note_bounce, note_colleague, note_repeated
from mailbot.core.opening import Intake, open_case, type_case

__all__ = [
    "CellEdit",
    "Intake",
    "add_mail",
    "apply_edits",
    "note_automatic",
    "note_bounce",
    "note_colleague",
    "note_repeated",
    "open_case",
    "type_case",
]
