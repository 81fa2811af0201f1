import sys
from tests.scenarios.every import EVERY


def test_dbg(world, ask):
    import os

    name = os.environ["SC"]
    build = [b for b in EVERY if b.__name__ == name][0]
    case = build(world)
    r = ask(case.asks)
    print(r.diagnosis.verdict, r.diagnosis.report.symptoms)
    for e in r.diagnosis.evidence:
        print(e.id, e.operation, dict(list(e.parameters.items())[:2]), e.outcome)
    for u in r.diagnosis.unseen:
        print("UNSEEN", u)
    from bot.reply.document import markdown
    from bot.workshop import make_troubleshooter
    from bot.settings import read_settings

    print(markdown(r, make_troubleshooter(read_settings({})).writer.words("reply", "en")))
