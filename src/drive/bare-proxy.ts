/** A bare proxy as a process: node:http and undici, a body read and forwarded, an answer piped back. What is compared with. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { Agent, request } from 'undici';

const { values } = parseArgs({ options: { upstream: { type: 'string' } } });
const { upstream } = values;
if (upstream === undefined) {
  throw new Error('--upstream URL is needed.');
}

const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

const forward = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) {
    chunks.push(Buffer.from(chunk));
  }
  const { statusCode, headers, body } = await request(`${upstream}${incoming.url ?? '/'}`, {
    method: 'POST',
    dispatcher: agent,
    headers: { 'content-type': 'application/json' },
    body: Buffer.concat(chunks),
  });
  outgoing.writeHead(statusCode, { 'content-type': String(headers['content-type']) });
  await pipeline(body, outgoing);
};

const server = createServer((incoming, outgoing) => {
  forward(incoming, outgoing).catch((error: unknown) => {
    outgoing.destroy(error instanceof Error ? error : undefined);
  });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});

process.once('SIGTERM', () => process.exit(0));
