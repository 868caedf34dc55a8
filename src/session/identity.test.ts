import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readIdentity } from './identity.ts';

const NOTHING = { control: null, headers: {}, continues: false };

test('our own control is stronger than what an agent says, and finds its session alone', () => {
  const headers = { 'x-claude-code-session-id': 'cc' };
  const inBody = readIdentity({ ...NOTHING, headers, control: { id: 'mine', place: 'body' } });
  assert.deepEqual(inBody, { id: 'mine', source: 'explicit', isWhole: true });
  const inHeader = readIdentity({ ...NOTHING, headers, control: { id: 'mine', place: 'header' } });
  assert.deepEqual(inHeader, { id: 'mine', source: 'header', isWhole: true });
});

test("an agent's header names the session but does not find it: its sub-agents bear the same id", () => {
  for (const name of ['x-claude-code-session-id', 'session_id', 'session-id', 'x-opencode-session']) {
    const identity = readIdentity({ ...NOTHING, headers: { [name]: 'id-1' } });
    assert.deepEqual(identity, { id: 'id-1', source: 'header', isWhole: false });
  }
});

test('without any id it is the answer that the request continues, else its own beginning', () => {
  assert.deepEqual(readIdentity({ ...NOTHING, continues: true }), { id: null, source: 'conversation', isWhole: false });
  assert.deepEqual(readIdentity(NOTHING), { id: null, source: 'prefix', isWhole: false });
});

test('an empty or endless header is no id', () => {
  for (const value of ['', 'x'.repeat(257)]) {
    assert.equal(readIdentity({ ...NOTHING, headers: { 'session-id': value } }).id, null);
  }
});
