-- Answers that clients of the Responses protocol may refer to later, by the answer's id or by that of one of its items.
-- sealed is AES-256-GCM in base 64: without the install secret beside the store nothing of a conversation can be read.
CREATE TABLE response (
  id TEXT NOT NULL PRIMARY KEY,
  key_hash TEXT,
  expires_at_ms INTEGER NOT NULL,
  sealed TEXT NOT NULL
) STRICT;

-- Read by: retention, which deletes what has expired.
CREATE INDEX response_by_expiry ON response (expires_at_ms);

-- Read by: requests that name an item instead of repeating it.
CREATE TABLE response_item (
  item_id TEXT NOT NULL,
  response_id TEXT NOT NULL,
  PRIMARY KEY (item_id, response_id)
) STRICT, WITHOUT ROWID;

-- Read by: deletion of an answer with its items.
CREATE INDEX response_item_by_response ON response_item (response_id);
