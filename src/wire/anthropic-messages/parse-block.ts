/** Content blocks of the Messages API, as canonical parts. */
import type { ContentPart, FilePart, MediaSource } from '../../canonical/content.ts';
import type { JsonValue } from '../../canonical/json.ts';
import { parseCache } from '../cache-mark.ts';
import { unsealReasoning } from '../../canonical/sealed-reasoning.ts';
import type { FieldNode } from '../field.ts';
import {
  describeGiven,
  fieldError,
  optionalBoolean,
  optionalList,
  optionalNode,
  optionalString,
  pathOf,
  requiredName,
  requiredNode,
  requiredString,
  toNodes,
} from '../field.ts';

/** Blocks that only this protocol knows: server tools and their results, containers. They go on to the same protocol. */
const toForeign = (node: FieldNode): ContentPart => ({
  type: 'foreign',
  protocol: 'anthropic-messages',
  // The value came out of JSON.parse, so it is JSON.
  value: node.value as JsonValue,
});

const withCache = <Part extends ContentPart>(part: Part, node: FieldNode): Part => {
  const cache = parseCache(node);
  return cache === undefined ? part : { ...part, cache };
};

/** The forms that images and documents share; null for one that is theirs alone. */
const parseReference = (source: FieldNode): MediaSource | null => {
  switch (requiredString(source, 'type')) {
    case 'base64': {
      const data = requiredString(source, 'data');
      return { type: 'base64', mediaType: optionalString(source, 'media_type') ?? null, data };
    }
    case 'url':
      return { type: 'url', url: requiredString(source, 'url') };
    case 'file':
      return { type: 'file', fileId: requiredString(source, 'file_id') };
    default:
      return null;
  }
};

const parseImage = (node: FieldNode): ContentPart => {
  const source = requiredNode(node, 'source');
  const reference = parseReference(source);
  if (reference !== null) return { type: 'image', source: reference };
  throw fieldError(pathOf(source, 'type'), {
    expected: 'base64, url or file',
    given: describeGiven(source.value['type']),
    fix: 'Send the bytes in base64, an address, or the id of an uploaded file.',
  });
};

/** A document that is plain text is text: every provider takes it, and the person may have asked about it. */
const parseTextDocument = (source: FieldNode, title: string | null): ContentPart => {
  const text = requiredString(source, 'data');
  return { type: 'text', text: title === null ? text : `${title}\n\n${text}` };
};

const parseDocument = (node: FieldNode): ContentPart => {
  const source = requiredNode(node, 'source');
  const filename = optionalString(node, 'title') ?? null;
  const reference = parseReference(source);
  if (reference !== null) return { type: 'file', source: reference, filename } satisfies FilePart;
  return source.value['type'] === 'text' ? parseTextDocument(source, filename) : toForeign(node);
};

const parseThinking = (node: FieldNode): ContentPart => {
  const data = optionalString(node, 'signature') ?? '';
  const text = requiredString(node, 'thinking');
  // Thinking of another provider's model, shown by us without a signature: nobody can verify it.
  const opaque =
    data === '' ? null : (unsealReasoning(data) ?? ({ kind: 'signature', data, provenance: null } as const));
  return { type: 'reasoning', text, summary: [], opaque };
};

const parseToolUse = (node: FieldNode): ContentPart => ({
  type: 'tool-call',
  id: requiredName(node, 'id'),
  name: requiredName(node, 'name'),
  kind: 'function',
  input: JSON.stringify(optionalNode(node, 'input')?.value ?? {}),
});

const parseToolResult = (node: FieldNode, maxBlocks: number): ContentPart => ({
  type: 'tool-result',
  callId: requiredName(node, 'tool_use_id'),
  content: parseContent(node, maxBlocks),
  isError: optionalBoolean(node, 'is_error') ?? false,
});

const parseBlock = (node: FieldNode, maxBlocks: number): ContentPart => {
  switch (requiredString(node, 'type')) {
    case 'text':
      return withCache({ type: 'text', text: requiredString(node, 'text') }, node);
    case 'image':
      return withCache(parseImage(node), node);
    case 'document':
      return withCache(parseDocument(node), node);
    case 'thinking':
      return parseThinking(node);
    case 'redacted_thinking': {
      const data = requiredString(node, 'data');
      const opaque = unsealReasoning(data) ?? ({ kind: 'redacted', data, provenance: null } as const);
      return { type: 'reasoning', text: '', summary: [], opaque };
    }
    case 'tool_use':
      return withCache(parseToolUse(node), node);
    case 'tool_result':
      return withCache(parseToolResult(node, maxBlocks), node);
    default:
      return toForeign(node);
  }
};

/** The `content` of a message or a tool result, or the `system` prompt: a string or blocks; absent is no parts. */
export const parseContent = (node: FieldNode, maxBlocks: number, key = 'content'): readonly ContentPart[] => {
  const content = node.value[key];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (content === undefined || content === null) return [];
  if (!Array.isArray(content)) {
    const expected = 'a string or an array of content blocks';
    throw fieldError(pathOf(node, key), { expected, given: describeGiven(content), fix: `Send ${expected}.` });
  }
  const list = optionalList(node, key, maxBlocks);
  return list === undefined ? [] : toNodes(list).map((block) => parseBlock(block, maxBlocks));
};
