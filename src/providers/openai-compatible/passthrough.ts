/**
 * Chat client to chat provider: the client's own text with splice edits, never parsed and printed again (but for what the
 * server would refuse for what it says, see `to-wire.ts`). The rules, each
 * either announced by a warning or without effect on what the client asked for:
 *
 * 1. `model` becomes the deployment's id; our own control member goes.
 * 2. A streamed answer always reports usage: `stream_options.include_usage` is set, other members of it stay. Servers
 *    that do not know `stream_options` report usage anyway; there it goes.
 * 3. The effort is said in the server's words, unless the client said the same already (a clamp is a warning).
 * 4. The output limit is that of the target, under the name that the server knows.
 * 5. Sampling members that the model refuses go (warning).
 * 6. `verbosity` is set to the target's where the model knows it, else it goes and a sentence takes its place (warning).
 * 7. A response format that the model cannot be held to goes and a sentence takes its place (warning).
 * 8. Instructions of the component come before the client's first system text, in the same message.
 * 9. Reasoning that other models left in `messages` goes where it would be refused; where reasoning is required on tool
 *    turns and the client lost it, a blank stands in.
 * 10. A forced `tool_choice` that the model does not take becomes `auto` (warning).
 * 11. The role `developer` becomes `system` where the server knows no other.
 * 12. Members that the server answers with an error go (warning); `seed` has the server's name.
 */
import { brand } from '../../brand.ts';
import type { Effort } from '../../canonical/effort.ts';
import { spliceMembers } from '../../json/splice.ts';
import { BodyEdits } from '../body-edits.ts';
import { spelling } from '../spelling.ts';
import { mustBecomeAuto } from '../tool-choice.ts';
import { dialectOf, echoesReasoning, refusesReasoning, toReasoningMembers } from './dialect.ts';
import { fillReasoning, prependSystem, stripNames, stripReasoning, withoutDeveloper } from './message-list.ts';
import {
  emulatesFormat,
  nativeVerbosity,
  refusedMembers,
  resolveEffort,
  STEERING_MEMBERS,
  toPrefix,
} from './resolve.ts';
import type { ChatTranslation } from './resolve.ts';

const editStream = (edits: BodyEdits, { request, target }: ChatTranslation): void => {
  if (!request.stream) return;
  if (!dialectOf(target.deployment).streamOptions) {
    edits.drop('stream_options');
    return;
  }
  const own = edits.own('stream_options');
  if (own?.startsWith('{') !== true) edits.set['stream_options'] = '{"include_usage":true}';
  else if (!request.includeUsage) {
    edits.set['stream_options'] = spliceMembers(own, { set: { include_usage: 'true' } });
  }
};

const editEffort = (edits: BodyEdits, effort: Effort | null, { request, target, log }: ChatTranslation): void => {
  const own = edits.value('reasoning_effort');
  if (effort === null) {
    if (own === undefined) return;
    edits.remove.push('reasoning_effort');
    const warned = log.warnings.some((warning) => warning.param === spelling.effort(request.source.protocol));
    if (own !== null && !warned) log.dropped('reasoning_effort', own, 'No effort is applied for this target.');
    return;
  }
  const members = toReasoningMembers(effort, target.deployment);
  if (members['reasoning_effort'] === undefined) edits.drop('reasoning_effort');
  for (const [key, value] of Object.entries(members)) {
    const ownText = edits.own(key);
    if (key === 'reasoning_effort' && own === value) continue;
    const isMerged = key === 'chat_template_kwargs' && ownText?.startsWith('{') === true;
    // The template's other switches are the client's business.
    edits.set[key] = isMerged
      ? spliceMembers(ownText, { set: { enable_thinking: String(effort !== 'none') } })
      : JSON.stringify(value);
  }
};

const editLimit = (edits: BodyEdits, { request, target }: ChatTranslation): void => {
  const limit = target.maxOutputTokens ?? request.maxOutputTokens;
  if (limit === null) return;
  const { maxTokens } = dialectOf(target.deployment);
  const other = maxTokens === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
  // OpenAI's models without reasoning take either name, so that the client's may stay.
  const eitherName = maxTokens === 'max_completion_tokens' && target.deployment.model.reasoning.control === 'none';
  const key = eitherName && edits.own(other) !== undefined && edits.own(maxTokens) === undefined ? other : maxTokens;
  if (key === maxTokens) edits.drop(other);
  if (edits.value(key) !== limit) edits.set[key] = String(limit);
};

const editVerbosity = (edits: BodyEdits, translation: ChatTranslation): void => {
  const verbosity = nativeVerbosity(translation);
  if (verbosity === null) edits.drop('verbosity');
  else if (edits.value('verbosity') !== verbosity) edits.set['verbosity'] = JSON.stringify(verbosity);
};

const editMessages = (edits: BodyEdits, effort: Effort | null, translation: ChatTranslation): void => {
  const { deployment } = translation.target;
  const own = edits.own('messages') ?? '[]';
  const cleaned = withoutNames(refusesReasoning(deployment) ? stripReasoning(own) : own, translation);
  const known = dialectOf(deployment).knows.has('developer') ? cleaned : withoutDeveloper(cleaned);
  const filled = echoesReasoning(deployment) && effort !== 'none' ? fillReasoning(known) : known;
  const prefix = toPrefix(translation);
  const edited = prefix === '' ? filled : prependSystem(filled, prefix);
  if (edited !== own) edits.set['messages'] = edited;
};

const withoutNames = (list: string, { target, log }: ChatTranslation): string => {
  if (!dialectOf(target.deployment).refuses.includes('message_names')) return list;
  const unnamed = stripNames(list);
  if (unnamed !== list) log.dropped('messages', 'name', 'The server refuses names of messages; they were not sent.');
  return unnamed;
};

const editToolChoice = (edits: BodyEdits, translation: ChatTranslation): void => {
  if (mustBecomeAuto(translation)) edits.set['tool_choice'] = '"auto"';
};

const editSampling = (edits: BodyEdits, effort: Effort | null, translation: ChatTranslation): void => {
  const sent = Object.fromEntries([...STEERING_MEMBERS, 'stop'].map((member) => [member, edits.value(member)]));
  for (const member of refusedMembers(sent, effort, translation)) edits.drop(member);
};

/** What the server refuses whatever the model takes, as its profile says. */
const editRefused = (edits: BodyEdits, { target, log }: ChatTranslation): void => {
  const { refuses, seed } = dialectOf(target.deployment);
  for (const member of refuses) {
    const value = edits.value(member);
    // Sampling members that the model refuses are gone already, and told.
    if (value === undefined || value === null || edits.remove.includes(member)) continue;
    edits.remove.push(member);
    log.dropped(member, value, `The server refuses ${member}; it was not sent.`);
  }
  const own = edits.own('seed');
  if (seed === 'seed' || own === undefined) return;
  edits.remove.push('seed');
  edits.set[seed] = own;
};

/** The client's text with the edits of the rules above. */
export const toPassthrough = (translation: ChatTranslation): string => {
  const edits = new BodyEdits(translation.request.source.text);
  edits.set['model'] = JSON.stringify(translation.target.deployment.upstreamModel);
  edits.drop(brand.bodyKey);
  const effort = resolveEffort(translation);
  editStream(edits, translation);
  editEffort(edits, effort, translation);
  editLimit(edits, translation);
  if (translation.target.deployment.model.capabilities.sampling !== 'always') editSampling(edits, effort, translation);
  editRefused(edits, translation);
  editVerbosity(edits, translation);
  if (emulatesFormat(translation)) edits.drop('response_format');
  editMessages(edits, effort, translation);
  editToolChoice(edits, translation);
  return edits.apply();
};
