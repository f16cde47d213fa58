"""The one error type that is meant for people; everything else is a bug."""


class UserError(Exception):
    """Something went wrong that the user can understand and act on.

    Args:
        what: What happened and, where it helps, what was expected. A whole sentence,
            in the words of a reader of films, naming the file or folder concerned.
        advice: What to do next. A whole sentence, or empty.
    """

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what if not advice else f"{what} {advice}")
        self.what = what
        self.advice = advice
