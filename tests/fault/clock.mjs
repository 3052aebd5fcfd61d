// A clock that jumps under a running server and between two: no id twice, events in order of their sequence, no session for ever, no
// job lost, no crash (docs/design/faults.md).
//   node tests/fault/clock.mjs
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Faults } from '../lib/faults.mjs';
import { Reporter, makePhotos, marked } from '../lib/reporter.mjs';
import { Template, UNTIL, remove, run, scratch } from '../lib/server.mjs';

const dir = scratch('clock'), faults = new Faults(dir), template = new Template('sqlite'), place = template.copy();
const photo = makePhotos(dir, 1)[0], account = template.accounts.get('worker1');
const HOUR = 3600e3, DAY = 24 * HOUR, base = Date.parse(`${UNTIL}T10:00:00+08:00`);
const founded = Date.parse('2015-06-01T00:00:00Z');
let passed = 0, failed = 0, server, first, n = 0, acts = 0, last = 0n;
const ids = new Set(), numbers = new Set(), all = [];

async function check(name, fn) {
  let bad;
  try {
    bad = await fn();
  } catch (e) {
    bad = e.message;
  }
  if (bad) failed++; else passed++;
  console.log(`${bad ? 'FAIL' : 'ok  '} ${name}${bad ? `\n     ${bad}` : ''}`);
}

const setClock = (at) => faults.clock(at - Date.now());

async function loggedIn() {
  const p = new Reporter(server.port, account);
  await p.login();
  return p;
}

/// Before anybody had a duty: clear answers, and reads go on.
async function longAgo() {
  const p = await loggedIn();
  const r = await p.post('/hazards', null, 'application/json', JSON.stringify({ description: '早年', place: '西门' }));
  if (r.status !== 422) return `report: ${r.status} ${r.text.slice(0, 300)}`;
  for (const path of ['/', '/hazards', '/me', '/report']) {
    const page = await p.client.request('GET', path, { headers: { Accept: 'text/html' } });
    if (page.status >= 500) return `GET ${path}: ${page.status}`;
  }
  return server.exit ? `the server ended with ${server.exit.code ?? server.exit.signal}` : '';
}

/// One more report, and one more event on the first one; by somebody who logs in now.
async function oneReport(at) {
  if (at < founded) return longAgo();
  const p = await loggedIn();
  const job = { key: `clock-${n++}-0123456789`, description: `钟跳 ${n}`, photo: marked(photo, `c${n}`), pieces: n % 3 === 2 ? 2 : 0 };
  const r = await p.report(job);
  if (r.status !== 201) return `report: ${r.status} ${r.text.slice(0, 300)}`;
  job.told = r.json;
  all.push(job);
  if (ids.has(r.json.id) || numbers.has(r.json.number)) return `${r.json.id} or ${r.json.number} stands twice`;
  ids.add(r.json.id);
  numbers.add(r.json.number);
  if (BigInt(r.json.id) <= last) return `id ${r.json.id} after ${last}`;
  last = BigInt(r.json.id);
  first ||= job;
  const act = await p.post(`/hazards/${first.told.id}/protect`, `clock-act-${n}-0123456789`, 'application/json', JSON.stringify({ text: `第${n}次` }));
  acts++;
  if (act.status !== 200) return `act: ${act.status} ${act.text.slice(0, 300)}`;
  for (const path of ['/', '/hazards', '/me', '/report', `/hazards/${first.told.id}`]) {
    const page = await p.client.request('GET', path, { headers: { Accept: 'text/html' } });
    if (page.status !== 200) return `GET ${path}: ${page.status}`;
  }
  const lost = await p.missing(job);
  p.client.close();
  return server.exit ? `the server ended with ${server.exit.code ?? server.exit.signal}` : lost;
}

const query = (sql) => spawnSync('sqlite3', ['-readonly', join(place.dir, 'chabaocu.db'), sql], { encoding: 'utf8' }).stdout.trim();

/// A job whose time has not come within a day of the clock, or that somebody holds longer than a lease lasts.
async function noJobWaits(now) {
  for (let i = 0; i < 100; i++) {
    const late = query(`SELECT kind, uniq, due_at - ${now}, lease_until - ${now} FROM job WHERE given_up = 0 AND (due_at > ${now + 2 * DAY} OR lease_until > ${now + HOUR})`);
    if (!late) return '';
    if (i === 99) return late.slice(0, 300);
    await new Promise((r) => setTimeout(r, 50));
  }
  return '';
}

const jumps = [
  ['the day of the demonstration', base], ['a day back', base - DAY], ['400 days ahead', base + 400 * DAY], ['back again', base + HOUR],
  ['1970', DAY], ['back from 1970', base + 2 * HOUR], ['a second before 2038-01-19 03:14:08', 2147483647e3], ['a day after it', 2147483648e3 + DAY],
  ['back from 2038', base + 3 * HOUR], ['2013, before the first id', Date.parse('2013-06-01T00:00:00Z')], ['an hour ahead', base + 4 * HOUR],
  ['an hour back', base + 3 * HOUR], ['2016-12-31 23:59:59', Date.parse('2016-12-31T23:59:59+08:00')], ['back once more', base + 5 * HOUR],
];

setClock(base);
server = await faults.start(place, { today: null });
for (const [name, at] of jumps) {
  await check(`while it runs: ${name}`, () => {
    setClock(at);
    return oneReport(at);
  });
}

await check('a session of 400 days ahead ends when the clock is set back; one of before lives', async () => {
  setClock(base + 6 * HOUR);
  const before = await loggedIn();
  setClock(base + 400 * DAY);
  const ahead = await loggedIn();
  setClock(base + 6 * HOUR + 60e3);
  const statuses = [];
  for (const p of [ahead, before]) statuses.push((await p.client.request('GET', '/me', { headers: { Accept: 'application/json' } })).status);
  return String(statuses) === '401,200' ? '' : `answers ${statuses}`;
});

for (const [name, at] of [['400 days ahead', base + 400 * DAY], ['back', base + 7 * HOUR], ['1970', DAY], ['2040', Date.parse('2040-02-29T12:00:00Z')], ['back', base + 8 * HOUR]]) {
  await check(`killed, and started again: ${name}`, async () => {
    await server.stop('SIGKILL');
    setClock(at);
    server = await faults.start(place, { today: null });
    last = 0n; /* perhaps under another number of a node */
    return (await oneReport(at)) || noJobWaits(at);
  });
}

await check('the events of one are in their order, whatever their times', async () => {
  const p = await loggedIn();
  const r = await p.client.json('GET', `/hazards/${first.told.id}/events`);
  const events = r.json.items || r.json.events;
  const wrong = events.findIndex((e, i) => e.seq !== i + 1);
  return wrong < 0 && events.length === acts + 1 ? '' : `${events.length} events for ${acts} acts, wrong at ${wrong}`;
});
await check('all reports are there with their photos', async () => {
  const p = await loggedIn();
  for (const job of all) {
    const lost = await p.missing(job);
    if (lost) return lost;
  }
  return '';
});
await check('the server ends in order and the chains verify', async () => {
  const end = await server.stop();
  if (end.code !== 0) return `${end.code ?? end.signal}`;
  const r = run(['check', '--data', place.dir, '--db', place.db], { mayFail: true });
  return r.status === 0 ? '' : (r.stdout + r.stderr).slice(0, 600);
});
remove(place);
template.remove();
faults.remove();
rmSync(dir, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
