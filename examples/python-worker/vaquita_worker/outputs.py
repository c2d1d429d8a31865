"""Output parameters, read from the lines that a task prints."""

import re

SET_OUTPUT = re.compile(r"\s*::set-output\s+([^=\s]+)=(.*)", re.DOTALL)
ESCAPES = {"0A": "\n", "0D": "\r", "25": "%"}
MAX_BYTES = 65_536

CHECKS = {
    "integer": re.compile(r"[+-]?\d+"),
    "float": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"),
    "boolean": re.compile(r"true|false"),
}


class OutputError(Exception):
    """A declared output cannot be used: the task fails with this text."""


class Outputs:
    """Takes `::set-output name=value` lines. Of two values of one name the later counts."""

    def __init__(self, declared):
        self._types = {output["name"]: output["type"] for output in declared}
        self._values = {}

    def add_line(self, line):
        match = SET_OUTPUT.fullmatch(line.rstrip("\r"))
        if match and match[1] in self._types:
            self._values[match[1]] = re.sub("%(0A|0D|25)", lambda hit: ESCAPES[hit[1].upper()], match[2], flags=re.I)

    def finish(self):
        """The values by name, when all of them are of their type and small enough together."""
        size = sum(len(name.encode()) + len(value.encode()) for name, value in self._values.items())
        if size > MAX_BYTES:
            raise OutputError(f"Its outputs together have {size} bytes; at most {MAX_BYTES} are possible. Pass files instead.")
        for name, value in self._values.items():
            check = CHECKS.get(self._types[name])
            if check and not check.fullmatch(value):
                raise OutputError(f'The output "{name}" is not of type {self._types[name]}: {value[:60]!r}')
        return dict(self._values)
