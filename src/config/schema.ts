/** The shape of gearbox.yaml: every section, field, default and unit. The JSON Schema for editors comes from here. */
import { z } from 'zod';
import { EFFORTS, VERBOSITIES } from '../canonical/effort.ts';
import { OBJECTIVE_NAMES, type EffortSetting } from '../catalog/component.ts';
import { MAX_USD_PER_MTOK } from '../catalog/schema.ts';
import { callLimitFormat, durationFormat, sizeFormat, spendingFormat, type QuantityFormat } from './quantity.ts';

/*
 * Every message in this file completes the sentence "expected …": check.ts puts it into the problem it reports.
 * Nothing is transformed here, so that input and output of the schema are one shape and the JSON Schema is exact.
 */

export const CONVERSATION_TYPES = [
  'chat',
  'writing',
  'translation',
  'summary',
  'extraction',
  'lookup',
  'mathematics',
  'code',
  'logic',
  'planning',
  'agentic_tools',
  'vision',
  'other',
] as const;

export const EFFORT_SETTINGS: readonly EffortSetting[] = [...EFFORTS, 'auto', 'provider'];

/** Those that can be called. Gemini's own is not among them yet: a pool that passes the check must be one that answers. */
const CALLABLE_PROTOCOLS = ['openai-chat', 'openai-responses', 'anthropic-messages'] as const;

const written = (expected: string, pattern: RegExp) => z.string(expected).regex(pattern, expected);

const quantity = ({ expected, pattern }: QuantityFormat) => written(expected, pattern);

const count = (expected: string, maximum: number) => z.int(expected).min(1, expected).max(maximum, expected);

const usdPerMtok = (tokens: string) => {
  const expected = `USD per million ${tokens} tokens, from 0 to ${MAX_USD_PER_MTOK}`;
  return z.number(expected).min(0, expected).max(MAX_USD_PER_MTOK, expected);
};

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** May name a component, unified model, key, budget or provider. */
export const isName = (text: string): boolean => NAME.test(text);

const name = written(
  'a name of at most 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit',
  NAME,
);

/** Names under which clients call: those of retired models too, which may hold slashes and colons. */
const callableName = written(
  'a model name of at most 128 characters: letters, digits and . _ - : / @',
  /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$/,
);

// No control characters and at most 200 characters: the same rule as for ids in requests.
const modelReference = written(
  'provider/model without blanks, at most 200 characters, for example openai/gpt-6-luna',
  /^(?=.{3,200}$)[A-Za-z0-9][A-Za-z0-9._-]*\/[!-~]+$/,
);

const secretReference = written('env:NAME or file:PATH', /^(env:[A-Za-z_][A-Za-z0-9_]*|file:\S.*)$/);

const size = z.union([count('a number of bytes', 2 ** 50), quantity(sizeFormat)]);

const provider = z.strictObject({
  protocol: z
    .enum(CALLABLE_PROTOCOLS)
    .optional()
    .describe('What the server speaks. Needed unless the provider is known. For Gemini: openai-chat.'),
  base_url: written('an http:// or https:// address', /^https?:\/\/[^\s/]+\S*$/)
    .optional()
    .describe('Where its API begins, for openai-chat up to before /chat/completions.'),
  responses: z
    .boolean('true or false')
    .optional()
    .describe('The server also answers /responses beside /chat/completions. Known of OpenAI.'),
  key: secretReference.optional().describe('Where its key is: env:NAME or file:PATH. Never the key itself.'),
  headers: z
    .record(written('a header name', /^[A-Za-z0-9-]{1,64}$/), z.string('text'))
    .optional()
    .describe('Further request headers. Never secrets.'),
});

const price = z.strictObject({
  input: usdPerMtok('input'),
  output: usdPerMtok('output'),
  cache_read: usdPerMtok('cache read').optional(),
  cache_write: usdPerMtok('cache write').optional(),
  cache_write_1h: usdPerMtok('one hour cache write')
    .optional()
    .describe('Where the provider sells another lifetime. Without it the cost of such calls is unknown.'),
});

const SCORE_PERCENT =
  'percent of tasks solved, from 1 to 99 (nearer to 0 or 100 a benchmark tells models no longer apart)';

const score = z.strictObject({
  benchmark: written(
    'the name of a benchmark with its version or date, of at most 64 characters',
    /^\S.{0,63}$/,
  ).describe('Name with version or date. Scores of one name are compared.'),
  percent: z
    .number(SCORE_PERCENT)
    .min(1, SCORE_PERCENT)
    .max(99, SCORE_PERCENT)
    .describe('Tasks solved, 1 to 99, by the model as this component runs it.'),
});

const limit = z.union([
  quantity(callLimitFormat),
  z.strictObject({
    router: quantity(callLimitFormat).optional().describe('Calls that the router chose.'),
    user: quantity(callLimitFormat).optional().describe('Calls that the user asked for by name or mode.'),
  }),
]);

const component = z.strictObject({
  model: modelReference.describe('provider/model that calls go to.'),
  effort: z
    .enum(EFFORT_SETTINGS)
    .default('auto')
    .describe('auto: the router decides. provider: nothing is sent. Else fixed: requests are clamped to it.'),
  fallback: z
    .array(modelReference, 'a list of provider/model')
    .max(8)
    .default([])
    .describe('Where calls go when it fails.'),
  limit: limit.optional().describe('Calls in a rolling window, 160/3h; then the mini takes over.'),
  mini: name.optional().describe('The component that takes over at the limit. Default: <name>-mini.'),
  role: name
    .optional()
    .describe('fast, fast-mini, thinking, thinking-mini, thinking-nano, pro or a specialist. Default: the name.'),
  for: z
    .array(z.enum(CONVERSATION_TYPES), 'a list of conversation types')
    .default([])
    .describe('Conversation types that a specialist is for. Empty: every type.'),
  instructions: written('the path of a text file', /\S/)
    .optional()
    .describe('A file with a prompt addition, relative to this file.'),
  price: price.optional().describe('USD per million tokens, only where the catalog has no price.'),
  score: score
    .optional()
    .describe('What somebody published of the model. Counts beside another component’s of the same benchmark.'),
  verbosity: z.enum(VERBOSITIES).optional(),
  max_output_tokens: count('a number of tokens from 1', 10_000_000).optional(),
});

const objective = z
  .union([
    z.enum(OBJECTIVE_NAMES),
    z
      .number('what one more solved task is worth in USD, more than 0')
      .positive('what one more solved task is worth in USD, more than 0')
      .max(1_000_000, 'at most 1000000 USD per solved task'),
  ])
  .describe('A preset, or what one more solved task is worth in USD.');

const unifiedModel = z.strictObject({
  components: z
    .array(name, 'a list of component names')
    .min(1, 'at least one component name')
    .optional()
    .describe('Default: every component that is neither a mini, a nano nor pro.'),
  objective: objective.default('balanced'),
  baseline: name.optional().describe('Component for the would-have cost. Without one, no savings are claimed.'),
  policy: z
    .enum(['learned', 'rules', 'static'])
    .default('learned')
    .describe('learned: a trained router. rules: tables set by hand. static: always the first component.'),
  router: written('the path of a trained router', /\S/)
    .optional()
    .describe('A router of your own for policy learned, relative to this file. Default: the one of the package.'),
  band: z
    .number('points from 0 to 100')
    .min(0, 'points from 0 to 100')
    .max(100, 'points from 0 to 100')
    .optional()
    .describe('Never more than this many points of predicted success below the best.'),
  max_wait: quantity(durationFormat).optional().describe('Longest predicted wait.'),
});

const date = z.iso.date('a date such as 2027-01-14');

const alias = z.union([
  callableName,
  z.strictObject({
    to: callableName.describe('A component, a unified model, another alias, or provider/model.'),
    effort: z.enum(EFFORTS).optional(),
    verbosity: z.enum(VERBOSITIES).optional(),
    deprecated: date.optional().describe('From this day on, answers carry a deprecation header.'),
    sunset: date.optional().describe('The day on which the name stops working.'),
  }),
]);

const budget = z.strictObject({
  usd: quantity(spendingFormat).describe('USD in a calendar period (UTC), 20000/month.'),
  at_limit: z.enum(['mini', 'refuse']).default('refuse').describe('mini: answers come from the minis. refuse: 429.'),
});

const key = z.strictObject({
  secret: secretReference.optional().describe('Where the key is: env:NAME or file:PATH.'),
  hash: written('sha256: and 64 hex digits', /^sha256:[0-9a-f]{64}$/)
    .optional()
    .describe('sha256:<hex> as printed by `gearbox keys new`; instead of secret.'),
  models: z
    .array(callableName, 'a list of names')
    .min(1, 'at least one name')
    .optional()
    .describe('Names that it may call; a unified model brings its auto/<component>. Default: all.'),
  objective: objective.optional(),
  budget: name.optional().describe('A name under budgets.'),
  no_train: z.boolean('true or false').default(false).describe('Nothing of its calls is used to train the router.'),
  disclosure: z.enum(['body', 'headers']).default('body').describe('headers: no extra members in bodies.'),
  echo_model: z
    .enum(['answered', 'requested'])
    .default('answered')
    .describe('requested: answers repeat the name that was asked for.'),
});

const privacy = z.strictObject({
  text: z
    .enum(['none', 'failures', 'all'])
    .optional()
    .describe('Which texts are stored. Default: failures on loopback without keys, else none.'),
  keep: quantity(durationFormat).default('24h').describe('How long text is kept.'),
  features: z
    .enum(['hashed', 'structural'])
    .default('hashed')
    .describe('structural: no hashed words either, which a dictionary could guess.'),
});

const limits = z.strictObject({
  body_bytes: size.default('32MiB').describe('Largest request body.'),
  header_bytes: size.default('32KiB').describe('Largest request head.'),
  json_depth: count('a depth from 1 to 1000', 1000).default(64),
  messages: count('a number from 1 to 100000', 100_000).default(4000).describe('Most messages in a request.'),
  tools: count('a number from 1 to 10000', 10_000).default(512).describe('Most tools in a request.'),
});

const timeouts = z.strictObject({
  headers: quantity(durationFormat).default('30s').describe('For a client to send the head of its request.'),
  body: quantity(durationFormat).default('2m').describe('For a client to send the whole request.'),
  connect: quantity(durationFormat).default('10s').describe('To connect to a provider.'),
  first_byte: quantity(durationFormat)
    .default('15m')
    .describe('Until a provider begins to answer: models may think long.'),
  idle: quantity(durationFormat).default('5m').describe('Between two pieces of an answer.'),
  total: quantity(durationFormat).default('1h').describe('For a whole answer.'),
  keep_alive: quantity(durationFormat).default('75s').describe('An idle client connection.'),
  shutdown: quantity(durationFormat).default('30s').describe('For running answers to end when the server stops.'),
});

const server = z.strictObject({
  host: written('an address or host name without port', /^[A-Za-z0-9.:_-]+$/)
    .optional()
    .describe('Default: $HOST, else 127.0.0.1.'),
  port: z
    .int('a port from 0 to 65535')
    .min(0, 'a port from 0 to 65535')
    .max(65_535, 'a port from 0 to 65535')
    .optional()
    .describe('Default: $PORT, else 8484.'),
  allowed_hosts: z
    .array(
      written('a host name, with port if it is not the usual one', /^[A-Za-z0-9.:_[\]-]+$/),
      'a list of host names',
    )
    .default([])
    .describe('Further Host headers to accept, against DNS rebinding.'),
  cors_origins: z
    .array(written('an origin such as https://app.example.com', /^https?:\/\/[^\s/*]+$/), 'a list of origins')
    .default([])
    .describe('Browser origins that may call.'),
  limits: limits.prefault({}),
  timeouts: timeouts.prefault({}),
});

const store = z.strictObject({
  retention_days: count('a number of days from 1 to 3650', 3650).default(30),
  max_store_bytes: size.default('10GiB'),
});

export const configurationSchema = z.strictObject({
  $schema: z.string('text').optional(),
  version: z.literal(1, '1').describe('Version of this format.'),
  providers: z.record(name, provider, 'a map from provider name to settings').default({}),
  components: z.record(name, component, 'a map from component name to settings'),
  models: z
    .record(name, unifiedModel, 'a map from unified model to settings')
    .optional()
    .describe('Default: auto over the components.'),
  aliases: z.record(callableName, alias, 'a map from old name to target').default({}),
  budgets: z.record(name, budget, 'a map from budget name to limit').default({}),
  keys: z.record(name, key, 'a map from key name to settings').default({}),
  privacy: privacy.prefault({}),
  server: server.prefault({}),
  store: store.prefault({}),
});

/** gearbox.yaml as parsed, defaults filled in; quantities still as written. */
export type Configuration = z.output<typeof configurationSchema>;

/** gearbox.yaml as a person may write it. */
export type ConfigurationInput = z.input<typeof configurationSchema>;

export type ComponentConfiguration = Configuration['components'][string];
export type ProviderConfiguration = Configuration['providers'][string];
export type AliasConfiguration = Configuration['aliases'][string];
export type KeyConfiguration = Configuration['keys'][string];
