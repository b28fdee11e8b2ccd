"""The database: engine, tables, migrations, and files that only their owner may read."""
