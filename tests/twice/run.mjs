// A thousand double submissions and a thousand edits of one at the same time: one effect each and a clear 409 for the rest; what was cut off and sent again
// happens once; two that are merged into each other at once make no ring (HAZ-1, HAZ-5, NFR-1).
//   node tests/twice/run.mjs [--times N]
import net from 'node:net';
import { Client } from '../lib/client.mjs';
import { Server, Template, pgDsn, remove, run } from '../lib/server.mjs';

const at = process.argv.indexOf('--times');
const option = at > 0 ? Number(process.argv[at + 1]) : 0;
let times = 0;
let passed = 0, failed = 0;

function verdict(engine, name, bad) {
  if (bad.length) failed++; else passed++;
  console.log(`${bad.length ? 'FAIL' : 'ok  '} ${engine} ${name}`);
  for (const line of bad.slice(0, 6)) console.log(`     ${line}`);
}

/// The jobs, so many at a time.
async function together(n, jobs) {
  const out = [];
  let next = 0;
  await Promise.all(Array.from({ length: n }, async () => {
    while (next < jobs.length) {
      const i = next++;
      out[i] = await jobs[i]();
    }
  }));
  return out;
}

const count = (answers) => answers.reduce((all, r) => ({ ...all, [r.status]: (all[r.status] || 0) + 1 }), {});
const said = (answers) => JSON.stringify(count(answers));
const other = (answers, status, codes) => answers.filter((r) => r.status !== status && !(r.status === 409 && codes.includes(r.json?.code)));

class City {
  constructor(engine, port, accounts) { Object.assign(this, { engine, port, accounts }); }

  async as(login) {
    const c = new Client(this.port);
    c.agent.maxSockets = 32;
    await c.login(this.accounts.get(login));
    return c;
  }

  post(c, path, json, key) {
    return c.json('POST', path, json, key ? { 'Idempotency-Key': key } : {});
  }

  async report(description) {
    const r = await this.post(this.worker, '/hazards', { description, place: '通道' });
    if (r.status !== 201) throw new Error(`report: ${r.status} ${r.text.slice(0, 200)}`);
    return r.json.id;
  }

  async events(id, act) {
    return (await this.leader.json('GET', `/hazards/${id}/events`)).json.items.filter((e) => e.act === act).length;
  }
}

/// How many of the worker's reports have these words.
async function reported(city, words) {
  let after = '', n = 0;
  do {
    const r = await city.worker.json('GET', `/hazards?reported=1&limit=500${after && `&after=${encodeURIComponent(after)}`}`);
    n += r.json.items.filter((h) => h.description.startsWith(words)).length;
    after = r.json.next;
  } while (after);
  return n;
}

async function doubleSubmissions(city) {
  const jobs = [];
  for (let i = 0; i < times; i++) {
    const body = { description: `连点两次 ${i}`, place: '通道' };
    for (let k = 0; k < 2; k++) jobs.push(() => city.post(city.worker, '/hazards', body, `twice-${city.engine}-${i}-0123456789`));
  }
  const answers = await together(16, jobs), bad = [];
  if (count(answers)[201] !== 2 * times) bad.push(`answers ${said(answers)}`);
  for (let i = 0; i < times; i++) if (answers[2 * i].json?.id !== answers[2 * i + 1].json?.id) bad.push(`${i} became two`);
  const n = await reported(city, '连点两次');
  if (n !== times) bad.push(`${n} in the ledger instead of ${times}`);
  verdict(city.engine, `${times} double submissions: one report each`, bad);
}

async function editsOfOne(city) {
  const id = await city.report('大家同时改'), bad = [];
  const edit = (i) => () => city.post(i % 2 ? city.leader : city.safety, `/hazards/${id}/protect`, { text: `第${i}个人记的`, version: 1 });
  const answers = await together(32, Array.from({ length: times }, (_, i) => edit(i)));
  if (count(answers)[200] !== 1 || other(answers, 200, ['stale']).length) bad.push(`answers ${said(answers)}`);
  if (await city.events(id, 'protect') !== 1) bad.push('not one event');
  const now = (await city.leader.json('GET', `/hazards/${id}`)).json;
  const won = answers.find((r) => r.status === 200)?.json;
  if (now.version !== 2 || now.interim_protection !== won?.interim_protection) bad.push(`version ${now.version}, another one's words`);
  verdict(city.engine, `${times} edits of one version: one counts, the rest hear 409`, bad);
}

async function actsOfOne(city) {
  const id = await city.report('大家同时受理'), bad = [];
  const act = (i) => () => city.post(i % 2 ? city.leader : city.safety, `/hazards/${id}/register`, { category: 'machine_guard' });
  const answers = await together(32, Array.from({ length: times }, (_, i) => act(i)));
  if (count(answers)[200] !== 1 || other(answers, 200, ['wrong_state', 'stale']).length) bad.push(`answers ${said(answers)}`);
  if (await city.events(id, 'register') !== 1) bad.push('not one event');
  verdict(city.engine, `${times} times the same act without a version: once`, bad);
}

/// The request on a connection that is cut after so many bytes.
function cut(port, cookie, key, body, bytes) {
  const text = `POST /hazards HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1:${port}\r\nCookie: ${cookie}\r\nAccept: application/json\r\nContent-Type: application/json\r\n` +
    `Idempotency-Key: ${key}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  return new Promise((done) => {
    const s = net.connect(port, '127.0.0.1', () => s.write(Buffer.from(text).subarray(0, bytes), () => setTimeout(() => s.destroy(), bytes % 7)));
    s.on('close', done);
    s.on('error', done);
  });
}

async function cutOff(city) {
  const n = Math.ceil(times / 5), bad = [], cookie = [...city.worker.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
  const jobs = Array.from({ length: n }, (_, i) => async () => {
    const json = { description: `断线重发 ${i}`, place: '通道' }, key = `cut-${city.engine}-${i}-0123456789`, body = JSON.stringify(json);
    await cut(city.port, cookie, key, body, i % 3 ? 100000 : 300 + i % 150);
    const first = await city.post(city.worker, '/hazards', json, key);
    const again = await city.post(city.worker, '/hazards', json, key);
    if (first.status !== 201 || again.status !== 201 || first.json.id !== again.json.id) bad.push(`${first.status} ${again.status} ${first.text.slice(0, 100)}`);
  });
  await together(16, jobs);
  const found = await reported(city, '断线重发');
  if (found !== n) bad.push(`${found} in the ledger instead of ${n}`);
  verdict(city.engine, `${n} connections cut and sent again: one report each`, bad);
}

async function mergesIntoEachOther(city) {
  const n = Math.ceil(times / 25), bad = [];
  for (let i = 0; i < n; i++) {
    const a = await city.report(`互并甲 ${i}`), b = await city.report(`互并乙 ${i}`);
    const answers = await Promise.all([city.post(city.leader, `/hazards/${a}/merge`, { into_id: b }), city.post(city.safety, `/hazards/${b}/merge`, { into_id: a })]);
    const rows = await Promise.all([a, b].map(async (id) => (await city.leader.json('GET', `/hazards/${id}`)).json));
    const merged = rows.filter((h) => h.state === 'merged'), kept = rows.filter((h) => h.merged_here === 1);
    if (count(answers)[200] !== 1 || merged.length !== 1 || kept.length !== 1) bad.push(`answers ${said(answers)}, ${merged.length} merged`);
  }
  verdict(city.engine, `${n} pairs merged into each other at once: one into the other`, bad);
}

for (const engine of pgDsn ? ['sqlite', 'pg'] : ['sqlite']) {
  times = option || (engine === 'pg' ? 250 : 1000);
  const template = new Template(engine), place = template.copy();
  const server = await Server.start(place);
  const city = new City(engine, server.port, template.accounts);
  for (const [name, login] of [['worker', 'worker1'], ['leader', 'leader1'], ['safety', 'safety1']]) city[name] = await city.as(login);
  for (const part of [doubleSubmissions, editsOfOne, actsOfOne, cutOff, mergesIntoEachOther]) await part(city);
  for (const c of [city.worker, city.leader, city.safety]) c.close();
  const end = await server.stop();
  const check = run(['check', '--db', place.db, '--data', place.dir], { mayFail: true });
  verdict(engine, 'check finds nothing afterwards', end.code !== 0 || check.status !== 0 ? [`server ${end.code}, check ${check.status}: ${check.stdout.slice(0, 300)}`] : []);
  remove(place);
  template.remove();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
