/** The tiny requests of a live check: one for every control that a model is said to have. */
import type { Effort } from '../canonical/effort.ts';
import type { JsonObject } from '../canonical/json.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { CatalogModel } from '../catalog/model.ts';
import { toCanonicalRequest } from '../outcomes/routable-request.ts';

export type ProbeControl = 'text' | 'stream' | 'tool' | 'schema' | 'lowest effort' | 'highest effort' | 'cancel';

export interface ProbeRequest {
  readonly control: ProbeControl;
  readonly request: CanonicalRequest;
  /** Null: nothing is sent, the model's default applies. */
  readonly effort: Effort | null;
  readonly maxOutputTokens: number;
}

/** Enough for a word, and for a provider that refuses limits below 16. */
const MAX_OUTPUT_TOKENS = 64;
/** What models reason with at least where they are given a budget in tokens (Anthropic). */
const MIN_BUDGET_TOKENS = 1_024;

const SCHEMA: JsonObject = {
  type: 'object',
  properties: { word: { type: 'string' } },
  required: ['word'],
  additionalProperties: false,
};

const toRequest = (prompt: string, changes: Partial<CanonicalRequest> = {}): CanonicalRequest => ({
  ...toCanonicalRequest({ prompt, tools: [] }),
  // Not the protocol of any deployment, so that every one is spoken to by translation and nothing passes through.
  source: { protocol: 'gemini', text: '{}' },
  ...changes,
});

const TEXT = 'Answer with the single word: ready';

const TOOL: Partial<CanonicalRequest> = {
  tools: [{ type: 'function', name: 'report_word', description: 'Reports a word.', parameters: SCHEMA, strict: null }],
};

const format = { type: 'json-schema', name: 'word', description: null, schema: SCHEMA, strict: true } as const;

const toolRequest = ({ capabilities }: CatalogModel): CanonicalRequest =>
  toRequest('Call the tool report_word with the word: ready', {
    ...TOOL,
    toolChoice: capabilities.forcedToolChoice ? { type: 'tool', kind: 'function', name: 'report_word' } : null,
  });

/** What can be asked of the model, the cheapest first. */
export const toProbeRequests = (model: CatalogModel): readonly ProbeRequest[] => {
  const { efforts, control } = model.reasoning;
  const lowest = efforts.at(0) ?? null;
  const highest = efforts.at(-1) ?? null;
  const isBudgeted = control === 'budget';
  const of = (name: ProbeControl, request: CanonicalRequest, effort: Effort | null = lowest): ProbeRequest => {
    const reasons = isBudgeted && effort !== null && effort !== 'none';
    return {
      control: name,
      request,
      effort,
      maxOutputTokens: reasons ? MIN_BUDGET_TOKENS + MAX_OUTPUT_TOKENS : MAX_OUTPUT_TOKENS,
    };
  };
  return [
    of('text', toRequest(TEXT)),
    of('stream', toRequest(TEXT, { stream: true, includeUsage: true })),
    of('cancel', toRequest('Count from 1 to 50 in words.', { stream: true, includeUsage: true })),
    ...(model.capabilities.tools ? [of('tool', toolRequest(model))] : []),
    ...(model.capabilities.structuredOutput
      ? [of('schema', toRequest('Answer with the word: ready', { responseFormat: format }))]
      : []),
    ...(efforts.length > 1
      ? [of('lowest effort', toRequest(TEXT)), of('highest effort', toRequest(TEXT), highest)]
      : []),
  ];
};
