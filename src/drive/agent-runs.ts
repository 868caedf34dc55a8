/** What a run of the agents' command lines left behind: `bench/results/agents.json`, written by `scripts/agents.ts`. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DataError } from '../errors.ts';

const agentRun = z.strictObject({
  agent: z.string(),
  version: z.string(),
  protocol: z.string(),
  result: z.enum(['passed', 'failed']),
  /** What was seen instead; null: nothing. */
  detail: z.string().nullable(),
  /** Requests that the gateway answered. */
  requests: z.number().int(),
});

export type AgentRun = Readonly<z.infer<typeof agentRun>>;

const file = z.strictObject({ at: z.string(), runs: z.array(agentRun) });

/** None where there is no file. Throws DataError for one of another shape. */
export const loadAgentRuns = async (path: string): Promise<readonly AgentRun[]> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    // The agents are an opt-in run: most machines have none.
    return [];
  }
  const parsed = file.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data.runs;
  throw new DataError(
    `${path}: ${parsed.error.issues[0]?.message ?? 'not as expected'}. Run \`npm run agents\` again.`,
  );
};
