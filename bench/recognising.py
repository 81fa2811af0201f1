"""How well pastes are recognised: the symptom that is named first, the ids, and what is seen where nothing is."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.report.reading import Reader
from bot.report.symptoms import Signatures, load_symptoms

ROOT = Path(__file__).parent.parent
PASTES = ROOT / "tests" / "pastes"


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What a corpus gave: counts of texts, and of ids that were found, found wrongly, and missed."""

    texts: int
    top_symptoms: int
    same_symptoms: int
    ids_right: int
    ids_wrong: int
    ids_missed: int
    quiet_texts: int
    false_alarms: int

    @property
    def precision(self) -> float:
        """Of the ids that were read, how many the text names."""
        return self.ids_right / (self.ids_right + self.ids_wrong)

    @property
    def recall(self) -> float:
        """Of the ids that the texts name, how many were read."""
        return self.ids_right / (self.ids_right + self.ids_missed)


def measure(pastes: Path = PASTES) -> Accuracy:
    """Reads every text of a corpus: `*.txt` with what a person reads in it (`*.yaml`), and `quiet/*.txt`."""
    reader = Reader(Signatures(load_symptoms(ROOT / "symptoms")))
    top = same = right = wrong = missed = 0
    loud = sorted(pastes.glob("*.txt"))
    for file in loud:
        expected = yaml.safe_load(file.with_suffix(".yaml").read_text("utf-8"))
        report = reader.read(file.read_text("utf-8"))
        seen = [sighting.symptom for sighting in report.symptoms]
        top += seen[:1] == expected["symptoms"][:1]
        same += seen == expected["symptoms"]
        read, named = set(report.ids.items()), set(expected["ids"].items())
        right += len(read & named)
        wrong += len(read - named)
        missed += len(named - read)
    quiet = sorted((pastes / "quiet").glob("*.txt"))
    alarms = sum(bool(reader.read(file.read_text("utf-8")).symptoms) for file in quiet)
    return Accuracy(len(loud), top, same, right, wrong, missed, len(quiet), alarms)
