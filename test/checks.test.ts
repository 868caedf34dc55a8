/** Every check of `npm test` is given a violation that it must find. A check that cannot fail protects nothing. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const configurations = [
  '.oxlintrc.json',
  '.prettierrc.json',
  '.dependency-cruiser.mjs',
  '.jscpd.json',
  'tsconfig.json',
  'package.json',
];

let folder = '';

const plant = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'gearbox-planted-'));
  for (const name of configurations) cpSync(join(root, name), join(folder, name));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  plant('src/brand.ts', 'export const brand = 1;\n');
});

after(() => rmSync(folder, { recursive: true, force: true }));

const run = (tool: string, ...args: string[]): { readonly status: number | null; readonly output: string } => {
  const result = spawnSync(join(root, 'node_modules', '.bin', tool), args, { cwd: folder, encoding: 'utf8' });
  return { status: result.status, output: result.stdout + result.stderr };
};

const repeat = (line: string, times: number): string =>
  Array.from({ length: times }, (_, index) => line.replaceAll('#', String(index))).join('\n');

test('prettier finds a file that is not formatted', () => {
  plant('src/math/unformatted.ts', 'export const value   = "x"\n');
  const { status, output } = run('prettier', '--check', 'src/math/unformatted.ts');
  assert.equal(status, 1);
  assert.match(output, /unformatted\.ts/);
  rmSync(join(folder, 'src/math/unformatted.ts'));
});

const lintViolations: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['no-floating-promises', 'src/math/a.ts', 'const work = async () => 1;\nexport const go = () => {\n  work();\n};\n'],
  ['no-explicit-any', 'src/math/b.ts', 'export const value: any = 1;\n'],
  ['no-non-null-assertion', 'src/math/c.ts', 'export const first = (list: string[]) => list[0]!;\n'],
  ['no-default-export', 'src/math/d.ts', 'const value = 1;\nexport default value;\n'],
  ['no-process-env', 'src/math/e.ts', 'export const home = process.env.HOME;\n'],
  ['no-console', 'src/math/f.ts', 'export const shout = () => console.log(1);\n'],
  [
    'switch-exhaustiveness-check',
    'src/math/g.ts',
    "export const pick = (kind: 'a' | 'b') => {\n  switch (kind) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n};\n",
  ],
  [
    'max-lines-per-function',
    'src/math/h.ts',
    `export const long = () => {\n  let sum = 0;\n${repeat('  sum += #;', 70)}\n  return sum;\n};\n`,
  ],
  ['max-lines', 'src/math/i.ts', `${repeat('export const value# = #;', 401)}\n`],
  [
    'max-depth',
    'src/math/j.ts',
    'export const deep = (n: number) => {\n  if (n > 0) {\n    if (n > 1) {\n      if (n > 2) {\n        if (n > 3) return 4;\n      }\n    }\n  }\n  return 0;\n};\n',
  ],
  [
    'max-params',
    'src/math/k.ts',
    'export const many = (a: number, b: number, c: number, d: number) => a + b + c + d;\n',
  ],
];

test('the linter finds every kind of planted violation', () => {
  for (const [, file, text] of lintViolations) plant(file, text);
  const { status, output } = run('oxlint', '--type-aware', '--deny-warnings', 'src/math');
  assert.equal(status, 1);
  for (const [rule, file] of lintViolations) {
    const reports = output.split(/\n(?=\s+x )/).filter((report) => report.includes(`(${rule})`));
    assert.ok(
      reports.some((report) => report.includes(file)),
      `${rule} was not found in ${file}`,
    );
  }
  for (const [, file] of lintViolations) rmSync(join(folder, file));
});

test('the type checker finds a wrong type and an unchecked index', () => {
  plant(
    'src/math/wrong.ts',
    "export const value: number = 'x';\nexport const first = (l: string[]): string => l[0];\n",
  );
  const { status, output } = run('tsc', '-p', 'tsconfig.json');
  assert.notEqual(status, 0);
  assert.match(output, /wrong\.ts\(1,14\)/);
  assert.match(output, /wrong\.ts\(2,/);
  rmSync(join(folder, 'src/math/wrong.ts'));
});

const importViolations: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['import-table-policy', 'src/policy/planted.ts', "import '../store/planted.ts';\n"],
  [
    'import-table-wire',
    'src/wire/planted.ts',
    "import type { Row } from '../store/planted.ts';\nexport type X = Row;\n",
  ],
  ['pure-folder', 'src/policy/reads.ts', "import 'node:fs';\n"],
  ['no-dev-dependency', 'src/drive/planted.ts', "import 'fast-check';\n"],
  ['unknown-folder', 'src/misc/planted.ts', "import '../brand.ts';\n"],
  ['not-from-test', 'src/math/planted.ts', "import '../../test/planted.ts';\n"],
  ['no-cycle', 'src/store/other.ts', "import type { Row } from './planted.ts';\nexport type Y = Row | string;\n"],
  ['not-resolvable', 'src/math/missing.ts', "import './nowhere.ts';\n"],
];

test('the import checker finds every kind of planted violation', () => {
  for (const [, file, text] of importViolations) plant(file, text);
  plant('src/store/planted.ts', "import type { Y } from './other.ts';\nexport type Row = Y;\n");
  plant('test/planted.ts', 'export const planted = 1;\n');
  const { status, output } = run('depcruise', '--config', '.dependency-cruiser.mjs', 'src');
  assert.notEqual(status, 0);
  for (const [rule, file] of importViolations) {
    const found = output.split('\n').some((line) => line.includes(`${rule}:`) && line.includes(file));
    assert.ok(found, `${rule} was not found in ${file}:\n${output}`);
  }
  for (const [, file] of importViolations) rmSync(join(folder, file));
});

test('the duplication check finds a file that was copied', () => {
  const text = `${repeat('export const compute# = (value: number) => value * # + Math.sqrt(value + #);', 40)}\n`;
  plant('src/math/original.ts', text);
  plant('src/math/copy.ts', text);
  const { status, output } = run('jscpd', 'src');
  assert.notEqual(status, 0);
  assert.match(output, /original\.ts/);
});

test('the test runner fails when a test fails, and hands no provider key on', () => {
  const file = join(folder, 'planted.test.ts');
  writeFileSync(
    file,
    [
      "import { strict as assert } from 'node:assert';",
      "import { test } from 'node:test';",
      "test('keys are scrubbed', () => assert.equal(process.env['OPENAI_API_KEY'], undefined));",
      "test('fails', () => assert.equal(1, 2));",
    ].join('\n'),
  );
  const environment: NodeJS.ProcessEnv = { ...process.env, OPENAI_API_KEY: 'planted' };
  // Node's runner refuses to start inside itself while this variable is set.
  delete environment['NODE_TEST_CONTEXT'];
  const result = spawnSync(process.execPath, [join(root, 'scripts', 'test.ts'), '--test-reporter=tap', file], {
    encoding: 'utf8',
    env: environment,
  });
  assert.equal(result.status, 1);
  assert.match(result.stdout, /^ok \d+ - keys are scrubbed/m);
  assert.match(result.stdout, /^not ok \d+ - fails/m);
});
