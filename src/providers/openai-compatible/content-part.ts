/** Canonical content parts as content of chat messages. */
import type { AudioPart, ContentPart, FilePart, ImagePart } from '../../canonical/content.ts';
import type { JsonObject } from '../../canonical/json.ts';
import { dataUrl, noteLostBreakpoint } from '../openai-members.ts';
import { asRecord } from '../reading.ts';
import type { ChatTranslation } from './resolve.ts';

const toImage = ({ source, detail }: ImagePart): JsonObject | undefined => {
  if (source.type === 'file') return undefined;
  const url = source.type === 'url' ? source.url : dataUrl(source.mediaType ?? 'image/png', source.data);
  return { type: 'image_url', image_url: { url, ...(detail === undefined ? {} : { detail }) } };
};

const toFile = ({ source, filename }: FilePart): JsonObject | undefined => {
  if (source.type === 'url') return undefined;
  if (source.type === 'file') return { type: 'file', file: { file_id: source.fileId } };
  const data = dataUrl(source.mediaType ?? 'application/pdf', source.data);
  return { type: 'file', file: { filename: filename ?? 'file.pdf', file_data: data } };
};

const toAudio = ({ source, format }: AudioPart): JsonObject | undefined => {
  if (source.type !== 'base64') return undefined;
  const fromType = source.mediaType?.split('/')[1]?.replace('mpeg', 'mp3').replace('x-wav', 'wav');
  return { type: 'input_audio', input_audio: { data: source.data, format: format ?? fromType ?? 'wav' } };
};

/**
 * Content of a user message. Parts that other messages hold (tool calls, results, reasoning) are not its business and
 * give undefined, as do parts that this protocol cannot say, which are logged.
 */
export const toUserPart = (part: ContentPart, { log }: ChatTranslation): JsonObject | undefined => {
  const dropped = (what: string, reason: string): undefined => log.dropped('messages', what, reason) as undefined;
  if ('cache' in part && part.cache !== undefined) noteLostBreakpoint(log);
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? undefined : { type: 'text', text: part.text };
    case 'image':
      return toImage(part) ?? dropped('image', 'Chat Completions takes images as address or data, not as a file id.');
    case 'file':
      return toFile(part) ?? dropped('file', 'Chat Completions takes files as data or file id, not as an address.');
    case 'audio':
      return toAudio(part) ?? dropped('audio', 'Chat Completions takes audio as data only.');
    case 'foreign':
      if (part.protocol === 'openai-chat') return asRecord(part.value) as JsonObject | undefined;
      return dropped('foreign', `A content part that only ${part.protocol} knows was left out.`);
    case 'reasoning':
    case 'tool-call':
    case 'tool-result':
      return undefined;
  }
};

/** A single text as a plain string, which every server understands; else the list. */
export const toContent = (parts: readonly JsonObject[]): string | readonly JsonObject[] => {
  const [first] = parts;
  return parts.length === 1 && typeof first?.['text'] === 'string' ? first['text'] : parts;
};
