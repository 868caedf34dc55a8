/** `gearbox ask`: one question through the real path, the answer as it comes, and who gave it at what price. */
import { parseArgs } from 'node:util';
import { request } from 'undici';
import { z } from 'zod';
import { brand } from '../brand.ts';
import { createSseParser } from '../sse/parser.ts';
import type { Command, CommandContext, ExitCode } from './command.ts';
import { clientHeaders, connect, toAnswerError } from './connect.ts';

const HELP = `Usage: ${brand.binary} ask TEXT [--model NAME] [--mode fast|thinking|pro] [--effort LEVEL] [--system TEXT] [--url URL]

Sends TEXT to \`auto\`, prints the answer as it comes, and then which model gave it, why, and what it cost.
\`-\` reads the text from standard input. With --json the whole answer is printed as the server sent it.

  --model NAME     auto (default), auto/thinking, an alias, or provider/model
  --mode ROLE      fast, thinking or pro, whatever the router would choose
  --effort LEVEL   none, minimal, low, medium, high, xhigh, max
  --system TEXT    a system message
  --url URL        a server other than the running one ($${brand.environmentPrefix}URL); $${brand.environmentPrefix}KEY is its client key

Examples:
  ${brand.binary} ask "What is the capital of France?"
  ${brand.binary} ask "Three friends ... Who owns the fish? Think hard about this."`;

const MAX_EVENT_BYTES = 16 * 1024 * 1024;

const gearboxObject = z.object({
  decision_id: z.string().nullish(),
  component: z.string(),
  model: z.string(),
  reason: z.string().nullish(),
  effort: z.object({ applied: z.string().nullable() }).nullish(),
  cost_usd: z.number().nullish(),
  simulated: z.boolean().nullish(),
  warnings: z.array(z.object({ message: z.string() })).nullish(),
  attempts: z.array(z.object({ total_ms: z.number(), ttft_ms: z.number().nullish() })).nullish(),
});

const chunk = z.object({
  choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }).nullish() })).nullish(),
  gearbox: gearboxObject.nullish(),
  error: z.object({ message: z.string() }).nullish(),
});

type GearboxObject = z.infer<typeof gearboxObject>;

interface AskFlags {
  readonly text: string;
  readonly url: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

const readStandardInput = async (): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const part of process.stdin) chunks.push(Buffer.from(part));
  return Buffer.concat(chunks).toString('utf8');
};

const parseFlags = async (args: readonly string[]): Promise<AskFlags | null> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      model: { type: 'string', default: 'auto' },
      mode: { type: 'string' },
      effort: { type: 'string' },
      system: { type: 'string' },
      url: { type: 'string' },
    },
  });
  const given = positionals.join(' ');
  const text = given === '-' ? await readStandardInput() : given;
  if (text.trim() === '') return null;
  const system = values.system === undefined ? [] : [{ role: 'system', content: values.system }];
  return {
    text,
    url: values.url ?? null,
    body: {
      model: values.model,
      messages: [...system, { role: 'user', content: text }],
      ...(values.effort === undefined ? {} : { reasoning_effort: values.effort }),
      ...(values.mode === undefined ? {} : { [brand.bodyKey]: { mode: values.mode } }),
    },
  };
};

const renderCost = (cost: number | null | undefined): string =>
  cost === null || cost === undefined ? 'cost unknown' : `$${cost.toFixed(6)}`;

/** The badge below an answer: component, model, effort, time, cost, and the sentence. */
const renderBadge = (object: GearboxObject): readonly string[] => {
  const milliseconds = object.attempts?.reduce((sum, { total_ms }) => sum + total_ms, 0);
  const facts = [
    object.component,
    object.model,
    object.effort?.applied === null || object.effort === undefined || object.effort === null
      ? 'effort by the model'
      : `effort ${object.effort.applied}`,
    ...(milliseconds === undefined ? [] : [`${(milliseconds / 1000).toFixed(2)} s`]),
    `${renderCost(object.cost_usd)}${object.simulated === true ? ' (simulated, nothing was paid)' : ''}`,
  ];
  return [
    `-- ${facts.join(' | ')}`,
    ...(object.reason ? [`   ${object.reason}`] : []),
    ...(object.warnings ?? []).map(({ message }) => `   warning: ${message}`),
    ...(object.decision_id ? [`   ${brand.binary} explain ${object.decision_id}`] : []),
  ];
};

const streamAnswer = async (url: string, flags: AskFlags, context: CommandContext): Promise<ExitCode> => {
  const { statusCode, body } = await request(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: clientHeaders(),
    body: JSON.stringify({ ...flags.body, stream: true }),
    signal: context.signal,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  if (statusCode !== 200) throw toAnswerError(statusCode, await body.text());
  const parser = createSseParser({ maxEventBytes: MAX_EVENT_BYTES });
  let last: GearboxObject | null = null;
  let failure: string | null = null;
  for await (const bytes of body)
    for (const { data } of parser.push(bytes)) {
      if (data === '' || data === '[DONE]') continue;
      const event = chunk.parse(JSON.parse(data));
      process.stdout.write(event.choices?.[0]?.delta?.content ?? '');
      last = event.gearbox ?? last;
      failure = event.error?.message ?? failure;
    }
  process.stdout.write('\n');
  if (last !== null) for (const line of renderBadge(last)) context.report(line);
  if (failure !== null) context.fail(`The answer broke off: ${failure}`);
  return failure === null ? 0 : 1;
};

const printWhole = async (url: string, flags: AskFlags, context: CommandContext): Promise<ExitCode> => {
  const { statusCode, body } = await request(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: clientHeaders(),
    body: JSON.stringify(flags.body),
    signal: context.signal,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const text = await body.text();
  if (statusCode !== 200) throw toAnswerError(statusCode, text);
  context.print(text);
  return 0;
};

const run = async (context: CommandContext): Promise<ExitCode> => {
  const flags = await parseFlags(context.args);
  if (flags === null) {
    context.fail(`${brand.binary} ask: expected a text. Example: ${brand.binary} ask "What is the capital of France?"`);
    return 2;
  }
  const connection = await connect(context, flags.url);
  try {
    return await (context.flags.json ? printWhole : streamAnswer)(connection.url, flags, context);
  } finally {
    await connection.close();
  }
};

export const askCommand: Command = {
  name: 'ask',
  summary: 'send one question to `auto`; see the answer, who gave it, why, and the cost',
  help: HELP,
  primary: true,
  run,
};
