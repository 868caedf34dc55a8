/** Profiles of providers: where they are, what they speak, and in which words. Facts, one file a provider. */
import type { UpstreamProtocol } from '../canonical/protocol.ts';
import type { FactSource } from './model.ts';

/** How a server is told to reason. */
export const REASONING_WORDS = [
  'effort',
  'openrouter',
  'thinking_type',
  'enable_thinking',
  'effort_or_template',
] as const;

export type ReasoningWords = (typeof REASONING_WORDS)[number];

/** Inventions of one service that others took over or did not. */
export const WIRE_FEATURES = [
  /** `tool_choice: {type: "allowed_tools"}` beside the full list of tools. */
  'allowed_tools',
  /** `prompt_cache_key`, `prompt_cache_retention`, `prompt_cache_options`. */
  'cache',
  /** Tools of free text, with or without a grammar. */
  'custom_tools',
  /** The role `developer`, and several system messages. */
  'developer',
  /** `name` of a user message. */
  'message_names',
  /** Output other than text. */
  'modalities',
  /** `safety_identifier` in the place of `user`. */
  'safety_identifier',
  'service_tier',
  /** `strict` of a function. */
  'strict',
  'top_k',
] as const;

export type WireFeature = (typeof WIRE_FEATURES)[number];

/** How a server that speaks Chat Completions differs from others that do. */
export interface Dialect {
  /** Where the limit goes. OpenAI's reasoning models refuse `max_tokens`; DeepSeek and Mistral do not know the other. */
  readonly maxTokens: 'max_tokens' | 'max_completion_tokens';
  /** `stream_options` is understood. Where it is not, usage comes by itself in the last chunk. */
  readonly streamOptions: boolean;
  readonly reasoning: ReasoningWords;
  /** `nine`: call ids must be nine letters or digits (Mistral). */
  readonly callIds: 'free' | 'nine';
  readonly knows: ReadonlySet<WireFeature>;
  /** Members that are answered by an error. `message_names`: `name` in messages. */
  readonly refuses: readonly string[];
  /** What `seed` is called. */
  readonly seed: 'seed' | 'random_seed';
}

/** A server that nobody knows gets what the fewest refuse. */
export const COMPATIBLE: Dialect = {
  maxTokens: 'max_tokens',
  streamOptions: true,
  reasoning: 'effort_or_template',
  callIds: 'free',
  knows: new Set(['top_k']),
  refuses: [],
  seed: 'seed',
};

export interface ProviderProfile {
  /** Name in `<provider>/<model id>`; the file's name. */
  readonly name: string;
  /** Other names that people write for it; they mean the same provider. */
  readonly aliases: readonly string[];
  /** Name for people. */
  readonly title: string;
  readonly protocol: Extract<UpstreamProtocol, 'openai-chat' | 'anthropic-messages'>;
  /** Answers `/responses` beside `/chat/completions`. */
  readonly alsoResponses: boolean;
  /**
   * Without a trailing slash. `openai-chat`: ends where `/chat/completions` begins. `anthropic-messages`: ends where
   * `/v1/messages` begins, as in Anthropic's own SDKs.
   */
  readonly baseUrl: string;
  /** Environment variables that may hold the key; the first that is set counts. */
  readonly keyVariables: readonly string[];
  /** False: the key is sent where one is set, and the server is used without one as well. */
  readonly keyRequired: boolean;
  /**
   * For servers that are somewhere else for everybody: the variable that says where (see `toProviderBaseUrl`). Hosted
   * providers have none on purpose: a machine whose clients already go through this router has `OPENAI_BASE_URL` or
   * `ANTHROPIC_BASE_URL` set to the router itself, and reading them here would make it call itself.
   */
  readonly addressVariable: string | null;
  /** Without an address there is no server: `baseUrl` only shows what one looks like. */
  readonly addressRequired: boolean;
  /** Models are called by names that the operator chose: no pool can be guessed. */
  readonly hasOwnIds: boolean;
  /** Labs whose models the provider serves first-hand under their bare ids, at the lab's list price. */
  readonly labs: readonly string[];
  /** Ends of host names by which the provider is recognised under any name. */
  readonly hosts: readonly string[];
  /** A port by which it is recognised; null: none. */
  readonly port: number | null;
  readonly dialect: Dialect;
  readonly facts: FactSource;
}
