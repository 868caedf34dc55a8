/**
 * `reasoning_details`: the list in which chat clients carry reasoning that only its maker can read, as OpenRouter
 * introduced it (docs "Reasoning tokens", 2025). It lets signatures and encrypted items survive a chat client that
 * sends back what it was given.
 */
import type { OpaqueReasoning, ReasoningPart } from '../../canonical/content.ts';
import type { JsonObject, JsonValue } from '../../canonical/json.ts';

/** Names of the `format` member, by the kind of opaque item that each stands for. */
const FORMATS = {
  signature: 'anthropic-claude-v1',
  redacted: 'anthropic-claude-v1',
  encrypted: 'openai-responses-v1',
  'thought-signature': 'google-gemini-v1',
} as const;

interface Readable {
  readonly text: string;
  readonly id?: string;
}

/** Entries for one opaque item and the text that it belongs to. */
export const toReasoningDetails = (opaque: OpaqueReasoning, { text, id }: Readable): readonly JsonValue[] => {
  const { kind, data } = opaque;
  const named = id === undefined ? {} : { id };
  switch (kind) {
    case 'details': {
      const entries = JSON.parse(data) as JsonValue; // written by parse or by a provider's reader from parsed JSON
      return Array.isArray(entries) ? (entries as readonly JsonValue[]) : [entries];
    }
    case 'signature':
      return [{ type: 'reasoning.text', text, signature: data, format: FORMATS[kind], ...named }];
    case 'redacted':
    case 'encrypted':
    case 'thought-signature':
      return [{ type: 'reasoning.encrypted', data, format: FORMATS[kind], ...named }];
  }
};

const toKind = (entry: JsonObject): keyof typeof FORMATS | null => {
  if (entry['type'] === 'reasoning.text') return entry['format'] === FORMATS.signature ? 'signature' : null;
  if (entry['type'] !== 'reasoning.encrypted') return null;
  if (entry['format'] === FORMATS.redacted) return 'redacted';
  if (entry['format'] === FORMATS.encrypted) return 'encrypted';
  return entry['format'] === FORMATS['thought-signature'] ? 'thought-signature' : null;
};

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fromEntry = (entry: unknown): ReasoningPart | null => {
  const kind = isObject(entry) ? toKind(entry) : null;
  if (kind === null || !isObject(entry)) return null;
  const data = kind === 'signature' ? entry['signature'] : entry['data'];
  if (typeof data !== 'string') return null;
  const text = typeof entry['text'] === 'string' ? entry['text'] : '';
  const part = { type: 'reasoning', text, summary: [], opaque: { kind, data, provenance: null } } as const;
  return typeof entry['id'] === 'string' ? { ...part, id: entry['id'] } : part;
};

/**
 * Reasoning of an assistant message. Lists of known entries become one part each, in their order; a list with any
 * other entry stays whole, because only the gateway that wrote it knows how its entries hang together.
 */
export const fromReasoningDetails = (details: readonly unknown[], text: string): readonly ReasoningPart[] => {
  const parts = details.map(fromEntry);
  const known = parts.filter((part) => part !== null);
  if (known.length > 0 && known.length === parts.length) {
    const isTextHeld = text === '' || known.some((part) => part.text !== '');
    return isTextHeld ? known : [{ type: 'reasoning', text, summary: [], opaque: null }, ...known];
  }
  const opaque = { kind: 'details', data: JSON.stringify(details), provenance: null } as const;
  return [{ type: 'reasoning', text, summary: [], opaque }];
};
