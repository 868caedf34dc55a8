/** Losers of the precedence between what one request asks for: each becomes a warning, never silence. */
import type { Effort } from '../canonical/effort.ts';
import type { JsonValue } from '../canonical/json.ts';
import { toUsd } from '../canonical/money.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { Warning } from '../canonical/warning.ts';
import type { Component } from '../catalog/component.ts';
import { rolesOfMode } from '../policy/constraints.ts';
import type { Controls } from './controls.ts';
import { isDirectComponent } from './direct.ts';
import type { Resolution } from './resolve.ts';

/** As much of a request as can lose. */
export interface Contest {
  readonly request: CanonicalRequest;
  readonly controls: Controls;
  readonly pin: { readonly component: string; readonly effort: Effort | null } | null;
}

interface Loser {
  readonly param: string;
  readonly requested: JsonValue;
  readonly applied: JsonValue;
}

const toWarning = (loser: Loser, by: string): Warning => ({
  code: 'overridden',
  ...loser,
  message: `${loser.param} had no effect because ${by} comes first.`,
});

const targetName = (resolution: Resolution): string | null => {
  switch (resolution.type) {
    case 'unified':
      return null;
    case 'component':
      return resolution.component.name;
    case 'direct':
      return resolution.deployment.id;
  }
};

const losersToName = (winner: Component, { controls }: Contest): readonly Loser[] => {
  const losers: Loser[] = [];
  const { mode, allow, objective } = controls;
  const roles = mode === null ? null : rolesOfMode(mode, [winner]);
  if (roles !== null && !roles.includes(winner.role))
    losers.push({ param: 'gearbox.mode', requested: mode, applied: null });
  if (allow !== null && !allow.includes(winner.name))
    losers.push({ param: 'gearbox.allow', requested: [...allow], applied: null });
  if (objective !== null && isDirectComponent(winner))
    losers.push({
      param: 'gearbox.objective',
      requested: objective.type === 'preset' ? objective.name : toUsd(objective.microUsdPerSuccess),
      applied: null,
    });
  return losers;
};

const losersToParameters = (input: Contest, resolution: Resolution): readonly Loser[] => {
  const { request, pin } = input;
  const { effort } = request.reasoning;
  const { verbosity } = request;
  const losers: Loser[] = [];
  const strongerEffort = pin === null ? (resolution.alias?.effort ?? null) : pin.effort;
  const isEffortSettled = pin !== null || strongerEffort !== null;
  if (effort !== null && isEffortSettled && strongerEffort !== effort)
    losers.push({ param: 'reasoning_effort', requested: effort, applied: strongerEffort });
  const strongerVerbosity = resolution.alias?.verbosity ?? null;
  if (verbosity !== null && strongerVerbosity !== null && strongerVerbosity !== verbosity)
    losers.push({ param: 'verbosity', requested: verbosity, applied: strongerVerbosity });
  return losers;
};

/**
 * `winner` is the one component that a pin or the name in `model` settled; null when neither did. What agrees with the
 * winner lost nothing. A default of the key or of the unified model was not asked for by anyone, so it cannot lose.
 */
export const listOverridden = (
  input: Contest,
  resolution: Resolution,
  winner: Component | null,
): readonly Warning[] => {
  const { pin, request } = input;
  const by = pin === null ? `model ${request.model}` : 'gearbox.pin';
  const target = targetName(resolution);
  const losers: readonly Loser[] = [
    ...(pin !== null && target !== null && target !== pin.component
      ? [{ param: 'model', requested: request.model, applied: pin.component }]
      : []),
    ...(winner === null ? [] : losersToName(winner, input)),
    ...losersToParameters(input, resolution),
  ];
  return losers.map((loser) => toWarning(loser, by));
};

/** An allow-list that has nothing in common with the mode. */
export const allowOverridden = ({ allow, mode }: Controls): Warning =>
  toWarning({ param: 'gearbox.allow', requested: [...(allow ?? [])], applied: null }, `gearbox.mode ${mode ?? 'auto'}`);
