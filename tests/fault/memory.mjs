// Memory that runs out at the n-th allocation of a request, for each route. The process may end by its own decision (decision 21) or answer
// 500 or 503; it never crashes otherwise, never hangs, never answers wrongly, and what it acknowledged is there when it runs again.
//   node tests/fault/memory.mjs [--points N] [--reports N] [--minutes N] [--seed N]
import { rmSync } from 'node:fs';
import { chance } from '../lib/chance.mjs';
import { Client } from '../lib/client.mjs';
import { Faults } from '../lib/faults.mjs';
import { Reporter, makePhotos, marked } from '../lib/reporter.mjs';
import { Template, remove, run, scratch } from '../lib/server.mjs';
import { requestsOfAllRoutes } from './routes.mjs';

const option = (name, otherwise) => (process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) : otherwise);
const points = option('--points', 400), until = Date.now() + option('--minutes', 600) * 60000, rng = chance(option('--seed', 1));
/* A report with a photo costs as much as twenty requests. */
const nReports = option('--reports', Math.min(300, Math.round(points * 0.1)));
const each = Math.min(8, Math.max(3, Math.round(points / 100)));
const dir = scratch('memory'), faults = new Faults(dir), template = new Template('sqlite'), place = template.copy();
const photo = makePhotos(dir, 1)[0];
const told = { ended: 0, refused: 0, closed: 0, same: 0, points: 0, failed: 0 };
let passed = 0, failed = 0, server, people;

function finding(what) {
  if (failed++ < 40) console.log(`FAIL ${what}`);
}

async function up() {
  server = await faults.start(place);
  for (const p of Object.values(people)) p.moveTo(server.port);
}

/// On a connection of its own; what is wrong, or ''.
async function health() {
  const c = new Client(server.port);
  const said = await c.request('GET', '/healthz').then((r) => (r.status === 200 ? '' : `${r.status} ${r.text.slice(0, 100)}`), (e) => e.message);
  c.close();
  return said;
}

/// A process that ended did so by its own word; anything else is a crash. False: it goes on.
async function lookAtEnd(what) {
  const ill = server.exit ? 'ended' : await health();
  if (!ill) return false;
  const end = await Promise.race([server.ended, new Promise((r) => setTimeout(r, 3000))]);
  if (!end) {
    finding(`${what}: neither ended nor alive: ${ill} ${server.log.slice(-500)}`);
    await server.stop('SIGKILL');
    await up();
    return true;
  }
  told.ended++;
  if (end.signal !== 'SIGABRT' || !/out of memory/.test(server.log)) finding(`${what}: ended with ${end.code ?? end.signal} ${server.log.slice(-400)}`);
  await up();
  return true;
}

/// Without what is another each time: secrets, requests' ids, numbers.
const strip = (text) => text.replace(/[\w-]{22,}|[0-9a-f]{16}/g, '#').replace(/\d+/g, '0');

function firstDifference(now, before) {
  let i = 0;
  while (now[i] === before[i]) i++;
  return `another answer: …${now.slice(Math.max(0, i - 60), i + 100)}… instead of …${before.slice(Math.max(0, i - 60), i + 100)}…`;
}

function isSame(job, now, before) {
  if (now.status !== before.status) return `status ${now.status} instead of ${before.status}`;
  const heads = (r) => Object.keys(r.headers).filter((h) => !['date', 'connection', 'keep-alive', 'content-length'].includes(h)).sort().join(' ');
  if (heads(now) !== heads(before)) return `heads ${heads(now)} instead of ${heads(before)}`;
  if (job.varies) return '';
  return strip(now.text) === strip(before.text) ? '' : `${firstDifference(strip(now.text), strip(before.text))}`;
}

/// One request with its n-th allocation failing.
async function point(job, n, every, before) {
  const what = `${job.name}, allocation ${n}${every ? ` and each ${every}th` : ''}`;
  faults.arm('memory', n, { every });
  let r, broken;
  try {
    r = await job.send(people, { timeout: 8000 });
  } catch (e) {
    broken = e.message;
  }
  const { failed: hit } = faults.disarm('memory');
  told.points++;
  told.failed += hit;
  if (broken) {
    if (/no answer within/.test(broken)) {
      finding(`${what}: hangs`);
      await server.stop('SIGKILL');
      await up();
    } else if (!(await lookAtEnd(what))) {
      told.closed++;
    }
    return null;
  }
  if (server.exit) await lookAtEnd(what); /* after the answer */
  if (r.status === 500 || r.status === 503 || job.may?.includes(r.status)) {
    told.refused++;
    return null;
  }
  told.same++;
  const wrong = isSame(job, r, before);
  if (wrong) finding(`${what}: ${wrong}`);
  return r;
}

async function counted(job) {
  await job.send(people); /* prepares statements, fills caches */
  faults.arm('memory', 0);
  const before = await job.send(people);
  return { before, n: faults.disarm('memory').seen };
}

/// In rounds, so that a run that ends by the clock has walked all of them.
async function walk(jobs, budget) {
  while (told.points < budget && Date.now() < until) {
    for (const job of jobs) {
      const { before, n } = await counted(job); /* anew each time: others may have added rows */
      if (before.status >= 500) finding(`${job.name}: answers ${before.status}`);
      for (let i = 0; i < each; i++) await point(job, rng.between(1, n), rng.next() < 0.2 ? rng.between(1, 40) : 0, before);
    }
  }
}

/// Reports with photos: each acknowledged one is there; asking again gives the same one.
async function reports(n) {
  const jobs = [];
  const send = (job) => people.worker1.report(job);
  const first = { key: 'memory-first-0123456789', description: '内存', photo: marked(photo, 'first'), pieces: 0 };
  faults.arm('memory', 0);
  first.told = (await send(first)).json;
  const calls = faults.disarm('memory').seen;
  for (let i = 0; i < n && Date.now() < until; i++) {
    const job = { key: `memory-${i}-0123456789`, description: `内存 ${i}`, photo: marked(photo, `m${i}`), pieces: i % 4 === 3 ? 2 : 0 };
    const at = rng.between(1, calls);
    faults.arm('memory', at, { every: rng.next() < 0.2 ? rng.between(1, 40) : 0 });
    told.points++;
    try {
      const r = await send(job);
      if (r.status === 201) job.told = r.json;
      else if (r.status !== 500 && r.status !== 503) finding(`report, allocation ${at}: ${r.status} ${r.text.slice(0, 200)}`);
      else told.refused++;
    } catch (e) {
      if (/no answer within/.test(e.message)) finding(`report, allocation ${at}: hangs`);
    }
    told.failed += faults.disarm('memory').failed;
    if (!job.told || server.exit) await lookAtEnd(`report, allocation ${at}`);
    const again = await send(job);
    if (again.status === 429) continue; /* uploads of which it never heard wait to be used */
    if (again.status !== 201) finding(`report after allocation ${at}: asked again: ${again.status} ${again.text.slice(0, 200)} ${server.log.split('\n').filter((l) => l.includes('"failed"')).slice(-1)}`);
    else if (job.told && JSON.stringify(job.told) !== again.text.trim()) finding(`report after allocation ${at}: first ${JSON.stringify(job.told)}, then ${again.text}`);
    job.told = again.json;
    jobs.push(job);
    const lost = job.told?.id && (await people.worker1.missing(job));
    if (lost) finding(lost);
  }
  const list = await people.worker1.client.json('GET', '/hazards?limit=500');
  if (n < 400) for (const j of jobs) if (list.json.items.filter((x) => x.description === j.description).length !== 1) finding(`${j.key} stands there another number of times than once`);
}

people = Object.fromEntries(['worker1', 'safety1', 'leader1', 'admin'].filter((l) => template.accounts.get(l)).map((l) => [l, new Reporter(0, template.accounts.get(l))]));
await up();
for (const p of Object.values(people)) await p.login();
const jobs = await requestsOfAllRoutes(people, place);
await reports(nReports);
await walk(jobs, points);
const end = await server.stop();
if (end.code !== 0) finding(`the server ended with ${end.code ?? end.signal}`);
passed = told.points - Math.min(failed, told.points);
const r = run(['check', '--data', place.dir, '--db', place.db], { mayFail: true });
if (r.status !== 0) finding(`chabaocu check: ${(r.stdout + r.stderr).slice(0, 600)}`);
else passed++;
console.log(`${failed ? 'FAIL' : 'ok  '} ${jobs.length} requests of all routes and ${nReports} reports: ${told.points} points, ${told.failed} failed allocations; ` +
  `${told.ended} times the process ended itself, ${told.refused} answers 500 or 503, ${told.closed} closed connections, ${told.same} answers as ever`);
remove(place);
template.remove();
faults.remove();
rmSync(dir, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
