/** Downloads models.dev's list: the only place of the catalog command that uses the network. */
import { EnvHttpProxyAgent, request } from 'undici';
import { brand } from '../brand.ts';
import { GearboxError } from '../errors.ts';

export const DOWNLOAD_TIMEOUT_MS = 30_000;

/** The list had 3 MB in 2026; far more than that is not the list. */
export const MAX_DOWNLOAD_BYTES = 64 * 1024 * 1024;

export interface DownloadOptions {
  readonly url: string;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
}

/** The list could not be fetched; the command exits with 3. */
export class DownloadError extends GearboxError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'download_failed', status: 503, retryable: true, cause });
  }
}

const refuse = (url: string, given: string, cause?: unknown): DownloadError =>
  new DownloadError(
    `${url}: expected the list of models, got ${given}. Check the network and HTTPS_PROXY, or download the file ` +
      `elsewhere and run "${brand.binary} catalog update --from FILE".`,
    cause,
  );

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error));

const readBody = async (body: AsyncIterable<Uint8Array>, url: string, maxBytes: number): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw refuse(url, `more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/**
 * The list's text. Proxies are taken from HTTP_PROXY, HTTPS_PROXY and NO_PROXY. Throws DownloadError without a network,
 * on a status other than 200, after the timeout, and when the body is too large; an abort by the caller is thrown as is.
 */
export const downloadText = async ({
  url,
  signal,
  timeoutMs = DOWNLOAD_TIMEOUT_MS,
  maxBytes = MAX_DOWNLOAD_BYTES,
}: DownloadOptions): Promise<string> => {
  const timeout = AbortSignal.timeout(timeoutMs);
  const dispatcher = new EnvHttpProxyAgent();
  try {
    const { statusCode, body } = await request(url, {
      dispatcher,
      signal: AbortSignal.any([signal, timeout]),
      headers: { accept: 'application/json', 'user-agent': brand.binary },
    });
    if (statusCode !== 200) {
      await body.dump();
      throw refuse(url, `HTTP status ${statusCode}`);
    }
    return await readBody(body, url, maxBytes);
  } catch (error) {
    if (error instanceof DownloadError || signal.aborted) throw error;
    throw refuse(url, timeout.aborted ? `no answer within ${timeoutMs} ms` : `no answer (${reasonOf(error)})`, error);
  } finally {
    await dispatcher.destroy();
  }
};
