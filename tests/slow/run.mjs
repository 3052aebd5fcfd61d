// A thousand clients that are slow on purpose, of each kind, and people who go on working meanwhile (R10): every request of theirs is
// answered well, at the second try at most (a browser and a phone's outbox make it by themselves), memory stays bounded, and when the slow ones are gone nothing of them is left.
//   node tests/slow/run.mjs [--clients N] [--seconds N] [--long]
import http from 'node:http';
import { fork } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { Client, multipart } from '../lib/client.mjs';
import { Reporter, makePhotos, marked } from '../lib/reporter.mjs';
import { Server, Template, remove, scratch } from '../lib/server.mjs';

const option = (name, otherwise) => Number(process.argv[process.argv.indexOf(name) + 1] || NaN) || otherwise;
const clients = process.argv.includes('--clients') ? option('--clients', 1000) : 1000;
const seconds = process.argv.includes('--seconds') ? option('--seconds', 5) : process.argv.includes('--long') ? 60 : 5;
const GROWTH_MAX = 64 << 20;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const dir = scratch('slow');
const small = makePhotos(dir, 2);
/// Counted as uploads: they need a place that stalled ones hold.
const large = small.map((p) => marked(Buffer.concat([p, Buffer.alloc(600000)]), 'large'));
let passed = 0, failed = 0;

function kinds(asset, cookie) {
  const host = 'Host: 127.0.0.1\r\n';
  return [
    { name: 'heads a letter at a time', first: 'GET / HTTP/1.1\r\nX-', drop: 'a' },
    { name: 'connections that say nothing', first: '' },
    { name: 'small bodies a letter at a time', first: `POST /login HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 2000\r\n\r\n{`, drop: ' ' },
    { name: 'stalled uploads', photos: large, wait: 6000, first: `POST /hazards HTTP/1.1\r\n${host}Cookie: ${cookie}\r\nOrigin: http://127.0.0.1\r\nContent-Type: multipart/form-data; boundary=b\r\n` +
      'Content-Length: 9000000\r\n\r\n--b\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n' + 'x'.repeat(20000) },
    { name: 'answers that nobody reads', first: `GET ${asset} HTTP/1.1\r\n${host}\r\n`.repeat(40), reads: false },
  ];
}

const rss = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;

/// One request on a connection of its own, as a newcomer's.
function newcomer(port, path, cookie) {
  return new Promise((done) => {
    const begun = Date.now();
    const end = (what) => done({ what, ms: Date.now() - begun });
    const req = http.get({ host: '127.0.0.1', port, path, agent: false, timeout: 10000,
      headers: { Accept: 'application/json', ...(cookie ? { Cookie: cookie } : {}) } }, (res) => {
      res.resume();
      res.on('end', () => end(res.statusCode));
      res.on('error', (e) => end(e.code));
    });
    req.on('timeout', () => req.destroy(new Error('timeout')));
    req.on('error', (e) => end(e.code || e.message));
  });
}

/// What people do meanwhile; gives what went wrong, and how long they waited.
async function people(server, account, until, photos = small) {
  const reporter = new Reporter(server.port, account), bad = [], waits = [];
  let n = 0, again = 0;
  while (Date.now() < until) {
    reporter.moveTo(server.port);
    /* No keeping alive: an idle connection is the first that is closed for others, and this client does not ask twice as browsers do. */
    reporter.client.agent = new http.Agent({ keepAlive: false });
    if (n === 0) await reporter.login();
    const cookie = [...reporter.client.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    for (const path of ['/healthz', '/hazards', '/units']) {
      let r = await newcomer(server.port, path, cookie);
      if (r.what !== 200) again++, r = await newcomer(server.port, path, cookie);
      waits.push(r.ms);
      if (r.what !== 200) bad.push(`GET ${path}: ${r.what}`);
    }
    const key = `slow-${Date.now()}-${n}-0123456789`, begun = Date.now();
    const job = { key, description: `第${key}号 通道堵塞`, photo: marked(photos[n % photos.length], key), pieces: n % 3 === 2 ? 3 : 0 };
    try {
      const r = await reporter.report(job).catch(() => (again++, reporter.report(job)));
      if (r.status !== 201) bad.push(`report: ${r.status} ${r.text.slice(0, 200)}`);
      job.told = r.json;
      const lost = r.status === 201 ? await reporter.missing(job) : '';
      if (lost) bad.push(lost);
    } catch (e) {
      bad.push(`report: ${e.message}`);
    }
    waits.push(Date.now() - begun);
    n++;
    await pause(50);
  }
  reporter.client.close();
  waits.sort((a, b) => a - b);
  return { bad, again, n: waits.length, median: waits[waits.length >> 1], worst: waits.at(-1) };
}

async function attack(server, account, kind) {
  const before = rss(server.child.pid);
  /* A process of its own: these people are slow because they want to be, the others must not be so because of them. */
  const slow = fork(new URL('./attack.mjs', import.meta.url), [], { serialization: 'advanced' });
  slow.send({ port: server.port, kind, clients });
  await pause(kind.wait || 1500);
  const seen = await people(server, account, Date.now() + seconds * 1000, kind.photos);
  const grown = rss(server.child.pid) - before;
  const closed = await new Promise((done) => { slow.on('message', done); slow.send('end'); });
  const bad = [...seen.bad];
  if (grown > GROWTH_MAX) bad.push(`memory grew by ${grown >> 20} MiB`);
  let open = -1;
  for (let i = 0; i < 100 && open !== 1; i++, await pause(100)) {
    const r = await new Client(server.port).request('GET', '/metrics', { headers: { Connection: 'close' } });
    open = Number(/^chabaocu_http_open_connections (\d+)/m.exec(r.text)?.[1]);
  }
  if (open !== 1) bad.push(`${open} connections are still open`);
  if (bad.length) failed++; else passed++;
  console.log(`${bad.length ? 'FAIL' : 'ok  '} ${clients} ${kind.name}: ${seen.n} requests of others (${seen.again} tried again), median ${seen.median} ms, worst ${seen.worst} ms, ` +
    `memory +${(grown / 1048576).toFixed(1)} MiB, ${closed} closed`);
  for (const line of bad.slice(0, 8)) console.log(`     ${line}`);
}

const template = new Template('sqlite'), place = template.copy();
const account = template.accounts.get('leader1');
const server = await Server.start(place);
const quiet = await people(server, account, Date.now() + 2000);
console.log(`quiet: ${quiet.n} requests, median ${quiet.median} ms, worst ${quiet.worst} ms`);
const visitor = new Client(server.port);
await visitor.login(template.accounts.get('worker1'));
const page = await visitor.request('GET', '/hazards', { headers: { Accept: 'text/html' } });
const asset = /href="([^"]+\.css)"/.exec(page.text)[1];
const cookie = [...visitor.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
visitor.close();
for (const kind of kinds(asset, cookie)) await attack(server, account, kind);
const end = await server.stop();
if (end.code !== 0) {
  failed++;
  console.log(`FAIL the server ended with ${end.code ?? end.signal}\n${server.log.slice(-2000)}`);
} else passed++;
remove(place);
template.remove();
rmSync(dir, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
