/** A whole response: the provider's own text with members spliced in, or one built from canonical form. */
import { brand } from '../../brand.ts';
import type { JsonObject } from '../../canonical/json.ts';
import { spliceMembers } from '../../json/splice.ts';
import type { RenderOptions, WholeAnswer } from '../codec.ts';
import { isShown, toBlock, toItem, toItemId } from './output-item.ts';
import { toMemoryEdits, toResponseId, toResponseObject } from './response-object.ts';

type WholeOptions = RenderOptions & { readonly gearbox: JsonObject | null };

const MILLISECONDS_PER_SECOND = 1000;

const passWhole = (text: string, { request, echoModel, gearbox }: WholeOptions): string => {
  const set: Record<string, string> = { ...toMemoryEdits(request) };
  if (echoModel !== null) set['model'] = JSON.stringify(echoModel);
  if (gearbox !== null) set[brand.bodyKey] = JSON.stringify(gearbox);
  return spliceMembers(text, { set });
};

export const renderResponsesWhole = ({ protocol, text, response }: WholeAnswer, options: WholeOptions): string => {
  // There is no text where a provider streamed unasked.
  if (protocol === 'openai-responses' && text !== '') return passWhole(text, options);
  const { request, echoModel, gearbox, now, answerId } = options;
  const [choice] = response.choices;
  const id = toResponseId(answerId);
  const blocks = (choice?.content ?? []).flatMap((part) => toBlock(part) ?? []);
  const output = blocks
    .filter(isShown)
    .map((block, index) => toItem({ ...block, id: toItemId(block.content, id, index), status: 'completed' }));
  return JSON.stringify(
    toResponseObject({
      identity: {
        id,
        model: echoModel ?? response.model,
        createdAtSeconds: response.createdAtSeconds ?? Math.floor(now() / MILLISECONDS_PER_SECOND),
      },
      request,
      output,
      end: { type: 'finished', finish: choice?.finish ?? { kind: 'other', raw: null }, usage: response.usage },
      gearbox,
    }),
  );
};
