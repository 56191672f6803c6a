/**
 * The tables of the embedded store: items, segments, and the queues' records. Bodies are the last column of their table, so that
 * the others are read without them. `user_version` numbers the schema; each step leads from one version to the next.
 */

/** Marks a file as a store of rejoin ("rJoi"), so that another program's database is never written to. */
export const applicationId = 0x724a6f69;

/** Steps of the schema; a new one is appended, a published one never changes. */
export const steps: readonly string[] = [
  `
  CREATE TABLE item (
    partition TEXT NOT NULL,
    sort TEXT NOT NULL,
    version INTEGER NOT NULL,
    owner TEXT,
    expires_at_s INTEGER,
    json TEXT NOT NULL,
    PRIMARY KEY (partition, sort)
  );
  CREATE INDEX item_owner ON item (owner, partition, sort) WHERE owner IS NOT NULL;
  CREATE INDEX item_expiry ON item (expires_at_s) WHERE expires_at_s IS NOT NULL;

  CREATE TABLE segment (
    key TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    count INTEGER NOT NULL,
    oldest_ms INTEGER NOT NULL,
    expires_at_s INTEGER NOT NULL,
    bytes BLOB NOT NULL
  );
  -- Holds what counting the waiting messages needs, so that the rows with their bytes aren't visited for it.
  CREATE INDEX segment_place ON segment (key, first, last, count, oldest_ms);
  CREATE INDEX segment_expiry ON segment (expires_at_s);

  CREATE TABLE queue (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

  CREATE TABLE record (
    sequence INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL,
    grp TEXT,
    deduplication_id TEXT,
    sent_at_ms INTEGER NOT NULL,
    visible_at_ms INTEGER,
    receives INTEGER NOT NULL,
    body TEXT NOT NULL
  );

  -- Deduplication ids live in two generations, so that forgetting them costs one emptied table and not a row each.
  CREATE TABLE deduplication_0 (
    queue INTEGER NOT NULL, id TEXT NOT NULL, until_ms INTEGER NOT NULL, PRIMARY KEY (queue, id)
  ) WITHOUT ROWID;
  CREATE TABLE deduplication_1 (
    queue INTEGER NOT NULL, id TEXT NOT NULL, until_ms INTEGER NOT NULL, PRIMARY KEY (queue, id)
  ) WITHOUT ROWID;
  CREATE TABLE deduplication_generation (current INTEGER NOT NULL, until_ms INTEGER NOT NULL);
  INSERT INTO deduplication_generation VALUES (0, 0);
  `,
];
