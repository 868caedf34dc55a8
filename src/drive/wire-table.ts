/** The Markdown page of a wire run, and the document on what works with what. */
import { renderMarkdownTable } from '../bench/table.ts';
import { KNOWN_PROVIDERS } from '../catalog/known-providers.ts';
import type { ReasoningWords, WireFeature } from '../catalog/provider-profile.ts';
import { loadWarning } from './machine.ts';
import type { AgentRun } from './agent-runs.ts';
import { UPSTREAMS, type Cell, type Upstream } from './wire-matrix.ts';
import { CLIENTS, SCENARIOS, type MatrixClient } from './wire-scenarios.ts';
import type { WireResult, WireRow } from './wire.ts';

const PLACES = { times: 2, ms: 2, streams: 0, cells: 0, MB: 1 } as const;

const render = (value: number, unit: WireRow['unit']): string =>
  `${Number(value.toFixed(PLACES[unit]))}${unit === 'times' ? ' ×' : unit === 'cells' || unit === 'streams' ? '' : ` ${unit}`}`;

const renderTarget = ({ target, unit }: WireRow): string =>
  target === null ? '–' : `at ${target.bound} ${render(target.value, unit)}`;

const renderRows = (rows: readonly WireRow[]): string =>
  renderMarkdownTable([
    ['measure', 'target', 'measured', 'result', 'detail'],
    ...rows.map((row) => [
      row.name,
      renderTarget(row),
      render(row.measured, row.unit),
      row.pass === null ? '–' : row.pass ? 'pass' : 'MISSED',
      row.detail,
    ]),
  ]);

const CLIENT_TITLES: Readonly<Record<MatrixClient, string>> = {
  'openai-chat': 'Chat Completions',
  'openai-responses': 'Responses',
  'anthropic-messages': 'Messages',
};

const UPSTREAM_TITLES: Readonly<Record<Upstream, string>> = {
  chat: 'Chat Completions',
  responses: 'Responses',
  messages: 'Messages',
};

const MARKS: Readonly<Record<Cell['result'], string>> = {
  passed: 'yes',
  emulated: 'adapted',
  impossible: '–',
  failed: 'NO',
};

const find = (cells: readonly Cell[], place: Pick<Cell, 'client' | 'upstream' | 'scenario'>): Cell | undefined =>
  cells.find(
    (cell) => cell.client === place.client && cell.upstream === place.upstream && cell.scenario === place.scenario,
  );

/** Features down, provider protocols across, for one client protocol. */
const renderClient = (client: MatrixClient, cells: readonly Cell[]): string => {
  const notes: string[] = [];
  const mark = (cell: Cell | undefined): string => {
    if (cell === undefined) return '';
    if (cell.detail === null || cell.result === 'impossible') return MARKS[cell.result];
    if (!notes.includes(cell.detail)) notes.push(cell.detail);
    return `${MARKS[cell.result]} (${notes.indexOf(cell.detail) + 1})`;
  };
  const table = renderMarkdownTable([
    ['', ...UPSTREAMS.map((upstream) => `over ${UPSTREAM_TITLES[upstream]}`)],
    ...SCENARIOS.map(({ name, title }) => [
      title,
      ...UPSTREAMS.map((upstream) => mark(find(cells, { client, upstream, scenario: name }))),
    ]),
  ]);
  const list = notes.map((note, index) => `${index + 1}. ${note}`).join('\n');
  return [`### ${CLIENT_TITLES[client]} clients`, table, ...(list === '' ? [] : [list])].join('\n\n');
};

const renderMatrix = ({ matrix, cells }: WireResult): string =>
  [
    `${matrix.cells} cells: ${matrix.passed} pass, ${matrix.emulated} are adapted and say so, ${matrix.impossible} cannot be ` +
      `asked for in the client's protocol, ${matrix.failed} fail. Every cell is a whole and a streamed answer, over real ` +
      'sockets, through the lab; a stream must say what a whole answer says.',
    ...CLIENTS.map((client) => renderClient(client, cells)),
  ].join('\n\n');

const renderMachine = ({ at, machine, settings }: WireResult): string =>
  `CPU of all threads, median of ${settings['rounds']} interleaved rounds of ${settings['requests']} streams after ` +
  `${settings['warm_up_rounds']} to warm up. ${at}, Node ${machine.node}, ${machine.platform}, ${machine.cores} cores ` +
  `(${machine.cpu}), load average ${machine.load_average}.`;

export const renderWire = (result: WireResult): string => {
  const warning = loadWarning(result.machine);
  return [
    '# Protocols: conversions and streams',
    renderMachine(result),
    ...(warning === null ? [] : [`**${warning}**`]),
    renderRows(result.rows),
    '## Matrix',
    renderMatrix(result),
  ].join('\n\n');
};

/** What the ledger of bench runs keeps. */
export const toWireEntry = ({ at, benchmark, matrix, rows, machine }: WireResult): object => ({
  at,
  benchmark,
  matrix,
  rows: rows.map(({ name, measured, pass }) => ({ name, measured, pass })),
  machine,
});

const renderProviders = (): string =>
  renderMarkdownTable([
    ['provider', 'protocol', 'address', 'key or address from'],
    ...KNOWN_PROVIDERS.map(({ name, protocol, alsoResponses, baseUrl, keyVariables, addressVariable }) => [
      `\`${name}\``,
      alsoResponses ? `${protocol}, openai-responses` : protocol,
      baseUrl,
      [...keyVariables, ...(addressVariable === null ? [] : [addressVariable])].map((each) => `\`${each}\``).join(', '),
    ]),
  ]);

const FEATURES: readonly (readonly [WireFeature, string, string])[] = [
  ['custom_tools', 'custom and grammar tools', 'as a function'],
  ['allowed_tools', 'allowed_tools', 'as a shorter list'],
  ['strict', 'strict functions', '–'],
  ['developer', 'developer role', 'as system'],
  ['message_names', 'names of participants', '–'],
  ['cache', 'prompt_cache_key', '–'],
  ['service_tier', 'service_tier', '–'],
  ['top_k', 'top_k', '–'],
];

const REASONING: Readonly<Record<ReasoningWords, string>> = {
  effort: '`reasoning_effort`',
  openrouter: '`reasoning.effort`',
  thinking_type: '`thinking.type`',
  enable_thinking: '`enable_thinking`',
  effort_or_template: '`reasoning_effort`; hybrid models `chat_template_kwargs`',
};

/** Chat providers by feature, from their profiles: what a provider lacks is said otherwise, with a warning where it counts. */
const renderProfiles = (): string => {
  const chat = KNOWN_PROVIDERS.filter(({ protocol }) => protocol === 'openai-chat');
  const refused = chat.filter(({ dialect }) => dialect.refuses.length > 0);
  return [
    renderMarkdownTable([
      ['provider', 'effort in', ...FEATURES.map(([, title]) => title)],
      ...chat.map(({ name, dialect: { knows, reasoning } }) => [
        `\`${name}\``,
        REASONING[reasoning],
        ...FEATURES.map(([feature, , otherwise]) => (knows.has(feature) ? 'yes' : otherwise)),
      ]),
    ]),
    '–: not sent where a request is put into other words, with a warning. A chat client’s own text keeps it, unless the provider ' +
      'answers it with an error.',
    'Left out with a warning in any case, because the provider answers them with an error: ' +
      refused
        .map(({ name, dialect }) => `\`${name}\` ${dialect.refuses.map((member) => `\`${member}\``).join(', ')}`)
        .join('; ') +
      '.',
    'The profiles, each with its sources, are in [providers/](../providers); what each provider is sent for every control is ' +
      'in [test/matrix/golden/profiles/](../test/matrix/golden/profiles). A test reads both bodies back and explains every ' +
      'difference by a warning or by one of the rules in [differences.ts](../test/matrix/differences.ts).',
  ].join('\n\n');
};

const renderAgents = (runs: readonly AgentRun[]): string =>
  runs.length === 0
    ? 'No run of the agents is recorded; `npm run agents` makes one.'
    : renderMarkdownTable([
        ['agent', 'version', 'protocol', 'a turn with a tool call', 'requests'],
        ...runs.map(({ agent, version, protocol, result, detail, requests }) => [
          agent,
          version,
          protocol,
          detail === null ? result : `${result}: ${detail}`,
          String(requests),
        ]),
      ]);

/** `docs/compatibility.md`, made of test results and of nothing else. */
export const renderCompatibility = (result: WireResult, agents: readonly AgentRun[]): string =>
  [
    '# What works with what',
    `Generated by \`gearbox bench wire --document docs/compatibility.md\` from its own results (${result.at}); not edited by ` +
      'hand. No live provider was called: provider protocols are the lab and recorded replies. What your provider does with ' +
      'your key, `gearbox check --live` says.',
    '## Clients',
    'In every `npm test`: the official `openai` SDK (Chat Completions, Responses) and `@anthropic-ai/sdk` (Messages), and the ' +
      'AI SDK (`ai` with `@ai-sdk/openai` and `@ai-sdk/anthropic`): text, streams, tools, structured output, images, errors, ' +
      'cancelled calls. Strict validators written from the specifications judge every stream.',
    'Agents, started in a network of their own with nothing but loopback, a home folder of their own and a made-up key:',
    renderAgents(agents),
    '## Features',
    renderMatrix(result),
    '## Providers',
    'Known by name; any other server that speaks one of the protocols is a few lines of configuration ' +
      '([configuration](configuration.md)).',
    renderProviders(),
    renderProfiles(),
  ].join('\n\n');
