/** The logs that can be read, and which of them a line belongs to. */
import { asRecord } from '../providers/reading.ts';
import type { LogReader } from './audited-call.ts';
import { createClaudeCodeReader } from './claude-code.ts';
import { createCodexReader } from './codex.ts';
import { createLitellmReader } from './litellm.ts';
import { createOpenaiReader } from './openai-jsonl.ts';

export const AUDIT_FORMATS = ['openai-jsonl', 'litellm', 'claude-code', 'codex'] as const;

export type AuditFormat = (typeof AUDIT_FORMATS)[number];

const READERS: Readonly<Record<AuditFormat, () => LogReader>> = {
  'openai-jsonl': createOpenaiReader,
  litellm: createLitellmReader,
  'claude-code': createClaudeCodeReader,
  codex: createCodexReader,
};

export const createLogReader = (format: AuditFormat): LogReader => READERS[format]();

/** The format that a line shows by members that no other has; null where it shows none. */
export const detectFormat = (value: unknown): AuditFormat | null => {
  const line = asRecord(value);
  if (line === undefined) return null;
  if (line['sessionId'] !== undefined && line['type'] !== undefined) return 'claude-code';
  if (line['payload'] !== undefined && line['type'] !== undefined) return 'codex';
  if (line['spend'] !== undefined || line['custom_llm_provider'] !== undefined) return 'litellm';
  return line['response'] !== undefined || line['usage'] !== undefined ? 'openai-jsonl' : null;
};
