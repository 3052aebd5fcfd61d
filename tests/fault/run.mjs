// A disk that is full and one that takes no writes: writes are answered 503 with Retry-After, reads go on, nothing is half done, and when
// there is room again the same request succeeds (decision 22). Needs to be root for a small file system of its own.
// And a machine without PostgreSQL's library, which serves SQLite all the same.
import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, existsSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Reporter, makePhotos, marked } from '../lib/reporter.mjs';
import { Server, Template, remove, run, scratch } from '../lib/server.mjs';

const dir = scratch('fault');
const photos = makePhotos(dir, 2);
let passed = 0, failed = 0;

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

const sh = (...args) => spawnSync(args[0], args.slice(1), { encoding: 'utf8' });

function smallDisk(name, megabytes) {
  const at = join(dir, name);
  mkdirSync(at, { recursive: true });
  const r = sh('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'chabaocu-fault', at);
  return r.status === 0 ? at : null;
}

/// Fills the disk until only about `leave` bytes are free.
function fill(at, leave) {
  const fs = statfsSync(at), block = Buffer.alloc(4096);
  const fd = openSync(join(at, 'filler'), 'a');
  try {
    for (let n = Math.floor((fs.bavail * fs.bsize - leave) / 4096); n > 0; n--) writeSync(fd, block);
  } catch (e) {
    if (e.code !== 'ENOSPC') throw e;
  }
  closeSync(fd);
}

const empty = (at) => rmSync(join(at, 'filler'), { force: true });

async function readsGoOn(p, id) {
  for (const path of ['/healthz', '/hazards', '/hazards.csv', `/hazards/${id}`, `/hazards/${id}/events`, '/units', '/me']) {
    const r = await p.client.request('GET', path, { headers: { Accept: 'application/json' } });
    if (r.status !== 200) return `GET ${path}: ${r.status} ${r.text.slice(0, 200)}`;
  }
  const page = await p.client.request('GET', `/hazards/${id}`, { headers: { Accept: 'text/html' } });
  return page.status === 200 ? '' : `the page of one: ${page.status}`;
}

function refused(r) {
  if (r.status !== 503) return `status ${r.status} ${r.text.slice(0, 300)}`;
  if (!/^\d+$/.test(r.headers['retry-after'] || '')) return `Retry-After is ${r.headers['retry-after']}`;
  return r.json?.code === 'read_only' ? '' : `code ${r.json?.code}`;
}

const job = (name, pieces = 0) => ({ key: `fault-${name}-0123456789`, description: `满盘 ${name}`, photo: marked(photos[0], name), pieces });

async function holds(p, jobs) {
  const r = await p.client.json('GET', '/hazards?limit=500');
  for (const j of jobs) {
    const n = r.json.items.filter((x) => x.description === j.description).length;
    if (n !== (j.told ? 1 : 0)) return `${j.key}: ${n} in the ledger, ${j.told ? 'acknowledged' : 'refused'}`;
    if (j.told) {
      const lost = await p.missing(j);
      if (lost) return lost;
    }
  }
  return '';
}

function checked(place) {
  const r = run(['check', '--data', place.dir, '--db', place.db], { mayFail: true });
  return r.status === 0 ? '' : `chabaocu check: ${r.status} ${(r.stdout + r.stderr).slice(0, 600)}`;
}

// ---- full ------------------------------------------------------------------------

async function fullDisk(template) {
  const at = smallDisk('full', 96);
  if (!at) return console.log('not run: full disk: no small file system can be mounted here (root is needed)');
  const place = { dir: join(at, 'data') };
  place.db = `sqlite:${join(place.dir, 'chabaocu.db')}`;
  cpSync(template.dir, place.dir, { recursive: true });
  const server = await Server.start(place);
  const p = new Reporter(server.port, template.accounts.get('worker1'));
  await p.login();
  const first = job('before'), jobs = [first];
  first.told = (await p.report(first)).json;
  // The last bytes matter: at each amount another file or page is the one that does not fit.
  for (const leave of [0, 16, 32, 48, 96, 160, 256, 400, 700, 1100].map((k) => k * 1024)) {
    await check(`full disk, ${leave / 1024} kB left: a report is refused whole or taken whole`, async () => {
      empty(at);
      fill(at, leave);
      const j = job(`left-${leave}`);
      const r = await p.report(j);
      if (r.status === 201) j.told = r.json;
      jobs.push(j);
      return r.status === 201 && leave > 0 ? '' : refused(r);
    });
  }
  await check('full disk: the amounts met both answers', () => {
    const taken = jobs.filter((j) => j.told).length - 1;
    return taken > 0 && taken < jobs.length - 1 ? '' : `${taken} of ${jobs.length - 1} taken`;
  });
  empty(at);
  fill(at, 0);
  await check('full disk: an act without photo is refused', async () => {
    const r = await p.post(`/hazards/${first.told.id}/protect`, 'fault-protect-0123456789', 'application/json', '{"text":"已拉线"}');
    return refused(r);
  });
  await check('full disk: an upload in pieces is refused', async () => refused(await p.report(job('pieces', 2))));
  await check('full disk: a form keeps what was typed', async () => {
    const r = await p.client.request('POST', '/report', { headers: { Accept: 'text/html', Origin: `http://127.0.0.1:${server.port}`,
      'Content-Type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ description: '填了很久的话' }).toString() });
    return r.status === 503 && r.text.includes('填了很久的话') ? '' : `${r.status} ${r.text.slice(0, 200)}`;
  });
  await check('full disk: reads go on', () => readsGoOn(p, first.told.id));
  empty(at);
  await check('room again: the same reports are taken, each once', async () => {
    for (const j of jobs) {
      const r = await p.report(j);
      if (r.status !== 201) return `${j.key}: ${r.status} ${r.text.slice(0, 200)}`;
      if (j.told && j.told.id !== r.json.id) return `${j.key} stands twice`;
      j.told = r.json;
    }
    return holds(p, jobs);
  });
  const end = await server.stop();
  await check('full disk: the server ended in order and nothing is half done', () => (end.code === 0 ? checked(place) : `${end.code ?? end.signal} ${server.log.slice(-600)}`));
  return sh('umount', at);
}

// ---- read-only ---------------------------------------------------------------------

async function readOnlyDisk(template) {
  const at = smallDisk('ro', 96), twin = join(dir, 'ro-twin');
  if (!at) return console.log('not run: read-only disk: no file system can be mounted here (root is needed)');
  const place = { dir: join(at, 'data') }, ro = { dir: join(twin, 'data') };
  place.db = `sqlite:${join(place.dir, 'chabaocu.db')}`;
  ro.db = `sqlite:${join(ro.dir, 'chabaocu.db')}`;
  cpSync(template.dir, place.dir, { recursive: true });
  let server = await Server.start(place);
  const p = new Reporter(server.port, template.accounts.get('worker1'));
  await p.login();
  const first = job('ro-before');
  first.told = (await p.report(first)).json;
  await server.stop();
  mkdirSync(twin);
  if (sh('mount', '--bind', at, twin).status !== 0 || sh('mount', '-o', 'remount,bind,ro', twin).status !== 0) {
    sh('umount', twin);
    sh('umount', at);
    return console.log('not run: read-only disk: no read-only view can be mounted here');
  }
  try {
    server = await Server.start(ro);
    p.moveTo(server.port);
    await check('read-only folder: reads go on', () => readsGoOn(p, first.told.id));
    await check('read-only folder: a photo is shown', () => p.missing(first));
    await check('read-only folder: a report is refused', async () => refused(await p.report(job('ro'))));
    await check('read-only folder: an act is refused', async () => refused(await p.post(`/hazards/${first.told.id}/protect`, null, 'application/json', '{"text":"已拉线"}')));
    await check('read-only folder: a login is refused', async () => refused(await new Reporter(server.port, {}).post('/login', null, 'application/json',
      JSON.stringify({ login: 'leader1', password: template.accounts.get('leader1').password }))));
    await check('read-only folder: the server ends in order', async () => {
      const end = await server.stop();
      return end.code === 0 ? '' : `${end.code ?? end.signal}`;
    });
  } catch (e) {
    await check('read-only folder: the server starts', () => e.message.slice(0, 600));
  }
  sh('umount', twin);
  server = await Server.start(place);
  p.moveTo(server.port);
  await check('writable again: the report is taken', async () => {
    const r = await p.report(job('ro'));
    return r.status === 201 ? '' : `${r.status} ${r.text.slice(0, 200)}`;
  });
  await server.stop();
  await check('writable again: nothing is half done', () => checked(place));
  return sh('umount', at);
}

// ---- without libpq -----------------------------------------------------------------

/// Only an address of PostgreSQL needs its library.
async function noLibpq(template) {
  const libs = join(dir, 'libs'), env = { ...process.env, LD_LIBRARY_PATH: libs }, place = template.copy();
  mkdirSync(libs);
  closeSync(openSync(join(libs, 'libpq.so.5'), 'w'));
  await check('without libpq: SQLite is served', async () => {
    const server = await Server.start(place, { env });
    const p = new Reporter(server.port, template.accounts.get('worker1'));
    await p.login();
    const r = await p.report(job('no-libpq'));
    await server.stop();
    return r.status === 201 ? '' : `${r.status} ${r.text.slice(0, 200)}`;
  });
  await check('without libpq: an address of PostgreSQL is refused, and the package is named', () => {
    const r = run(['check', '--data', place.dir, '--db', 'postgresql://127.0.0.1:1/none'], { mayFail: true, env });
    return r.status > 0 && r.stderr.includes('libpq5') ? '' : `${r.status ?? r.signal} ${r.stderr.slice(0, 400)}`;
  });
  remove(place);
}

const template = new Template('sqlite');
await noLibpq(template);
await fullDisk(template);
await readOnlyDisk(template);
template.remove();
for (const name of ['full', 'ro-twin', 'ro']) if (existsSync(join(dir, name))) sh('umount', '-l', join(dir, name));
rmSync(dir, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
