/** Prometheus metrics: counts, cost and time per component. Labels are bounded: names from the configuration only. */
import { Counter, Histogram, Registry } from 'prom-client';
import { brand } from '../brand.ts';
import { toUsd } from '../canonical/money.ts';
import type { EndedExchange } from '../router/exchange.ts';

export interface Metrics {
  readonly observe: (ended: EndedExchange) => void;
  /** A request that was refused before there was a decision. */
  readonly refuse: (code: string) => void;
  readonly countRouterFailure: () => void;
  /** `shedRecords`: records that the store had to drop so far. */
  readonly render: (state: {
    readonly shedRecords: number;
  }) => Promise<{ readonly contentType: string; readonly text: string }>;
}

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600];
const DECISION_SECONDS = [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.025];

const name = (suffix: string): string => `${brand.binary}_${suffix}`;

const labelsOf = ({ decided }: EndedExchange): { readonly component: string; readonly simulated: string } => ({
  // Direct calls name models of the caller's choice: one label for all of them keeps the number of series bounded.
  component: decided.prepared.isDirect ? 'direct' : decided.chosen.component.name,
  simulated: String(decided.chosen.component.simulated),
});

export const createMetrics = (): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: name('requests_total'),
    help: 'Requests with a decision, by component, who chose it, and result.',
    labelNames: ['component', 'simulated', 'chosen_by', 'result'],
    registers,
  });
  const refused = new Counter({
    name: name('refused_total'),
    help: 'Requests refused before a decision, by error code.',
    labelNames: ['code'],
    registers,
  });
  const failures = new Counter({
    name: name('router_failures_total'),
    help: 'Decisions in which the policy failed and the safe component took over.',
    registers,
  });
  const shed = new Counter({
    name: name('shed_records_total'),
    help: 'Records of requests that the store had to drop: its queue was full, or it failed.',
    registers,
  });
  const cost = new Counter({
    name: name('cost_usd_total'),
    help: 'Cost of all attempts with a known price, in US dollars. Simulated cost is apart.',
    labelNames: ['component', 'simulated'],
    registers,
  });
  const substitutions = new Counter({
    name: name('substitutions_total'),
    help: 'Answers by another model than the provider was asked for.',
    labelNames: ['component', 'simulated'],
    registers,
  });
  const seconds = new Histogram({
    name: name('attempt_seconds'),
    help: 'Time of an upstream call from start to end.',
    labelNames: ['component', 'simulated'],
    buckets: SECONDS,
    registers,
  });
  const decision = new Histogram({
    name: name('decision_seconds'),
    help: 'Time of a routing decision.',
    buckets: DECISION_SECONDS,
    registers,
  });
  return {
    observe: (ended) => {
      const labels = labelsOf(ended);
      requests.inc({ ...labels, chosen_by: ended.decided.chosenBy, result: ended.result });
      decision.observe(ended.decided.decideMicroseconds / 1e6);
      for (const { report, cost: priced } of ended.attempts) {
        seconds.observe(labels, report.totalMs / 1000);
        if (priced.substituted) substitutions.inc(labels);
        if (priced.microUsd !== null) cost.inc(labels, toUsd(priced.microUsd));
      }
    },
    refuse: (code) => refused.inc({ code }),
    countRouterFailure: () => failures.inc(),
    render: async ({ shedRecords }) => {
      // A total that the store counts: set to it, whatever this counter held.
      shed.reset();
      shed.inc(shedRecords);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
};
