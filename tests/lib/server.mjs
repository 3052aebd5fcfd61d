// Starts and ends the program under test on the loopback, on either engine.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
export const buildDir = process.env.CHABAOCU_BUILD || join(root, 'build');
export const program = join(buildDir, 'chabaocu');
/// The demonstration's last day; the server's clock runs on from there, so that the campaign is still on.
export const UNTIL = '2016-04-20';

export function run(args, options = {}) {
  const r = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 << 20, ...options });
  if (r.status !== 0 && !options.mayFail) throw new Error(`chabaocu ${args.join(' ')}: ${r.status}\n${r.stderr}${r.stdout}`);
  return r;
}

// A PostgreSQL server for tests, given by CHABAOCU_TEST_PG (a DSN of a database whose role may create databases).
export const pgDsn = process.env.CHABAOCU_TEST_PG || '';

/// So many parts of every city table, of the databases made for tests; such a run is about PostgreSQL alone.
export const parts = process.env.CHABAOCU_TEST_PARTITIONS || '';

function psql(sql) {
  const r = spawnSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', pgDsn, '-c', sql], { encoding: 'utf8' });
  if (r.status !== 0) throw new Error(`psql: ${r.stderr}`);
}

function withDatabase(name) {
  const url = new URL(pgDsn);
  url.pathname = '/' + name;
  return url.toString();
}

/// One demonstration city, made once for a test run and copied for each server.
export class Template {
  constructor(engine, more = []) {
    this.engine = engine;
    this.dir = mkdtempSync(join(tmpdir(), 'chabaocu-template-'));
    this.n = 0;
    this.dbName = `tmpl_${process.pid}`;
    const args = ['demo', '--scale', 'small', '--seed', '7', '--until', UNTIL, '--data', this.dir, ...more];
    if (engine === 'pg') {
      psql(`DROP DATABASE IF EXISTS ${this.dbName}`);
      psql(`CREATE DATABASE ${this.dbName} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`);
      args.push('--db', withDatabase(this.dbName));
      if (parts) args.push('--partitions', parts);
    }
    run(args);
    this.accounts = readAccounts(join(this.dir, 'demo-accounts.tsv'));
  }

  copy() {
    const dir = mkdtempSync(join(tmpdir(), 'chabaocu-data-'));
    cpSync(this.dir, dir, { recursive: true });
    if (this.engine !== 'pg') return { dir, db: `sqlite:${join(dir, 'chabaocu.db')}` };
    const name = `copy_${process.pid}_${this.n++}`;
    psql(`DROP DATABASE IF EXISTS ${name}`);
    psql(`CREATE DATABASE ${name} TEMPLATE ${this.dbName}`);
    return { dir, db: withDatabase(name), drop: () => psql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
  }

  remove() {
    rmSync(this.dir, { recursive: true, force: true });
    if (this.engine === 'pg') psql(`DROP DATABASE IF EXISTS ${this.dbName} WITH (FORCE)`);
  }
}

export function readAccounts(file) {
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split('\n').map((l) => l.split('\t'));
  return new Map(lines.map((l) => [l[0], Object.fromEntries(l.map((v, i) => [head[i], v]))]));
}

/// A running server; end it with stop().
export class Server {
  static async start(place, { port = 0, env = {}, today = UNTIL, more = [] } = {}) {
    const s = new Server();
    s.place = place;
    s.log = '';
    const args = ['serve', '--listen', `127.0.0.1:${port}`, '--print-port', ...(today ? ['--today', today] : []), '--data', place.dir, '--db', place.db, ...more];
    s.child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    s.child.stderr.on('data', (d) => { s.log = (s.log + d).slice(-200000); });
    s.ended = new Promise((done) => s.child.on('exit', (code, signal) => { s.exit = { code, signal }; done(s.exit); }));
    s.port = await new Promise((done, failed) => {
      let text = '';
      s.child.stdout.on('data', (d) => { text += d; if (text.includes('\n')) done(Number(text)); });
      s.ended.then(() => failed(new Error(`server ended before it listened\n${s.log}`)));
    });
    return s;
  }

  async stop(signal = 'SIGTERM') {
    if (!this.exit) this.child.kill(signal);
    return this.ended;
  }
}

export function remove(place) {
  rmSync(place.dir, { recursive: true, force: true });
  place.drop?.();
}

export function scratch(name) {
  const dir = join(tmpdir(), `chabaocu-${name}-${process.pid}`);
  mkdirSync(dir, { recursive: true });
  return dir;
}
