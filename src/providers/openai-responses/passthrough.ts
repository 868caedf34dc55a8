/**
 * Responses client to Responses provider: the client's own text with splice edits. The rules, each either announced by a
 * warning or without effect on what the client asked for:
 *
 * 1. `model` becomes the deployment's id; our own control member goes.
 * 2. `previous_response_id` goes, since what it names stands in `input`. `store` becomes false: what is kept for a later request is kept by Gearbox, which may then choose another provider.
 * 3. A reasoning model is asked for its reasoning in encrypted form (`include`), without which the client could not
 *    send it back.
 * 4. `reasoning.effort` is the target's (a clamp is a warning).
 * 5. The output limit is the target's.
 * 6. Sampling members that the model refuses go (warning).
 * 7. `text.verbosity` and `text.format` go where the model does not know them, and a sentence takes their place (warning).
 * 8. The component's instructions and those sentences come before the client's `instructions`.
 * 9. Reasoning that this provider did not encrypt is cut out of `input` (warning): it would be refused.
 * 10. A forced `tool_choice` that the model does not take becomes `auto` (warning).
 */
import { brand } from '../../brand.ts';
import type { Effort } from '../../canonical/effort.ts';
import { isSealed } from '../../canonical/sealed-reasoning.ts';
import { spliceMembers } from '../../json/splice.ts';
import { BodyEdits } from '../body-edits.ts';
import { removeElements } from '../openai-compatible/message-list.ts';
import {
  emulatesFormat,
  fitModelEffort,
  nativeVerbosity,
  refusedMembers,
  toPrefix,
  type ChatTranslation,
} from '../openai-compatible/resolve.ts';
import { asList, asRecord, asText } from '../reading.ts';
import { mustBecomeAuto } from '../tool-choice.ts';

const ENCRYPTED = 'reasoning.encrypted_content';
const SAMPLING = ['temperature', 'top_p', 'top_logprobs'] as const;

const editStore = (edits: BodyEdits, { target }: ChatTranslation): void => {
  if (edits.value('store') !== false) edits.set['store'] = 'false';
  // What it names is in `input` by now.
  edits.drop('previous_response_id');
  if (target.deployment.model.reasoning.control === 'none') return;
  const own = asList(edits.value('include'));
  if (!own.includes(ENCRYPTED)) edits.set['include'] = JSON.stringify([...own, ENCRYPTED]);
};

/** Sets members of an object member, or removes those whose value is null; an object with nothing left in it goes. */
const editInside = (edits: BodyEdits, key: string, members: Readonly<Record<string, string | null>>): void => {
  const own = edits.own(key);
  const known = own?.startsWith('{') === true ? own : '{}';
  const before = asRecord(JSON.parse(known)) ?? {};
  const changed = Object.entries(members).filter(([member, value]) => (before[member] ?? null) !== value);
  if (changed.length === 0) return;
  const edited = spliceMembers(known, {
    set: Object.fromEntries(
      changed.flatMap(([member, value]) => (value === null ? [] : [[member, JSON.stringify(value)]])),
    ),
    remove: changed.flatMap(([member, value]) => (value === null ? [member] : [])),
  });
  if (Object.keys(asRecord(JSON.parse(edited)) ?? {}).length === 0) edits.drop(key);
  else edits.set[key] = edited;
};

const editSampling = (edits: BodyEdits, effort: Effort | null, translation: ChatTranslation): void => {
  const sent = Object.fromEntries(SAMPLING.map((member) => [member, edits.value(member)]));
  for (const member of refusedMembers(sent, effort, translation)) edits.drop(member);
};

const editInstructions = (edits: BodyEdits, translation: ChatTranslation): void => {
  const prefix = toPrefix(translation);
  if (prefix === '') return;
  const own = asText(edits.value('instructions')) ?? '';
  edits.set['instructions'] = JSON.stringify(own === '' ? prefix : `${prefix}\n\n${own}`);
};

const editInput = (edits: BodyEdits, { log }: ChatTranslation): void => {
  const own = edits.own('input') ?? '';
  if (!own.startsWith('[') || !own.includes('"reasoning"')) return;
  const edited = removeElements(own, (element) => {
    const item = asRecord(JSON.parse(element));
    if (item?.['type'] !== 'reasoning') return false;
    // What this provider thought is only there in encrypted form: nothing was stored under the item's id.
    const data = asText(item['encrypted_content']) ?? '';
    return data === '' || isSealed(data);
  });
  if (edited === own) return;
  edits.set['input'] = edited;
  log.dropped('input', 'reasoning', 'Reasoning that this provider did not encrypt cannot be sent to it.');
};

/** The client's text with the edits of the rules above. */
export const toPassthrough = (translation: ChatTranslation): string => {
  const { request, target } = translation;
  const edits = new BodyEdits(request.source.text);
  edits.set['model'] = JSON.stringify(target.deployment.upstreamModel);
  edits.drop(brand.bodyKey);
  const effort = fitModelEffort(translation);
  editStore(edits, translation);
  editInside(edits, 'reasoning', { effort });
  const limit = target.maxOutputTokens ?? request.maxOutputTokens;
  if (limit !== null && edits.value('max_output_tokens') !== limit) edits.set['max_output_tokens'] = String(limit);
  editSampling(edits, effort, translation);
  editInside(edits, 'text', {
    verbosity: nativeVerbosity(translation),
    ...(emulatesFormat(translation) ? { format: null } : {}),
  });
  editInstructions(edits, translation);
  editInput(edits, translation);
  if (mustBecomeAuto(translation)) edits.set['tool_choice'] = '"auto"';
  return edits.apply();
};
