"""Opens what is more than a message: the form to ask with, the views behind buttons, the Home tab."""

import logging
from typing import Any, Protocol

from bot.model import Asker, Place
from bot.slack.addresses import origin
from bot.slack.conversation.desk import Desk
from bot.slack.conversation.people import Person
from bot.slack.incoming.entrances import FormWanted, HomeOpened
from bot.slack.outgoing.forms import ask_form
from bot.slack.outgoing.home import closed_view, home_view

log = logging.getLogger(__name__)


class Map(Protocol):
    """Knows where can be asked about."""

    def places(self, asker: Asker | None = ...) -> tuple[Place, ...]:
        """The accounts that somebody may ask about; asking may take a few seconds the first time."""

    def regions(self) -> tuple[str, ...]:
        """The regions."""


class Views:
    """Opens views. A view must be opened within three seconds of what asked for it, so nothing here waits for AWS."""

    def __init__(self, desk: Desk, map: Map) -> None:
        self._desk = desk
        self._map = map
        self._has_looked = False

    def look_around(self) -> None:
        """Find out which accounts there are, before anybody wants to know."""
        self._map.places()
        self._has_looked = True

    def open(self, trigger: str, view: dict[str, Any]) -> None:
        """https://docs.slack.dev/reference/methods/views.open. Raises one of SLACK_FAILS."""
        self._desk.client.views_open(trigger_id=trigger, view=view)

    def open_form(self, wanted: FormWanted) -> None:
        """The form to ask with. Raises one of CANNOT_SAY."""
        person = self._desk.people.person_for_now(wanted.person)
        words = self._desk.words(person.language)
        if refusal := self._desk.refusal(person, wanted):
            self._desk.tell(wanted, person, refusal)
            return
        called_at = origin(wanted.channel, wanted.answer_to.url if wanted.answer_to else "")
        places, regions = self._places(wanted.asker), self._map.regions()
        self.open(wanted.trigger, ask_form(words, person.language, places, regions, called_at))

    def show_home(self, opened: HomeOpened) -> None:
        """The Home tab of somebody. Raises one of SLACK_FAILS."""
        person = self._desk.people.person_for_now(opened.person)
        refusal = self._desk.refusal(person, opened)
        if refusal is None:
            self.look_around()
        self._publish(person, refusal)

    def choose_language(self, user: str, language: str | None) -> None:
        """Remember the language that somebody who is let in chose on their Home tab, and show it in that."""
        self._publish(self._desk.people.choose(user, language), None)

    def _places(self, asker: Asker) -> tuple[Place, ...]:
        """What somebody may ask about there; nothing, as long as finding out may take seconds."""
        return self._map.places(asker) if self._has_looked else ()

    def _publish(self, person: Person, refusal: str | None) -> None:
        # https://docs.slack.dev/reference/methods/views.publish
        words = self._desk.words(person.language)
        if refusal:
            view = closed_view(words.block(refusal))
        else:
            view = home_view(words, person.chosen, person.in_slack, self._places(Asker(person.id)))
        self._desk.client.views_publish(user_id=person.id, view=view)
