"""Who works here: persons, departments with their heads, roles [D-50…D-52].

Names live in the rule file, none in code. Here is only who is meant by what somebody typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from mailbot.core.addresses import plain_address
from mailbot.core.model import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on the staff. `language` is the one he is written to in.

    `departments` are those a supervisor is told of; empty: all. `initials` is how he signs; empty: by the first letters
    of a name in Latin letters.
    """

    name: str
    address: str
    language: Language
    departments: tuple[str, ...] = ()
    initials: str = ""

    def signs(self) -> frozenset[str]:
        """What he may put under a piece of work: his name, his initials."""
        words = self.name.split()
        latin = "".join(word[0] for word in words) if len(words) > 1 and self.name.isascii() else ""
        return frozenset(_fold(sign) for sign in (self.name, self.initials or latin) if sign)


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department: its key for rules, its head's name, what it is called."""

    key: str
    names: Mapping[Language, str]
    manager: str
    staff: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everybody the rule file names. Roles map to names of persons."""

    persons: tuple[Person, ...]
    departments: tuple[Department, ...]
    roles: Mapping[str, tuple[str, ...]]

    def find(self, text: object) -> Person | None:
        """The person meant by a name or an address as somebody typed it; None when nobody or more than one fits."""
        wanted = _fold(str(text or ""))
        exact = [p for p in self.persons if wanted and wanted in (_fold(p.name), p.address.casefold())]
        return exact[0] if len(exact) == 1 else None

    def meant(self, text: object) -> frozenset[str]:
        """Everybody named in a cell, such as 张三、李四, each in one spelling whether he is on the list or not."""
        names = (name for name in _BETWEEN.split(str(text or "")) if name.strip())
        return frozenset(_fold(person.name if (person := self.find(name)) else name) for name in names)

    def signed(self, text: str) -> bool:
        """Whether a text is somebody's name or initials, with or without dots."""
        sign = _fold(text)
        return any(each in person.signs() for person in self.persons for each in (sign, sign.replace(".", "")))

    def head(self, department: object) -> Person | None:
        """The head of a department by key; None when there is no such department or its head is not on the list."""
        return next((self.find(d.manager) for d in self.departments if d.key == department), None)

    def in_role(self, role: str) -> tuple[Person, ...]:
        """Everybody in a role, in the file's order."""
        return tuple(p for name in self.roles.get(role, ()) if (p := self.find(name)))

    def has_role(self, person: Person, roles: tuple[str, ...]) -> bool:
        """Whether the person is in one of the roles."""
        return any(person in self.in_role(role) for role in roles)

    def problems(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Names used that are no person, persons given twice: where in the file, and in words for its editor."""
        names = [_fold(p.name) for p in self.persons]
        for index, person in enumerate(self.persons):
            if names.count(_fold(person.name)) > 1:
                yield ("person", index), f"the person {person.name!r} is given twice; tell them apart by name"
            if not plain_address(person.address):
                message = f"the person {person.name!r} has no e-mail address (given: {person.address!r})"
                yield ("person", index, "address"), message
        for index, department in enumerate(self.departments):
            for key, members in (("manager", (department.manager,)), ("staff", department.staff)):
                for message in self._strangers(f"department {department.key!r}", members):
                    yield ("department", index, key), message
        for role, members in self.roles.items():
            for message in self._strangers(f"role {role!r}", members):
                yield ("roles", role), message

    def _strangers(self, whose: str, members: Iterable[str]) -> Iterator[str]:
        for name in members:
            listed = [person.name for person in self.persons]
            if self.find(name) is None and _fold(name) not in map(_fold, listed):
                close = get_close_matches(name, listed, n=1, cutoff=0.5)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                yield f"{whose} names {name!r}, who is not among the [[person]] entries{hint}"


_BETWEEN = re.compile(r"[、,，;；/&\n]")


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
