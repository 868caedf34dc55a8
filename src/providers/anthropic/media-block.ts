/** Images and documents as blocks of the Messages API. Nothing is fetched: addresses are passed on. */
import type { FilePart, ImagePart, MediaSource } from '../../canonical/content.ts';
import type { JsonObject } from '../../canonical/json.ts';
import type { Block } from './block.ts';

/** First characters of base64 by the format whose magic number they are. */
const SIGNATURES: readonly (readonly [string, string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
  ['JVBERi', 'application/pdf'],
];

const sniff = (base64: string): string | null =>
  SIGNATURES.find(([signature]) => base64.startsWith(signature))?.[1] ?? null;

const TEXT_TYPES = /^(?:text\/|application\/(?:json|xml|yaml|javascript|x-ndjson|toml)\b)/;
const TEXT_NAMES =
  /\.(?:txt|md|markdown|csv|tsv|json|jsonl|xml|ya?ml|toml|html?|css|js|ts|py|rs|go|java|c|h|cpp|sh|sql|log)$/i;

const toReference = (source: Exclude<MediaSource, { readonly type: 'base64' }>): JsonObject =>
  source.type === 'url' ? { type: 'url', url: source.url } : { type: 'file', file_id: source.fileId };

/** The provider insists on a media type; without one the data's own first bytes decide. */
export const toImageBlock = ({ source }: ImagePart): Block => ({
  type: 'image',
  source:
    source.type === 'base64'
      ? { type: 'base64', media_type: source.mediaType ?? sniff(source.data) ?? 'image/png', data: source.data }
      : toReference(source),
});

const toDocumentSource = ({ source, filename }: FilePart): JsonObject | undefined => {
  if (source.type !== 'base64') return toReference(source);
  const mediaType = source.mediaType ?? sniff(source.data);
  if (mediaType === 'application/pdf') return { type: 'base64', media_type: 'application/pdf', data: source.data };
  const isText = mediaType === null ? TEXT_NAMES.test(filename ?? '') : TEXT_TYPES.test(mediaType);
  if (!isText) return undefined;
  return { type: 'text', media_type: 'text/plain', data: Buffer.from(source.data, 'base64').toString('utf8') };
};

/** A document, an image that came as a file, or undefined when the provider takes no such file. */
export const toFileBlock = (part: FilePart): Block | undefined => {
  const { source } = part;
  const mediaType = source.type === 'base64' ? (source.mediaType ?? sniff(source.data)) : null;
  if (mediaType?.startsWith('image/') === true) return toImageBlock({ type: 'image', source });
  const document = toDocumentSource(part);
  if (document === undefined) return undefined;
  return { type: 'document', source: document, ...(part.filename === null ? {} : { title: part.filename }) };
};
