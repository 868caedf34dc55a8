-- What Gearbox keeps. Append-only: a change is a new file; an applied file is never edited (its hash is checked).
-- Ids are UUIDv7 in base 32, so the order of a primary key is the order of time; no index on times is needed.

-- One routing choice. json is last, so that reading the other columns of a row touches no overflow page.
CREATE TABLE decision (
  id TEXT NOT NULL PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  key_hash TEXT,
  session_id TEXT,
  request_id TEXT,
  protocol TEXT NOT NULL,
  unified_model TEXT,
  component TEXT NOT NULL,
  deployment TEXT NOT NULL,
  effort TEXT,
  chosen_by TEXT NOT NULL,
  confidence TEXT NOT NULL,
  simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),
  shadow INTEGER NOT NULL CHECK (shadow IN (0, 1)),
  decide_us REAL NOT NULL,
  cost_micro_usd INTEGER,
  result TEXT NOT NULL,
  json TEXT NOT NULL
) STRICT;

-- Read by: list of decisions of one component, newest first.
CREATE INDEX decision_by_component ON decision (component, id);
-- Read by: list of decisions of one key, newest first (a client sees only its own).
CREATE INDEX decision_by_key ON decision (key_hash, id) WHERE key_hash IS NOT NULL;

-- One upstream call. Always read through its decision, so it is stored in that order and needs no other index.
CREATE TABLE attempt (
  decision_id TEXT NOT NULL,
  n INTEGER NOT NULL,
  id TEXT NOT NULL,
  deployment TEXT NOT NULL,
  result TEXT NOT NULL,
  answered_model TEXT,
  cost_micro_usd INTEGER,
  cost_source TEXT NOT NULL,
  first_token_ms REAL,
  total_ms REAL NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (decision_id, n)
) STRICT, WITHOUT ROWID;

-- What is known afterwards. seq is the order of arrival: outcome ids may come from clients and then do not sort by time.
CREATE TABLE outcome (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  decision_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  evaluator TEXT,
  note TEXT,
  weight REAL NOT NULL,
  label_probability REAL,
  simulated INTEGER NOT NULL CHECK (simulated IN (0, 1))
) STRICT;

-- Read by: outcomes of one decision; retention, which keeps decisions that have one.
CREATE INDEX outcome_by_decision ON outcome (decision_id);

-- Text of request and answer, where privacy.text allows it. expires_at_ms null: kept until the decision's retention.
CREATE TABLE text (
  decision_id TEXT NOT NULL PRIMARY KEY,
  expires_at_ms INTEGER,
  keep_on_failure INTEGER NOT NULL CHECK (keep_on_failure IN (0, 1)),
  request TEXT NOT NULL,
  answer TEXT
) STRICT;

-- Read by: retention, which deletes expired texts.
CREATE INDEX text_by_expiry ON text (expires_at_ms) WHERE expires_at_ms IS NOT NULL;

-- Small named values that survive a restart.
CREATE TABLE state (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: counts kept exact by every commit, so that nobody ever counts a large table, and who writes.
CREATE TABLE meta (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  decisions INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  outcomes INTEGER NOT NULL,
  shed_records INTEGER NOT NULL,
  writer TEXT NOT NULL
) STRICT;

INSERT INTO meta (one, decisions, attempts, outcomes, shed_records, writer) VALUES (1, 0, 0, 0, 0, '');
