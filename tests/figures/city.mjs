// A whole city's figures after random acts: f10 and f12 of every unit in every period equal what has happened, after late reports, close-outs,
// reopenings, and townships and employers that moved, were merged, split and closed meanwhile; planted faults are named (REP-1, REP-2, ORG-1).
//   node tests/figures/city.mjs [--engine sqlite|pg] [--scale city|N] [--acts N] [--seed N]
// A city that is there already is taken from CITY_SQLITE (its folder) or CITY_PG (folder,DSN) and is left changed.
import { spawn, spawnSync } from 'node:child_process';
import http from 'node:http';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chance } from '../lib/chance.mjs';
import { Client } from '../lib/client.mjs';
import { Server, UNTIL, buildDir, pgDsn, program, readAccounts, remove } from '../lib/server.mjs';

const word = (name, otherwise) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : otherwise);
const ACTS = Number(word('--acts', 400)), SEED = Number(word('--seed', 1)), SCALE = word('--scale', 'city');
const EMPLOYERS = 12, TOWNS = 4, AT_ONCE = 4, TRIES = 40, SHARES = 2;
const CATEGORIES = { hazard: 'fire_exit', occupational_hazard: 'health_dust', violation: 'violation_command' };
const CAMPAIGNS = ['chabaocu2016', 'chabaocu2015'];
let passed = 0, failed = 0;

function check(name, bad) {
  if (bad) failed++; else passed++;
  console.log(`${bad ? 'FAIL' : 'ok  '} ${name}${bad ? `\n     ${bad}` : ''}`);
}

const say = (text) => console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);
const since = (begun) => `${Math.round((Date.now() - begun) / 1000)} s`;

/// Runs a program that takes minutes, without holding up what else is going on.
function work(file, args) {
  return new Promise((done) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '', err = '';
    child.stdout.on('data', (d) => { out += d; });
    child.stderr.on('data', (d) => { err = (err + d).slice(-4000); });
    child.on('exit', (status) => done({ status, out, err }));
  });
}

function sql(place, text) {
  const r = place.db.startsWith('sqlite:') ? spawnSync('sqlite3', ['-cmd', '.timeout 20000', join(place.dir, 'chabaocu.db'), text], { encoding: 'utf8' })
    : spawnSync('psql', ['-X', '-q', '-A', '-t', '-F', '|', '-v', 'ON_ERROR_STOP=1', '-d', place.db, '-c', text], { encoding: 'utf8' });
  if (r.status !== 0) throw new Error(`${text}: ${r.stderr}`);
  return r.stdout.trim();
}

const at = (place) => ['--data', place.dir, '--db', place.db];

async function make(engine) {
  if (engine === 'sqlite' && process.env.CITY_SQLITE)
    return { dir: process.env.CITY_SQLITE, db: `sqlite:${join(process.env.CITY_SQLITE, 'chabaocu.db')}`, isKept: true };
  if (engine === 'pg' && process.env.CITY_PG) {
    const [dir, db] = process.env.CITY_PG.split(',');
    return { dir, db, isKept: true };
  }
  const dir = mkdtempSync(join(tmpdir(), 'chabaocu-city-')), place = { dir, db: `sqlite:${join(dir, 'chabaocu.db')}` };
  if (engine === 'pg') {
    const name = `city_${process.pid}`, url = new URL(pgDsn), admin = { db: pgDsn };
    url.pathname = `/${name}`;
    sql(admin, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`);
    place.db = url.toString();
    place.drop = () => sql(admin, `DROP DATABASE ${name} WITH (FORCE)`);
  }
  const r = await work(program, ['demo', '--scale', SCALE, '--by', 'load', '--until', UNTIL, ...at(place)]);
  if (r.status !== 0) throw new Error(`demo: ${r.status} ${r.err}`);
  return place;
}

/// Several at a time share the units; each has its own snapshot. Gives what differs, and how many figures did not.
async function equal(place, campaign) {
  const shares = Array.from({ length: SHARES }, (_, i) => work(join(buildDir, 'tests/figures_equal'), [place.dir, place.db, campaign, String(i), String(SHARES)]));
  const all = { same: 0, wrong: '', what: '' };
  for (const r of await Promise.all(shares)) {
    const lines = r.out.trim().split('\n'), [what, count] = lines.slice(-2), n = /^(\d+) passed, (\d+) failed$/.exec(count);
    all.what = what;
    all.same += n ? Number(n[1]) : 0;
    all.wrong += lines.filter((l) => l.startsWith('FAIL')).map((l) => `${l}\n`).join('');
    if (!n || (r.status !== 0) !== (n[2] !== '0')) all.wrong += `ended with ${r.status}: ${r.out.slice(-400)}${r.err.slice(-400)}\n`;
  }
  return all;
}

async function compare(place, name, campaigns = CAMPAIGNS) {
  for (const campaign of campaigns) {
    const begun = Date.now(), r = await equal(place, campaign);
    check(`${name}: ${r.what}: ${r.same} figures equal, ${since(begun)}`, r.wrong.slice(0, 1500));
  }
}

async function verify(place, name) {
  const begun = Date.now(), r = await work(program, ['check', ...at(place)]);
  check(`${name}: ${r.out.trim().split('\n').slice(-2).join('; ').slice(0, 200)}, ${since(begun)}`, r.status === 0 ? '' : `${r.status}: ${r.out.slice(0, 1500)}`);
}

// ---- people ------------------------------------------------------------------------------------------

const post = (who, path, fields) => who.json('POST', path, fields, { Origin: `http://127.0.0.1:${who.port}` });

async function person(server, account) {
  const c = new Client(server.port);
  c.agent = new http.Agent({ keepAlive: false });
  await c.login(account);
  return c;
}

/// Some employers with all who take part in a hidden danger's way, some townships' cadres and the city's.
async function people(server, place, rng) {
  const accounts = readAccounts(join(place.dir, 'demo-accounts.tsv')), names = [...accounts.keys()];
  const worked = names.filter((n) => n.endsWith('.worker') && ['leader', 'safety', 'union'].every((r) => accounts.has(n.replace('worker', r))));
  const firms = [];
  while (firms.length < EMPLOYERS && worked.length) {
    const prefix = worked.splice(rng.between(0, worked.length - 1), 1)[0].split('.')[0], firm = {};
    for (const role of ['worker', 'leader', 'safety', 'union']) firm[role] = await person(server, accounts.get(`${prefix}.${role}`));
    firms.push(firm);
  }
  const towns = [];
  for (let i = 1; i <= TOWNS; i++) towns.push(await person(server, accounts.get(`town${i}`)));
  return { firms, towns, city: await person(server, accounts.get('city1')) };
}

// ---- acts ----------------------------------------------------------------------------------------------

class Acts {
  constructor(world, rng) {
    Object.assign(this, world, { rng, done: new Map(), refused: new Map(), why: new Map(), longest: new Map() });
    this.total = 0;
  }

  pick(list) {
    return list[this.rng.between(0, list.length - 1)];
  }

  /// An act that the rules refuse, or that is to come later, is counted; an answer that is neither ends the run.
  async act(name, who, path, fields) {
    const begun = Date.now(), r = await post(who, path, fields), to = r.status < 300 ? this.done : this.refused;
    this.longest.set(name, Math.max(this.longest.get(name) || 0, Date.now() - begun));
    if ((r.status >= 500 && !r.headers['retry-after']) || r.status === 401) throw new Error(`${name} ${path}: ${r.status} ${r.text}`);
    to.set(name, (to.get(name) || 0) + 1);
    if (r.status >= 300) this.why.set(name, `${r.status} ${r.json?.code} ${JSON.stringify(r.json?.errors ?? r.json?.detail ?? '')}`);
    this.total += r.status < 300;
    return r.status < 300 ? r : null;
  }

  day(back) {
    return new Date(Date.parse(UNTIL) - back * 86400000).toISOString().slice(0, 10);
  }

  /// Reported late by up to months, and taken some steps of its way.
  async story() {
    const f = this.pick(this.firms), n = this.rng.between(0, 6), how = this.rng.next();
    const kind = this.rng.next() < 0.8 ? 'hazard' : this.pick(['occupational_hazard', 'violation']), category = CATEGORIES[kind];
    const made = await this.act('report', f.worker, '/hazards', {
      description: '通道堆放杂物，妨碍通行', place: '北门', kind,
      found_on: this.day(this.rng.between(0, 150)) });
    if (!made) return;
    const path = `/hazards/${made.json.id}`;
    if (how < 0.15) return this.act('refuse', f.union, `${path}/refuse`, { reason_code: 'not_found', reason: '现场没有发现' });
    if (how < 0.3) return this.act('register', f.safety, `${path}/register`, { category });
    const steps = [
      () => this.act('fix_on_spot', f.leader, `${path}/fix_on_spot`, { text: '当场清理', category }),
      () => this.act('confirm', f.safety, `${path}/confirm`, { text: '看过' }),
      () => this.act('close_out', f.union, `${path}/close_out`, {}),
      () => this.act('reopen', f.union, `${path}/reopen`, { reason: '又出现' }),
      () => this.act('fix_on_spot', f.leader, `${path}/fix_on_spot`, { text: '再次清理' }),
      () => this.act('confirm', f.safety, `${path}/confirm`, { text: '看过' }),
    ];
    for (const step of steps.slice(0, n)) if (!await step()) return;
  }

  /// One that the city had already, of any time: closed out ones are opened again, accepted ones closed out.
  async old() {
    const state = this.rng.next() < 0.6 ? 'closed_out' : 'accepted', who = this.pick(this.towns);
    const list = await who.json('GET', `/hazards?state=${state}&limit=100&from=${this.day(this.rng.between(30, 360))}&to=${this.day(0)}&sort=${this.pick(['-found_on', 'deadline'])}`);
    const h = list.json?.items?.length ? this.pick(list.json.items) : null;
    if (!h) return;
    if (state === 'closed_out') await this.act('reopen an old one', who, `/hazards/${h.id}/reopen`, { reason: '复查时再次发现' });
    else await this.act('close out an old one', who, `/hazards/${h.id}/close_out`, {});
  }

  async units(query) {
    const r = await this.city.json('GET', `/units?${query}&limit=500`);
    if (r.status !== 200) throw new Error(`/units?${query}: ${r.status} ${r.text}`);
    return r.json.items.filter((u) => !u.closed && !u.is_closed);
  }

  /// Half of them are dated back: then what was reported meanwhile is counted where the unit belonged since that day.
  change(name, unit, fields) {
    const back = this.rng.next() < 0.5 ? { effective_on: this.day(this.rng.between(1, 20)) } : {};
    return this.act(back.effective_on ? `${name} dated back` : name, this.city, `/units/${unit.id}/changes`, { reason: '区划调整', ...back, ...fields });
  }

  async tree(what) {
    const towns = await this.units('kind=township'), a = this.pick(towns), b = this.pick(towns);
    const below = (await this.units(`unit=${a.id}`)).filter((u) => u.kind === 'employer'), employer = below.length ? this.pick(below) : null;
    if (what === 'move a township') return this.change(what, a, { act: 'move', to_unit: this.pick(await this.units('kind=county')).id });
    if (what === 'merge a township') return this.change(what, a, { act: 'merge', to_unit: b.id });
    if (what === 'split a township') return below.length > 3 && this.change(what, a, { act: 'split', name: `新${this.total}镇`, parts: below.slice(0, 3).map((u) => u.id) });
    if (!employer) return null;
    if (what === 'move an employer') return this.change(what, employer, { act: 'move', to_unit: b.id });
    if (what === 'merge an employer') return this.change(what, employer, { act: 'merge', to_unit: this.pick(below).id });
    const inside = await this.units(`unit=${employer.id}`);
    return this.change('close a unit', inside.length ? this.pick(inside) : employer, { act: 'close' });
  }

  made(what) {
    return (this.done.get(what) || 0) + (this.done.get(`${what} dated back`) || 0);
  }

  /// So many of each change of the tree, one after another, between the rest.
  async changes() {
    const plan = { 'move a township': 2, 'merge a township': 1, 'split a township': 1, 'move an employer': 12, 'merge an employer': 3, 'close a unit': 4 };
    for (const [what, n] of Object.entries(plan))
      for (let tries = 0; this.made(what) < n && tries < n * TRIES; tries++) {
        if (!await this.tree(what)) await new Promise((done) => setTimeout(done, 100));
      }
    this.missing = Object.entries(plan).filter(([what, n]) => this.made(what) < n).map(([what]) => what);
  }

  async run() {
    const one = async () => { while (this.total < ACTS) await (this.rng.next() < 0.75 ? this.story() : this.old()); };
    await Promise.all([this.changes(), ...Array.from({ length: AT_ONCE }, one)]);
    return [...this.done].map(([k, n]) => `${n} ${k}`).join(', ');
  }
}

/// Until the rows of all that moved have followed and the job has folded all entries.
async function settle(place) {
  const begun = Date.now();
  const left = () => ['moving', 'measure_fresh'].map((t) => `${t} ${sql(place, `SELECT COUNT(1) FROM ${t}`)}`).join(', ');
  let now = left();
  for (let told = 0; now !== 'moving 0, measure_fresh 0' && Date.now() - begun < 1200000; now = left()) {
    if (Date.now() - told > 15000) { told = Date.now(); say(`waiting: ${now}`); }
    await new Promise((done) => setTimeout(done, 1000));
  }
  return { left: now, took: since(begun) };
}

// ---- planted faults -------------------------------------------------------------------------------------

const KEY = ['unit_id', 'measure', 'day', 'id'];

/// An employer's row of the campaign, of another employer each time.
function row(place, rng, used) {
  for (;;) {
    const from = sql(place, `SELECT id FROM unit WHERE kind = 'employer' ORDER BY id LIMIT 1 OFFSET ${rng.between(0, 999)}`);
    const found = from && !used.has(from) && sql(place, `SELECT ${KEY} FROM measure_row WHERE unit_id = ${from} AND city_id = 371300 AND measure = 'found' AND day >= '2016-01-01' ORDER BY day, id LIMIT 1`);
    used.add(from);
    if (found) {
      const [unit, measure, day, id] = found.split('|');
      return { unit, measure, day, where: `city_id = 371300 AND unit_id = ${unit} AND measure = '${measure}' AND day = '${day}' AND id = ${id}` };
    }
  }
}

function plant(place, rng) {
  const used = new Set(), [lost, twice, taken, given, late] = [0, 1, 2, 3, 4].map(() => row(place, rng, used));
  const [unit, measure, day, above] = sql(place, "SELECT d.unit_id, d.measure, d.day, d.above_id FROM measure_day d JOIN unit u ON u.city_id = d.city_id AND u.id = d.unit_id WHERE u.kind = 'township' AND d.measure = 'found' AND d.day >= '2016-01-01' ORDER BY d.unit_id, d.day LIMIT 1").split('|');
  sql(place, `UPDATE measure_day SET n = n + 1 WHERE city_id = 371300 AND unit_id = ${unit} AND measure = '${measure}' AND day = '${day}' AND above_id = ${above}`);
  sql(place, `DELETE FROM measure_row WHERE ${lost.where}`);
  sql(place, `INSERT INTO measure_row (city_id, unit_id, measure, day, id, below_id, subject_id, n, tail) SELECT city_id, unit_id, measure, day, id + 1, below_id, subject_id, n, tail FROM measure_row WHERE ${twice.where}`);
  sql(place, `UPDATE measure_row SET unit_id = ${given.unit} WHERE ${taken.where}`);
  sql(place, `UPDATE measure_row SET day = '2016-12-01' WHERE ${late.where}`);
  return [['a changed sum of a day', [[unit, day]]], ['a missing entry', [[lost.unit, lost.day]]], ['a doubled entry', [[twice.unit, twice.day]]],
    ['an entry of another unit', [[taken.unit, taken.day], [given.unit, taken.day]]], ['an entry on another day', [[late.unit, late.day], [late.unit, '2016-12-01']]]];
}

async function find(place, engine, rng) {
  const planted = plant(place, rng), begun = Date.now();
  const figures = await equal(place, CAMPAIGNS[0]), checked = await work(program, ['check', ...at(place)]);
  for (const [name, cells] of planted) {
    const lost = cells.filter(([unit, day]) => !checked.out.includes(`figures: unit ${unit}, measure found, day ${day}: stored`) || !figures.wrong.includes(`FAIL unit ${unit},`));
    check(`${engine}: ${name} is named by check and by the comparison`, lost.length || checked.status !== 1
      ? `not ${lost.join(' ')}; ${checked.status} ${checked.out.slice(0, 1500)} ${figures.wrong.slice(0, 1500)}` : '');
  }
  say(`looked for what was planted for ${since(begun)}`);
}

// ---- a city -----------------------------------------------------------------------------------------------

async function walk(engine) {
  const rng = chance(SEED), begun = Date.now(), place = await make(engine);
  say(`${engine}: a city, ${since(begun)}`);
  const server = await Server.start(place), started = Date.now();
  process.on('exit', () => server.stop());
  const acts = new Acts(await people(server, place, rng), rng), during = compare(place, `${engine}, the server at work`, CAMPAIGNS.slice(0, 1));
  const done = await acts.run();
  check(`${engine}: ${acts.total} acts in ${since(started)}: ${done}`, acts.missing.map((what) => `too seldom: ${what}: ${acts.why.get(what)} ${acts.why.get(`${what} dated back`)}`).join('; '));
  say(`the longest in ms: ${[...acts.longest].map(([k, n]) => `${n} ${k}`).join(', ')}`);
  say(`refused: ${[...acts.refused].map(([k, n]) => `${n} ${k} (${acts.why.get(k)?.slice(0, 200)})`).join('; ')}`);
  await during;
  const settled = await settle(place);
  check(`${engine}: rows have followed and entries are folded after ${settled.took}`, settled.left === 'moving 0, measure_fresh 0' ? '' : settled.left);
  await server.stop();
  await compare(place, engine);
  await verify(place, `${engine}: check`);
  await find(place, engine, rng);
  if (!place.isKept) remove(place);
}

console.log(`seed ${SEED}, ${SCALE}, ${ACTS} acts`);
const engine = word('--engine', '');
if (engine !== 'pg') await walk('sqlite');
if (engine !== 'sqlite' && (pgDsn || process.env.CITY_PG)) await walk('pg');
else if (engine !== 'sqlite') console.log('not run: a city on PostgreSQL: CHABAOCU_TEST_PG is not set');
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
