import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** A running bridge with its API key. */
export interface Bridge {
  url: string;
  wsUrl: string;
  key: string;
  secret: string;
  /** True when the server is not ours to stop. */
  external: boolean;
  /** Kills the process without a word, as a power cut would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export interface BridgeOptions {
  /** Extra configuration, YAML. */
  config?: string;
  /** Fixed HTTP address, to start again at the same place. */
  http?: string;
  args?: string[];
}

const binary = resolve(import.meta.dirname, '../../bin/diemcau');

/**
 * Starts bin/diemcau on free ports, or uses the server named by DIEMCAU_URL
 * (with devkey/secret), which may be any server of the protocol.
 */
export async function startBridge(options: BridgeOptions = {}): Promise<Bridge> {
  const external = process.env.DIEMCAU_URL;
  if (external !== undefined && options.http === undefined && options.config === undefined) {
    return describe(external, true, async () => {}, async () => {});
  }
  const dir = await mkdtemp(join(tmpdir(), 'diemcau-e2e-'));
  const args = ['serve', '--dev', '--data', dir, '--http', options.http ?? '127.0.0.1:0', '--admin', '127.0.0.1:0', '--rtc-udp', '0', '--rtc-tcp', '0'];
  if (options.config !== undefined) {
    await writeFile(join(dir, 'diemcau.yaml'), options.config);
    args.push('--config', join(dir, 'diemcau.yaml'));
  }
  const child = spawn(binary, [...args, ...(options.args ?? [])], { stdio: ['ignore', 'pipe', process.env.E2E_LOG ? 'inherit' : 'ignore'] });
  const url = await ready(child);
  const end = (signal: NodeJS.Signals) => async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
    await rm(dir, { recursive: true, force: true });
  };
  return describe(url, false, end('SIGKILL'), end('SIGTERM'));
}

function describe(url: string, external: boolean, kill: () => Promise<void>, stop: () => Promise<void>): Bridge {
  return { url, wsUrl: url.replace(/^http/, 'ws'), key: 'devkey', secret: 'secret', external, kill, stop };
}

/** Waits for the line that names the URL. */
async function ready(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no standard output');
  const lines = createInterface({ input: child.stdout });
  const found = new Promise<string>((done, fail) => {
    lines.on('line', (line) => {
      const url = /ready: (\S+)/.exec(line)?.[1];
      if (url !== undefined) done(url);
    });
    child.once('exit', (code) => fail(new Error(`bin/diemcau ended with ${code} before it was ready`)));
    child.once('error', fail);
  });
  return found;
}

/** A TCP port that was free a moment ago, for what must be known beforehand. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as { port: number };
  await new Promise((done) => probe.close(done));
  return port;
}
