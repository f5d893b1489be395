"""The fields of a complaint.

What a careful clerk would copy from a mail into the record, each with the sentence it came from.
"""

from mailbot.mail.fields.find import find_fields

__all__ = ["find_fields"]
