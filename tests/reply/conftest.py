"""A catalog in which every message stands in brackets, so that what stands outside is known never to be translated."""

from gettext import NullTranslations

import pytest


class Bracketed(NullTranslations):
    """Wraps each message in ⟦ ⟧ and says nothing else."""

    def gettext(self, message):
        return f"⟦{message}⟧"

    def ngettext(self, msgid1, msgid2, n):
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@pytest.fixture(scope="session")
def bracketed():
    return Bracketed()
