"""Whether the two locks are still what pyproject.toml asks for, told without a network."""

import tomllib
from collections.abc import Mapping

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

LOCKS = ("locks/report.txt", "locks/test.txt")  # the second holds the first, and what the tests need


def stale(pyproject: str, locks: Mapping[str, str]) -> list[str]:
    """Return one line for each direct dependency that a lock lacks or pins at a version its specifier forbids.

    `pyproject` is the text of pyproject.toml, `locks` the texts of both locks by file name. A package pinned at unlike
    versions in the two is named as well, since the second is installed over the first.
    """
    project = tomllib.loads(pyproject)["project"]
    report = [Requirement(line) for line in project["dependencies"]]
    tests = [Requirement(line) for line in project["optional-dependencies"]["test"]]
    pinned = {name: pins(text) for name, text in locks.items()}
    found = []
    for name, wanted in zip(LOCKS, (report, report + tests), strict=True):
        for dependency in wanted:
            versions = pinned[name].get(canonicalize_name(dependency.name), set())
            if not versions:
                found.append(f"{name}: {dependency.name} is not pinned")
            found += [
                f"{name}: {dependency.name}=={version}, but pyproject.toml asks for {dependency}"
                for version in sorted(versions)
                if version not in dependency.specifier
            ]
    first, second = (pinned[name] for name in LOCKS)
    found += [
        f"{LOCKS[1]}: {package}=={version}, but {LOCKS[0]} has another version"
        for package in sorted(first.keys() & second.keys())
        for version in sorted(second[package] - first[package])
    ]
    return found


def pins(lock: str) -> dict[str, set[Version]]:
    """Return the versions a lock pins, by canonical name; a package may have one for each platform."""
    found: dict[str, set[Version]] = {}
    for line in lock.splitlines():
        if line and not line.startswith((" ", "#", "-")):
            pin = Requirement(line.removesuffix("\\").strip())
            [specifier] = pin.specifier
            found.setdefault(canonicalize_name(pin.name), set()).add(Version(specifier.version))
    return found
