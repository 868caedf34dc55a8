/** Canonical content parts as content of input items. */
import type { ContentPart, FilePart, ImagePart } from '../../canonical/content.ts';
import type { JsonObject } from '../../canonical/json.ts';
import { dataUrl, noteLostBreakpoint } from '../openai-members.ts';
import { asRecord } from '../reading.ts';
import type { ResponsesTranslation } from './translation.ts';

const toImage = ({ source, detail }: ImagePart): JsonObject => {
  const shown = { type: 'input_image', detail: detail ?? 'auto' };
  switch (source.type) {
    case 'url':
      return { ...shown, image_url: source.url };
    case 'base64':
      return { ...shown, image_url: dataUrl(source.mediaType ?? 'image/png', source.data) };
    case 'file':
      return { ...shown, file_id: source.fileId };
  }
};

const toFile = ({ source, filename }: FilePart): JsonObject => {
  switch (source.type) {
    case 'url':
      return { type: 'input_file', file_url: source.url };
    case 'base64':
      return {
        type: 'input_file',
        filename: filename ?? 'file.pdf',
        file_data: dataUrl(source.mediaType ?? 'application/pdf', source.data),
      };
    case 'file':
      return { type: 'input_file', file_id: source.fileId };
  }
};

/**
 * Content of a message of the user, of the system, or of a tool's result. Parts that are items of their own (calls,
 * results, reasoning) give undefined, as do parts that this protocol cannot say, which are logged.
 */
export const toInputPart = (part: ContentPart, { log }: ResponsesTranslation): JsonObject | undefined => {
  if ('cache' in part && part.cache !== undefined) noteLostBreakpoint(log);
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? undefined : { type: 'input_text', text: part.text };
    case 'image':
      return toImage(part);
    case 'file':
      return toFile(part);
    case 'audio':
      log.dropped('messages', 'audio', 'Responses takes no audio.');
      return undefined;
    case 'foreign':
      if (part.protocol === 'openai-responses') return asRecord(part.value) as JsonObject | undefined;
      log.dropped('messages', 'foreign', `A content part that only ${part.protocol} knows was left out.`);
      return undefined;
    case 'reasoning':
    case 'tool-call':
    case 'tool-result':
      return undefined;
  }
};
