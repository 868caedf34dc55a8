/** Result files: `<name>.json` and `<name>.md`, and one line of the ledger for every run, since looking often is fitting. */
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ResultFiles {
  readonly folder: string;
  /** `e2e` or `latency`. */
  readonly name: string;
  readonly result: object;
  readonly markdown: string;
  /** What the ledger keeps of the run. */
  readonly entry: object;
}

const LEDGER = 'ledger.jsonl';

/** Writes the files and returns their paths. */
export const writeResultFiles = async (files: ResultFiles): Promise<readonly string[]> => {
  const { folder, name, result, markdown, entry } = files;
  await mkdir(folder, { recursive: true });
  const json = join(folder, `${name}.json`);
  const table = join(folder, `${name}.md`);
  const ledger = join(folder, LEDGER);
  await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);
  await writeFile(table, `${markdown}\n`);
  await appendFile(ledger, `${JSON.stringify(entry)}\n`);
  return [json, table, ledger];
};
