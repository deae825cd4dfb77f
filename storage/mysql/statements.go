package mysql

import (
	"strings"

	"schemaside/storage/internal/relational"
)

// Every read starts at the registry's row, so that it has a row to return the head in whatever else is there, and fails
// to when the database was wiped. Under READ COMMITTED one statement is one snapshot.

const (
	headColumns = `r.epoch, coalesce(h.revision, 0), coalesce(h.removal, 0), coalesce(h.next_id, 1), coalesce(h.known, false)`

	schemaColumns = `s.id, s.fingerprint, s.type, s.text, s.details`

	versionColumns = `v.subject, v.version, v.schema_id, v.deleted, v.timestamp, v.created, v.written`

	noSchema = `NULL AS id, NULL AS fingerprint, NULL AS type, NULL AS text, NULL AS details`

	noSettings = `NULL AS subject_set, NULL AS config, NULL AS mode`

	noVersion = `NULL AS subject, NULL AS version, NULL AS schema_id, NULL AS deleted, NULL AS timestamp, NULL AS created, NULL AS written`

	fromHead = ` FROM schemaside_registries r
		LEFT JOIN schemaside_heads h ON h.namespace = r.namespace AND h.context = ?`

	selectRecent = `SELECT ` + headColumns + `, h.commits` + fromHead + ` WHERE r.namespace = ?`

	selectRegistry = `SELECT true FROM schemaside_registries WHERE namespace = ?`

	insertRegistry = `INSERT INTO schemaside_registries (namespace, epoch) VALUES (?, ?) ON DUPLICATE KEY UPDATE epoch = epoch`

	updateEpoch = `UPDATE schemaside_registries SET epoch = ? WHERE namespace = ?`

	insertHead = `INSERT INTO schemaside_heads (namespace, context, revision, removal, next_id, known, commits)
		VALUES (?, ?, 1, ?, ?, ?, ?)`

	// moveHead sets each column from what the caller knows: in MySQL, an assignment sees those to its left.
	moveHead = `UPDATE schemaside_heads
		SET revision = ?, removal = coalesce(?, removal), next_id = greatest(next_id, ?), known = coalesce(?, known),
			commits = left(concat(?, commits), 256)
		WHERE namespace = ? AND context = ? AND revision = ?`
)

func reads() *relational.Reads {
	return &relational.Reads{
		Head: `SELECT ` + headColumns + fromHead + ` WHERE r.namespace = ?`,
		Schema: `SELECT ` + headColumns + `, ` + schemaColumns + fromHead + `
			LEFT JOIN schemaside_schemas s ON s.namespace = r.namespace AND s.context = h.context AND s.id = ?
			WHERE r.namespace = ?`,
		SchemaByFingerprint: `SELECT ` + headColumns + `, ` + schemaColumns + fromHead + `
			LEFT JOIN schemaside_fingerprints f ON f.namespace = r.namespace AND f.context = h.context AND f.fingerprint = ?
			LEFT JOIN schemaside_schemas s ON s.namespace = r.namespace AND s.context = h.context AND s.id = f.id
			WHERE r.namespace = ?`,
		Versions: `SELECT ` + headColumns + `, ` + versionColumns + fromHead + `
			LEFT JOIN schemaside_versions v ON v.namespace = r.namespace AND v.context = h.context AND v.subject = ?
			WHERE r.namespace = ?`,
		VersionsOfID: `SELECT ` + headColumns + `, ` + versionColumns + fromHead + `
			LEFT JOIN schemaside_versions v ON v.namespace = r.namespace AND v.context = h.context AND v.schema_id = ?
			WHERE r.namespace = ?`,
		SchemaAndVersions: `SELECT ` + headColumns + `, ` + schemaColumns + `, ` + noVersion + fromHead + `
			LEFT JOIN schemaside_schemas s ON s.namespace = r.namespace AND s.context = h.context AND s.id = ?
			WHERE r.namespace = ?
			UNION ALL
			SELECT ` + headColumns + `, ` + noSchema + `, ` + versionColumns + `
			FROM schemaside_registries r
			JOIN schemaside_heads h ON h.namespace = r.namespace AND h.context = ?
			JOIN schemaside_versions v ON v.namespace = r.namespace AND v.context = h.context AND v.schema_id = ?
			WHERE r.namespace = ?`,
		Subjects: `SELECT ` + headColumns + `, n.subject, n.live` + fromHead + `
			LEFT JOIN (
				SELECT subject, max(NOT deleted) AS live FROM schemaside_versions
				WHERE namespace = ? AND context = ? AND subject >= ? AND subject < ? AND subject <> ?
				GROUP BY subject ORDER BY subject LIMIT ?
			) n ON true
			WHERE r.namespace = ?
			ORDER BY n.subject`,
		BackReferences: `SELECT ` + headColumns + `, b.subject, b.version, b.referrer_context, b.referrer_id` + fromHead + `
			LEFT JOIN schemaside_back_references b ON b.namespace = r.namespace AND b.context = h.context AND b.subject = ?
			WHERE r.namespace = ?`,
		Settings: `SELECT ` + headColumns + `, s.subject, s.config, s.mode` + fromHead + `
			LEFT JOIN schemaside_settings s ON s.namespace = r.namespace AND s.context = h.context AND s.subject = ?
			WHERE r.namespace = ?`,
		ScanSettings: `SELECT ` + headColumns + `, n.subject, n.config, n.mode` + fromHead + `
			LEFT JOIN (
				SELECT subject, config, mode FROM schemaside_settings
				WHERE namespace = ? AND context = ? AND subject >= ? AND subject < ? AND subject <> ?
				ORDER BY subject LIMIT ?
			) n ON true
			WHERE r.namespace = ?
			ORDER BY n.subject`,
		Subject: `SELECT ` + headColumns + `, h.context, s.subject, s.config, s.mode, ` + noVersion + `
			FROM schemaside_registries r
			LEFT JOIN schemaside_heads h ON h.namespace = r.namespace AND h.context IN (?, ?, ?)
			LEFT JOIN schemaside_settings s ON s.namespace = r.namespace AND s.context = h.context AND s.subject IN ('', ?)
			WHERE r.namespace = ?
			UNION ALL
			SELECT ` + headColumns + `, h.context, ` + noSettings + `, ` + versionColumns + `
			FROM schemaside_registries r
			JOIN schemaside_heads h ON h.namespace = r.namespace AND h.context = ?
			JOIN schemaside_versions v ON v.namespace = r.namespace AND v.context = h.context AND v.subject = ?
			WHERE r.namespace = ?`,
		ListContexts: `SELECT h.context FROM schemaside_registries r
			LEFT JOIN schemaside_heads h ON h.namespace = r.namespace AND h.known
			WHERE r.namespace = ?
			ORDER BY h.context`,
		ContextsOfSubject: `SELECT DISTINCT v.context FROM schemaside_registries r
			LEFT JOIN schemaside_versions v ON v.namespace = r.namespace AND v.subject = ?
			WHERE r.namespace = ?
			ORDER BY v.context`,
		ContextsOfFingerprint: `SELECT f.context FROM schemaside_registries r
			LEFT JOIN schemaside_fingerprints f ON f.namespace = r.namespace AND f.fingerprint = ?
			WHERE r.namespace = ?
			ORDER BY f.context`,
	}
}

// listed is a statement for several rows: what one row takes is repeated.
type listed struct{ begin, row, between, end string }

// of returns the text for n rows.
func (l listed) of(n int) string {
	return l.begin + l.row + strings.Repeat(l.between+l.row, n-1) + l.end
}

// selectHeads takes so many contexts.
func selectHeads(n int) string {
	return listed{
		`SELECT ` + headColumns + `, h.context FROM schemaside_registries r
		LEFT JOIN schemaside_heads h ON h.namespace = r.namespace AND h.context IN (`, `?`, `, `, `) WHERE r.namespace = ?`,
	}.of(n)
}

// The names of the values in ON DUPLICATE KEY UPDATE: only VALUES is known to both servers.

func putSchemas() listed {
	return listed{
		`INSERT INTO schemaside_schemas (namespace, context, id, fingerprint, type, text, details) VALUES `,
		`(?, ?, ?, ?, ?, ?, ?)`, `, `,
		` ON DUPLICATE KEY UPDATE fingerprint = VALUES(fingerprint), type = VALUES(type), text = VALUES(text), details = VALUES(details)`,
	}
}

func putFingerprints() listed {
	return listed{
		`INSERT INTO schemaside_fingerprints (namespace, context, fingerprint, id) VALUES `, `(?, ?, ?, ?)`, `, `,
		` ON DUPLICATE KEY UPDATE id = VALUES(id)`,
	}
}

func putVersions() listed {
	return listed{
		`INSERT INTO schemaside_versions (namespace, context, subject, version, schema_id, deleted, timestamp, created, written) VALUES `,
		`(?, ?, ?, ?, ?, ?, ?, ?, ?)`, `, `,
		` ON DUPLICATE KEY UPDATE schema_id = VALUES(schema_id), deleted = VALUES(deleted), timestamp = VALUES(timestamp), ` +
			`created = VALUES(created), written = VALUES(written)`,
	}
}

func putBackReferences() listed {
	return listed{
		`INSERT INTO schemaside_back_references (namespace, context, subject, version, referrer_context, referrer_id) VALUES `,
		`(?, ?, ?, ?, ?, ?)`, `, `, ` ON DUPLICATE KEY UPDATE version = VALUES(version)`,
	}
}

func putSettings() listed {
	return listed{
		`INSERT INTO schemaside_settings (namespace, context, subject, config, mode) VALUES `, `(?, ?, ?, ?, ?)`, `, `,
		` ON DUPLICATE KEY UPDATE config = VALUES(config), mode = VALUES(mode)`,
	}
}

// dropping removes rows by their keys. Alternatives of whole keys use the index on both servers; a list of tuples doesn't
// on MariaDB.
func dropping(table, key string) listed {
	return listed{`DELETE FROM ` + table + ` WHERE `, key, ` OR `, ``}
}

func dropSchemas() listed {
	return dropping(`schemaside_schemas`, `namespace = ? AND context = ? AND id = ?`)
}

func dropFingerprints() listed {
	return dropping(`schemaside_fingerprints`, `namespace = ? AND context = ? AND fingerprint = ?`)
}

func dropVersions() listed {
	return dropping(`schemaside_versions`, `namespace = ? AND context = ? AND subject = ? AND version = ?`)
}

func dropBackReferences() listed {
	return dropping(`schemaside_back_references`, `namespace = ? AND context = ? AND subject = ? AND version = ? AND referrer_context = ? AND referrer_id = ?`)
}

func dropSettings() listed {
	return dropping(`schemaside_settings`, `namespace = ? AND context = ? AND subject = ?`)
}
