/** Content of a chat message: a string, or parts of text, images, audio and files. */
import type { ContentPart, MediaSource } from '../../canonical/content.ts';
import type { JsonValue } from '../../canonical/json.ts';
import { parseCache } from '../cache-mark.ts';
import type { FieldNode } from '../field.ts';
import {
  describeGiven,
  fieldError,
  optionalList,
  optionalString,
  pathOf,
  requiredNode,
  requiredString,
  toNodes,
} from '../field.ts';

/** Longest head of a data URL: media type and parameters. Beyond it the text is not searched for a comma. */
const LONGEST_DATA_URL_HEAD = 256;

const withCache = <Part extends ContentPart>(part: Part, node: FieldNode): Part => {
  const cache = parseCache(node);
  return cache === undefined ? part : { ...part, cache };
};

/** A data URL in base64 as its bytes, any other address as it is. */
export const toMediaSource = (url: string): MediaSource => {
  if (!url.startsWith('data:')) return { type: 'url', url };
  const comma = url.slice(0, LONGEST_DATA_URL_HEAD).indexOf(',');
  const head = url.slice('data:'.length, Math.max(comma, 'data:'.length));
  if (comma === -1 || !head.endsWith(';base64')) return { type: 'url', url };
  const mediaType = head.slice(0, head.indexOf(';'));
  return { type: 'base64', mediaType: mediaType === '' ? null : mediaType, data: url.slice(comma + 1) };
};

const parseImage = (node: FieldNode): ContentPart => {
  const flat = node.value['image_url'];
  // The Responses API and some clients give the address itself where chat has an object around it.
  const inner = typeof flat === 'string' ? node : requiredNode(node, 'image_url');
  const url = typeof flat === 'string' ? flat : requiredString(inner, 'url');
  const detail = optionalString(inner, 'detail');
  const source = toMediaSource(url);
  return detail === undefined ? { type: 'image', source } : { type: 'image', source, detail };
};

const parseAudio = (node: FieldNode): ContentPart => {
  const audio = requiredNode(node, 'input_audio');
  const format = optionalString(audio, 'format') ?? null;
  const mediaType = format === null ? null : `audio/${format === 'mp3' ? 'mpeg' : format}`;
  return { type: 'audio', source: { type: 'base64', mediaType, data: requiredString(audio, 'data') }, format };
};

const parseFile = (node: FieldNode): ContentPart => {
  const file = requiredNode(node, 'file');
  const filename = optionalString(file, 'filename') ?? null;
  const fileId = optionalString(file, 'file_id');
  if (fileId !== undefined) return { type: 'file', source: { type: 'file', fileId }, filename };
  const data = optionalString(file, 'file_data');
  if (data === undefined) {
    throw fieldError(file.path, {
      expected: 'file_id or file_data',
      given: 'neither',
      fix: 'Send the id of an uploaded file, or its bytes in base64.',
    });
  }
  const source: MediaSource = data.startsWith('data:')
    ? toMediaSource(data)
    : { type: 'base64', mediaType: null, data };
  return { type: 'file', source, filename };
};

const parsePart = (node: FieldNode): ContentPart => {
  const type = requiredString(node, 'type');
  switch (type) {
    case 'text':
    // The Responses API's names: some clients (Cursor) mix both shapes in one body.
    case 'input_text':
    case 'output_text':
      return withCache({ type: 'text', text: requiredString(node, 'text') }, node);
    case 'image_url':
    case 'input_image':
      return withCache(parseImage(node), node);
    case 'input_audio':
      return withCache(parseAudio(node), node);
    case 'file':
      return withCache(parseFile(node), node);
    case 'refusal':
      return { type: 'refusal', text: requiredString(node, 'refusal') };
    default:
      // The value came out of JSON.parse, so it is JSON.
      return { type: 'foreign', protocol: 'openai-chat', value: node.value as JsonValue };
  }
};

/** The `content` of a message; an absent or null one is no parts. */
export const parseContent = (message: FieldNode, maxParts: number): ContentPart[] => {
  const { content } = message.value;
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (content === undefined || content === null) return [];
  if (!Array.isArray(content)) {
    const field = pathOf(message, 'content');
    const expected = 'a string or an array of content parts';
    throw fieldError(field, { expected, given: describeGiven(content), fix: `Send ${expected}.` });
  }
  const list = optionalList(message, 'content', maxParts);
  return list === undefined ? [] : toNodes(list).map(parsePart);
};
