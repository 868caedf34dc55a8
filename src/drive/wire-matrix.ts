/** Every client protocol over every provider protocol and scenario: what works, what is emulated, what cannot be said. */
import { isDeepStrictEqual } from 'node:util';
import { request } from 'undici';
import { fromWhole, withInputValues, type Json, type Said } from './wire-answer.ts';
import { CLIENTS, PATHS, SCENARIOS, toBody, toStreamed, type MatrixClient, type Scenario } from './wire-scenarios.ts';
import { fromStream } from './wire-stream.ts';

/** Components of the driven gateway, one for each provider protocol, by the names of its configuration. */
export const UPSTREAMS = ['chat', 'responses', 'messages'] as const;

export type Upstream = (typeof UPSTREAMS)[number];

/** `emulated`: it works, and the answer says what was adapted. `impossible`: the client's protocol cannot ask for it. */
export type CellResult = 'passed' | 'emulated' | 'impossible' | 'failed';

export interface Cell {
  readonly client: MatrixClient;
  readonly upstream: Upstream;
  readonly scenario: string;
  readonly result: CellResult;
  /** What was adapted, or what went wrong; null: nothing. */
  readonly detail: string | null;
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

const ask = async (url: string, client: MatrixClient, body: object): Promise<Reply> => {
  const answer = await request(url + PATHS[client], {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(body),
  });
  return { status: answer.statusCode, text: await answer.body.text() };
};

const EXPECTED_CALLS: Readonly<Record<string, number>> = { 'parallel-tools': 2 };

const findFlaw = ({ name, expects }: Scenario, said: Said): string | null => {
  if (said.ending !== 'complete') return 'the answer is not complete';
  switch (expects) {
    case 'text':
      return said.text === '' ? 'the answer has no text' : null;
    case 'calls': {
      const wanted = EXPECTED_CALLS[name] ?? 1;
      return said.calls.length === wanted ? null : `expected ${wanted} tool calls, found ${said.calls.length}`;
    }
    case 'refusal':
      return said.refusal !== '' || said.text !== '' ? null : 'the refusal is lost';
    case 'refused-request':
    case 'failed-stream':
      return 'expected an error, found an answer';
  }
};

const judgeError = (whole: Reply, stream: Reply, isStreamEnded: () => boolean): string | null => {
  if (whole.status < 400) return `expected an error, found status ${whole.status}`;
  if (stream.status >= 400) return null;
  return isStreamEnded() ? 'the stream ended as if nothing had happened' : null;
};

const warningsOf = (body: Json): readonly string[] =>
  (body?.gearbox?.warnings ?? []).map(({ message }: Json) => message);

const judge = (
  client: MatrixClient,
  scenario: Scenario,
  replies: { whole: Reply; stream: Reply },
): Omit<Cell, 'client' | 'upstream' | 'scenario'> => {
  const { whole, stream } = replies;
  const failed = (detail: string) => ({ result: 'failed', detail }) as const;
  const streamed = (): Said => fromStream(client, stream.text);
  if (scenario.expects === 'refused-request' || scenario.expects === 'failed-stream') {
    const flaw = judgeError(whole, stream, () => streamed().ending === 'complete');
    return flaw === null ? { result: 'passed', detail: null } : failed(flaw);
  }
  if (whole.status !== 200 || stream.status !== 200)
    return failed(`status ${whole.status} whole, ${stream.status} streamed: ${whole.text.slice(0, 200)}`);
  const body: Json = JSON.parse(whole.text);
  const said = fromWhole(client, body);
  const flaw = findFlaw(scenario, said);
  if (flaw !== null) return failed(flaw);
  if (!isDeepStrictEqual(withInputValues(said), withInputValues(streamed())))
    return failed('a stream says something else than a whole answer');
  const warnings = warningsOf(body);
  return warnings.length === 0
    ? { result: 'passed', detail: null }
    : { result: 'emulated', detail: warnings.join(' ') };
};

const runCell = async (url: string, place: Pick<Cell, 'client' | 'upstream'>, scenario: Scenario): Promise<Cell> => {
  const { client, upstream } = place;
  const named = { ...place, scenario: scenario.name };
  if (scenario.not?.includes(client) === true) {
    return { ...named, result: 'impossible', detail: 'the protocol of the client has no word for it' };
  }
  const body = { model: `auto/${upstream}`, ...toBody(client, scenario) };
  const whole = await ask(url, client, body);
  const stream = await ask(url, client, toStreamed(client, body));
  try {
    return { ...named, ...judge(client, scenario, { whole, stream }) };
  } catch (error) {
    // An answer that cannot even be read is a failure of its cell, and of no other.
    return { ...named, result: 'failed', detail: error instanceof Error ? error.message : String(error) };
  }
};

/** All cells of a gateway with the components `UPSTREAMS` behind `auto`. */
export const runMatrix = async (url: string): Promise<readonly Cell[]> => {
  const cells: Cell[] = [];
  for (const client of CLIENTS)
    for (const upstream of UPSTREAMS)
      for (const scenario of SCENARIOS) cells.push(await runCell(url, { client, upstream }, scenario));
  return cells;
};
