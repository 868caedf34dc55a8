/** Nothing is changed in silence: every difference between what a client asked and what went upstream has its reason. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CanonicalRequest } from '../../src/canonical/request.ts';
import type { Deployment } from '../../src/catalog/component.ts';
import { CLIENTS, SCENARIOS, toBody } from '../../src/drive/wire-scenarios.ts';
import { InvalidRequestError } from '../../src/errors.ts';
import { CONTROLS, toControlBody } from './controls.ts';
import { explain, listDifferences, RULES, type Difference } from './differences.ts';
import { CODECS, send, TARGETS, toDeployment } from './profile-targets.ts';

const used = new Set<string>();
let compared = 0;

const toBodies = (client: (typeof CLIENTS)[number]): readonly (readonly [string, string])[] => [
  ...CONTROLS.flatMap((control) => {
    const text = toControlBody(client, control);
    return text === undefined ? [] : [[control.name, text] as const];
  }),
  ...SCENARIOS.filter(({ not }) => not?.includes(client) !== true).map(
    (scenario) => [scenario.name, JSON.stringify({ model: 'auto', ...toBody(client, scenario) })] as const,
  ),
];

/** Differences that nothing explains. A request that cannot be said to this provider is refused by name: no silence either. */
const findUnexplained = (asked: CanonicalRequest, deployment: Deployment): readonly Difference[] => {
  try {
    const { protocol, wire } = send(asked, deployment);
    const sent = CODECS[protocol].parseRequest(wire.body);
    return listDifferences(asked, sent).filter((difference) => {
      compared += 1;
      const reason = explain(difference, { asked, sent, deployment, warnings: wire.warnings });
      if (reason !== null) used.add(reason);
      return reason === null;
    });
  } catch (error) {
    if (error instanceof InvalidRequestError) return [];
    throw error;
  }
};

for (const reference of TARGETS) {
  test(`${reference}: what is not sent as asked is told, or is a rule`, async () => {
    const deployment = await toDeployment(reference);
    const unexplained = CLIENTS.flatMap((client) =>
      toBodies(client).flatMap(([name, text]) =>
        findUnexplained(CODECS[client].parseRequest(text), deployment).map((difference) => ({
          client,
          name,
          ...difference,
        })),
      ),
    );
    assert.deepEqual(unexplained, []);
  });
}

test('every rule is needed, and there was something to explain', () => {
  assert.ok(compared > 500, `${compared} differences`);
  for (const { name } of RULES) assert.ok(used.has(name), name);
});

test('a member that is left out without a word is found', async () => {
  const deployment = await toDeployment('openai/gpt-5.5');
  const asked = CODECS['openai-chat'].parseRequest(
    JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hello' }], temperature: 0.2, user: 'u' }),
  );
  const sent = { ...asked, sampling: {}, endUser: null };
  const differences = listDifferences(asked, sent);
  assert.deepEqual(
    differences.map(({ member }) => member),
    ['sampling.temperature', 'endUser'],
  );
  for (const difference of differences)
    assert.equal(explain(difference, { asked, sent, deployment, warnings: [] }), null);
});
