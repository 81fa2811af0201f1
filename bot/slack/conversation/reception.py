"""Takes whatever somebody wants of the bot to where it is done, and tells them if that fails."""

from dataclasses import dataclass

from bot.slack.conversation.answering import Answering
from bot.slack.conversation.clicks import Clicks
from bot.slack.conversation.delivery import ResponseUrlRefused
from bot.slack.conversation.desk import Desk
from bot.slack.conversation.views import Views
from bot.slack.incoming.entrances import Asked, Clicked, Commented, Entrance, FormWanted, HomeOpened


@dataclass(frozen=True, slots=True)
class Reception:
    """Every entrance leads here."""

    desk: Desk
    answering: Answering
    clicks: Clicks
    views: Views

    def receive(self, entrance: Entrance) -> None:
        """Do what is wanted, or have it begun. Raises whatever hinders that."""
        match entrance:
            case Asked():
                self.answering.receive(entrance)
            case Clicked():
                self.clicks.click(entrance)
            case FormWanted():
                self.views.open_form(entrance)
            case Commented():
                self.clicks.comment(entrance)
            case HomeOpened():
                self.views.show_home(entrance)

    def failed(self, entrance: Entrance, error: BaseException) -> None:
        """Tell somebody, in private, that what they wanted was not done; and the log why."""
        message = self.desk.failure(error, self.desk.people.language(entrance.person))
        if isinstance(entrance, (Asked, Clicked, FormWanted)):
            try:
                outlet = self.desk.in_private(entrance)
            except ResponseUrlRefused:
                return
            self.desk.show_or_log(outlet, message)
