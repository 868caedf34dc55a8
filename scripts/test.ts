/**
 * Runs every test with `node --test`, provider keys and Gearbox settings scrubbed from the environment, so that no
 * test can reach a paid provider or a real home folder by accident. Arguments are passed on: files or `--test-*`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SCRUBBED = /(_API_KEY|_TOKEN|_BASE_URL|_HOST|_CREDENTIALS|_PROXY|_proxy)$|^GEARBOX_|^(HOST|PORT)$/;

const home = mkdtempSync(join(tmpdir(), 'gearbox-test-home-'));
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SCRUBBED.test(name)));
const given = process.argv.slice(2);
const targets = given.some((argument) => !argument.startsWith('--')) ? [] : ['src/**/*.test.ts', 'test/**/*.test.ts'];

const result = spawnSync(process.execPath, ['--test', '--test-timeout=240000', ...given, ...targets], {
  stdio: 'inherit',
  env: { ...environment, GEARBOX_HOME: home, NODE_NO_WARNINGS: '1' },
});
rmSync(home, { recursive: true, force: true });
process.exit(result.status ?? 1);
