/** What every reason code means, for documentation and the dashboard: one sentence of at most 200 characters each. */
import type { ReasonCode } from './policy.ts';

export const REASON_SENTENCES: Readonly<Record<ReasonCode, string>> = {
  explicit_choice:
    'The request named this component, its mode or its allow-list; the router chose nothing but the effort.',
  explicit_intent_think: "The user's own words ask for depth, so a thinking component answers at effort high or above.",
  explicit_intent_quick: "The user's own words ask for speed, so a fast component answers.",
  effort_asked:
    'The effort parameter of the request was applied: none or minimal mean fast, high and above mean thinking.',
  gain_worth_cost:
    'The predicted gain in success over the next component is worth its extra cost and wait under the objective.',
  gain_not_worth_cost: 'Another component is predicted to do better, but not by enough for its extra cost and wait.',
  type_default: 'Nothing had to be weighed: this component is the default for requests of this conversation type.',
  torn_up: 'Two components were too close to tell apart, and the configured bias takes the more capable one.',
  session_retained: 'The session stays with the component it has, because switching would cost more than it gains.',
  session_upgraded: 'The session moved up to a more capable component, because it needs one now.',
  tool_loop_locked: 'A tool call of this component is still open, and the component that made it continues.',
  housekeeping:
    "The request is a client's own housekeeping, such as a title or a summary, and goes to the cheapest component.",
  only_feasible: 'No other component can serve this request within its constraints.',
  latency_bound: 'A bound on waiting kept away a component that would have been chosen without it.',
  cost_bound: 'A bound on cost kept away a component that would have been chosen without it.',
  limit_reached: 'A call limit was reached, so its smaller relative answers until the window moves on.',
  budget_reached: 'A budget is used up, so its smaller relative answers until the budget renews.',
  outage: 'The component that was chosen could not be reached, so another one answers.',
  exploration: 'A small share of requests goes to another good candidate, so that the router keeps learning.',
  router_failed: 'The router failed or was too slow, so the configured safe component answers.',
};
