"""What every process of the bot imports and makes for itself, made once in the one that they are forks of."""

import gc

import tests.slack.crash.process  # noqa: F401
from bot.inbox.sealed import Seal
from bot.model import Question
from bot.reply.writer import Writer
from bot.slack.incoming.entrances import Asked, Clicked, Thread, Way
from bot.slack.incoming.lasting import read, written
from bot.slack.outgoing.controls import preview
from bot.store.clients import Clients
from tests.slack.crash.finder import Finder
from tests.slack.engine import WRITER


def _once(writer: Writer) -> None:
    seal = Seal("any token")
    for entrance in (Asked("U1", "", Thread("C1"), Way.MENTION, ("any",)), Clicked("U1", "", "", "", ("any",))):
        read(seal.open(seal.close(written(entrance))))
    preview(Finder().answer(Question("", "en")), writer)
    clients = Clients("any", "eu-west-1")
    for service in ("dynamodb", "sqs"):
        clients.client(service)
    clients.close()
    gc.freeze()  # so that a process that looks for garbage does not copy all that it shares with the others


_once(WRITER)
