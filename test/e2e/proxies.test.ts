/** Ways to a provider: through a proxy that the environment names, and past a certificate authority of one's own. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer, request as forward, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { post, startRig, toBody } from './fault-rig.ts';
import { createPlace, removePlace, serve } from './serve-process.ts';

const WHOLE = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'fast',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
});

const answer: RequestListener = (request, response) => {
  request.resume();
  request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(WHOLE));
};

/** Serves both ways in which clients use a proxy, and notes whom they asked for and as whom. */
const startProxy = async () => {
  const seen: { readonly target: string; readonly as: string | undefined }[] = [];
  const server = createPlainServer((request, response) => {
    seen.push({ target: request.url ?? '', as: request.headers['proxy-authorization'] });
    const onward = forward(request.url ?? '', { method: request.method, headers: request.headers }, (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(response);
    });
    request.pipe(onward);
  });
  server.on('connect', (request, socket) => {
    seen.push({ target: request.url ?? '', as: request.headers['proxy-authorization'] });
    const [host, port] = (request.url ?? '').split(':');
    const onward = connect(Number(port), host ?? '', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    seen,
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

for (const name of ['HTTP_PROXY', 'http_proxy'])
  it(`${name} is honoured, with its credentials`, async () => {
    const proxy = await startProxy();
    const rig = await startRig({ upstream: answer, environment: { [name]: `http://me:secret@${proxy.host}` } });
    try {
      const { status, text } = await post(rig.url, toBody('auto/fast', 'Hello', false));
      assert.equal(status, 200, text);
      assert.equal(proxy.seen.length, 1);
      assert.equal(proxy.seen[0]?.as, `Basic ${Buffer.from('me:secret').toString('base64')}`);
    } finally {
      await rig.close();
      proxy.close();
    }
  });

it('NO_PROXY is honoured', async () => {
  const proxy = await startProxy();
  const rig = await startRig({
    upstream: answer,
    environment: { HTTP_PROXY: `http://${proxy.host}`, NO_PROXY: 'example.com,127.0.0.1' },
  });
  try {
    assert.equal((await post(rig.url, toBody('auto/fast', 'Hello', false))).status, 200);
    assert.deepEqual(proxy.seen, []);
  } finally {
    await rig.close();
    proxy.close();
  }
});

it('a proxy that is not there is a 502 without its password', async () => {
  const rig = await startRig({ upstream: answer, environment: { HTTP_PROXY: 'http://me:secret@127.0.0.1:9' } });
  try {
    const { status, text } = await post(rig.url, toBody('auto/fast', 'Hello', false));
    assert.equal(status, 502);
    assert.ok(!text.includes('secret'), text);
  } finally {
    await rig.close();
  }
});

/** A certificate authority and a certificate of it for 127.0.0.1; null where there is no openssl. */
const makeCertificates = (
  folder: string,
): { readonly ca: string; readonly key: string; readonly cert: string } | null => {
  const run = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  try {
    run('version');
  } catch {
    return null;
  }
  const subject = ['-subj', '/CN=Test authority'];
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  run('req', '-x509', ...ec, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', ...subject);
  run('req', ...ec, '-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=127.0.0.1');
  writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1\n');
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  run('x509', '-req', '-in', 'request.pem', '-out', 'cert.pem', ...signing);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return { ca: join(folder, 'ca.pem'), key: read('key.pem'), cert: read('cert.pem') };
};

it('a provider behind a private certificate authority is reached with NODE_EXTRA_CA_CERTS, and refused without', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gearbox-tls-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const certificates = makeCertificates(folder);
  if (certificates === null) {
    t.skip('there is no openssl to make certificates with');
    return;
  }
  const upstream = createTlsServer({ key: certificates.key, cert: certificates.cert }, answer);
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  t.after(() => void upstream.close());
  t.after(() => upstream.closeAllConnections());
  const { port } = upstream.address() as AddressInfo;
  const yaml = `
version: 1
providers:
  chatty: { protocol: openai-chat, base_url: "https://127.0.0.1:${port}/v1", key: env:CHATTY_KEY }
components:
  fast: { model: chatty/fast, effort: none }
models:
  auto: { components: [fast] }
`;
  const ask = async (environment: Record<string, string>) => {
    const place = await createPlace(yaml, { CHATTY_KEY: 'unused', ...environment });
    const server = await serve(place);
    try {
      return await post(server.url, toBody('auto/fast', 'Hello', false));
    } finally {
      server.child.kill('SIGKILL');
      await server.finished;
      await removePlace(place);
    }
  };
  const refused = await ask({});
  assert.equal(refused.status, 502);
  assert.match(refused.text, /upstream_tls/);
  assert.match(refused.text, /NODE_EXTRA_CA_CERTS/);
  assert.equal(refused.headers.get('x-should-retry'), 'false');
  assert.equal((await ask({ NODE_EXTRA_CA_CERTS: certificates.ca })).status, 200);
});
