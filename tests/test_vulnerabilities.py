"""What is made of pip-audit's report, which calls free of vulnerabilities what its service does not even know."""

from tools.audit import Audit, lines_of

_REPORT = {
    "dependencies": [
        {"name": "jinja2", "version": "2.4.1", "vulns": [{"id": "PYSEC-2014-8", "fix_versions": ["2.7.2"]}]},
        {"name": "six", "version": "1.17.0", "vulns": []},
        {"name": "boto3", "skip_reason": "Dependency not found on PyPI and could not be audited: boto3 (1.44.5)"},
        {"name": "wheel", "version": "1.0", "vulns": [{"id": "PYSEC-2099-1", "fix_versions": []}]},
    ],
    "fixes": [],
}


def test_each_vulnerability_is_a_line():
    assert Audit.of(_REPORT).vulnerable == (
        "jinja2 2.4.1: PYSEC-2014-8, mended in 2.7.2",
        "wheel 1.0: PYSEC-2099-1, not mended yet",
    )


def test_what_was_skipped_is_not_called_audited():
    audit = Audit.of(_REPORT)
    assert (audit.audited, audit.unknown) == (3, ("boto3",))


def test_and_what_nobody_could_be_asked_about_is_said():
    assert lines_of("dev.txt", Audit.of(_REPORT))[-1].startswith("dev.txt: 1 packages NOT AUDITED")
    assert "NOT AUDITED" in lines_of("dev.txt", None)[0]
