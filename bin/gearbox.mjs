#!/usr/bin/env node
// Entry of the `gearbox` command. Plain JavaScript that Node 18 can parse: it finds a Node that can run the rest.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED_MAJOR = 24;
// Set for the re-executed process, so that a broken bundled Node cannot start itself for ever.
const REEXECUTED = 'GEARBOX_REEXECUTED';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// Node strips no types below node_modules, so an installed package runs its build and a checkout its source.
const isInstalled = root.split(sep).includes('node_modules') || !existsSync(join(root, 'src'));
/** Where `npm install` puts a package that this one then finds. */
const installFolder =
  isInstalled && root.includes(`${sep}node_modules${sep}`)
    ? root.slice(0, root.lastIndexOf(`${sep}node_modules${sep}`))
    : root;
const major = Number(process.versions.node.split('.')[0]);

/** Folders where the npm package `node` may lie. */
const bundledFolders = () => {
  const folders = [join(root, 'node_modules', 'node'), join(dirname(root), 'node')];
  try {
    folders.unshift(dirname(createRequire(import.meta.url).resolve('node/package.json')));
  } catch {
    // Not installed where this package can see it; the fixed places are still tried.
  }
  return folders.filter((folder) => existsSync(folder));
};

/** Path of a Node binary that the npm package `node` brought, or null. */
const findBundledNode = () => {
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  return (
    bundledFolders()
      .map((folder) => join(folder, 'bin', binary))
      .find((path) => existsSync(path)) ?? null
  );
};

const reexecute = (node) => {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, [REEXECUTED]: '1' },
  });
  // A supervisor signals this process only. Ctrl-C reaches the child twice that way; `serve` takes the echo for one.
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
  // The package without its binary: installed with --ignore-scripts, so its script has not fetched it yet.
  const command = bundledFolders().length > 0 ? 'npm rebuild node' : 'npm install node@26';
  process.stderr.write(
    `gearbox: needs Node ${NEEDED_MAJOR} or newer, but this is ${process.versions.node}; ` +
      `install it from https://nodejs.org, or run \`${command}\` in ${installFolder} and start again.\n`,
  );
  process.exit(1);
};

if (major < NEEDED_MAJOR) {
  const bundled = process.env[REEXECUTED] ? null : findBundledNode();
  if (bundled) reexecute(bundled);
  else refuse();
} else {
  // Before anything else is loaded: start-up drops to a fraction. Named in the environment, with the place that Node
  // would choose anyhow, because worker threads and child processes look for it there.
  process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache');
  module.enableCompileCache?.();
  const main = isInstalled ? join(root, 'dist', 'cli', 'main.js') : join(root, 'src', 'cli', 'main.ts');
  const { run } = await import(pathToFileURL(main).href);
  await run(process.argv.slice(2));
}
