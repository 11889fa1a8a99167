"""Packages that an extra installs."""

from __future__ import annotations

from importlib.util import find_spec

from chainviz.errors import MissingPackageError


def require(package: str, extra: str, wanted_by: str) -> None:
    """Raise MissingPackageError, which names the extra, where a package is not installed. Imports nothing."""
    if find_spec(package) is None:
        raise MissingPackageError(
            f"{wanted_by} needs the package {package!r}, which is not installed: pip install 'chainviz[{extra}]'"
        )


__all__ = ["require"]
