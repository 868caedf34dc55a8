/**
 * The import table of the design, as rules. A folder may import itself, `errors.ts`, `brand.ts` and what its
 * row names; a row entry is a folder or one file. Change a row only with a decision record in docs/decisions/.
 */
const table = {
  json: [],
  math: [],
  canonical: [],
  sse: [],
  outcomes: ['canonical'],
  encoder: ['canonical'],
  catalog: ['canonical'],
  wire: ['canonical', 'sse', 'json'],
  providers: ['canonical', 'sse', 'json', 'catalog'],
  store: ['canonical', 'catalog', 'outcomes'],
  features: ['canonical', 'math'],
  policy: ['canonical', 'catalog', 'features', 'math'],
  session: ['canonical', 'catalog', 'store/store.ts', 'store/owned-file.ts'],
  executor: ['canonical', 'catalog', 'policy', 'providers/provider.ts', 'store/store.ts'],
  router: [
    'canonical',
    'catalog',
    'features',
    'encoder',
    'policy',
    'session',
    'executor',
    'providers/provider.ts',
    'store/store.ts',
  ],
  learn: ['store', 'outcomes', 'features', 'policy', 'catalog', 'math'],
  attribute: ['store', 'catalog', 'canonical', 'outcomes', 'math'],
  report: ['store', 'catalog', 'canonical', 'math', 'attribute'],
  lock: ['store', 'catalog', 'canonical', 'math'],
  bench: ['outcomes', 'catalog', 'features', 'policy', 'learn', 'report', 'math'],
  lab: ['canonical', 'wire', 'sse', 'json', 'outcomes'],
  audit: ['canonical', 'catalog', 'features', 'outcomes', 'providers'],
  probe: ['canonical', 'catalog', 'outcomes', 'providers'],
  drive: ['outcomes', 'report', 'math', 'canonical', 'bench', 'lab', 'catalog'],
  config: ['catalog', 'policy', 'canonical', 'learn/router-file.ts', 'learn/ability-file.ts'],
  server: [
    'canonical',
    'wire',
    'providers/provider.ts',
    'sse',
    'json',
    'catalog',
    'store',
    'report',
    'attribute',
    'learn',
    'lock',
    'router',
    'config',
    'outcomes',
  ],
};

/** Folders that stay free of I/O: no Node built-in module at all. */
const pure = ['policy', 'features', 'math', 'canonical', 'json', 'sse'];

const shared = ['src/errors\\.ts$', 'src/brand\\.ts$'];

const toPattern = (entry) => (entry.endsWith('.ts') ? `^src/${entry.replace('.', '\\.')}$` : `^src/${entry}/`);

const notTest = '\\.test\\.ts$';

const rows = Object.entries(table).map(([folder, allowed]) => ({
  name: `import-table-${folder}`,
  comment: `src/${folder}/ may import only: ${[folder, 'errors.ts', 'brand.ts', ...allowed].join(', ')}.`,
  severity: 'error',
  from: { path: `^src/${folder}/`, pathNot: notTest },
  to: { path: '^src/', pathNot: [`^src/${folder}/`, ...shared, ...allowed.map(toPattern)] },
}));

export default {
  forbidden: [
    ...rows,
    {
      name: 'pure-folder',
      comment: 'These folders hold pure functions: no Node built-ins, so that they can be replayed anywhere.',
      severity: 'error',
      from: { path: `^src/(${pure.join('|')})/`, pathNot: notTest },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-cycle',
      comment: 'A cycle, counting type imports, means that two files are really one or that a third is missing.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'not-from-test',
      comment: 'Shipped code never imports tests or scripts.',
      severity: 'error',
      from: { path: '^src/', pathNot: notTest },
      to: { path: ['^test/', '^scripts/', notTest] },
    },
    {
      name: 'no-dev-dependency',
      comment: 'The published package must run with --omit=dev. drive/ and bench use the SDK only by dynamic import.',
      severity: 'error',
      from: { path: '^src/', pathNot: notTest },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], dynamic: false },
    },
    {
      name: 'unknown-folder',
      comment: 'Every folder of src/ needs a row in the table.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `^src/(${[...Object.keys(table), 'cli'].join('|')})/` },
      to: {},
    },
    {
      name: 'not-resolvable',
      comment: 'An import that the checker cannot resolve is an import that it cannot judge.',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js'],
    },
  },
};
