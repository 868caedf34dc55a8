/** A whole response, built from canonical form. */
import type { JsonObject } from '../../canonical/json.ts';
import type { RenderOptions, WholeAnswer } from '../codec.ts';
import { isShown, toBlock, toItem, toItemId } from './output-item.ts';
import { toResponseId, toResponseObject } from './response-object.ts';

type WholeOptions = RenderOptions & { readonly gearbox: JsonObject | null };

const MILLISECONDS_PER_SECOND = 1000;

export const renderResponsesWhole = ({ response }: WholeAnswer, options: WholeOptions): string => {
  const { request, echoModel, gearbox, now } = options;
  const [choice] = response.choices;
  const id = toResponseId(response.id);
  const blocks = (choice?.content ?? []).flatMap((part) => toBlock(part) ?? []);
  const output = blocks
    .filter(({ content, text }) => isShown(content, text))
    .map(({ content, text }, index) =>
      toItem({ id: toItemId(content, id, index), content, text, status: 'completed' }),
    );
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
