"""Texts by which somebody who may name things could deceive whoever reads about them, or runs what is printed."""

SHELL = (
    "$(reboot)", "`reboot`", "${HOME}", "$HOME", "a; reboot #", "a && reboot", "a | tee x", "a > x", "!!", "!x", "*", "?[a-z]",
    "{a,b}", "~", "~root", "it's", "'; reboot; '", "'\"'\"'", '"', '"; reboot; "', "\\", "a\\", "\\'", "#x", "a #x", "", " ",
    "  x  ", "%s%n", "=cmd", "[ -n x ]",
)  # fmt: skip
"""What a shell takes apart, and quotes hold together."""

PARAMETERS = (
    "-x", "--cli-input-json", "--profile", "--endpoint-url", "file:///etc/passwd", "fileb:///etc/passwd",
    "http://evil.test/x", "https://evil.test/x", "HTTPS://evil.test",
)  # fmt: skip
"""What the AWS CLI takes for an option, or for a place from which to load the value."""

SHORTHAND = (
    "a,op=remove", "a,path=/policy", "[a,b]", "{a=b}", "a=b", "@=file", '{"op": "remove"}', '["a"]', "length(@)", "a || b",
)  # fmt: skip
"""What the AWS CLI's shorthand, JSON or JMESPath gives a meaning."""

TEMPLATES = (
    "{{ 7 * 7 }}", "{% raw %}", "{# x #}", "%(name)s", "%s", "{0}", "${AWS::AccountId}", "!Sub x", "!Ref x", "&a x", "*a",
    "- a", "a: b", "? a", "| a", "> a", "@a", "%YAML 1.2", "---", "...", "null", "~", "yes", "1e3", "0x1f", "012", "1:30",
    "2012-10-17", "<<", "'", '"', "a #b", "a:", "Fn::Sub", "Ref", "AWS::Region", "{{resolve", "}}",
)  # fmt: skip
"""What YAML, Jinja2, Python and CloudFormation give a meaning."""

MARKUP = (
    "<!channel>", "<!here|x>", "<@U012AB3CD>", "<#C012AB3CD>", "<!subteam^S1>", "<https://evil.test|docs>", "@here", "@channel",
    "*b*", "_i_", "~s~", "**b**", "`c`", "``` c", "```", ":tada:", "&lt;!channel&gt;", "[x](https://evil.test)",
    "![x](https://evil.test/x.png)", "<https://evil.test>", "https://evil.test/x", "www.evil.test", "mailto:a@evil.test",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "# h", "> q", "- [ ] t", "1. x", "| a | b |", "***", "a&b<c>d",
)  # fmt: skip
"""What Slack or Markdown makes a mention, a link, a picture, a heading or code of."""

BROKEN_LINES = tuple(
    f"a{character}b" for character in ("\n", "\r", "\r\n", "\n\n# h\n\n", "\x85", "\u2028", "\u2029", "\n```\nb\n```\n", "\v", "\f")
)  # fmt: skip
TERMINAL = (
    "\x1b[31mred", "\x1b]8;;https://evil.test\x1b\\x\x1b]8;;\x1b\\", "\x1b]0;t\x07", "\x1b[2J", "\x1b[200~x\x1b[201~", "\x9b31m",
    "\x9d0;t\x9c", "a\bb", "a\x07", "\x00a", "a\x7f", "\x0e", "\x90x\x9c",
)  # fmt: skip
UNICODE = (
    "a\u202egpj.exe", "\u2066a\u2069", "\u200fa", "\u061ca", "or\u200bders", "or\u200dders", "\ufefforders", "or\u2060ders",
    "or\u00adders", "x\u3164", "\u043erders", "\u0440\u0430\u0443.test", "\u039frders", "\U0001d698rders", "\u0131d", "a\u2010b",
    "a\u2044b", "z" + "\u0300" * 60, "a\U000e0041\U000e0042", "a\ufe0f", "a\U000e0100", "a\u00a0b", "a\ue000b", "a\U0010ffff",
)  # fmt: skip

_AT_THE_START = (
    "~", "#x", "=cmd", "!x", "*", "{a,b}", "\\", "'", '"', "[a,b]", "{a=b}", '{"op": 1}', "@=file", "!Sub x", "&a x", "? a",
    "%YAML", "${AWS::Region}", "$(reboot)", "`reboot`", "it's", "{{ 7 * 7 }}", "<!channel>", " ",
)  # fmt: skip
"""What means something as the first of a word or of a value only."""

FOR_A_SHELL = (*map(" ".join, (SHELL, TEMPLATES, MARKUP, SHORTHAND)), *_AT_THE_START)
"""Each is printable ASCII, and no more than a word: of what means the same anywhere, many are one."""
FOR_NO_SHELL = (
    *PARAMETERS, *map("".join, (BROKEN_LINES, TERMINAL, UNICODE)), "- a", "---", "\n", "\x1b", "\x00", "\u202e", "\u200b", "\u043e",
)  # fmt: skip
"""No name in AWS, and in no command but as JSON."""
ALL = (*FOR_A_SHELL, *FOR_NO_SHELL)
FOR_THE_CLI = (" ".join(SHORTHAND), "[a,b]", "{a=b}", "@=file")
"""What the AWS CLI could take apart; a command that holds what it would load is never printed."""
IN_WORDS = (" ".join(MARKUP + TEMPLATES), " ".join(TERMINAL + BROKEN_LINES + UNICODE))
