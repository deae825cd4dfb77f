-- A commit: one statement, one round trip, one transaction. First it moves the head from $3 to the next revision, or, on
-- $3 = 0, makes it. Everything else takes its rows through `moved`, so nothing happens unless the head has moved.
-- It returns the new head, or no row.
--
-- $1 namespace, $2 context, $3 base, $4 commit ID, $5 least next ID, $6 known or null, $7 whether removal moves;
-- then arrays of one length for each kind of row: those to be put, and those to be removed.
WITH made AS (
    INSERT INTO schemaside_heads AS h (namespace, context, revision, removal, next_id, known, commits)
    SELECT r.namespace, $2, 1, CASE WHEN $7 THEN 1 ELSE 0 END, greatest(1, $5), coalesce($6, false), $4
    FROM schemaside_registries r
    WHERE r.namespace = $1 AND $3::bigint = 0
    ON CONFLICT (namespace, context) DO NOTHING
    RETURNING h.namespace, h.context, h.revision, h.removal, h.next_id, h.known
), advanced AS (
    UPDATE schemaside_heads h
    SET revision = h.revision + 1,
        removal = CASE WHEN $7::boolean THEN h.revision + 1 ELSE h.removal END,
        next_id = greatest(h.next_id, $5::integer),
        known = coalesce($6::boolean, h.known),
        commits = substring($4::bytea || h.commits FROM 1 FOR 256)
    WHERE h.namespace = $1::text AND h.context = $2::text AND h.revision = $3::bigint AND $3::bigint > 0
    RETURNING h.namespace, h.context, h.revision, h.removal, h.next_id, h.known
), moved AS (
    SELECT * FROM made UNION ALL SELECT * FROM advanced
), put_schemas AS (
    INSERT INTO schemaside_schemas (namespace, context, id, fingerprint, type, text, details)
    SELECT m.namespace, m.context, u.id, u.fingerprint, u.type, u.text, u.details
    FROM moved m, unnest($8::integer[], $9::bytea[], $10::text[], $11::bytea[], $12::bytea[]) AS u (id, fingerprint, type, text, details)
    ON CONFLICT (namespace, context, id) DO UPDATE
    SET fingerprint = excluded.fingerprint, type = excluded.type, text = excluded.text, details = excluded.details
), drop_schemas AS (
    DELETE FROM schemaside_schemas s USING moved m, unnest($13::integer[]) AS u (id)
    WHERE s.namespace = m.namespace AND s.context = m.context AND s.id = u.id
), put_fingerprints AS (
    INSERT INTO schemaside_fingerprints (namespace, context, fingerprint, id)
    SELECT m.namespace, m.context, u.fingerprint, u.id
    FROM moved m, unnest($14::bytea[], $15::integer[]) AS u (fingerprint, id)
    ON CONFLICT (namespace, fingerprint, context) DO UPDATE SET id = excluded.id
), drop_fingerprints AS (
    DELETE FROM schemaside_fingerprints f USING moved m, unnest($16::bytea[]) AS u (fingerprint)
    WHERE f.namespace = m.namespace AND f.context = m.context AND f.fingerprint = u.fingerprint
), put_versions AS (
    INSERT INTO schemaside_versions (namespace, context, subject, version, schema_id, deleted, timestamp, created, written)
    SELECT m.namespace, m.context, u.subject, u.version, u.schema_id, u.deleted, u.timestamp, u.created, u.written
    FROM moved m, unnest($17::text[], $18::integer[], $19::integer[], $20::boolean[], $21::bigint[], $22::bigint[], $23::bigint[])
        AS u (subject, version, schema_id, deleted, timestamp, created, written)
    ON CONFLICT (namespace, context, subject, version) DO UPDATE
    SET schema_id = excluded.schema_id, deleted = excluded.deleted, timestamp = excluded.timestamp,
        created = excluded.created, written = excluded.written
), drop_versions AS (
    DELETE FROM schemaside_versions v USING moved m, unnest($24::text[], $25::integer[]) AS u (subject, version)
    WHERE v.namespace = m.namespace AND v.context = m.context AND v.subject = u.subject AND v.version = u.version
), put_back_references AS (
    INSERT INTO schemaside_back_references (namespace, context, subject, version, referrer_context, referrer_id)
    SELECT m.namespace, m.context, u.subject, u.version, u.referrer_context, u.referrer_id
    FROM moved m, unnest($26::text[], $27::integer[], $28::text[], $29::integer[]) AS u (subject, version, referrer_context, referrer_id)
    ON CONFLICT DO NOTHING
), drop_back_references AS (
    DELETE FROM schemaside_back_references b
    USING moved m, unnest($30::text[], $31::integer[], $32::text[], $33::integer[]) AS u (subject, version, referrer_context, referrer_id)
    WHERE b.namespace = m.namespace AND b.context = m.context AND b.subject = u.subject AND b.version = u.version
        AND b.referrer_context = u.referrer_context AND b.referrer_id = u.referrer_id
), put_settings AS (
    INSERT INTO schemaside_settings (namespace, context, subject, config, mode)
    SELECT m.namespace, m.context, u.subject, u.config, u.mode
    FROM moved m, unnest($34::text[], $35::bytea[], $36::text[]) AS u (subject, config, mode)
    ON CONFLICT (namespace, context, subject) DO UPDATE SET config = excluded.config, mode = excluded.mode
), drop_settings AS (
    DELETE FROM schemaside_settings s USING moved m, unnest($37::text[]) AS u (subject)
    WHERE s.namespace = m.namespace AND s.context = m.context AND s.subject = u.subject
)
SELECT r.epoch, m.revision, m.removal, m.next_id, m.known
FROM moved m
JOIN schemaside_registries r ON r.namespace = m.namespace
