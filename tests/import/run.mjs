// Imports above 2,000 rows: killed while they are applied, in the way of others, and with reports going on (ORG-2, NFR-8).
//   node tests/import/run.mjs [--rounds N]
// Each round uploads a sheet of employers, confirms it, kills the server with SIGKILL at a random moment and starts it again a day later by
// its clock, so that the dead server's lease is over. Then all rows are there or none, and what was begun ends by itself.
import { chance } from '../lib/chance.mjs';
import { Client, multipart } from '../lib/client.mjs';
import { Server, Template, UNTIL, pgDsn, remove, run } from '../lib/server.mjs';
import { lines, townshipCodes, uscc } from './sheets.mjs';

const option = (name, otherwise) => (process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) : otherwise);
const ROWS = 2300;
let passed = 0, failed = 0;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function row(name, bad) {
  if (bad) failed++; else passed++;
  console.log(`${bad ? 'FAIL' : 'ok  '} ${name}${bad ? `\n     ${bad}` : ''}`);
}

const day = (n) => {
  const t = new Date(`${UNTIL}T00:00:00Z`);
  t.setUTCDate(t.getUTCDate() + n);
  return t.toISOString().slice(0, 10);
};

class Cadre {
  constructor(port, account) {
    this.account = account;
    this.moveTo(port);
  }

  moveTo(port) {
    this.client?.close();
    this.client = new Client(port);
  }

  async login() {
    await this.client.login(this.account);
    return this;
  }

  async upload(text, key) {
    const m = multipart([['kind', 'employers'], ['source', '试验']], [['file', { name: 'a.csv', bytes: Buffer.from(text) }, 'text/csv']]);
    const headers = { Accept: 'application/json', Origin: `http://127.0.0.1:${this.client.port}`, 'Content-Type': m.type, 'Idempotency-Key': key };
    const r = await this.client.request('POST', '/imports', { headers, body: m.body, timeout: 120000 });
    if (r.status !== 201) throw new Error(`upload: ${r.status} ${r.text}`);
    return JSON.parse(r.text).id;
  }

  async look(id) {
    const r = await this.client.json('GET', `/imports/${id}`);
    if (r.status !== 200) throw new Error(`import ${id}: ${r.status} ${r.text}`);
    return r.json;
  }

  async until(id, states, ms = 120000) {
    for (const end = Date.now() + ms; Date.now() < end; await pause(30)) {
      const now = await this.look(id);
      if (states.includes(now.state)) return now;
    }
    throw new Error(`import ${id} is still ${(await this.look(id)).state}`);
  }

  async act(id, act) {
    const r = await this.client.json('POST', `/imports/${id}/${act}`, {}).catch(() => null);
    return r;
  }
}

const sheet = (from, n = ROWS) => [...lines(n, { from })].join('\r\n');

async function employers(cadre) {
  const found = new Set();
  for (let next = ''; next !== null;) {
    const r = await cadre.client.json('GET', `/employers?limit=500${next ? `&after=${next}` : ''}`);
    r.json.items.forEach((u) => found.add(u.uscc));
    next = r.json.next;
  }
  return found;
}

const codesOf = (from, n) => Array.from({ length: n }, (_, i) => uscc(`91371300${100000000 + from + i}`));

async function killed(state, round) {
  const from = 10000 * (round + 1), { rng } = state;
  let cadre = state.cadre;
  const id = await cadre.upload(sheet(from), `kill-import-${round}`);
  await cadre.act(id, 'check');
  const checked = await cadre.until(id, ['checked']);
  if (checked.refused || checked.added !== ROWS) return `${checked.added} to add, ${checked.refused} refused`;
  const going = cadre.act(id, 'apply');
  await pause(rng.between(5, 1500));
  await state.server.stop('SIGKILL');
  await going;
  state.server = await Server.start(state.place, { today: day(round + 1) });
  cadre = state.cadre = await new Cadre(state.server.port, state.account).login();
  const first = await cadre.look(id);
  const after = await cadre.until(id, first.state === 'checked' ? ['checked'] : ['done']);
  const all = await employers(cadre), there = codesOf(from, ROWS).filter((c) => all.has(c)).length;
  state.seen.push(`${first.state} ${first.done}/${first.rows}`);
  if (there !== (after.state === 'done' ? ROWS : 0)) return `${after.state}, and ${there} of ${ROWS} are there`;
  return null;
}

/// While it is applied nobody takes its codes or edits its units, and everything else goes on.
async function inTheWay(state) {
  const { cadre } = state, from = 500000, codes = codesOf(from, ROWS);
  const other = await new Cadre(state.server.port, state.account).login();
  const town = (await other.client.json('GET', `/units?kind=township&limit=500`)).json.items.find((u) => u.code === townshipCodes()[0]);
  const add = (code) => other.client.json('POST', '/units', { parent_id: town.id, kind: 'employer', name: '抢先一步厂', uscc: code });
  const id = await cadre.upload(sheet(from), 'in-the-way');
  await cadre.act(id, 'check');
  await cadre.until(id, ['checked']);
  // Taken after the check: nothing is imported, and the report says why.
  const taken = await add(codes[ROWS - 1]);
  if (taken.status !== 201) return `a free code: ${taken.status} ${taken.text}`;
  await cadre.act(id, 'apply');
  const again = await cadre.until(id, ['checked', 'done']);
  if (again.state !== 'checked' || !again.is_again) return `not undone: ${JSON.stringify(again).slice(0, 300)}`;
  const all = await employers(other);
  if (codes.slice(0, ROWS - 1).some((c) => all.has(c))) return 'rows of an undone import are there';
  // Asked for while it goes on: refused, or the import was undone; never both there, never half of it.
  const second = codesOf(from + 5000, ROWS), id2 = await cadre.upload(sheet(from + 5000), 'in-the-way-2');
  await cadre.act(id2, 'check');
  await cadre.until(id2, ['checked']);
  const going = cadre.act(id2, 'apply');
  const answers = [];
  await other.until(id2, ['claiming', 'applying', 'releasing', 'undoing', 'checking', 'done']);
  for (let i = 0; i < 40; i++) {
    const r = await add(second[(ROWS - 1 + i * 37) % ROWS]);
    answers.push(r.status);
    if (['done', 'checked'].includes((await other.look(id2)).state)) break;
  }
  await going;
  const ended = await cadre.until(id2, ['done', 'checked']);
  const now = await employers(other), there = second.filter((c) => now.has(c)).length;
  const got = answers.filter((a) => a === 201).length;
  const ok = ended.state === 'done' ? there === ROWS && got === 0 : got > 0 && there === got;
  state.seen.push(`others: ${answers.join(' ')}, then ${ended.state}`);
  return ok ? null : `${ended.state}, ${there} there, answers ${answers.join(' ')}`;
}

async function walk(engine) {
  const template = new Template(engine), place = template.copy(), account = template.accounts.get('city1');
  const state = { place, account, rng: chance(3), seen: [], server: await Server.start(place) };
  state.cadre = await new Cadre(state.server.port, account).login();
  try {
    row(`${engine}: others in the way`, await inTheWay(state).catch((e) => e.message));
    for (let i = 0; i < option('--rounds', engine === 'pg' ? 1 : 2); i++) row(`${engine}: killed ${i + 1}`, await killed(state, i).catch((e) => e.message));
    await state.server.stop();
    const r = run(['check', '--data', place.dir, '--db', place.db], { mayFail: true });
    row(`${engine}: check`, r.status === 0 ? null : (r.stdout + r.stderr).slice(0, 600));
    console.log(`     ${state.seen.join('; ')}`);
  } finally {
    await state.server.stop('SIGKILL');
    state.cadre.client.close();
    remove(place);
    template.remove();
  }
}

await walk('sqlite');
if (pgDsn) await walk('pg');
else console.log('not run: PostgreSQL (CHABAOCU_TEST_PG names no server)');
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
