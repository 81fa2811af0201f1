"""Where APIs were found, for a month, so that next time nobody has to look for them in every account and region."""

import json
import logging
from dataclasses import asdict

from bot.model import Spot
from bot.store.store import Store, StoreFails

_SHELF = "whereabouts"
_KEPT_SECONDS = 30 * 24 * 3600
log = logging.getLogger(__name__)


class StoredWhereabouts:
    """`bot.aws.whereabouts.Whereabouts` in the store. What the store does not do is logged and done without."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def recall(self, api_id: str) -> Spot | None:
        """Where it was found last, unless that is too long ago or cannot be read."""
        try:
            text = self._store.get(_SHELF, api_id)
            kept = json.loads(text) if text else None
            return Spot(str(kept["account"]), str(kept["region"])) if kept else None
        except StoreFails as failed:
            log.warning("where an API is cannot be looked up: %s", failed)
        except (ValueError, TypeError, KeyError):
            log.warning("what was kept of where %s is cannot be read, and is left out", api_id)
        return None

    def remember(self, api_id: str, spot: Spot) -> None:
        """It was found there."""
        try:
            self._store.put(_SHELF, api_id, json.dumps(asdict(spot)), _KEPT_SECONDS)
        except StoreFails as failed:
            log.warning("where an API is cannot be kept: %s", failed)

    def forget(self, api_id: str) -> None:
        """It is not there any more."""
        try:
            self._store.drop(_SHELF, api_id)
        except StoreFails as failed:
            log.warning("where an API was cannot be forgotten: %s", failed)
