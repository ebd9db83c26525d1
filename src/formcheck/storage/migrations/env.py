"""Run by Alembic: brings the database behind the given connection to another version, within its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
