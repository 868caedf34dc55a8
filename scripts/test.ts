/**
 * Runs every test with `node --test`, provider keys and Gearbox settings scrubbed from the environment, so that no
 * test can reach a paid provider or a real home folder by accident. Arguments are passed on: files or `--test-*`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

const SCRUBBED = /(_API_KEY|_TOKEN|_BASE_URL|_HOST|_CREDENTIALS|_PROXY|_proxy)$|^GEARBOX_|^(HOST|PORT)$/;

const home = mkdtempSync(join(tmpdir(), 'gearbox-test-home-'));
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SCRUBBED.test(name)));
const given = process.argv.slice(2);
const targets = given.some((argument) => !argument.startsWith('--')) ? [] : ['src/**/*.test.ts', 'test/**/*.test.ts'];

/** Node leaves one processor idle by default, which on two is half of them; many tests wait for processes anyway. */
const concurrency = `--test-concurrency=${availableParallelism()}`;

/** Every file is a process, and they load the same modules: stripped and compiled once, not a hundred times. */
const compileCache = join(import.meta.dirname, '../node_modules/.cache/compiled-for-tests');

const result = spawnSync(process.execPath, ['--test', '--test-timeout=240000', concurrency, ...given, ...targets], {
  stdio: 'inherit',
  env: { ...environment, GEARBOX_HOME: home, NODE_NO_WARNINGS: '1', NODE_COMPILE_CACHE: compileCache },
});
rmSync(home, { recursive: true, force: true });
process.exit(result.status ?? 1);
