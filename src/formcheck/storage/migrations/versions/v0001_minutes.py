"""One row for every minute and set-up."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table of minutes."""
    op.create_table(
        "minutes",
        sa.Column("start", sa.DateTime(), primary_key=True),
        sa.Column("place", sa.String(), primary_key=True),
        sa.Column("seconds_sitting", sa.Float(), nullable=False),
        sa.Column("seconds_standing", sa.Float(), nullable=False),
        sa.Column("seconds_walking", sa.Float(), nullable=False),
        sa.Column("seconds_away", sa.Float(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("alerts", sa.Integer(), nullable=False),
        sa.Column("breaks", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
