"""The secrets that tell by themselves what they are: the prefixes and shapes that their makers gave them.

Each pattern begins where a word does, or behind an underscore. The sources are the makers' pages on their tokens and
the public rules of secret scanners, which agree with them.
"""

_LETTERS = "[A-Za-z0-9]"
_URL_SAFE = "[A-Za-z0-9_-]"
_HEX = "[0-9a-f]"

_SLACK = (r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9_%/+=-]{8,}", r"xapp-[A-Za-z0-9_-]{8,}")
"""https://docs.slack.dev/authentication/tokens"""
_JOSE = (r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,4}",)
"""A JWT, a JWE, or a part of one: Base64 of `{"`."""
_CODE = (
    rf"gh[a-z]_{_LETTERS}{{16,}}",
    r"github_pat_[A-Za-z0-9_]{16,}",
    r"gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_.-]{20,}",
    r"npm_[A-Za-z0-9_-]{20,}",
    r"pypi-AgE[A-Za-z0-9_-]{16,}",
    rf"rubygems_{_HEX}{{40,}}",
    rf"dckr_[a-z]{{3}}_{_URL_SAFE}{{20,}}",
    r"ATC?T[A-Z][0-9]x[A-Za-z0-9_=-]{30,}",
    rf"(?:lin_api|figd|ntn|sbp|nfp)_{_URL_SAFE}{{30,}}",
    r"PMAK-[0-9a-f-]{40,}",
)
_MONEY = (
    rf"(?:sk|rk)_(?:live|test)_{_LETTERS}{{10,}}",
    r"whsec_[A-Za-z0-9+/=]{16,}",
    rf"sq0[a-z]{{3}}-{_URL_SAFE}{{20,}}",
    r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",
)
_MESSAGES = (
    rf"SG\.{_URL_SAFE}{{16,}}\.{_URL_SAFE}{{16,}}",
    rf"SK{_HEX}{{32}}",
    rf"key-{_HEX}{{32}}",
    rf"{_HEX}{{32}}-us[0-9]{{1,2}}",
    rf"(?:bot)?[0-9]{{8,10}}:AA{_URL_SAFE}{{32,}}",
    rf"[MNO]{_URL_SAFE}{{23,27}}\.{_URL_SAFE}{{6}}\.{_URL_SAFE}{{27,}}",
)
_CLOUDS = (
    rf"AIza{_URL_SAFE}{{35}}",
    r"ya29\.[A-Za-z0-9._-]{20,}",
    rf"1//0{_URL_SAFE}{{30,}}",
    rf"GOCSPX-{_URL_SAFE}{{20,}}",
    r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}",
    rf"do[oprs]_v1_{_HEX}{{40,}}",
    r"ABSK[A-Za-z0-9+/=]{40,}",
    rf"HRKU-{_URL_SAFE}{{30,}}",
    rf"LTAI{_LETTERS}{{16,20}}",
    rf"dapi{_HEX}{{32}}",
)
_INFRASTRUCTURE = (
    rf"hv[bsr]\.{_URL_SAFE}{{20,}}",
    rf"s\.{_LETTERS}{{24}}\b",
    rf"{_LETTERS}{{14}}\.atlasv1\.[A-Za-z0-9_=-]{{40,}}",
    rf"pul-{_HEX}{{40}}",
    rf"dp\.[a-z]{{2,5}}\.{_LETTERS}{{40,}}",
    r"AGE-SECRET-KEY-1[A-Z0-9]{40,}",
)
_WATCHING = (
    rf"NR(?:AK|AA|JS|II|RA)-{_URL_SAFE}{{20,}}",
    rf"{_HEX}{{36}}NRAL",
    r"gl(?:sa|c)_[A-Za-z0-9_+/=]{20,}",
    r"sntry[su]_[A-Za-z0-9_+/=.-]{20,}",
)
_MODELS = (
    rf"sk-(?:proj|svcacct|admin|ant|or)-{_URL_SAFE}{{20,}}",
    rf"sk-{_LETTERS}{{32,}}",
    r"hf_[A-Za-z]{30,}",
)

TELLING = "|".join(
    (*_SLACK, *_JOSE, *_CODE, *_MONEY, *_MESSAGES, *_CLOUDS, *_INFRASTRUCTURE, *_WATCHING, *_MODELS)
)  # fmt: skip
"""One alternative for each, without groups."""
