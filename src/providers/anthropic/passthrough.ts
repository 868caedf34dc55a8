/**
 * Messages client to Messages provider: the client's own text with splice edits. Everything not listed stays byte for
 * byte, members that nobody here knows included. The rules:
 *
 * 1. `model` becomes the deployment's id; our own control member goes.
 * 2. `max_tokens` is set when the target has another limit than the client.
 * 3. `thinking` and `output_config.effort` stay when the client set them itself and the model takes them; else they
 *    are set for the target's effort. A budget for a model that only adapts becomes adaptive thinking.
 * 4. `temperature`, `top_p` and `top_k` go when the model does not take them (warning).
 * 5. A forced `tool_choice` that the model does not take becomes `auto` (warning).
 * 6. Thinking without a signature goes: a model of another provider thought it, and this one refuses it.
 * 7. Instructions of the component and hints are added behind the client's system text. Never before it: clients put
 *    an attribution block first, and cached prefixes end there.
 */
import type { ReasoningPart } from '../../canonical/content.ts';
import { isSealed } from '../../canonical/sealed-reasoning.ts';
import { brand } from '../../brand.ts';
import { findMember, scanObject } from '../../json/scan.ts';
import { spliceMembers } from '../../json/splice.ts';
import { verbosityHint } from '../hint.ts';
import { asCount, asList, asRecord, asText, parseExact } from '../reading.ts';
import { mustBecomeAuto } from '../tool-choice.ts';
import { acceptsSteering, dropSteering } from './sampling.ts';
import { inUnsignedToolLoop, reasonsByDefault, toMaxTokens, toThinkingMembers } from './thinking.ts';
import type { Translation } from './translation.ts';

interface Edits {
  readonly set: Record<string, string>;
  readonly remove: string[];
}

const memberText = (text: string, key: string): string | undefined => {
  const scan = scanObject(text);
  const member = scan === null ? undefined : findMember(scan, key);
  return member === undefined ? undefined : text.slice(member.valueStart, member.valueEnd);
};

const parseMember = (text: string, key: string): unknown => {
  const member = memberText(text, key);
  return member === undefined ? undefined : JSON.parse(member);
};

/** Whether the client's own thinking members can be sent as they are. */
const keepsOwnThinking = (text: string, translation: Translation): boolean => {
  const { request, target } = translation;
  const { control, efforts } = target.deployment.model.reasoning;
  const thinking = asRecord(parseMember(text, 'thinking'));
  const type = asText(thinking?.['type']);
  const effort = asText(asRecord(parseMember(text, 'output_config'))?.['effort']);
  if (type === undefined && effort === undefined) return target.effort === null;
  if (control === 'none') return false;
  if (type === 'enabled' && (control === 'adaptive' || inUnsignedToolLoop(translation))) return false;
  // A lowered limit may leave no room for the client's budget.
  const budget = asCount(thinking?.['budget_tokens']);
  if (type === 'enabled' && budget !== null && budget >= toMaxTokens(translation, true)) return false;
  if (type === 'adaptive' && control !== 'adaptive') return false;
  if (type === 'disabled' && !efforts.includes('none')) return false;
  if (effort !== undefined && !efforts.some((known) => known === effort)) return false;
  // What the client said itself is obeyed, unless the effort was resolved to something else.
  const asked = request.reasoning.effort;
  return target.effort === null || asked === null || asked === target.effort;
};

const editOutputConfig = (text: string, effort: string | undefined, edits: Edits): void => {
  const own = memberText(text, 'output_config');
  const isObject = own?.startsWith('{') === true;
  if (effort !== undefined) {
    const value = JSON.stringify(effort);
    edits.set['output_config'] = isObject ? spliceMembers(own, { set: { effort: value } }) : `{"effort":${value}}`;
    return;
  }
  if (!isObject || memberText(own, 'effort') === undefined) return;
  const rest = spliceMembers(own, { remove: ['effort'] });
  if (scanObject(rest)?.members.length === 0) edits.remove.push('output_config');
  else edits.set['output_config'] = rest;
};

interface Thinking {
  readonly maxTokens: number;
  readonly reasons: boolean;
}

const editThinking = (text: string, translation: Translation, edits: Edits): Thinking => {
  const type = asText(asRecord(parseMember(text, 'thinking'))?.['type']);
  if (keepsOwnThinking(text, translation)) {
    const reasons = type === undefined ? reasonsByDefault(translation) : type !== 'disabled';
    return { maxTokens: toMaxTokens(translation, reasons), reasons };
  }
  const members = toThinkingMembers(translation);
  editOutputConfig(text, members.effort, edits);
  if (members.thinking !== undefined) edits.set['thinking'] = JSON.stringify(members.thinking);
  else if (type !== undefined) edits.remove.push('thinking');
  if (type === 'enabled' && members.thinking?.['type'] !== 'enabled') {
    translation.log.add('param_clamped', {
      param: 'thinking',
      requested: 'enabled',
      applied: members.thinking?.['type'] ?? null,
      message: `${translation.target.deployment.id} takes no thinking budget.`,
    });
  }
  return { maxTokens: members.max_tokens, reasons: members.reasons };
};

const editSampling = (
  text: string,
  translation: Translation,
  { reasons, edits }: { reasons: boolean; edits: Edits },
): void => {
  if (acceptsSteering(translation, reasons)) return;
  dropSteering(translation);
  for (const param of ['temperature', 'top_p', 'top_k']) {
    if (memberText(text, param) !== undefined) edits.remove.push(param);
  }
};

/** The other members of the client's choice (one call at a time) stay. */
const editToolChoice = (text: string, translation: Translation, edits: Edits): void => {
  const own = memberText(text, 'tool_choice');
  if (own?.startsWith('{') !== true || !mustBecomeAuto(translation)) return;
  edits.set['tool_choice'] = spliceMembers(own, { set: { type: '"auto"' }, remove: ['name'] });
};

const toSystem = (own: string | undefined, added: string): string => {
  const block = `{"type":"text","text":${JSON.stringify(added)}}`;
  if (own === undefined || own === 'null') return JSON.stringify(added);
  if (own.startsWith('"')) return `${own.slice(0, -1)}${JSON.stringify(`\n\n${added}`).slice(1)}`;
  const isEmpty = own.slice(1, -1).trim() === '';
  return isEmpty ? `[${block}]` : `${own.slice(0, -1)},${block}]`;
};

const editSystem = (text: string, { target, log }: Translation, edits: Edits): void => {
  const hint = verbosityHint(target.verbosity);
  if (hint !== null) {
    const message = 'The Messages API has no verbosity; an instruction asks for it.';
    log.add('param_emulated', { param: 'verbosity', requested: target.verbosity, applied: 'instruction', message });
  }
  const added = [target.instructions?.text ?? '', hint ?? ''].filter((part) => part.trim() !== '').join('\n\n');
  if (added !== '') edits.set['system'] = toSystem(memberText(text, 'system'), added);
};

const isUnsigned = (block: unknown): boolean => {
  const record = asRecord(block);
  if (record?.['type'] === 'redacted_thinking') return isSealed(asText(record['data']) ?? '');
  const signature = asText(record?.['signature']) ?? '';
  return record?.['type'] === 'thinking' && (signature === '' || isSealed(signature));
};

/** Without its unsigned thinking; null for a message in which nothing else stood. */
const withoutUnsigned = (message: unknown): unknown => {
  const record = asRecord(message);
  const content = asList(record?.['content']);
  const kept = content.filter((block) => !isUnsigned(block));
  if (kept.length === content.length) return message;
  return kept.length === 0 ? null : { ...record, content: kept };
};

const isSigned = ({ opaque }: ReasoningPart): boolean => opaque?.kind === 'signature' || opaque?.kind === 'redacted';

/** The only rule that prints the messages anew, and only where a switch of models has left such a block behind. */
const editMessages = (text: string, { request, log }: Translation, edits: Edits): void => {
  const hasUnsigned = request.messages.some(({ content }) =>
    content.some((part) => part.type === 'reasoning' && !isSigned(part)),
  );
  const own = memberText(text, 'messages');
  if (!hasUnsigned || own === undefined) return;
  log.dropped('messages', 'thinking', 'Thinking without a signature of this provider cannot be sent to it.');
  const kept = asList(parseExact(own)).map(withoutUnsigned);
  edits.set['messages'] = JSON.stringify(kept.filter((message) => message !== null));
};

/** The client's text with the edits of the rules above. */
export const toPassthrough = (translation: Translation): string => {
  const { request, target } = translation;
  const { text } = request.source;
  const edits: Edits = {
    set: { model: JSON.stringify(target.deployment.upstreamModel) },
    remove: [brand.bodyKey],
  };
  const { reasons, maxTokens } = editThinking(text, translation, edits);
  if (maxTokens !== request.maxOutputTokens) edits.set['max_tokens'] = String(maxTokens);
  editSampling(text, translation, { reasons, edits });
  editToolChoice(text, translation, edits);
  editMessages(text, translation, edits);
  editSystem(text, translation, edits);
  return spliceMembers(text, edits);
};
