"""What gives a setting: a variable of the environment or the TOML file; and how a fault of either is told."""

import json
import os
import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bonaface.errors import ConfigurationError

ENV_PREFIX = "BONAFACE_"
CONFIG_VARIABLE = "BONAFACE_CONFIG"
NESTING = "__"
LISTS = (("fetch", "allowed_networks"), ("server", "trusted_proxies"), ("server", "allowed_origins"))
"""Settings whose variables hold JSON."""
RENAMED: Mapping[tuple[str, ...], str] = MappingProxyType(
    {("engine",): "serving", ("limits", "group_wait"): "batch_wait"}
)
"""Sections and settings by their former names, and what they are called now: the old names are refused."""

_NAMED = re.compile(r"\b([a-z]+)\.([a-z_]+)\b")
"""A section and a setting, as sentences name them."""


def as_given(sentence: str) -> str:
    """A sentence with what gives each setting that it names: the variable or the file, if it is not told yet.

    For faults that only show when a setting is used.
    """

    def told(found: re.Match[str]) -> str:
        giver = _variable_with(*found.groups()) or _file_with(*found.groups())
        return f"{found[0]} ({giver})" if giver and giver not in sentence else found[0]

    return _NAMED.sub(told, sentence)


def _variable_with(section: str, name: str) -> str | None:
    """The variable, where one gives this setting: its own, or that of its section where it holds it."""
    variable = _variable(os.environ, section, name)
    if variable is None or variable.lower() != f"{ENV_PREFIX}{section}".lower():
        return variable
    given = json.loads(os.environ[variable]) if _is_json(os.environ[variable]) else None
    return variable if isinstance(given, Mapping) and name in given else None


def _file_with(section: str, name: str) -> str | None:
    """The TOML file, where it gives this setting."""
    config = os.environ.get(CONFIG_VARIABLE)
    if not config:
        return None
    try:
        given = tomllib.loads(Path(config).read_text("utf-8")).get(section)
    except (OSError, ValueError):  # told by whoever reads the settings
        return None
    return config if isinstance(given, Mapping) and name in given else None


def refuse_unknown_variables(environment: Mapping[str, str], sections: Collection[str]) -> None:
    """Raises ConfigurationError for a variable of bonaface's that is of none of the `sections`."""
    for name in environment:
        if not name.upper().startswith(ENV_PREFIX) or name == CONFIG_VARIABLE:
            continue
        section = name[len(ENV_PREFIX) :].split(NESTING)[0].lower()
        if (section,) in RENAMED:
            raise ConfigurationError(f"{name} was renamed; set {_renamed(name, section)} instead.")
        if section not in sections:
            known = ", ".join(sections)
            raise ConfigurationError(f"{name} is not a setting; sections are {known}.")


def _renamed(variable: str, section: str) -> str:
    """The variable as it is called now, in capitals, whose `section` had another name."""
    rest = variable[len(ENV_PREFIX) + len(section) :]
    return f"{ENV_PREFIX}{RENAMED[section,]}{rest}".upper()


def explained(error: ValidationError, overrides: Mapping[str, Any]) -> str:
    """A sentence of all that does not hold, each with the variable or the file that gives it.

    overrides: arguments, section by section; what they give needs no telling.
    """
    faults = (
        f"{_giver(fault['loc'], overrides)}{_key(fault['loc'])}: {_fault(fault)}" for fault in error.errors()
    )
    return "The settings do not hold: " + "; ".join(faults) + "."


def _fault(fault: ErrorDetails) -> str:
    """What is wrong; of a section or setting by its former name, what it is called now."""
    location = tuple(map(str, fault["loc"]))
    name = RENAMED.get(location[:1]) or RENAMED.get(location[:2])
    return fault["msg"] if name is None else f"It was renamed; call it {name}"


def _key(location: tuple[int | str, ...]) -> str:
    """The key as its owner wrote it: without the branches of a union that pydantic tried."""
    return ".".join(str(part) for part in location if "[" not in str(part))


def _giver(location: tuple[int | str, ...], overrides: Mapping[str, Any]) -> str:
    """What gives the value at `location`, and a verb: the variable or the file; nothing for an argument."""
    section, name = str(location[0]), "".join(map(str, location[1:2]))
    given = overrides.get(section)
    if section in overrides and (not isinstance(given, Mapping) or not name or name in given):
        return ""
    variable = _variable(os.environ, section, name)
    return f"{variable or os.environ.get(CONFIG_VARIABLE)} sets "


def _variable(environment: Mapping[str, str], section: str, name: str) -> str | None:
    """The variable that gives a setting, in its own case: the one of its own before that of its section."""
    whole = f"{ENV_PREFIX}{section}".lower()
    exact = f"{whole}{NESTING}{name}".lower()
    given = [key for key, value in environment.items() if value]  # the later one counts
    of_setting = [key for key in given if name and f"{key}{NESTING}".lower().startswith(f"{exact}{NESTING}")]
    of_section = [key for key in given if key.lower() == whole]
    return next(reversed(of_section + of_setting), None)


def unreadable(environment: Mapping[str, str], sections: Collection[str]) -> str:
    """The variables whose values are to be JSON, as those of whole sections and of LISTS, and are not."""
    names = {*sections, *(f"{section}{NESTING}{name}" for section, name in LISTS)}
    json_variables = {f"{ENV_PREFIX}{name}".lower() for name in names}
    wanted = [key for key, value in environment.items() if value and key.lower() in json_variables]
    return ", ".join(key for key in wanted if not _is_json(environment[key])) or "The settings"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
