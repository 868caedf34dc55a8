/** Canonical requests for tests of features: small builders, real shapes. */
import type { ContentPart } from '../canonical/content.ts';
import type { JsonObject } from '../canonical/json.ts';
import type { Message } from '../canonical/message.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { Tool } from '../canonical/tool.ts';

export const user = (text: string, ...parts: readonly ContentPart[]): Message => ({
  role: 'user',
  content: [...parts, { type: 'text', text }],
});
export const system = (text: string): Message => ({ role: 'system', content: [{ type: 'text', text }] });
export const assistant = (text: string): Message => ({ role: 'assistant', content: [{ type: 'text', text }] });
export const toolCall = (id: string): Message => ({
  role: 'assistant',
  content: [{ type: 'tool-call', id, name: 'read', kind: 'function', input: '{}' }],
});
export const toolResult = (id: string, text: string, role: 'tool' | 'user' = 'tool'): Message => ({
  role,
  content: [{ type: 'tool-result', callId: id, content: [{ type: 'text', text }], isError: false }],
});
export const image: ContentPart = { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } };
export const tool = (name: string, parameters: JsonObject | null = null): Tool => ({
  type: 'function',
  name,
  description: null,
  parameters,
  strict: null,
});

export const toRequest = (messages: readonly Message[], members: Partial<CanonicalRequest> = {}): CanonicalRequest => ({
  source: { protocol: 'openai-chat', text: '' },
  model: 'auto',
  messages,
  tools: [],
  toolChoice: null,
  parallelToolCalls: null,
  sampling: {},
  maxOutputTokens: null,
  reasoning: { effort: null, budgetTokens: null, summary: null, mode: null },
  verbosity: null,
  responseFormat: null,
  stream: false,
  includeUsage: false,
  serviceTier: null,
  cache: null,
  outputModalities: [],
  endUser: null,
  metadata: null,
  controls: undefined,
  unknownMembers: [],
  ...members,
});
