-- oldest: 1
-- Names compare bytewise: every key is VARBINARY. MySQL commits each of these statements at once, so each may be run
-- again: whoever finds a migration that another process left unfinished runs it from the beginning.

CREATE TABLE IF NOT EXISTS schemaside_registries (
    namespace  VARBINARY(64) NOT NULL,
    epoch      BIGINT        NOT NULL,
    PRIMARY KEY (namespace)
) ENGINE = InnoDB;

-- commits holds the IDs of the last commits, 16 bytes each, the newest first.
CREATE TABLE IF NOT EXISTS schemaside_heads (
    namespace  VARBINARY(64)  NOT NULL,
    context    VARBINARY(255) NOT NULL,
    revision   BIGINT         NOT NULL,
    removal    BIGINT         NOT NULL,
    next_id    INT            NOT NULL,
    known      BOOLEAN        NOT NULL,
    commits    VARBINARY(256) NOT NULL,
    PRIMARY KEY (namespace, context)
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS schemaside_schemas (
    namespace    VARBINARY(64)  NOT NULL,
    context      VARBINARY(255) NOT NULL,
    id           INT            NOT NULL,
    fingerprint  BINARY(16)     NOT NULL,
    type         VARBINARY(64)  NOT NULL,
    text         LONGBLOB       NOT NULL,
    details      LONGBLOB,
    PRIMARY KEY (namespace, context, id)
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS schemaside_fingerprints (
    namespace    VARBINARY(64)  NOT NULL,
    context      VARBINARY(255) NOT NULL,
    fingerprint  BINARY(16)     NOT NULL,
    id           INT            NOT NULL,
    PRIMARY KEY (namespace, fingerprint, context)
) ENGINE = InnoDB;

-- In schemaside_versions_of_id the ID stands before the context, lest an optimizer with old statistics take that index for
-- the versions of a subject.
CREATE TABLE IF NOT EXISTS schemaside_versions (
    namespace  VARBINARY(64)   NOT NULL,
    context    VARBINARY(255)  NOT NULL,
    subject    VARBINARY(1024) NOT NULL,
    version    INT             NOT NULL,
    schema_id  INT             NOT NULL,
    deleted    BOOLEAN         NOT NULL,
    timestamp  BIGINT          NOT NULL,
    created    BIGINT          NOT NULL,
    written    BIGINT          NOT NULL,
    PRIMARY KEY (namespace, context, subject, version),
    KEY schemaside_versions_of_id (namespace, schema_id, context),
    KEY schemaside_contexts_of_subject (namespace, subject, context)
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS schemaside_back_references (
    namespace         VARBINARY(64)   NOT NULL,
    context           VARBINARY(255)  NOT NULL,
    subject           VARBINARY(1024) NOT NULL,
    version           INT             NOT NULL,
    referrer_context  VARBINARY(255)  NOT NULL,
    referrer_id       INT             NOT NULL,
    PRIMARY KEY (namespace, context, subject, version, referrer_context, referrer_id)
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS schemaside_settings (
    namespace  VARBINARY(64)   NOT NULL,
    context    VARBINARY(255)  NOT NULL,
    subject    VARBINARY(1024) NOT NULL,
    config     LONGBLOB,
    mode       VARBINARY(64)   NOT NULL,
    PRIMARY KEY (namespace, context, subject)
) ENGINE = InnoDB;
