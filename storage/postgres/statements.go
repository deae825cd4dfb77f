package postgres

import "schemaside/storage/internal/relational"

// Every read starts at the registry's row, so that it has a row to return the head in whatever else is there, and fails
// to when the database was wiped. One statement is one snapshot.

const (
	headColumns = `r.epoch, coalesce(h.revision, 0), coalesce(h.removal, 0), coalesce(h.next_id, 1), coalesce(h.known, false)`

	schemaColumns = `s.id, s.fingerprint, s.type, s.text, s.details`

	versionColumns = `v.subject, v.version, v.schema_id, v.deleted, v.timestamp, v.created, v.written`

	noSchema = `NULL::integer AS id, NULL::bytea AS fingerprint, NULL::text AS type, NULL::bytea AS text, NULL::bytea AS details`

	noSettings = `NULL::text AS subject_set, NULL::bytea AS config, NULL::text AS mode`

	noVersion = `NULL::text AS subject, NULL::integer AS version, NULL::integer AS schema_id, NULL::boolean AS deleted,
		NULL::bigint AS timestamp, NULL::bigint AS created, NULL::bigint AS written`

	fromHead = ` FROM schemaside_registries r
		LEFT JOIN schemaside_heads h ON h.namespace = r.namespace AND h.context = $1`

	// selectHeads takes any number of contexts, and answers in their order.
	selectHeads = `SELECT ` + headColumns + `
		FROM schemaside_registries r
		CROSS JOIN unnest($1::text[]) WITH ORDINALITY AS asked (context, place)
		LEFT JOIN schemaside_heads h ON h.namespace = r.namespace AND h.context = asked.context
		WHERE r.namespace = $2
		ORDER BY asked.place`

	selectRecent = `SELECT ` + headColumns + `, h.commits` + fromHead + ` WHERE r.namespace = $2`

	selectRegistry = `SELECT true FROM schemaside_registries WHERE namespace = $1`

	insertRegistry = `INSERT INTO schemaside_registries (namespace, epoch) VALUES ($1, $2) ON CONFLICT (namespace) DO NOTHING`

	updateEpoch = `UPDATE schemaside_registries SET epoch = $2 WHERE namespace = $1`

	// notifyAll sends one notification for each payload.
	notifyAll = `SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload`

	selectEncoding = `SELECT current_setting('server_encoding')`
)

func reads() *relational.Reads {
	return &relational.Reads{
		Head: `SELECT ` + headColumns + fromHead + ` WHERE r.namespace = $2`,
		Schema: `SELECT ` + headColumns + `, ` + schemaColumns + fromHead + `
			LEFT JOIN schemaside_schemas s ON s.namespace = r.namespace AND s.context = h.context AND s.id = $2
			WHERE r.namespace = $3`,
		SchemaByFingerprint: `SELECT ` + headColumns + `, ` + schemaColumns + fromHead + `
			LEFT JOIN schemaside_fingerprints f ON f.namespace = r.namespace AND f.context = h.context AND f.fingerprint = $2
			LEFT JOIN schemaside_schemas s ON s.namespace = r.namespace AND s.context = h.context AND s.id = f.id
			WHERE r.namespace = $3`,
		Versions: `SELECT ` + headColumns + `, ` + versionColumns + fromHead + `
			LEFT JOIN schemaside_versions v ON v.namespace = r.namespace AND v.context = h.context AND v.subject = $2
			WHERE r.namespace = $3`,
		VersionsOfID: `SELECT ` + headColumns + `, ` + versionColumns + fromHead + `
			LEFT JOIN schemaside_versions v ON v.namespace = r.namespace AND v.context = h.context AND v.schema_id = $2
			WHERE r.namespace = $3`,
		SchemaAndVersions: `SELECT ` + headColumns + `, ` + schemaColumns + `, ` + noVersion + fromHead + `
			LEFT JOIN schemaside_schemas s ON s.namespace = r.namespace AND s.context = h.context AND s.id = $2
			WHERE r.namespace = $3
			UNION ALL
			SELECT r.epoch, h.revision, h.removal, h.next_id, h.known, ` + noSchema + `, ` + versionColumns + `
			FROM schemaside_registries r
			JOIN schemaside_heads h ON h.namespace = r.namespace AND h.context = $4
			JOIN schemaside_versions v ON v.namespace = r.namespace AND v.context = h.context AND v.schema_id = $5
			WHERE r.namespace = $6`,
		Subjects: `SELECT ` + headColumns + `, n.subject, n.live` + fromHead + `
			LEFT JOIN (
				SELECT subject, bool_or(NOT deleted) AS live FROM schemaside_versions
				WHERE namespace = $2 AND context = $3 AND subject >= $4 AND subject < $5 AND subject <> $6
				GROUP BY subject ORDER BY subject LIMIT $7
			) n ON true
			WHERE r.namespace = $8
			ORDER BY n.subject`,
		BackReferences: `SELECT ` + headColumns + `, b.subject, b.version, b.referrer_context, b.referrer_id` + fromHead + `
			LEFT JOIN schemaside_back_references b ON b.namespace = r.namespace AND b.context = h.context AND b.subject = $2
			WHERE r.namespace = $3`,
		Settings: `SELECT ` + headColumns + `, s.subject, s.config, s.mode` + fromHead + `
			LEFT JOIN schemaside_settings s ON s.namespace = r.namespace AND s.context = h.context AND s.subject = $2
			WHERE r.namespace = $3`,
		ScanSettings: `SELECT ` + headColumns + `, n.subject, n.config, n.mode` + fromHead + `
			LEFT JOIN (
				SELECT subject, config, mode FROM schemaside_settings
				WHERE namespace = $2 AND context = $3 AND subject >= $4 AND subject < $5 AND subject <> $6
				ORDER BY subject LIMIT $7
			) n ON true
			WHERE r.namespace = $8
			ORDER BY n.subject`,
		Subject: `SELECT ` + headColumns + `, h.context, s.subject, s.config, s.mode, ` + noVersion + `
			FROM schemaside_registries r
			LEFT JOIN schemaside_heads h ON h.namespace = r.namespace AND h.context IN ($1, $2, $3)
			LEFT JOIN schemaside_settings s ON s.namespace = r.namespace AND s.context = h.context AND s.subject IN ('', $4)
			WHERE r.namespace = $5
			UNION ALL
			SELECT ` + headColumns + `, h.context, ` + noSettings + `, ` + versionColumns + `
			FROM schemaside_registries r
			JOIN schemaside_heads h ON h.namespace = r.namespace AND h.context = $6
			JOIN schemaside_versions v ON v.namespace = r.namespace AND v.context = h.context AND v.subject = $7
			WHERE r.namespace = $8`,
		ListContexts: `SELECT h.context FROM schemaside_registries r
			LEFT JOIN schemaside_heads h ON h.namespace = r.namespace AND h.known
			WHERE r.namespace = $1
			ORDER BY h.context`,
		ContextsOfSubject: `SELECT DISTINCT v.context FROM schemaside_registries r
			LEFT JOIN schemaside_versions v ON v.namespace = r.namespace AND v.subject = $1
			WHERE r.namespace = $2
			ORDER BY v.context`,
		ContextsOfFingerprint: `SELECT f.context FROM schemaside_registries r
			LEFT JOIN schemaside_fingerprints f ON f.namespace = r.namespace AND f.fingerprint = $1
			WHERE r.namespace = $2
			ORDER BY f.context`,
	}
}
