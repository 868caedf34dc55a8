import assert from 'node:assert/strict';
import { test } from 'node:test';
import { send, startGearbox } from './gearbox.ts';

const YAML = `
version: 1
providers:
  openai: { base_url: '{lab}/v1' }
components:
  fast: { model: openai/gpt-6-luna, effort: none }
  thinking: { model: openai/gpt-6.1-sol }
keys:
  web: { secret: env:KEY_WEB }
`;

test('on another address than loopback metrics need the admin token, and a client key is none', async (t) => {
  const gearbox = await startGearbox({
    yaml: YAML,
    environment: { OPENAI_API_KEY: 'sk-test', KEY_WEB: 'secret-key-number-one-0001' },
    settings: (settings) => ({ ...settings, host: '0.0.0.0' }),
  });
  t.after(gearbox.close);
  const url = gearbox.url.replace('0.0.0.0', '127.0.0.1');
  for (const secret of [null, 'secret-key-number-one-0001']) {
    const headers: Record<string, string> = secret === null ? {} : { authorization: `Bearer ${secret}` };
    const refused = await send(`${url}/metrics`, { headers });
    assert.deepEqual([refused.status, refused.json.error.code], [401, 'admin_token_required']);
    assert.match(refused.json.error.message, /admin token/);
  }
  const allowed = await send(`${url}/metrics`, { headers: { authorization: `Bearer ${gearbox.adminToken}` } });
  assert.match(allowed.text, /gearbox_refused_total\{code="admin_token_required"\} 2/);
  assert.equal((await send(`${url}/healthz`)).status, 200);
});
