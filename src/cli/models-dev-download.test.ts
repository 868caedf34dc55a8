import { strict as assert } from 'node:assert';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { DownloadError, downloadText } from './models-dev-download.ts';

const serve = async (listener: RequestListener, run: (url: string) => Promise<void>): Promise<void> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api.json`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

const never = new AbortController().signal;

test('the body of a 200 is returned whole', async () => {
  await serve(
    (_request, response) => response.end('{"größe":1}'),
    async (url) => {
      assert.equal(await downloadText({ url, signal: never }), '{"größe":1}');
    },
  );
});

for (const [title, listener, pattern] of [
  ['another status', (_request, response) => response.writeHead(503).end('busy'), /HTTP status 503/],
  ['a body beyond the limit', (_request, response) => response.end('x'.repeat(2_000)), /more than 1000 bytes/],
  ['a broken connection', (request) => request.socket.destroy(), /no answer \(/],
  ['silence until the timeout', () => {}, /no answer within 200 ms/],
] as const satisfies readonly (readonly [string, RequestListener, RegExp])[]) {
  test(`${title} is a download error with address and way out`, async () => {
    await serve(listener, async (url) => {
      await assert.rejects(
        downloadText({ url, signal: never, timeoutMs: 200, maxBytes: 1_000 }),
        (error: unknown) =>
          error instanceof DownloadError && pattern.test(error.message) && /--from FILE/.test(error.message),
      );
    });
  });
}

test('an abort by the caller is thrown as the abort that it is', async () => {
  await serve(
    () => {},
    async (url) => {
      const controller = new AbortController();
      const download = downloadText({ url, signal: controller.signal });
      controller.abort(new Error('stopped'));
      await assert.rejects(download, (error: unknown) => !(error instanceof DownloadError));
    },
  );
});
