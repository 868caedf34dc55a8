#!/usr/bin/env node
// Entry of the `gearbox` command. Plain JavaScript that Node 18 can parse: it finds a Node that can run the rest.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED_MAJOR = 24;
// Set for the re-executed process, so that a broken bundled Node cannot start itself for ever.
const REEXECUTED = 'GEARBOX_REEXECUTED';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const major = Number(process.versions.node.split('.')[0]);

/** Path of a Node binary that the npm package `node` brought, or null. */
const findBundledNode = () => {
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const folders = [join(root, 'node_modules', 'node'), join(dirname(root), 'node')];
  try {
    folders.unshift(dirname(createRequire(import.meta.url).resolve('node/package.json')));
  } catch {
    // Not installed where this package can see it; the fixed places are still tried.
  }
  return folders.map((folder) => join(folder, 'bin', binary)).find((path) => existsSync(path)) ?? null;
};

const reexecute = (node) => {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, [REEXECUTED]: '1' },
  });
  // A supervisor signals this process only. Ctrl-C reaches the child twice that way, which it must bear anyhow.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`gearbox: the bundled Node at ${node} could not be started: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
};

const refuse = () => {
  process.stderr.write(
    `gearbox: needs Node ${NEEDED_MAJOR} or newer, but this is ${process.versions.node}; ` +
      'install it from https://nodejs.org, or run `npm install node@26` in this folder and start again.\n',
  );
  process.exit(1);
};

if (major < NEEDED_MAJOR) {
  const bundled = process.env[REEXECUTED] ? null : findBundledNode();
  if (bundled) reexecute(bundled);
  else refuse();
} else {
  // Before anything else is loaded: start-up drops from half a second to a fraction of it.
  module.enableCompileCache?.();
  // Node strips no types below node_modules, so an installed package runs its build and a checkout its source.
  const installed = root.split(sep).includes('node_modules');
  const main = installed ? join(root, 'dist', 'cli', 'main.js') : join(root, 'src', 'cli', 'main.ts');
  const { run } = await import(pathToFileURL(main).href);
  await run(process.argv.slice(2));
}
