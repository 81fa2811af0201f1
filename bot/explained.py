"""Errors whose words may stand in a log."""


class Explained(Exception):
    """An error whose message is ours, made for a person, and quotes nothing that was pasted or that is secret.

    Of any other error, what is logged is its class and where it was raised: its message may quote anything.
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        """`what` is so, and the `remedy` is what to do about it, where anybody can; the message says both."""
        super().__init__(f"{what}; {remedy}" if remedy else what)
        self.what = what
        self.remedy = remedy
