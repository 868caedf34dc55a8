/** Content of an item: a string, or parts of text, images and files. */
import type { ContentPart, MediaSource } from '../../canonical/content.ts';
import type { JsonValue } from '../../canonical/json.ts';
import type { FieldNode } from '../field.ts';
import { describeGiven, fieldError, optionalList, optionalString, pathOf, requiredString, toNodes } from '../field.ts';
import { toMediaSource } from '../openai-chat/parse-content.ts';

const missingSource = (node: FieldNode, expected: string): Error =>
  fieldError(node.path, { expected, given: 'none of them', fix: `Send ${expected}.` });

const parseImage = (node: FieldNode): ContentPart => {
  const fileId = optionalString(node, 'file_id');
  const url = optionalString(node, 'image_url');
  const detail = optionalString(node, 'detail');
  if (fileId === undefined && url === undefined) throw missingSource(node, 'image_url or file_id');
  const source: MediaSource = fileId === undefined ? toMediaSource(url ?? '') : { type: 'file', fileId };
  return detail === undefined ? { type: 'image', source } : { type: 'image', source, detail };
};

const parseFile = (node: FieldNode): ContentPart => {
  const filename = optionalString(node, 'filename') ?? null;
  const fileId = optionalString(node, 'file_id');
  const address = optionalString(node, 'file_url') ?? optionalString(node, 'file_data');
  if (fileId !== undefined) return { type: 'file', source: { type: 'file', fileId }, filename };
  if (address === undefined) throw missingSource(node, 'file_id, file_data or file_url');
  const isBare = !/^(?:data:|https?:)/.test(address);
  const source: MediaSource = isBare ? { type: 'base64', mediaType: null, data: address } : toMediaSource(address);
  return { type: 'file', source, filename };
};

const parsePart = (node: FieldNode): ContentPart => {
  switch (requiredString(node, 'type')) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return { type: 'text', text: requiredString(node, 'text') };
    case 'input_image':
      return parseImage(node);
    case 'input_file':
      return parseFile(node);
    case 'refusal':
      return { type: 'refusal', text: requiredString(node, 'refusal') };
    default:
      // The value came out of JSON.parse, so it is JSON.
      return { type: 'foreign', protocol: 'openai-responses', value: node.value as JsonValue };
  }
};

/** The member `key` of an item; an absent or null one is no parts. */
export const parseContent = (item: FieldNode, maxParts: number, key = 'content'): readonly ContentPart[] => {
  const content = item.value[key];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (content === undefined || content === null) return [];
  if (!Array.isArray(content)) {
    const expected = 'a string or an array of content parts';
    throw fieldError(pathOf(item, key), { expected, given: describeGiven(content), fix: `Send ${expected}.` });
  }
  const list = optionalList(item, key, maxParts);
  return list === undefined ? [] : toNodes(list).map(parsePart);
};
