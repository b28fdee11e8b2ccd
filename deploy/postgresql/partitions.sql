-- Usage by the hour in a table for each month, so that a month goes at once where there is much of it.
-- Once, as the owner of the tables:      psql "$URL" -f deploy/postgresql/partitions.sql
-- Then once a month at least, by cron:   psql "$URL" -c "SELECT partition_usage_hours('90 days')"
-- The first call copies what is there: replies wait for it, or go to the journals of the replicas.

CREATE OR REPLACE FUNCTION partition_usage_hours(keep interval) RETURNS void LANGUAGE plpgsql
SET timezone = 'UTC' SET lock_timeout = '10s' AS $$
DECLARE
    month timestamptz;
    name text;
BEGIN
    IF (SELECT relkind FROM pg_class WHERE oid = 'usage_hours'::regclass) = 'r' THEN
        ALTER TABLE usage_hours RENAME TO usage_hours_rest;
        ALTER TABLE usage_hours_rest RENAME CONSTRAINT pk_usage_hours TO pk_usage_hours_rest;
        ALTER INDEX ix_usage_hours_hour RENAME TO ix_usage_hours_rest_hour;
        CREATE TABLE usage_hours (
            LIKE usage_hours_rest, CONSTRAINT pk_usage_hours PRIMARY KEY (application_id, hour, outcome)
        ) PARTITION BY RANGE (hour);
        CREATE INDEX ix_usage_hours_hour ON usage_hours (hour);
        ALTER TABLE usage_hours ATTACH PARTITION usage_hours_rest DEFAULT;
    END IF;
    -- What came for a month that had no table yet is in the rest, and moves into the table that it gets.
    FOR month IN
        SELECT date_trunc('month', hour) FROM usage_hours_rest WHERE hour >= now() - keep
        UNION SELECT date_trunc('month', now()) + n * interval '1 month' FROM generate_series(0, 2) AS n
    LOOP
        name := 'usage_hours_' || to_char(month, 'YYYY_MM');
        CONTINUE WHEN to_regclass(name) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE usage_hours INCLUDING ALL)', name);
        EXECUTE format(
            'WITH moved AS (DELETE FROM usage_hours_rest WHERE hour >= %L AND hour < %L RETURNING *)'
            'INSERT INTO %I SELECT * FROM moved', month, month + interval '1 month', name);
        EXECUTE format('ALTER TABLE usage_hours ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            name, month, month + interval '1 month');
    END LOOP;
    FOR name IN
        SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'usage_hours'::regclass AND relname ~ '^usage_hours_\d{4}_\d{2}$'
        AND to_date(right(relname, 7), 'YYYY_MM') + interval '1 month' <= now() - keep
    LOOP
        EXECUTE format('DROP TABLE %I', name);
    END LOOP;
END $$;

SELECT partition_usage_hours('90 days');
