/** The pool: everything that a running instance may call and under which names. One immutable snapshot per reload. */
import type { UpstreamProtocol } from '../canonical/protocol.ts';
import type { Alias, Component, ObjectiveSetting, UnifiedModel } from './component.ts';
import type { Catalog } from './model.ts';

/** A configured provider: known ones need only a key in the environment. */
export interface ProviderSettings {
  readonly name: string;
  readonly protocol: UpstreamProtocol;
  /** Serves the Responses protocol as well, under the same address; only where `protocol` is `openai-chat`. */
  readonly alsoResponses: boolean;
  /** Without a trailing slash; for `openai-chat` it ends where `/chat/completions` begins. */
  readonly baseUrl: string;
  /** `env:NAME`, `file:PATH`, or null for servers without keys. */
  readonly credentials: string | null;
  /** Further headers, values literal; never secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** The lab, or another upstream whose answers are made up. */
  readonly simulated: boolean;
}

/** A client key: only its hash is kept in memory. */
export interface ClientKey {
  readonly name: string;
  /** SHA-256 of the secret, 64 hex digits. */
  readonly sha256: string;
  /** Names that the key may call: unified models, `auto/fast`, aliases, `provider/model`; null: all. */
  readonly models: readonly string[] | null;
  readonly objective: ObjectiveSetting | null;
  readonly budget: string | null;
  readonly noTrain: boolean;
  /** `headers`: no extra members in bodies. */
  readonly disclosure: 'body' | 'headers';
  /** `requested`: answers repeat the model name that the client sent. */
  readonly echoModel: 'answered' | 'requested';
}

export interface Pool {
  readonly providers: ReadonlyMap<string, ProviderSettings>;
  readonly components: ReadonlyMap<string, Component>;
  readonly models: ReadonlyMap<string, UnifiedModel>;
  readonly aliases: ReadonlyMap<string, Alias>;
  readonly keys: readonly ClientKey[];
  readonly catalog: Catalog;
  /** First 12 hex digits of the SHA-256 over the effective configuration, secrets excluded. */
  readonly configHash: string;
  /** One line per choice that was made for the operator, when the pool was built from the environment. */
  readonly notes: readonly string[];
  /** The pool consists of lab components. */
  readonly simulated: boolean;
}
