"""Nothing here goes through a proxy, and the words are those of the project."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def catalogs():
    """The folders with the project's own catalogs."""
    return [Path(__file__).parents[2] / "locales"]
