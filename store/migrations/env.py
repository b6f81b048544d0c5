"""Runs the migrations on the connection that `store.schema.upgrade` hands over, all of them in its one transaction."""

from alembic import context

from store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
