"""Answers one demo scenario: the simulated AWS is started, broken, asked about, and stopped again."""

from bot.aws.accounts import Accounts
from bot.aws.live import Live
from bot.demo.scenarios import Scenario
from bot.demo.world import World
from bot.model import Question, Reply
from bot.reply.writer import Writer
from bot.settings import Settings
from bot.workshop import make_troubleshooter


class NotInstalled(Exception):
    """The simulated AWS is not installed with the bot."""

    def __init__(self) -> None:
        super().__init__("the demo needs the simulated account: install it with 'pip install kintsugi[demo]'")


def answer_of(scenario: Scenario, settings: Settings, language: str) -> tuple[str, Reply, Writer]:
    """What was pasted, the answer, and the words it is written with. Raises NotInstalled."""
    try:
        from bot.demo.simulation.server import SimulatedAws
    except ModuleNotFoundError as error:
        raise NotInstalled from error
    with SimulatedAws() as aws:
        world = World(aws)
        pasted = scenario.build(world)
        accounts = Accounts(own=lambda: Live(aws.session(), aws.endpoint), region=world.region)
        troubleshooter = make_troubleshooter(settings, accounts)
        return pasted, troubleshooter.answer(Question(pasted, language)), troubleshooter.writer
