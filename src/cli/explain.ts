/** `gearbox explain`: why a text would go, or a request went, where it does. No upstream call. */
import { parseArgs } from 'node:util';
import { request } from 'undici';
import { brand } from '../brand.ts';
import { isId } from '../canonical/identifier.ts';
import type { Command, CommandContext, ExitCode } from './command.ts';
import { clientHeaders, connect, toAnswerError } from './connect.ts';
import { renderExplanation } from './explanation-view.ts';
import { explanationSchema, fromStoredDecision, type Explanation } from './explanation-schema.ts';

const HELP = `Usage: ${brand.binary} explain TEXT|DECISION [--model NAME] [--effort LEVEL] [--objective NAME|USD] [--url URL]

With a text: the decision that \`auto\` would take, and everything behind it. Nothing is called and nothing is recorded.
With a decision id (dec_…, from an answer or \`${brand.binary} decisions list\`): the decision that was taken.

  --model NAME       auto (default) or any other name that can be called
  --effort LEVEL     as if the request asked for this effort
  --objective VALUE  cost, balanced, quality, latency, or what one more solved task is worth in US dollars
  --url URL          a server other than the running one

Examples:
  ${brand.binary} explain "Translate to French: good morning"
  ${brand.binary} explain "Prove that there are infinitely many primes" --objective 0.02
  ${brand.binary} explain dec_01KAR3Q8ZC5V9M7T2H4N6PXWYB --json`;

const parseFlags = (args: readonly string[]) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      model: { type: 'string', default: 'auto' },
      effort: { type: 'string' },
      objective: { type: 'string' },
      url: { type: 'string' },
    },
  });
  return { ...values, text: positionals.join(' ') };
};

type ExplainFlags = ReturnType<typeof parseFlags>;

const toBody = (flags: ExplainFlags): string =>
  JSON.stringify({
    model: flags.model,
    messages: [{ role: 'user', content: flags.text }],
    ...(flags.effort === undefined ? {} : { reasoning_effort: flags.effort }),
    ...(flags.objective === undefined ? {} : { [brand.bodyKey]: { objective: flags.objective } }),
  });

const ask = async (url: string, flags: ExplainFlags): Promise<unknown> => {
  const stored = isId('dec_', flags.text);
  const path = `${url}${brand.clientPath}/${stored ? `decisions/${flags.text}` : 'decide'}`;
  const { statusCode, body } = await request(path, {
    method: stored ? 'GET' : 'POST',
    headers: clientHeaders(),
    ...(stored ? {} : { body: toBody(flags) }),
  });
  const text = await body.text();
  if (statusCode !== 200) throw toAnswerError(statusCode, text);
  return JSON.parse(text);
};

const run = async (context: CommandContext): Promise<ExitCode> => {
  const flags = parseFlags(context.args);
  if (flags.text.trim() === '') {
    context.fail(`${brand.binary} explain: expected a text or a decision id.`);
    return 2;
  }
  const connection = await connect(context, flags.url ?? null);
  try {
    const answer = await ask(connection.url, flags);
    const explanation: Explanation = isId('dec_', flags.text)
      ? fromStoredDecision(answer)
      : explanationSchema.parse(answer);
    if (context.flags.json) context.print(JSON.stringify(answer, null, 2));
    else for (const line of renderExplanation(explanation)) context.print(line);
    return 0;
  } finally {
    await connection.close();
  }
};

export const explainCommand: Command = {
  name: 'explain',
  summary: 'why a text would go, or a request went, to which model',
  help: HELP,
  primary: true,
  run,
};
