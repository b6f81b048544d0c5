"""What is kept: one database of cases, work items, records, jobs and procedures, on SQLite or PostgreSQL."""

from store.cases import Writing
from store.connect import Store, connect
from store.place import url_of
from store.reading import Counts, Reading
from store.schema import create, exists, upgrade

__all__ = ["Counts", "Reading", "Store", "Writing", "connect", "create", "exists", "upgrade", "url_of"]
