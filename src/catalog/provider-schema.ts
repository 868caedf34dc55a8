/** The shape of a provider's file: one TOML document, strictly checked, turned into a plain profile. */
import { z } from 'zod';
import { COMPATIBLE, REASONING_WORDS, WIRE_FEATURES, type Dialect, type ProviderProfile } from './provider-profile.ts';
import { sourceFields, text, toSource } from './schema.ts';

const VARIABLE = /^[A-Z][A-Z0-9_]*$/;
const variable = z.string().regex(VARIABLE, { error: 'the name of an environment variable' });
const MAX_PORT = 65_535;

/** A trailing slash would be doubled by every path behind it. */
const isBaseUrl = (address: string): boolean => URL.canParse(address) && !address.endsWith('/');

const wire = z.strictObject({
  max_tokens: z.enum(['max_tokens', 'max_completion_tokens']).optional(),
  stream_options: z.boolean().optional(),
  reasoning: z.enum(REASONING_WORDS).optional(),
  call_ids: z.enum(['free', 'nine']).optional(),
  knows: z.array(z.enum(WIRE_FEATURES)).optional(),
  refuses: z.array(text).optional(),
  seed: z.enum(['seed', 'random_seed']).optional(),
});

export const providerFileSchema = z.strictObject({
  title: text,
  /** Place in the order in which providers are offered and tried. */
  order: z.int({ error: 'a whole number' }),
  aliases: z.array(text).default([]),
  protocol: z.enum(['openai-chat', 'anthropic-messages']),
  responses: z.boolean().default(false),
  base_url: z.string().refine(isBaseUrl, { error: 'an address without a trailing slash' }),
  keys: z.array(variable).default([]),
  key_required: z.boolean().default(true),
  address: variable.optional(),
  address_required: z.boolean().default(false),
  own_ids: z.boolean().default(false),
  labs: z.array(text).default([]),
  hosts: z.array(text).default([]),
  port: z.int().min(1).max(MAX_PORT).optional(),
  facts: z.strictObject(sourceFields),
  wire: wire.default({}),
});

type ProviderFile = z.infer<typeof providerFileSchema>;

/** What a hosted server that takes the effort as a word leaves unsaid. */
const toDialect = (fields: ProviderFile['wire']): Dialect => ({
  maxTokens: fields.max_tokens ?? COMPATIBLE.maxTokens,
  streamOptions: fields.stream_options ?? COMPATIBLE.streamOptions,
  reasoning: fields.reasoning ?? 'effort',
  callIds: fields.call_ids ?? COMPATIBLE.callIds,
  knows: fields.knows === undefined ? COMPATIBLE.knows : new Set(fields.knows),
  refuses: fields.refuses ?? COMPATIBLE.refuses,
  seed: fields.seed ?? COMPATIBLE.seed,
});

export const toProviderProfile = (name: string, file: ProviderFile): ProviderProfile => ({
  name,
  aliases: file.aliases,
  title: file.title,
  protocol: file.protocol,
  alsoResponses: file.responses,
  baseUrl: file.base_url,
  keyVariables: file.keys,
  keyRequired: file.key_required,
  addressVariable: file.address ?? null,
  addressRequired: file.address_required,
  hasOwnIds: file.own_ids,
  labs: file.labs,
  hosts: file.hosts,
  port: file.port ?? null,
  dialect: toDialect(file.wire),
  facts: toSource(file.facts),
});
