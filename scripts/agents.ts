/**
 * Runs the agents' command lines against a Gearbox in front of the lab, one turn with a tool call each: `npm run agents`.
 * Opt-in: they are installed into a temporary folder (about a gigabyte), never as dependencies. Each has a home folder of
 * its own and a made-up key; where the system allows it, gateway and agent run in a network of their own that has nothing
 * but loopback, so that nothing can leave. Linux only. Writes bench/results/agents.json, which `bench wire --document` shows.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { AgentRun } from '../src/drive/agent-runs.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');

const PORT = 8_599;
const URL_ = `http://127.0.0.1:${PORT}`;
const TURN_TIMEOUT_MS = 120_000;
/** Stands in the file that the agent is told to read: it must come back to the gateway as the tool's result. */
const SECRET = 'the-heron-stands-in-the-shallow-water';

interface Agent {
  readonly name: string;
  readonly packageName: string;
  readonly protocol: string;
  /** Run once behind the installation, which runs no scripts. */
  readonly setUp?: readonly string[];
  readonly configure?: (home: string, project: string) => Promise<void>;
  /** Asks the lab to call the agent's own tool for reading a file. */
  readonly tool: (file: string) => string;
  readonly command: (bin: string, prompt: string) => readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const AGENTS: readonly Agent[] = [
  {
    name: 'Claude Code',
    packageName: '@anthropic-ai/claude-code',
    protocol: 'Messages',
    setUp: ['node', 'node_modules/@anthropic-ai/claude-code/install.cjs'],
    tool: (file) => `[[lab:tool-call tool=Read input=file_path=${file}]]`,
    command: (bin, prompt) => [join(bin, 'claude'), '-p', prompt, '--output-format', 'json', '--allowedTools', 'Read'],
    environment: {
      ANTHROPIC_BASE_URL: URL_,
      ANTHROPIC_API_KEY: 'made-up',
      ANTHROPIC_MODEL: 'auto',
      ANTHROPIC_SMALL_FAST_MODEL: 'auto',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    },
  },
  {
    name: 'Codex CLI',
    packageName: '@openai/codex',
    protocol: 'Responses',
    configure: async (home) => {
      await mkdir(join(home, '.codex'), { recursive: true });
      const lines = [
        'model = "auto"',
        'model_provider = "gearbox"',
        '[model_providers.gearbox]',
        'name = "gearbox"',
        `base_url = "${URL_}/v1"`,
        'env_key = "GEARBOX_CLIENT_KEY"',
        'wire_api = "responses"',
      ];
      await writeFile(join(home, '.codex', 'config.toml'), `${lines.join('\n')}\n`);
    },
    tool: (file) => `[[lab:tool-call tool=exec_command input="cmd=cat ${file}"]]`,
    command: (bin, prompt) => [
      join(bin, 'codex'),
      'exec',
      '--skip-git-repo-check',
      '--dangerously-bypass-approvals-and-sandbox',
      '--json',
      prompt,
    ],
    environment: { GEARBOX_CLIENT_KEY: 'made-up' },
  },
  {
    name: 'OpenCode',
    packageName: 'opencode-ai',
    protocol: 'Chat Completions',
    setUp: ['node', 'node_modules/opencode-ai/postinstall.mjs'],
    configure: async (_home, project) => {
      const provider = {
        npm: '@ai-sdk/openai-compatible',
        name: 'gearbox',
        options: { baseURL: `${URL_}/v1`, apiKey: 'made-up' },
        models: { auto: { name: 'auto' } },
      };
      const configuration = {
        autoupdate: false,
        share: 'disabled',
        provider: { gearbox: provider },
        model: 'gearbox/auto',
        small_model: 'gearbox/auto',
      };
      await writeFile(join(project, 'opencode.json'), JSON.stringify(configuration));
    },
    tool: (file) => `[[lab:tool-call tool=read input=filePath=${file}]]`,
    command: (bin, prompt) => [join(bin, 'opencode'), 'run', prompt],
    environment: {},
  },
];

/** Whether this user may make a network namespace; without one the agents could reach the world. */
const canIsolate = async (): Promise<boolean> => {
  try {
    await run('unshare', ['-n', 'true']);
    return true;
  } catch {
    return false;
  }
};

const install = async (folder: string): Promise<void> => {
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  const packages = AGENTS.map(({ packageName }) => packageName);
  console.error(`installing ${packages.join(', ')} into ${folder}`);
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages], { cwd: folder });
  for (const { setUp } of AGENTS) if (setUp !== undefined) await run(setUp[0] ?? '', setUp.slice(1), { cwd: folder });
};

const versionOf = async (folder: string, { packageName }: Agent): Promise<string> => {
  const text = await readFile(join(folder, 'node_modules', packageName, 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
};

interface Turn {
  readonly folder: string;
  readonly isIsolated: boolean;
}

/** One shell line for gateway and agent, since both must be in the same network. */
const toScript = (
  agent: Agent,
  parts: { readonly home: string; readonly prompt: string; readonly bin: string },
): string => {
  const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const serve = [
    process.execPath,
    join(root, 'bin', 'gearbox.mjs'),
    'serve',
    '--lab',
    '--quiet',
    '--port',
    String(PORT),
  ];
  const ask = agent.command(parts.bin, parts.prompt).map(quote).join(' ');
  return [
    'ip link set lo up 2>/dev/null || true',
    `GEARBOX_HOME=${quote(join(parts.home, 'gearbox'))} ${serve.map(quote).join(' ')} > serve.log 2>&1 &`,
    'server=$!',
    `for i in $(seq 100); do ${quote(process.execPath)} -e 'fetch("${URL_}/healthz").then(() => process.exit(0), () => process.exit(1))' && break; sleep 0.1; done`,
    `${ask} < /dev/null > agent.log 2>&1`,
    'code=$?',
    'kill $server; wait $server 2>/dev/null',
    'exit $code',
  ].join('\n');
};

const untilEnd = async (child: ChildProcess): Promise<number | null> => {
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const late = sleep(TURN_TIMEOUT_MS, 'late' as const, { ref: false });
  const result = await Promise.race([ended, late]);
  if (result !== 'late') return result;
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  return null;
};

interface Seen {
  readonly requests: number;
  readonly hasToolResult: boolean;
}

/** What the gateway recorded: how many calls, and whether the file's text came back to it. */
const look = async (home: string): Promise<Seen> => {
  const { stdout } = await run(
    process.execPath,
    [join(root, 'bin', 'gearbox.mjs'), 'decisions', 'list', '--limit', '100', '--json'],
    { env: { PATH: process.env['PATH'] ?? '', HOME: home, GEARBOX_HOME: join(home, 'gearbox') }, maxBuffer: 1 << 28 },
  );
  const decisions = JSON.parse(stdout) as readonly { readonly session_decision?: string }[];
  return {
    requests: decisions.length,
    hasToolResult: decisions.some(({ session_decision: decision }) => decision === 'retain'),
  };
};

const runTurn = async (agent: Agent, { folder, isIsolated }: Turn): Promise<AgentRun> => {
  const home = await mkdtemp(join(folder, 'home-'));
  const project = join(home, 'project');
  await mkdir(project);
  const file = join(project, 'notes.txt');
  await writeFile(file, `${SECRET}\n`);
  await agent.configure?.(home, project);
  const prompt = `${agent.tool(file)} What is in notes.txt?`;
  const script = toScript(agent, { home, prompt, bin: join(folder, 'node_modules', '.bin') });
  const [command = 'bash', ...rest] = isIsolated ? ['unshare', '-n', 'bash', '-c', script] : ['bash', '-c', script];
  const child = spawn(command, rest, {
    cwd: project,
    detached: true,
    stdio: 'ignore',
    env: { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8', TERM: 'dumb', ...agent.environment },
  });
  const code = await untilEnd(child);
  const { requests, hasToolResult } = await look(home);
  const log = await readFile(join(project, 'agent.log'), 'utf8').catch(() => '');
  const flaw =
    code === null
      ? `no end within ${TURN_TIMEOUT_MS / 1_000} s`
      : code !== 0
        ? `exit code ${code}: ${log.trim().slice(-300)}`
        : hasToolResult
          ? null
          : 'the tool was not called, or its result did not come back';
  const base = { agent: agent.name, version: await versionOf(folder, agent), protocol: agent.protocol, requests };
  return { ...base, result: flaw === null ? 'passed' : 'failed', detail: flaw };
};

const folder = await mkdtemp(join(tmpdir(), 'gearbox-agents-'));
try {
  const isIsolated = await canIsolate();
  if (!isIsolated)
    console.error('no network namespace may be made here (unshare -n): the agents could reach the network.');
  await install(folder);
  const runs: AgentRun[] = [];
  for (const agent of AGENTS) {
    console.error(`${agent.name} …`);
    const found = await runTurn(agent, { folder, isIsolated });
    console.error(`  ${found.result}${found.detail === null ? '' : `: ${found.detail}`} (${found.requests} requests)`);
    runs.push(found);
  }
  const result = { at: new Date().toISOString(), runs };
  await writeFile(join(root, 'bench', 'results', 'agents.json'), `${JSON.stringify(result, null, 2)}\n`);
  process.exitCode = runs.every(({ result: each }) => each === 'passed') ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
