/**
 * Opaque reasoning of one protocol inside a text member of another, so that a client that sends back what it was given
 * carries it for its maker: A answers, B answers, and A can still read what it thought.
 */
import type { OpaqueReasoning } from './content.ts';

/** Nothing that a provider gives begins so. The number changes with the form. */
const PREFIX = 'gearbox1:';

const KINDS = ['signature', 'redacted', 'encrypted', 'thought-signature', 'details'] as const;
const TRANSPORTS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;

const asMember = <Name extends string>(names: readonly Name[], value: string | undefined): Name | undefined =>
  names.find((name) => name === value);

/** One line of printable text; the data itself stays as it is, behind the last of its colons. */
export const sealReasoning = ({ kind, data, provenance }: OpaqueReasoning): string => {
  const { provider = '', model = '', transport = '', account = null } = provenance ?? {};
  return PREFIX + [kind, transport, provider, model, account ?? ''].map(encodeURIComponent).join(':') + `:${data}`;
};

export const isSealed = (text: string): boolean => text.startsWith(PREFIX);

/** What `sealReasoning` was given; null for any other text. */
export const unsealReasoning = (text: string): OpaqueReasoning | null => {
  if (!isSealed(text)) return null;
  const parts = text.slice(PREFIX.length).split(':');
  const [kindText, transportText, provider, model, account] = parts.slice(0, 5).map(decode);
  const kind = asMember(KINDS, kindText);
  if (kind === undefined || parts.length < 6) return null;
  const transport = asMember(TRANSPORTS, transportText);
  const provenance =
    transport === undefined
      ? null
      : { provider: provider ?? '', model: model ?? '', transport, account: account === '' ? null : (account ?? null) };
  return { kind, data: parts.slice(5).join(':'), provenance };
};

/** A client may have changed it; a broken escape then stands for itself. */
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
