/** Clients from before `tools` (2023) send `functions` and read `function_call`; they understand nothing else. */
import type { CanonicalRequest } from '../../canonical/request.ts';
import { findMember, scanObject } from '../../json/scan.ts';

/** Whether the client of this request must be answered with `function_call` instead of `tool_calls`. */
export const usesLegacyFunctions = ({ source, tools }: CanonicalRequest): boolean => {
  // The search is a few microseconds; only a body that names the member somewhere is scanned.
  if (tools.length === 0 || source.protocol !== 'openai-chat' || !source.text.includes('"functions"')) return false;
  const scan = scanObject(source.text);
  return scan !== null && findMember(scan, 'functions') !== undefined && findMember(scan, 'tools') === undefined;
};
