// What every goal needs: the programs, servers, cities, medians.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { Client } from '../tests/lib/client.mjs';

export const root = new URL('..', import.meta.url).pathname.replace(/\/$/, '');
export const build = process.env.BENCH_BUILD || join(root, 'build-bench');
export const program = join(build, 'chabaocu');
export const tool = (name) => join(build, 'bench', name);
/// Where data lies: on a disk, never on a file system in memory, or durability would cost nothing.
export const work = process.env.BENCH_WORK || join(build, 'work');
const UNTIL = '2016-04-20';

export const say = (text) => process.stderr.write(`bench: ${text}\n`);
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export function median(list) {
  const v = [...list].sort((a, b) => a - b);
  return v.length % 2 ? v[(v.length - 1) / 2] : (v[v.length / 2 - 1] + v[v.length / 2]) / 2;
}

export const middle = (runs, name) => median(runs.map((r) => r[name]));
export const largest = (runs, name) => Math.max(...runs.map((r) => r[name]));
export const total = (runs, name) => runs.reduce((sum, r) => sum + r[name], 0);

/// Runs a program to its end; gives its output. Anything but success is an error in its own words.
export function run(file, args, options = {}) {
  const r = spawnSync(file, args, { encoding: 'utf8', maxBuffer: 64 << 20, ...options });
  if (r.error) throw r.error;
  if (r.status !== 0) throw new Error(`${file} ${args.join(' ')}: status ${r.status}\n${(r.stderr || '').slice(-2000)}`);
  return { out: r.stdout, err: r.stderr };
}

const lastLine = (text) => JSON.parse(text.trim().split('\n').at(-1));

/// One of the bench's programs: its line of JSON, and that on standard error where it has one.
export function measure(name, args) {
  const r = run(tool(name), args.map(String));
  return { ...(r.err.trim().startsWith('{') ? lastLine(r.err) : {}), ...lastLine(r.out) };
}

/// The same, not waited for.
export function measuring(name, args) {
  return new Promise((done, failed) => {
    const child = spawn(tool(name), args.map(String), { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (d) => { text += d; });
    child.on('error', failed);
    child.on('exit', (code) => (code === 0 ? done(lastLine(text)) : failed(new Error(`${name}: status ${code}`))));
  });
}

export function folder(name) {
  mkdirSync(work, { recursive: true });
  return mkdtempSync(join(work, `${name}-`));
}

export const remove = (dir) => rmSync(dir, { recursive: true, force: true });

/// A photo made by tests/fixtures, once.
export function photo(name, size) {
  const file = join(work, `${name}-${size}.jpg`);
  mkdirSync(work, { recursive: true });
  if (!existsSync(file)) run(join(build, 'tests/make_photo'), [file, size, '--seed', '3']);
  return file;
}

// ---- cities -------------------------------------------------------------------------------------------------------

const places = { small: process.env.BENCH_SMALL, '100000': process.env.BENCH_100K, city: process.env.BENCH_CITY };

/// The folder of a demonstration city; made on first use and kept, or the one that BENCH_SMALL, BENCH_100K, BENCH_CITY name.
export function city(scale) {
  if (places[scale]) return places[scale];
  const dir = join(work, `city-${scale}`), mark = join(dir, 'READY');
  if (existsSync(mark)) return dir;
  remove(dir);
  mkdirSync(dir, { recursive: true });
  say(`making the city of scale ${scale}; this is not measured`);
  run(program, ['demo', '--scale', scale, '--seed', '7', '--until', UNTIL, '--data', dir]);
  writeFileSync(mark, '');
  return dir;
}

/// A copy to write to.
export function copyOf(scale) {
  const dir = folder('city');
  run('cp', ['-a', '--reflink=auto', '--sparse=always', `${city(scale)}/.`, dir]);
  return dir;
}

/// The first account of a role: login, password, role, unit, unit_id, name.
/// The first account of a role, or the one after `skip` others.
export function account(dir, role, skip = 0) {
  const [head, ...lines] = readFileSync(join(dir, 'demo-accounts.tsv'), 'utf8').trim().split('\n').map((l) => l.split('\t'));
  const line = lines.filter((l) => l[head.indexOf('role')] === role)[skip];
  if (!line) throw new Error(`no ${role} in ${dir}/demo-accounts.tsv`);
  return Object.fromEntries(head.map((name, i) => [name, line[i]]));
}

// ---- servers -------------------------------------------------------------------------------------------------------

const status = (pid, name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] || 0);

function childrenOf(pid) {
  return readdirSync('/proc').filter((p) => /^\d+$/.test(p)).filter((p) => {
    try {
      return status(p, 'PPid') === pid;
    } catch {
      return false; /* ended meanwhile */
    }
  });
}

/// A program that listens and prints its port.
export class Listening {
  static async start(file, args, { input = 'ignore' } = {}) {
    const s = new Listening();
    s.child = spawn(file, args, { stdio: [input, 'pipe', 'pipe'] });
    s.log = '';
    s.child.stderr.on('data', (d) => { s.log = (s.log + d).slice(-4000); });
    s.ended = new Promise((done) => s.child.on('exit', done));
    s.port = await new Promise((done, failed) => {
      let text = '';
      s.child.stdout.on('data', (d) => { text += d; if (text.includes('\n')) done(Number(text)); });
      s.ended.then(() => failed(new Error(`${file} ended before it listened\n${s.log}`)));
    });
    return s;
  }

  mib(name = 'VmRSS') {
    return status(this.child.pid, name) / 1024;
  }

  workersMib() {
    return childrenOf(this.child.pid).map((p) => status(p, 'VmRSS') / 1024);
  }

  async stop() {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}

/// The program under test on its data folder; its log goes to a file, as it does in a house.
export async function serve(dir, db) {
  const args = ['serve', '--listen', '127.0.0.1:0', '--print-port', '--today', UNTIL, '--data', dir];
  if (db) args.push('--db', db);
  return Listening.start('/bin/sh', ['-c', `exec "$0" "$@" 2>>'${join(work, 'server.log')}'`, program, ...args]);
}

/// The headers that make a request that of this account.
export async function session(server, who) {
  const client = new Client(server.port);
  await client.login(who);
  const headers = ['-H', `Cookie: chabaocu_session=${client.cookies.get('chabaocu_session')}`, '-H', 'Accept: application/json'];
  return { client, headers };
}

// ---- the machine ----------------------------------------------------------------------------------------------------

const firstLine = (file, args) => {
  const r = spawnSync(file, args, { encoding: 'utf8' });
  return (r.stdout || r.stderr || '').split('\n')[0].trim();
};

export const commit = () => firstLine('git', ['-C', root, 'rev-parse', '--short=12', 'HEAD']) || 'unknown';
export const load = () => loadavg()[0];

export function machine() {
  const kib = Number(/MemTotal:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))[1]);
  return {
    cpu: `${cpus().length} × ${cpus()[0].model.trim()}`,
    memory: `${Math.round(kib / 1048576)} GiB`,
    kernel: firstLine('uname', ['-r']),
    disk: firstLine('sh', ['-c', `df -h --output=fstype,size "${work}" | tail -1 | tr -s ' '`]),
    sqlite: firstLine('sqlite3', ['--version']).split(' ')[0],
    postgresql: firstLine('psql', ['--version']),
  };
}

export function keepResult(dir, name, value) {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, `${name}.json`), JSON.stringify(value, null, 1));
}

export function readResult(dir, name) {
  const file = join(dir, `${name}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}
