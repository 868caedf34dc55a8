/** Tiers: the six kinds of component that the prior tables know; every component belongs to one. */
import { effortRank } from '../canonical/effort.ts';
import type { Component } from '../catalog/component.ts';

export const TIERS = ['fast-mini', 'fast', 'thinking-nano', 'thinking-mini', 'thinking', 'pro'] as const;

export type Tier = (typeof TIERS)[number];

const isTier = (role: string): role is Tier => TIERS.some((tier) => tier === role);

/** A component whose answers come after reasoning; `auto` and `provider` count where the model can reason. */
const reasons = ({ effort, deployments: [{ model }] }: Component): boolean => {
  if (model.reasoning.control === 'none') return false;
  if (effort === 'auto' || effort === 'provider') return true;
  return effortRank(effort) >= effortRank('low');
};

/** The tier of a component: its role, or for a specialist `thinking` if it reasons and `fast` if it does not. */
export const toTier = (component: Component): Tier => {
  if (isTier(component.role)) return component.role;
  return reasons(component) ? 'thinking' : 'fast';
};

export const isSpecialist = (component: Component): boolean => !isTier(component.role);

export const isReasoningTier = (tier: Tier): boolean => tier !== 'fast' && tier !== 'fast-mini';
