/** A provider's fault as the error that a client of ours gets: whose mistake it is decides the status. */
import type { UpstreamFault } from '../canonical/stream-part.ts';
import { ProviderError } from '../errors.ts';

interface Told {
  readonly status: number;
  readonly code: string;
}

/**
 * A 401 of the provider's would tell a client that its own key is wrong, a 404 that it misspelt our model; both are for
 * the operator to mend, so they become 502. What the client's request caused keeps its status.
 */
const toTold = ({ status, code }: UpstreamFault): Told => {
  switch (status) {
    case 400:
    case 413:
    case 422:
      return { status, code: code ?? 'upstream_refused' };
    case 429:
      return { status, code: code ?? 'rate_limit_exceeded' };
    case 401:
    case 403:
      return { status: 502, code: 'upstream_auth' };
    case 402:
      return { status: 502, code: 'upstream_billing' };
    case 404:
      return { status: 502, code: 'upstream_model_not_found' };
    case 408:
    case 504:
      return { status: 504, code: code ?? 'upstream_timeout' };
    case 503:
    case 529:
      return { status: 503, code: code ?? 'upstream_overloaded' };
    default:
      return { status: status > 400 && status < 500 ? 400 : 502, code: code ?? 'upstream_error' };
  }
};

const HINTS: Readonly<Record<string, string>> = {
  upstream_auth: "The provider refused the server's own key, not yours; its operator must set a valid one.",
  upstream_billing: "The provider wants payment from the server's operator.",
  upstream_model_not_found: 'The provider does not know the model that this component is configured with.',
};

/** `retryable`: whether another try may help, as far as is known of this fault. */
export const toUpstreamError = (fault: UpstreamFault, retryable: boolean): ProviderError => {
  const { status, code } = toTold(fault);
  const hint = HINTS[code];
  return new ProviderError(hint === undefined ? fault.message : `${hint} ${fault.message}`, {
    code,
    status,
    retryable: retryable && status !== 400,
    ...(fault.retryAfterSeconds === null ? {} : { retryAfterSeconds: fault.retryAfterSeconds }),
  });
};
