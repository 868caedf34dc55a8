/** Tool needs: will the answer take no tool call, one, or a chain of them? From what is offered, done and asked. */
import { isAcknowledgement } from './chat.ts';
import type { Reading } from './reading.ts';
import type { Evidence, Signal, ToolNeeds } from './signals.ts';
import type { Situation } from './situation.ts';

/** A harness that offers at least this many tools expects chains. */
const HARNESS_TOOLS = 6;
/** Instructions in one turn that take several calls. */
const CHAINED_ACTIONS = 3;
/** Calls since the person spoke that show a chain. */
const CHAIN_CALLS = 2;

const structural = (rule: string): Evidence => ({ rule, offset: null, length: null });

const signal = (value: ToolNeeds, weight: number, evidence: readonly Evidence[]): Signal<ToolNeeds> => ({
  value,
  weight,
  evidence,
});

export const readToolNeeds = (reading: Reading, situation: Situation): Signal<ToolNeeds> => {
  if (situation.tools === 0) return signal('none', 1, [structural('tools.none_offered')]);
  if (situation.toolsForbidden) return signal('none', 1, [structural('tools.forbidden')]);
  if (situation.callsInLoop >= CHAIN_CALLS) return signal('multi_step', 1, [structural('tools.chain_running')]);
  if (isAcknowledgement(reading)) {
    const evidence = reading.cues.thanks.evidence;
    return signal('none', 0.8, [evidence ?? structural('tools.acknowledgement')]);
  }
  const { cues, structure, words } = reading;
  const steps = cues.sequence.count + structure.listItems;
  const harness = situation.tools >= HARNESS_TOOLS || words.harness;
  if (harness && (situation.callsEver > 0 || situation.tools >= HARNESS_TOOLS))
    return signal('multi_step', 0.8, [structural('tools.harness')]);
  const chained = cues.action.count >= CHAINED_ACTIONS && structure.questionMarks === 0;
  if ((steps >= 2 || chained) && situation.tools >= 2)
    return signal('multi_step', 0.6, [cues.sequence.evidence ?? cues.action.evidence ?? structural('tools.steps')]);
  if (situation.callsInLoop > 0 || situation.inToolLoop) return signal('single', 0.8, [structural('tools.loop_begun')]);
  if (situation.toolsRequired) return signal('single', 1, [structural('tools.required')]);
  return signal('single', 0.5, [structural('tools.offered')]);
};
