/** `gearbox outcomes`: brings outcomes from a file into the store, and lists what is there. */
import { createReadStream } from 'node:fs';
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { brand } from '../brand.ts';
import { InvalidRequestError } from '../errors.ts';
import { parseOutcome, type ParsedOutcome } from '../outcomes/kinds.ts';
import { toOutcomeObject } from '../router/stored.ts';
import type { OutcomeResult, OutcomeRow } from '../store/store.ts';
import type { Command, CommandContext, ExitCode } from './command.ts';
import { openOutcomeSink, type OutcomeSink } from './outcome-sink.ts';
import { runSubcommand, type Subcommand } from './subcommand.ts';
import { parseLimit } from './list-options.ts';
import { withOpened, withReader } from './store-file.ts';
import { renderTable } from './table.ts';

const help = `Usage: ${brand.binary} outcomes import FILE|- [--evaluator NAME]
       ${brand.binary} outcomes list [--limit N]

import reads one outcome a line, as JSON, from FILE or from standard input (-):
  {"decision_id": "dec_…", "kind": "correct", "value": 1, "evaluator": "pytest", "outcome_id": "run-7"}
Importing again adds nothing twice: a line without an outcome_id is known by its content, so two equal lines are one
outcome. Lines that are wrong are reported and skipped.

Options:
  --evaluator NAME  for lines that name none
  --limit N         at most N outcomes, newest first (default 20, at most 10000)

Exit code: 0 all lines are in the store, 1 some are not, 3 neither the store nor a server that holds it
can be had. While a server runs, the lines go through it.

Examples:
  ${brand.binary} outcomes import outcomes.jsonl --evaluator pytest
  ${brand.binary} outcomes list --limit 5 --json`;

/** Lines committed together. */
const BATCH_LINES = 500;

/** Errors printed in full; more are only counted. */
const MAX_ERRORS_SHOWN = 20;

interface NumberedRow {
  readonly lineNumber: number;
  readonly row: OutcomeRow;
}

interface Tally {
  added: number;
  duplicate: number;
  unknown_decision: number;
  invalid: number;
}

const withEvaluator = (value: unknown, evaluator: string | undefined): unknown =>
  evaluator === undefined || typeof value !== 'object' || value === null || Array.isArray(value)
    ? value
    : { evaluator, ...value };

/** The same content gives the same id, so that a file can be imported again after an interruption. */
const toContentId = ({ decisionId, kind, value, evaluator, note, atMs }: ParsedOutcome): string => {
  const content = JSON.stringify([decisionId, kind, value, evaluator, note, atMs]);
  return `import-${createHash('sha256').update(content).digest('hex').slice(0, 32)}`;
};

/** One line of the file as a row. Throws `SyntaxError` or `InvalidRequestError`. */
const parseLine = (line: string, evaluator: string | undefined): OutcomeRow => {
  const outcome = parseOutcome(withEvaluator(JSON.parse(line), evaluator), { path: '', nowMs: Date.now() });
  const { decisionId, outcomeId, atMs, kind, value, note } = outcome;
  return {
    id: outcomeId ?? toContentId(outcome),
    decisionId,
    atMs: atMs ?? Date.now(),
    kind,
    value,
    evaluator: outcome.evaluator,
    note,
    weight: 1,
    labelProbability: null,
    simulated: false,
  };
};

const isLineError = (error: unknown): error is Error =>
  error instanceof SyntaxError || error instanceof InvalidRequestError;

/** Reads, parses and commits line by line; memory holds one batch. */
const createImport = (context: CommandContext, sink: OutcomeSink, evaluator: string | undefined) => {
  const tally: Tally = { added: 0, duplicate: 0, unknown_decision: 0, invalid: 0 };
  let batch: NumberedRow[] = [];
  let errors = 0;

  const reportLine = (lineNumber: number, message: string): void => {
    errors += 1;
    if (errors <= MAX_ERRORS_SHOWN) {
      context.fail(`line ${lineNumber}: ${message}`);
    }
  };
  const count = (result: OutcomeResult | undefined, { lineNumber, row }: NumberedRow): void => {
    if (result !== undefined) {
      tally[result] += 1;
    }
    if (result === 'unknown_decision') {
      reportLine(lineNumber, `decision_id: ${row.decisionId} is not in this store.`);
    }
  };
  /** `lines`: read so far. */
  const commit = async (lines: number): Promise<void> => {
    const rows = batch;
    batch = [];
    const results = await sink.add(rows.map(({ row }) => row));
    rows.forEach((row, index) => count(results[index], row));
    context.report(`${lines} lines read, ${tally.added} outcomes added`);
  };
  const add = async (line: string, lineNumber: number): Promise<void> => {
    try {
      batch.push({ lineNumber, row: parseLine(line, evaluator) });
    } catch (error) {
      if (!isLineError(error)) {
        throw error;
      }
      tally.invalid += 1;
      reportLine(lineNumber, error.message);
    }
    if (batch.length >= BATCH_LINES) {
      await commit(lineNumber);
    }
  };
  return { add, commit, tally, errors: (): number => errors };
};

/** Without the byte order mark that some systems put before every text. */
const withoutMark = (line: string): string => (line.startsWith('\uFEFF') ? line.slice(1) : line);

const readLines = (file: string, signal: AbortSignal): AsyncIterable<string> => {
  const input = file === '-' ? process.stdin : createReadStream(file);
  return createInterface({ input, crlfDelay: Infinity, signal });
};

const importLines = async (
  context: CommandContext,
  sink: OutcomeSink,
  { file, evaluator }: { readonly file: string; readonly evaluator: string | undefined },
): Promise<ExitCode> => {
  const running = createImport(context, sink, evaluator);
  let lineNumber = 0;
  for await (const line of readLines(file, context.signal)) {
    lineNumber += 1;
    if (line.trim() !== '') {
      await running.add(lineNumber === 1 ? withoutMark(line) : line, lineNumber);
    }
  }
  await running.commit(lineNumber);
  if (context.signal.aborted) {
    context.fail('Interrupted; what was reported as added is in the store.');
    return 1;
  }
  const { tally } = running;
  if (running.errors() > MAX_ERRORS_SHOWN) {
    context.fail(`… and ${running.errors() - MAX_ERRORS_SHOWN} more lines with errors.`);
  }
  const { added, duplicate, unknown_decision: unknown, invalid } = tally;
  context.print(
    context.flags.json
      ? JSON.stringify({ lines: lineNumber, ...tally })
      : `${added} added, ${duplicate} already there, ${unknown} for unknown decisions, ${invalid} invalid.`,
  );
  return unknown + invalid === 0 ? 0 : 1;
};

const isFileError = (error: unknown): error is Error =>
  error instanceof Error && 'syscall' in error && (error.syscall === 'open' || error.syscall === 'read');

const importOutcomes: Subcommand = async (context, args) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { evaluator: { type: 'string' } },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) {
    throw new InvalidRequestError(
      `outcomes import: expected one file, or - for standard input; given ${positionals.length}.`,
    );
  }
  try {
    return await withOpened(
      context,
      () => openOutcomeSink(context),
      (sink) => importLines(context, sink, { file, evaluator: values.evaluator }),
    );
  } catch (error) {
    if (!isFileError(error)) {
      throw error;
    }
    context.fail(`Cannot read ${file}: ${error.message}.`);
    return 2;
  }
};

const list: Subcommand = async (context, args) => {
  const { values } = parseArgs({ args: [...args], options: { limit: { type: 'string', default: '20' } } });
  const limit = parseLimit(values.limit);
  return withReader(context, async (reader) => {
    const rows = await reader.outcomes({ limit });
    if (context.flags.json) {
      context.print(JSON.stringify(rows.map(toOutcomeObject)));
    } else if (rows.length === 0) {
      context.print('No outcomes yet.');
    } else {
      renderRows(rows).forEach(context.print);
    }
    return 0;
  });
};

const renderRows = (rows: readonly OutcomeRow[]): readonly string[] =>
  renderTable(
    [
      { title: 'TIME', align: 'left' },
      { title: 'DECISION', align: 'left' },
      { title: 'KIND', align: 'left' },
      { title: 'VALUE', align: 'left' },
      { title: 'EVALUATOR', align: 'left' },
    ],
    rows.map(({ atMs, decisionId, kind, value, evaluator }) => [
      `${new Date(atMs).toISOString().slice(0, 19)}Z`,
      decisionId,
      kind,
      value === null ? '-' : JSON.stringify(value),
      evaluator ?? '-',
    ]),
  );

export const outcomesCommand: Command = {
  name: 'outcomes',
  summary: 'import what became of answers (tests, thumbs, grades), and list it',
  help,
  primary: false,
  run: (context) => runSubcommand('outcomes', { import: importOutcomes, list }, context),
};
