-- oldest: 1
-- Names compare bytewise: every key has COLLATE "C". Texts of schemas are bytes, so that no rule of text refuses them:
-- convert_from(text, 'UTF8') shows one.

CREATE TABLE schemaside_registries (
    namespace  text   COLLATE "C" PRIMARY KEY,
    epoch      bigint NOT NULL
);

-- commits holds the IDs of the last commits, 16 bytes each, the newest first. A commit rewrites its row in place.
CREATE TABLE schemaside_heads (
    namespace  text    COLLATE "C" NOT NULL,
    context    text    COLLATE "C" NOT NULL,
    revision   bigint  NOT NULL,
    removal    bigint  NOT NULL,
    next_id    integer NOT NULL,
    known      boolean NOT NULL,
    commits    bytea   NOT NULL,
    PRIMARY KEY (namespace, context)
) WITH (fillfactor = 50);

CREATE TABLE schemaside_schemas (
    namespace    text    COLLATE "C" NOT NULL,
    context      text    COLLATE "C" NOT NULL,
    id           integer NOT NULL,
    fingerprint  bytea   NOT NULL,
    type         text    NOT NULL,
    text         bytea   NOT NULL,
    details      bytea,
    PRIMARY KEY (namespace, context, id)
);

CREATE TABLE schemaside_fingerprints (
    namespace    text    COLLATE "C" NOT NULL,
    context      text    COLLATE "C" NOT NULL,
    fingerprint  bytea   NOT NULL,
    id           integer NOT NULL,
    PRIMARY KEY (namespace, fingerprint, context)
);

CREATE TABLE schemaside_versions (
    namespace  text    COLLATE "C" NOT NULL,
    context    text    COLLATE "C" NOT NULL,
    subject    text    COLLATE "C" NOT NULL,
    version    integer NOT NULL,
    schema_id  integer NOT NULL,
    deleted    boolean NOT NULL,
    timestamp  bigint  NOT NULL,
    created    bigint  NOT NULL,
    written    bigint  NOT NULL,
    PRIMARY KEY (namespace, context, subject, version)
);

-- The ID stands before the context, lest a planner without statistics take this index for the versions of a subject.
CREATE INDEX schemaside_versions_of_id ON schemaside_versions (namespace, schema_id, context);
CREATE INDEX schemaside_contexts_of_subject ON schemaside_versions (namespace, subject, context);

CREATE TABLE schemaside_back_references (
    namespace         text    COLLATE "C" NOT NULL,
    context           text    COLLATE "C" NOT NULL,
    subject           text    COLLATE "C" NOT NULL,
    version           integer NOT NULL,
    referrer_context  text    COLLATE "C" NOT NULL,
    referrer_id       integer NOT NULL,
    PRIMARY KEY (namespace, context, subject, version, referrer_context, referrer_id)
);

CREATE TABLE schemaside_settings (
    namespace  text  COLLATE "C" NOT NULL,
    context    text  COLLATE "C" NOT NULL,
    subject    text  COLLATE "C" NOT NULL,
    config     bytea,
    mode       text  NOT NULL,
    PRIMARY KEY (namespace, context, subject)
);
