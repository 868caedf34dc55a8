/** Tools that a client offers to the model, and how it may choose among them. */
import type { CacheBreakpoint, ToolKind } from './content.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { Protocol } from './protocol.ts';

export interface FunctionTool {
  readonly type: 'function';
  readonly name: string;
  readonly description: string | null;
  /** JSON Schema of the arguments, key order kept; null means no arguments. */
  readonly parameters: JsonObject | null;
  readonly strict: boolean | null;
  readonly cache?: CacheBreakpoint;
  readonly deferLoading?: boolean;
}

/** A tool whose input is free text, optionally held to a grammar. */
export interface CustomTool {
  readonly type: 'custom';
  readonly name: string;
  readonly description: string | null;
  readonly format:
    | { readonly type: 'text' }
    | { readonly type: 'grammar'; readonly syntax: 'lark' | 'regex'; readonly definition: string };
}

/** A tool that the provider runs itself (web search, code interpreter, …); only its own protocol knows its shape. */
export interface HostedTool {
  readonly type: 'hosted';
  readonly name: string;
  readonly protocol: Protocol;
  readonly value: JsonValue;
}

export type Tool = FunctionTool | CustomTool | HostedTool;

export type ToolChoice =
  | { readonly type: 'auto' }
  | { readonly type: 'none' }
  | { readonly type: 'required' }
  | { readonly type: 'tool'; readonly kind: ToolKind; readonly name: string }
  | { readonly type: 'allowed'; readonly mode: 'auto' | 'required'; readonly names: readonly string[] };
