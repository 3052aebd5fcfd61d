// A primary and two standbys, of which a commit waits for one; two servers of ours on them; phones that report all the time and ask
// again with the same key until they are told (HAZ-1, NFR-5).
//   failover   the primary is killed, the standby that has most is promoted: nothing acknowledged is lost, every report is there once
//   alone      both standbys are gone: nothing is acknowledged, each phone is told 503, reading goes on, no session piles up;
//              with a standby back everything goes on
//   node tests/failover/run.mjs [--rounds N] [--seed N] [--port N]
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chance } from '../lib/chance.mjs';
import { Reporter, makePhotos, marked } from '../lib/reporter.mjs';
import { Server, UNTIL, readAccounts, root, run, scratch } from '../lib/server.mjs';

const option = (name, otherwise) => (process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) : otherwise);
const rounds = option('--rounds', 1), seed = option('--seed', 1), port = option('--port', Number(process.env.PG_PORT || 15432) + 2);
const PHONES = ['worker1', 'worker1b', 'leader1', 'safety1', 'worker1', 'leader1'];
const CROWD = 24; // more than the connections of both servers together
const READS_MIN = 40; // of some 500: reads that wait for the writers are a dozen
const ANSWER_MS = 60000; // by then a phone has an answer, whatever it is
const files = scratch('failover');
const photos = makePhotos(files, 2);
const work = mkdtempSync(join(tmpdir(), 'chabaocu-failover-'));
chmodSync(work, 0o755);
let passed = 0, failed = 0;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function cluster(what, ...args) {
  const r = spawnSync(join(root, 'tests/cluster.sh'), [what, join(work, 'pg'), ...args.map(String)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (r.status !== 0) throw new Error(`cluster.sh ${what} ${args.join(' ')}: ${r.status}`);
  return r.stdout.trim();
}

/// While the phones go on.
function clusterBeside(what, ...args) {
  return new Promise((done, wrong) => {
    const child = spawn(join(root, 'tests/cluster.sh'), [what, join(work, 'pg'), ...args.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (d) => { text += d; });
    child.on('exit', (code) => (code === 0 ? done(text.trim()) : wrong(new Error(`cluster.sh ${what} ${args.join(' ')}: ${code}`))));
  });
}

function ask(node, sql, db = 'postgres') {
  const r = spawnSync('psql', ['-X', '-A', '-t', '-q', '-h', '127.0.0.1', '-p', String(port + node), '-U', 'chabaocu', '-d', db, '-c', sql], { encoding: 'utf8' });
  if (r.status !== 0) throw new Error(`psql on n${node}: ${r.stderr}`);
  return r.stdout.trim();
}

async function until(what, fn, ms = 60000) {
  const end = Date.now() + ms;
  while (!(await fn())) {
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await pause(50);
  }
}

const streaming = (node) => Number(ask(node, "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'quorum'"));

class Ground {
  async make() {
    const dsn = cluster('start', port);
    ask(0, "CREATE DATABASE house TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
    this.dir = join(work, 'data');
    this.db = dsn.replace(/\/postgres$/, '/house');
    run(['demo', '--scale', 'small', '--seed', '7', '--until', UNTIL, '--data', this.dir, '--db', `postgresql://chabaocu@127.0.0.1:${port}/house`]);
    this.accounts = readAccounts(join(this.dir, 'demo-accounts.tsv'));
    cluster('sync', 0);
    cluster('join', 1, 0);
    cluster('join', 2, 0);
    this.primary = 0;
    await until('two standbys', () => streaming(0) === 2);
    this.servers = [await Server.start(this), await Server.start(this)];
    this.rng = chance(seed);
    this.seen = new Set();
    this.all = [];
    this.n = 0;
    this.phones = PHONES.map((login, i) => new Reporter(this.servers[i % 2].port, this.accounts.get(login)));
    for (const p of this.phones) {
      p.timeout = ANSWER_MS;
      await p.login();
    }
  }

  job(phone) {
    const key = `failover-${this.n++}-0123456789`;
    const job = { key, phone, description: `第${key}号 护栏松动`, photo: marked(photos[this.rng.between(0, photos.length - 1)], key), pieces: 0 };
    this.all.push(job);
    return job;
  }

  reporter(job) {
    return this.phones[job.phone];
  }

  standbys() {
    return [0, 1, 2].filter((n) => n !== this.primary);
  }

  async end() {
    const bad = [];
    for (const s of this.servers || []) {
      const end = await s.stop();
      if (end.code !== 0) bad.push(`a server ended with ${end.code ?? end.signal}\n${s.log.slice(-2000)}`);
    }
    return bad;
  }
}

/// A phone reports and asks again until it is told; what it was told, and when, is written down.
async function phoneAtWork(g, phone, load) {
  while (!load.stop) {
    const job = g.job(phone);
    load.jobs.push(job);
    while (!job.told && !load.stop) {
      let r;
      try { r = await g.reporter(job).report(job); } catch (e) { load.errors.push(`${job.key}: ${e.message}`); }
      if (r?.status === 201) {
        job.told = r.json;
        load.times.push(Date.now());
      } else {
        if (r && r.status !== 503) load.errors.push(`${job.key}: ${r.status} ${r.text.slice(0, 200)}`);
        if (r) load.refused++;
        await pause(100);
      }
    }
  }
}

/// Asked again with the same key: the same report for who was told, once for all.
async function lookAfter(g, jobs) {
  const bad = [];
  for (const job of jobs) {
    const again = await g.reporter(job).report(job);
    if (again.status !== 201) {
      bad.push(`${job.key}: asked again: ${again.status} ${again.text.slice(0, 200)}`);
      continue;
    }
    if (job.told && JSON.stringify(job.told) !== JSON.stringify(again.json)) bad.push(`${job.key}: first ${JSON.stringify(job.told)}, then ${again.text}`);
    job.told = again.json;
    const lost = await g.reporter(job).missing(job);
    if (lost) bad.push(lost);
    for (const unique of [job.told.id, job.told.number, job.told.receipt_code])
      if (g.seen.has(unique)) bad.push(`${job.key}: ${unique} stands twice`);
      else g.seen.add(unique);
  }
  const rows = Number(ask(g.primary, "SELECT count(*) FROM hazard WHERE description LIKE '第failover-%'", 'house'));
  if (rows !== g.all.length) bad.push(`${rows} reports stand there, ${g.all.length} were made`);
  return bad;
}

function gapOf(times, at) {
  let before = 0, after = Infinity;
  for (const t of times) if (t <= at) before = Math.max(before, t); else after = Math.min(after, t);
  return after - before;
}

async function failover(g) {
  const load = { stop: false, jobs: [], times: [], errors: [], refused: 0 };
  const phones = Promise.all(g.phones.map((_, i) => phoneAtWork(g, i, load)));
  const wanted = g.rng.between(10, 40);
  await until('reports before the kill', () => load.times.length >= wanted);
  await pause(g.rng.between(0, 80));
  const died = g.primary, at = Date.now(), told = load.times.length;
  await clusterBeside('kill', died);
  const dead = Date.now();
  g.primary = Number(await clusterBeside('promote', ...g.standbys()));
  const promoted = Date.now();
  await until('reports after the promotion', () => load.times.filter((t) => t > promoted).length >= 20);
  load.stop = true;
  await phones;
  const bad = [...load.errors.slice(0, 5), ...(await lookAfter(g, load.jobs))];
  const first = Math.min(...load.times.filter((t) => t > dead));
  cluster('join', died, g.primary);
  await until('two standbys again', () => streaming(g.primary) === 2);
  return { bad, gap: gapOf(load.times, dead), says: `n${died} killed after ${told} acknowledged, n${g.primary} promoted in ${promoted - dead} ms, ` +
    `${load.times.length} acknowledged in all, ${load.refused} answered 503; ${first - at} ms from the kill, ${first - promoted} ms from the promotion to the next acknowledgement` };
}

/// Reads of both servers while the writers wait.
async function readsGoOn(g, stop) {
  const bad = [];
  let n = 0;
  while (!stop.now) {
    for (const phone of [0, 1]) {
      const r = await g.phones[phone].client.json('GET', '/hazards');
      if (r.status !== 200) bad.push(`a read: ${r.status} ${r.text.slice(0, 200)}`);
      n++;
    }
    await pause(100);
  }
  return { bad, n };
}

async function alone(g) {
  const bad = [], gone = g.standbys();
  // Sessions that were seen last so long ago that the next read would write that it saw them.
  ask(g.primary, 'UPDATE session SET last_seen_at = last_seen_at - 600000', 'house');
  for (const n of gone) cluster('halt', n);
  const stop = { now: false }, reads = readsGoOn(g, stop);
  const jobs = [], waits = [];
  for (let wave = 0; wave < 2; wave++) {
    const crowd = Array.from({ length: CROWD }, (_, i) => g.job(i % g.phones.length));
    jobs.push(...crowd);
    await Promise.all(crowd.map(async (job) => {
      const began = Date.now();
      try {
        // Each on a connection of its own, as from as many phones.
        const phone = new Reporter(g.reporter(job).client.port, g.reporter(job).account);
        phone.client.cookies = g.reporter(job).client.cookies;
        phone.timeout = ANSWER_MS;
        const r = await phone.report(job);
        phone.client.close();
        if (r.status !== 503) bad.push(`${job.key}: ${r.status} ${r.text.slice(0, 200)} without a standby`);
        waits.push(Date.now() - began);
      } catch (e) { bad.push(`${job.key}: ${e.message}`); }
    }));
    const sessions = Number(ask(g.primary, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'chabaocu'"));
    if (sessions > 16) bad.push(`${sessions} sessions of two pools of 8`);
  }
  stop.now = true;
  const r = await reads;
  bad.push(...r.bad.slice(0, 5));
  if (r.n < READS_MIN) bad.push(`${r.n} reads only while the writers waited`);
  cluster('run', gone[0]);
  const back = Date.now();
  let gap = 0;
  await until('a report with one standby', async () => {
    const again = await g.reporter(jobs[0]).report(jobs[0]);
    gap = Date.now() - back;
    return again.status === 201;
  });
  bad.push(...(await lookAfter(g, jobs)));
  cluster('run', gone[1]);
  await until('two standbys again', () => streaming(g.primary) === 2);
  return { bad, gap, says: `${jobs.length} reports without a standby, 0 acknowledged, 503 after ${Math.min(...waits)} to ${Math.max(...waits)} ms, ` +
    `${r.n} reads meanwhile; ${gap} ms from the standby's return to the next acknowledgement` };
}

async function oneRound(g, name, fn, round, gaps) {
  const r = await fn(g);
  gaps.push(r.gap);
  if (r.bad.length) failed++; else passed++;
  console.log(`${r.bad.length ? 'FAIL' : 'ok  '} round ${round + 1} ${name}: ${r.says}`);
  for (const line of r.bad.slice(0, 8)) console.log(`     ${line}`);
}

async function atTheEnd(g) {
  const bad = [];
  for (const job of g.all) {
    const lost = await g.reporter(job).missing(job);
    if (lost) bad.push(lost);
  }
  bad.push(...(await g.end()));
  const check = run(['check', '--data', g.dir, '--db', g.db], { mayFail: true });
  if (check.status !== 0) bad.push(`chabaocu check: ${check.status} ${(check.stdout + check.stderr).slice(0, 800)}`);
  if (bad.length) failed++; else passed++;
  console.log(`${bad.length ? 'FAIL' : 'ok  '} at the end: ${g.all.length} reports, each there once with its photo; ${bad.length} lost or torn`);
  for (const line of bad.slice(0, 8)) console.log(`     ${line}`);
}

const middle = (v) => [...v].sort((a, b) => a - b)[Math.floor(v.length / 2)];

async function walk() {
  const g = new Ground(), gaps = [], returns = [];
  try {
    await g.make();
    for (let round = 0; round < rounds; round++) {
      await oneRound(g, 'failover', failover, round, gaps);
      if (round % 5 === 0) await oneRound(g, 'alone', alone, round, returns);
    }
    await atTheEnd(g);
    console.log(`longest pause between two acknowledgements over a failover: median ${middle(gaps)} ms, worst ${Math.max(...gaps)} ms`);
  } catch (e) {
    failed++;
    console.log(`FAIL ${e.stack}`);
    for (const s of g.servers || []) console.log(`     server: ${s.log.split('\n').filter((l) => !l.includes('"what":"request"')).slice(-8).join('\n             ')}`);
    await g.end();
  }
  cluster('stop');
}

console.log(`seed ${seed}`);
await walk();
rmSync(work, { recursive: true, force: true });
rmSync(files, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
