/** Error kinds. Each carries a stable code, the HTTP status it becomes, whether a retry can help, and its cause. */

/** One reason why a request cannot be served, in the shape that clients receive. */
export interface Blocking {
  /** Name of the field, header or limit that blocks, in the client's own spelling. */
  readonly constraint: string;
  readonly expected: string;
  /** What was given, shortened; never a secret and never prompt text. */
  readonly given: string;
  /** What the caller can do about it, one imperative sentence. */
  readonly fix: string;
}

interface ErrorOptions {
  readonly code: string;
  readonly status?: number;
  readonly retryable?: boolean;
  readonly blocking?: readonly Blocking[];
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** Base of every error that Gearbox raises on purpose; anything else that is thrown is a defect. */
export class GearboxError extends Error {
  readonly code: string;
  /** HTTP status of the answer that reports it. */
  readonly status: number;
  readonly retryable: boolean;
  readonly blocking: readonly Blocking[];
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, options: ErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.status = options.status ?? 500;
    this.retryable = options.retryable ?? false;
    this.blocking = options.blocking ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** The request itself is wrong; sending it again unchanged cannot help. */
export class InvalidRequestError extends GearboxError {
  /** Path of the field in the request (`messages[2].content`), or null when no one field is at fault. */
  readonly field: string | null;

  constructor(message: string, options: Partial<ErrorOptions> & { readonly field?: string | null } = {}) {
    super(message, { code: 'invalid_request', status: 400, ...options });
    this.field = options.field ?? null;
  }
}

/** The key is missing, unknown, or not allowed to do this. */
export class AuthenticationError extends GearboxError {
  constructor(message: string, options: Partial<ErrorOptions> = {}) {
    super(message, { code: 'invalid_api_key', status: 401, ...options });
  }
}

/** No component of the unified model can serve the request; `blocking` names every constraint that excluded one. */
export class NoCandidateError extends GearboxError {
  /** The one field that is in the way, or null where several are. */
  readonly field: string | null;

  constructor(message: string, options: Partial<ErrorOptions> & { readonly field?: string | null } = {}) {
    super(message, { code: 'no_candidate', status: 400, ...options });
    this.field = options.field ?? null;
  }
}

/** A budget or limit is used up and the request may not be degraded. */
export class BudgetExceededError extends GearboxError {
  constructor(message: string, options: Partial<ErrorOptions> = {}) {
    super(message, { code: 'budget_exceeded', status: 429, ...options });
  }
}

/** An upstream provider refused, failed, or answered with something that is not its protocol. */
export class ProviderError extends GearboxError {
  constructor(message: string, options: Partial<ErrorOptions> = {}) {
    super(message, { code: 'upstream_error', status: 502, retryable: true, ...options });
  }
}

/** The store could not be opened, read or written. */
export class StoreError extends GearboxError {
  constructor(message: string, options: Partial<ErrorOptions> = {}) {
    super(message, { code: 'store_error', status: 500, ...options });
  }
}

/** Configuration or catalog is wrong; `message` holds file, place, what was expected, what was given, and the fix. */
export class ConfigError extends GearboxError {
  constructor(message: string, options: Partial<ErrorOptions> = {}) {
    super(message, { code: 'config_error', status: 500, ...options });
  }
}

/** A data file (outcomes, logs, recordings) is wrong; `message` holds file, line, what was expected and what was given. */
export class DataError extends GearboxError {
  constructor(message: string, options: Partial<ErrorOptions> = {}) {
    super(message, { code: 'data_error', status: 500, ...options });
  }
}

/** Whether the system says that there is no such file or folder. */
export const isMissingFile = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
