/** A client of the gateway: the official OpenAI SDK, asking as any program would, and nothing but the prompt. */
import type OpenAI from 'openai';
import { z } from 'zod';
import { brand } from '../brand.ts';
import { DataError } from '../errors.ts';
import type { RoutablePrompt } from '../outcomes/prompt.ts';

export interface ChatAnswer {
  readonly text: string;
  readonly decisionId: string;
  readonly component: string;
  /** Version of the router that decided; null where the answer does not say. */
  readonly router: string | null;
  /** The gateway's own figure. */
  readonly costUsd: number | null;
  /** `x-gearbox-decision` of the same answer, sent before the body. */
  readonly headerDecisionId: string | null;
}

export interface ChatClient {
  readonly ask: (prompt: RoutablePrompt, options: { readonly stream: boolean }) => Promise<ChatAnswer>;
}

type Body = OpenAI.ChatCompletionCreateParamsNonStreaming;

/** Every member that a request of the run may have. */
const ALLOWED_MEMBERS: ReadonlySet<string> = new Set(['model', 'messages', 'role', 'content']);

/** Throws DataError if anything but model and messages would reach the server: a label there would be a leak. */
export const assertNoLabels = (body: object): void => {
  const members = new Set<string>();
  JSON.stringify(body, (name, value: unknown) => {
    if (name !== '' && !/^\d+$/.test(name)) {
      members.add(name);
    }
    return value;
  });
  const leaked = [...members].filter((member) => !ALLOWED_MEMBERS.has(member));
  if (leaked.length > 0) {
    throw new DataError(`a request would carry ${leaked.join(', ')}: only the prompt may reach the router.`);
  }
};

/** The request for a prompt. Its type holds no label, and `assertNoLabels` looks at what was really built. */
export const toChatBody = ({ prompt }: RoutablePrompt, model: string): Body => {
  const messages =
    typeof prompt === 'string'
      ? [{ role: 'user' as const, content: prompt }]
      : prompt.map(({ role, content }) => ({ role, content }));
  const body: Body = { model, messages };
  assertNoLabels(body);
  return body;
};

const disclosureSchema = z.object({
  decision_id: z.string(),
  component: z.string().nullish(),
  router: z.string().nullish(),
  cost_usd: z.number().nullish(),
});

type Disclosure = z.infer<typeof disclosureSchema>;

const readDisclosure = (event: object): Disclosure | null => {
  const member: unknown = Reflect.get(event, brand.bodyKey);
  return member === undefined ? null : disclosureSchema.parse(member);
};

const toAnswer = (text: string, disclosures: readonly (Disclosure | null)[], response: Response): ChatAnswer => {
  const found = disclosures.filter((each) => each !== null);
  const [first] = found;
  const last = found.at(-1);
  if (first === undefined || last === undefined) {
    throw new DataError(`an answer without a ${brand.bodyKey} object`);
  }
  return {
    text,
    decisionId: first.decision_id,
    component: last.component ?? first.component ?? '',
    router: last.router ?? first.router ?? null,
    costUsd: last.cost_usd ?? null,
    headerDecisionId: response.headers.get(`${brand.headerPrefix}decision`),
  };
};

const loadSdk = async (): Promise<typeof OpenAI> => {
  try {
    const { OpenAI } = await import('openai');
    return OpenAI;
  } catch (error) {
    const message = 'The run asks through the official OpenAI SDK, which is not installed. Run: npm install openai';
    throw new DataError(message, { cause: error });
  }
};

export interface ChatClientOptions {
  readonly url: string;
  readonly model: string;
  readonly timeoutMs: number;
}

/** Throws DataError where the SDK is not installed. */
export const createChatClient = async ({ url, model, timeoutMs }: ChatClientOptions): Promise<ChatClient> => {
  const Sdk = await loadSdk();
  // No retries: a failure that a retry hides is one that the run should show.
  const client = new Sdk({
    baseURL: `${url}/v1`,
    apiKey: 'unused',
    maxRetries: 0,
    timeout: timeoutMs,
    logLevel: 'off',
  });
  const askWhole = async (body: Body): Promise<ChatAnswer> => {
    const { data, response } = await client.chat.completions.create(body).withResponse();
    return toAnswer(data.choices[0]?.message.content ?? '', [readDisclosure(data)], response);
  };
  const askStreamed = async (body: Body): Promise<ChatAnswer> => {
    const { data, response } = await client.chat.completions.create({ ...body, stream: true }).withResponse();
    const disclosures: (Disclosure | null)[] = [];
    let text = '';
    for await (const chunk of data) {
      disclosures.push(readDisclosure(chunk));
      text += chunk.choices[0]?.delta.content ?? '';
    }
    return toAnswer(text, disclosures, response);
  };
  return {
    ask: (prompt, { stream }) => {
      const body = toChatBody(prompt, model);
      return stream ? askStreamed(body) : askWhole(body);
    },
  };
};
