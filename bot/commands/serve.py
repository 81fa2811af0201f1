"""`kintsugi serve`: the bot in Slack."""

from bot.commands.options import fail, settings_or_fail
from bot.logs import log_to_standard_error


def serve() -> None:
    """Run the Slack bot over Socket Mode until it is told to stop."""
    settings = settings_or_fail()
    log_to_standard_error(with_tracebacks=True)

    from bot.aws.accounts import BadAccountsFile
    from bot.library import BadContent
    from bot.report.symptoms import BadSymptom
    from bot.slack.app import CannotServe
    from bot.slack.app import serve as serve_slack
    from bot.workshop import make_troubleshooter

    try:
        troubleshooter = make_troubleshooter(settings)
        serve_slack(settings, troubleshooter, troubleshooter.writer)
    except (BadAccountsFile, BadContent, BadSymptom, CannotServe) as error:
        fail(str(error))
