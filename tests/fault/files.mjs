// Files that fail at the n-th call: EIO, ENOSPC, EINTR and half-done reads and writes, in SQLite's files, photos, uploads and the spool. Each answer
// is clear, nothing acknowledged is missing, nothing refused is half there, and when the errors stop the same request succeeds.
//   node tests/fault/files.mjs [--stride N] [--seed N]      stride: every N-th call (1: all)
import { rmSync } from 'node:fs';
import { Faults } from '../lib/faults.mjs';
import { multipart } from '../lib/client.mjs';
import { Reporter, makePhotos, marked } from '../lib/reporter.mjs';
import { Template, remove, run, scratch } from '../lib/server.mjs';

const option = (name, otherwise) => (process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) : otherwise);
const stride = option('--stride', 4), dir = scratch('files'), faults = new Faults(dir), template = new Template('sqlite'), place = template.copy();
const photo = makePhotos(dir, 1)[0];
const told = { points: 0, failed: 0, ok: 0, refused: 0, kept: 0 };
let passed = 0, failed = 0, server, p, n = 0;

function finding(what) {
  if (failed++ < 40) console.log(`FAIL ${what}`);
}

async function up() {
  server = await faults.start(place);
  p.moveTo(server.port);
}

async function tidy() {
  if (!server.exit) return;
  finding(`the server ended with ${server.exit.code ?? server.exit.signal} ${server.log.slice(-600)}`);
  await up();
}

const fresh = (pieces) => ({ key: `files-${n++}-0123456789`, description: `坏盘 ${n}`, photo: marked(photo, `f${n}`), pieces });

// ---- what is done: prepare without faults, the request with them, whether it is there ----------------

const report = (pieces) => ({
  name: pieces ? 'a report with an upload in pieces' : 'a report with a photo',
  prepare: async () => fresh(pieces),
  send: async (job) => p.report(job),
  ok: 201,
  look: async (job) => p.missing(job),
  absent: async (job) => {
    const list = await p.client.json('GET', '/hazards?limit=500');
    return list.json.items.some((x) => x.description === job.description) ? `${job.key} was refused and is there` : '';
  },
});

const act = {
  name: 'an act with a photo',
  prepare: async () => {
    const job = fresh(0);
    job.told = (await p.report(job)).json;
    job.act = { key: `act-${job.key}`, photo: marked(photo, `act${n}`) };
    return job;
  },
  send: async (job) => {
    const m = multipart([['text', '已放警示牌并清扫']], [['photos', { name: 'b.jpg', bytes: job.act.photo }]]);
    return p.post(`/hazards/${job.told.id}/fix_on_spot`, job.act.key, m.type, m.body);
  },
  ok: 200,
  look: async (job) => state(job, 'submitted', 2),
  absent: async (job) => state(job, 'reported', 1),
};

async function state(job, want, photos) {
  const one = await p.client.json('GET', `/hazards/${job.told.id}`);
  if (one.status !== 200) return `${job.key}: ${one.status}`;
  return one.json.state === want && one.json.photos.length === photos ? '' : `${job.key}: ${one.json.state} with ${one.json.photos.length} photos instead of ${want} with ${photos}`;
}

// ---- one point -----------------------------------------------------------------------------------------

function isClear(how, r) {
  if (r.status !== 500 && r.status !== 503) return `answers ${r.status} ${r.text.slice(0, 200)}`;
  if (r.status === 503 && !/^\d+$/.test(r.headers['retry-after'] || '')) return '503 without Retry-After';
  if (how === 'ENOSPC' && r.status !== 503) return `answers 500 on a full disk ${r.text.slice(0, 200)}`;
  return JSON.parse(r.text).code ? '' : `no code: ${r.text.slice(0, 200)}`;
}

async function point(what, how, at, every) {
  const name = `${what.name}, ${how} at call ${at}${every ? ' and after' : ''}`;
  const job = await what.prepare();
  faults.arm('files', at, { every, how });
  let r;
  try {
    r = await what.send(job);
  } catch (e) {
    r = { broken: e.message };
  }
  const { failed: hit } = faults.disarm('files');
  told.points++;
  told.failed += hit;
  await tidy();
  if (r.broken) return finding(`${name}: no answer: ${r.broken}`);
  const ok = r.status === what.ok;
  if (ok) told.ok++; else told.refused++;
  if (!ok) {
    const unclear = isClear(how, r);
    if (unclear) return finding(`${name}: ${unclear}`);
    /* 503 says that nothing was saved; after a 500 it may have been, as a whole: then asking again tells. */
    const half = await what.absent(job);
    if (half && r.status === 503) return finding(`${name}: ${half}`);
    if (half) told.kept++;
  } else if (!job.told) {
    job.told = r.json;
  }
  const again = await what.send(job);
  if (again.status !== what.ok) return finding(`${name}: asked again without faults: ${again.status} ${again.text.slice(0, 300)}`);
  if (ok && JSON.stringify(r.json) !== JSON.stringify(again.json)) return finding(`${name}: first ${r.text.slice(0, 200)}, then ${again.text.slice(0, 200)}`);
  job.told ||= again.json;
  const lost = await what.look(job);
  if (lost) return finding(`${name}: ${lost}`);
  passed++;
  return null;
}

async function calls(what, how) {
  const job = await what.prepare();
  faults.arm('files', 0, { how });
  await what.send(job);
  return faults.disarm('files').seen;
}

async function walk(what) {
  for (const how of ['EIO', 'ENOSPC', 'EINTR', 'short']) {
    const seen = await calls(what, how);
    for (let at = 1 + (n % stride); at <= seen; at += stride) await point(what, how, at, 0);
    /* Nothing works any more from some call on. */
    if (how === 'EIO' || how === 'ENOSPC') for (let at = 1; at <= seen; at += stride * 3) await point(what, how, at, 1);
  }
}

async function reads() {
  for (const path of ['/hazards', '/hazards.csv', '/me', '/units', '/healthz']) {
    const before = await p.client.request('GET', path, { headers: { Accept: 'text/html' } });
    for (const how of ['EIO', 'short']) {
      for (let at = 1; at <= 12; at += 3) {
        faults.arm('files', at, { how });
        const r = await p.client.request('GET', path, { headers: { Accept: 'text/html' } }).catch((e) => ({ status: 0, text: e.message }));
        faults.disarm('files');
        told.points++;
        await tidy();
        if (r.status === before.status ? r.text.replace(/\d/g, '0').length !== before.text.replace(/\d/g, '0').length : ![500, 503].includes(r.status)) finding(`GET ${path}, ${how} at call ${at}: ${r.status} ${r.text.slice(0, 200)}`);
        else passed++;
      }
    }
  }
}

p = new Reporter(0, template.accounts.get('worker1'));
await up();
await p.login();
for (const what of [report(0), act, report(2)]) await walk(what);
await reads();
const end = await server.stop();
if (end.code !== 0) finding(`the server ended with ${end.code ?? end.signal}`);
const r = run(['check', '--data', place.dir, '--db', place.db], { mayFail: true });
if (r.status !== 0) finding(`chabaocu check: ${(r.stdout + r.stderr).slice(0, 600)}`);
else passed++;
console.log(`${failed ? 'FAIL' : 'ok  '} ${told.points} points, ${told.failed} failed calls: ${told.ok} done all the same, ${told.refused} refused (${told.kept} of them saved, but the answer could not be made)`);
remove(place);
template.remove();
faults.remove();
rmSync(dir, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
