"""Reads one setting at a time: a value of the right type, or a problem with what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, cast

# The older names of django-cors-headers, which it still reads.
OLDER_NAMES = {
    "CORS_ALLOWED_ORIGINS": "CORS_ORIGIN_WHITELIST",
    "CORS_ALLOWED_ORIGIN_REGEXES": "CORS_ORIGIN_REGEX_WHITELIST",
    "CORS_ALLOW_ALL_ORIGINS": "CORS_ORIGIN_ALLOW_ALL",
}
# The numbers of checks that are not findings of the engine, which have their own numbers. Never
# change a number.
WRONG_KEY, WRONG_TYPE, WRONG_REGEX, WRONG_POLICY, TWO_POLICIES = range(100, 105)
WRONG_ORIGIN_CHECK, REGEX_TO_PATTERN, MIDDLEWARE_ORDER = range(105, 108)
NO_MIDDLEWARE, OTHER_MIDDLEWARE, UNKNOWN_SETTING = range(108, 111)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong or doubtful. Its id is `corsac.E`, `corsac.W` or `corsac.I` with the number."""

    number: int
    message: str
    hint: str | None = None
    level: Literal["E", "W", "I"] = "E"

    @property
    def check_id(self) -> str:
        """The id for `SILENCED_SYSTEM_CHECKS`."""
        return f"corsac.{self.level}{self.number:03}"

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message


@dataclass
class Review:
    """Reads settings, and collects every problem."""

    source: object
    problems: list[Problem] = field(default_factory=list[Problem])

    def error(self, number: int, message: str, hint: str | None = None) -> None:
        """Add a problem with which the settings cannot be used."""
        self.problems.append(Problem(number, message, hint))

    def warning(self, number: int, message: str, hint: str | None = None) -> None:
        """Add a probable mistake."""
        self.problems.append(Problem(number, message, hint, "W"))

    def info(self, number: int, message: str, hint: str | None = None) -> None:
        """Add something that may be intended."""
        self.problems.append(Problem(number, message, hint, "I"))

    @property
    def errors(self) -> list[Problem]:
        """Every problem with which the settings cannot be used."""
        return [problem for problem in self.problems if problem.level == "E"]

    def name(self, setting: str) -> str:
        """The name that a setting has in the source: the older name if only that one is there."""
        older = OLDER_NAMES.get(setting)
        if older and not hasattr(self.source, setting) and hasattr(self.source, older):
            return older
        return setting

    def get(self, setting: str, default: Any = None) -> Any:
        """The setting as it is."""
        return getattr(self.source, self.name(setting), default)

    def texts(self, setting: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of strings."""
        texts: tuple[str, ...] = self._items(setting, default, str, "a list of strings")
        return texts

    def regexes(self, setting: str) -> tuple[str | re.Pattern[str], ...]:
        """A list of regular expressions, compiled or not."""
        regexes: tuple[str | re.Pattern[str], ...] = self._items(
            setting, (), (str, re.Pattern), "a list of regular expressions"
        )
        return regexes

    def _items(self, setting: str, default: Any, kind: Any, meant: str) -> Any:
        value = self.get(setting, default)
        name = self.name(setting)
        if isinstance(value, str):
            self.error(WRONG_TYPE, f"{name} is a str, not {meant}", f"write {name} = [{value!r}]")
            return default
        if not isinstance(value, Iterable):
            self.error(WRONG_TYPE, f"{name} is {value!r}, not {meant}", f"write {name} = [...]")
            return default
        items: tuple[Any, ...] = tuple(self.get(setting, default))
        for index, item in enumerate(items):
            if not isinstance(item, kind):
                self.error(WRONG_TYPE, f"{name}[{index}] is {item!r}, and {name} must be {meant}", "write it in quotes")
                return default
        return items

    def switch(self, setting: str) -> bool:
        """A bool. A str is refused, because even the string "False" would count as true."""
        value = self.get(setting, False)
        if not isinstance(value, bool):
            name = self.name(setting)
            self.error(WRONG_TYPE, f"{name} is {value!r}, not a bool", f"write {name} = True or {name} = False")
            return False
        return value

    def switch_or_texts(self, setting: str) -> bool | tuple[str, ...]:
        """A bool, or a list of strings."""
        value = self.get(setting, False)
        return value if isinstance(value, bool) else self.texts(setting)

    def seconds(self, setting: str, default: int) -> int | None:
        """A number of seconds, or None."""
        value = self.get(setting, default)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            self.error(WRONG_TYPE, f"{setting} is {value!r}, not a number of seconds", f"write {setting} = 600")
            return None
        return value

    def pattern(self, setting: str) -> re.Pattern[str] | None:
        """A regular expression for paths, which must match at the start, as in `re.match`."""
        value = self.get(setting, "")
        if not isinstance(value, str | re.Pattern):
            self.error(WRONG_TYPE, f"{setting} is {value!r}, not a regular expression", rf'write {setting} = r"^/api/"')
            return None
        try:
            return re.compile(cast("str | re.Pattern[str]", value))
        except re.error as error:
            self.error(WRONG_REGEX, f"{setting} is not a valid regular expression: {error}")
            return None
