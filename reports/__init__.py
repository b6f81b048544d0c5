"""Before-and-after reports: two procedures compared, the page and the data about them, the words of both languages.

Its modules are imported one by one (`reports.comparison`, `reports.html`, `reports.json`, `reports.words`), so that a
command that only needs words does not load the simulation.
"""

from reports.errors import MissingWord, ReportError, UnknownLanguage
from reports.words import LANGUAGES, Words

__all__ = ["LANGUAGES", "MissingWord", "ReportError", "UnknownLanguage", "Words"]
