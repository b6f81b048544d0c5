"""What can go wrong while a report is written; each docstring is the message and ends with what to do."""


class ReportError(Exception):
    """A report cannot be written. Run the command again with --debug and send the output to those who keep zaizao."""


class UnknownLanguage(ReportError):
    """There are no words in this language. Choose zh or en."""

    def __init__(self, language: str) -> None:
        super().__init__(f"{self.__doc__} ({language})")
        self.language = language


class MissingWord(ReportError):
    """The words of a language lack a sentence. Add its key to reports/words in every language."""

    def __init__(self, key: str, language: str) -> None:
        super().__init__(f"{self.__doc__} ({key}, {language})")
        self.key = key
        self.language = language
