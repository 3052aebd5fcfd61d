// Reports with photos, and acts on them, from several phones at once, kill -9 at a random moment, start again on the same data: every acknowledged
// report is there with its photo, each once, every acknowledged act is done, and asking again with the same key gives the same answer (HAZ-1).
//   node tests/kill/run.mjs [--rounds N] [--seed N]
import { rmSync } from 'node:fs';
import { chance } from '../lib/chance.mjs';
import { Reporter, makePhotos, marked } from '../lib/reporter.mjs';
import { killedLoad } from './load.mjs';
import { Server, Template, pgDsn, remove, run, scratch } from '../lib/server.mjs';

const option = (name, otherwise) => Number(process.argv[process.argv.indexOf(name) + 1] || NaN) || otherwise;
const rounds = process.argv.includes('--rounds') ? option('--rounds', 20) : 20;
const seed = process.argv.includes('--seed') ? option('--seed', 1) : 1;
const PHONES = 4;
const dir = scratch('kill');
const photos = makePhotos(dir);
let passed = 0, failed = 0;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

class Load {
  constructor(rng, round) {
    this.rng = rng;
    this.round = round;
    this.n = this.told = this.acts = 0;
    this.jobs = [];
  }

  next(phone) {
    const key = `kill-${this.round}-${phone}-${this.n++}-0123456789`;
    const job = { key, phone, description: `第${key}号 地面湿滑`, photo: marked(photos[this.rng.between(0, photos.length - 1)], key),
      pieces: this.rng.next() < 0.35 ? this.rng.between(2, 4) : 0 };
    this.jobs.push(job);
    return job;
  }
}

const fix = (reporter, job) => reporter.post(`/hazards/${job.told.id}/fix_on_spot`, `fix-${job.key}`, 'application/json', '{"text":"已清扫并放警示牌"}');

async function putRight(reporter, load, job, stop) {
  job.fixing = true;
  const r = await fix(reporter, job);
  if (r.status === 200) {
    job.fixed = true;
    load.told++;
    load.acts++;
  } else if (!stop.now) throw new Error(`fixing ${job.key}: ${r.status} ${r.text.slice(0, 300)}`);
}

/// An acknowledged act is done; one that was not is done when asked again, once.
async function lookAtAct(reporter, job) {
  const state = async () => (await reporter.client.json('GET', `/hazards/${job.told.id}`)).json?.state;
  if (job.fixed && (await state()) !== 'submitted') return `${job.key}: the act was acknowledged, and it stands at ${await state()}`;
  const again = await fix(reporter, job);
  if (again.status !== 200) return `${job.key}: the act asked again: ${again.status} ${again.text.slice(0, 200)}`;
  const events = (await reporter.client.json('GET', `/hazards/${job.told.id}/events`)).json;
  const n = (events.items || events.events).filter((e) => e.act === 'fix_on_spot').length;
  return n === 1 && (await state()) === 'submitted' ? '' : `${job.key}: ${n} acts, stands at ${await state()}`;
}

async function phoneAtWork(reporter, load, i, stop) {
  while (!stop.now) {
    const job = load.next(i);
    try {
      const r = await reporter.report(job);
      if (r.status === 201) {
        job.told = r.json;
        load.told++;
      }
      if (r.status !== 201 && !stop.now) throw new Error(`${job.key}: ${r.status} ${r.text.slice(0, 300)}`);
      if (r.status === 201 && load.rng.next() < 0.5) await putRight(reporter, load, job, stop);
    } catch (e) {
      if (!stop.now) throw e;
    }
  }
}

/// A number of acknowledgements and some milliseconds more, whatever the machine's speed.
async function moment(rng, load) {
  const wanted = rng.between(0, 12), more = rng.between(0, 60), end = Date.now() + 6000;
  while (load.told < wanted && Date.now() < end) await pause(2);
  await pause(more);
}

/// After the restart: what was told is there; what was not told is asked again, once more, and is then one report.
async function lookAfter(reporters, load, seen) {
  const bad = [];
  const told = load.jobs.filter((j) => j.told);
  for (const job of load.jobs) {
    const first = job.told;
    const again = await reporters[job.phone].report(job);
    if (again.status !== 201) {
      bad.push(`${job.key}: asked again: ${again.status} ${again.text.slice(0, 200)}`);
      continue;
    }
    if (first && JSON.stringify(first) !== JSON.stringify(again.json)) bad.push(`${job.key}: first ${JSON.stringify(first)}, then ${again.text}`);
    job.told = again.json;
    const lost = await reporters[job.phone].missing(job);
    if (lost) bad.push(lost);
    const undone = job.fixing && (await lookAtAct(reporters[job.phone], job));
    if (undone) bad.push(undone);
    for (const unique of [job.told.id, job.told.number, job.told.receipt_code])
      if (seen.has(unique)) bad.push(`${job.key}: ${unique} stands twice`);
      else seen.add(unique);
  }
  return { bad, told: told.length, acts: load.acts, asked: load.jobs.length - told.length };
}

function check(place) {
  const r = run(['check', '--data', place.dir, '--db', place.db], { mayFail: true });
  return r.status === 0 ? [] : [`chabaocu check: ${r.status} ${(r.stdout + r.stderr).slice(0, 800)}`];
}

async function oneRound(state, round) {
  const { reporters, place, rng } = state;
  const load = new Load(rng, round), stop = { now: false };
  const work = Promise.allSettled(reporters.map((p, i) => phoneAtWork(p, load, i, stop)));
  await moment(rng, load);
  stop.now = true;
  await state.server.stop('SIGKILL');
  const ends = await work;
  state.server = await Server.start(place);
  reporters.forEach((p) => p.moveTo(state.server.port));
  const found = await lookAfter(reporters, load, state.seen);
  found.bad.push(...ends.filter((e) => e.status === 'rejected').map((e) => e.reason.message));
  state.all.push(...load.jobs);
  if ((round + 1) % 10 === 0) found.bad.push(...check(place));
  return found;
}

async function walk(engine, n) {
  const template = new Template(engine), place = template.copy();
  const state = { place, rng: chance(seed), seen: new Set(), all: [], server: await Server.start(place) };
  state.reporters = ['worker1', 'worker1b', 'leader1', 'safety1'].slice(0, PHONES).map((l) => new Reporter(state.server.port, template.accounts.get(l)));
  for (const p of state.reporters) await p.login();
  let told = 0, asked = 0, acts = 0;
  for (let round = 0; round < n; round++) {
    const r = await oneRound(state, round);
    told += r.told;
    asked += r.asked;
    acts += r.acts;
    if (r.bad.length) failed++; else passed++;
    console.log(`${r.bad.length ? 'FAIL' : 'ok  '} ${engine} round ${round + 1}: ${r.told} acknowledged before the kill, ${r.asked} asked again`);
    for (const line of r.bad.slice(0, 5)) console.log(`     ${line}`);
  }
  const bad = [];
  for (const job of state.all) {
    const lost = await state.reporters[job.phone].missing(job);
    if (lost) bad.push(lost);
  }
  const end = await state.server.stop();
  if (end.code !== 0) bad.push(`the server ended with ${end.code ?? end.signal}`);
  bad.push(...check(place));
  if (bad.length) failed++; else passed++;
  console.log(`${bad.length ? 'FAIL' : 'ok  '} ${engine} at the end: ${n} rounds, ${told} reports and ${acts} acts acknowledged before a kill, ${asked} asked again, ${bad.length} lost or torn`);
  for (const line of bad.slice(0, 10)) console.log(`     ${line}`);
  remove(place);
  template.remove();
}

async function walkLoads(n) {
  const rng = chance(seed), bad = [];
  for (let i = 0; i < n; i++) bad.push(...await killedLoad(dir, rng, i));
  if (bad.length) failed++; else passed++;
  console.log(`${bad.length ? 'FAIL' : 'ok  '} ${n} loads killed, nothing opens what they left`);
  for (const line of bad.slice(0, 10)) console.log(`     ${line}`);
}

console.log(`seed ${seed}`);
await walkLoads(3);
await walk('sqlite', rounds);
if (pgDsn) await walk('pg', Math.max(1, Math.round(rounds / 4)));
else console.log('not run: kill on PostgreSQL: CHABAOCU_TEST_PG is not set');
rmSync(dir, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
