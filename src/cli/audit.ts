/** `gearbox audit`: where the money of somebody's log went, and what of it routing could address. */
import { parseArgs } from 'node:util';
import { join, resolve } from 'node:path';
import { brand } from '../brand.ts';
import { AUDIT_FORMATS, type AuditFormat } from '../audit/format.ts';
import { runAudit } from '../audit/audit.ts';
import { loadCatalog } from '../catalog/load.ts';
import { renderAudit, toAuditJson } from './audit-view.ts';
import { UsageError, type Command, type CommandContext, type ExitCode } from './command.ts';
import { packageRoot } from './package-root.ts';

const HELP = `Usage: ${brand.binary} audit PATH [--format FORMAT]

Reads the log of calls that you have already paid for and says where the money went (fresh input, cache reads, cache
writes, output), what routing could address, what it must leave alone (tool loops on a warm cache), and what the log does
not tell. It claims no savings: what another model would have answered is in no log. Nothing leaves this machine, and
nothing is stored.

PATH is a file, or a folder whose .jsonl, .ndjson and .json files are read (gzipped ones too).

  --format FORMAT   auto (default), ${AUDIT_FORMATS.join(', ')}
                    openai-jsonl: responses with usage a line, perhaps under "response", with the request beside it
                    litellm: rows of LiteLLM's spend log
                    claude-code: transcripts of Claude Code
                    codex: transcripts of Codex CLI

Costs are the tokens of the log at the list prices of the catalog (${brand.binary} catalog show MODEL), whatever was paid. A
model or a price that nobody knows is counted as unknown, never as 0.

Examples:
  ${brand.binary} audit examples/audit.jsonl
  ${brand.binary} audit ~/.claude/projects --format claude-code --json`;

const isFormat = (name: string): name is AuditFormat | 'auto' =>
  name === 'auto' || (AUDIT_FORMATS as readonly string[]).includes(name);

const parseFlags = (args: readonly string[]) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { format: { type: 'string', default: 'auto' } },
  });
  const [path, ...rest] = positionals;
  if (path === undefined) throw new UsageError('expected the PATH of a log or of a folder with logs, given none.');
  if (rest.length > 0) throw new UsageError(`expected one PATH, given ${positionals.length}.`);
  const { format } = values;
  if (!isFormat(format)) throw new UsageError(`--format: expected auto, ${AUDIT_FORMATS.join(', ')}, given ${format}.`);
  return { path, format };
};

const run = async (context: CommandContext): Promise<ExitCode> => {
  const { path, format } = parseFlags(context.args);
  const audit = await runAudit({
    path: resolve(path),
    format,
    catalog: await loadCatalog(join(packageRoot, 'models')),
    signal: context.signal,
    onFile: (file, done, of) => {
      if (of > 1) context.report(`${done} of ${of}: ${file}`);
    },
  });
  if (context.flags.json) context.print(JSON.stringify(toAuditJson(audit), null, 2));
  else renderAudit(audit).forEach((line) => context.print(line));
  if (audit.bill.total.calls > 0) return 0;
  context.fail(`${path}: no call was found. Name the format with --format, or see ${brand.binary} audit --help.`);
  return 1;
};

export const auditCommand: Command = {
  name: 'audit',
  summary: 'where the money of your log went, and what routing could address',
  help: HELP,
  primary: true,
  run,
};
