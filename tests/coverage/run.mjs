// Each number of the coverage desk is the length of its list, at each unit and filter, and both are what a slow count of the rows gives
// (ORG-3, ORG-6), while cadres are assigned, visits and launches recorded, employers closed and moved by chance. On both engines.
//   node tests/coverage/run.mjs [--acts N] [--seed N]
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { chance } from '../lib/chance.mjs';
import { Client } from '../lib/client.mjs';
import { Server, Template, UNTIL, pgDsn, remove, run } from '../lib/server.mjs';

const option = (name, otherwise) => (process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) || otherwise : otherwise);
const rng = chance(option('--seed', 1));
let passed = 0, failed = 0, looked = 0;

function check(name, bad) {
  if (bad) failed++; else passed++;
  console.log(`${bad ? 'FAIL' : 'ok  '} ${name}${bad ? `\n     ${bad}` : ''}`);
}

function sql(place, text) {
  const r = place.db.startsWith('sqlite:') ? spawnSync('sqlite3', [join(place.dir, 'chabaocu.db'), text], { encoding: 'utf8' })
    : spawnSync('psql', ['-X', '-q', '-A', '-t', '-F', '|', '-v', 'ON_ERROR_STOP=1', '-d', place.db, '-c', text], { encoding: 'utf8' });
  if (r.status !== 0) throw new Error(`${text}: ${r.stderr}`);
  return r.stdout.trim().split('\n').filter(Boolean).map((l) => l.split('|'));
}

const day = (n) => {
  const t = new Date(`${UNTIL}T00:00:00Z`);
  t.setUTCDate(t.getUTCDate() + n);
  return t.toISOString().slice(0, 10);
};
const post = (who, path, fields) => who.json('POST', path, fields, { Origin: `http://127.0.0.1:${who.port}` });

/// What the rows say, counted slowly: per employer that is open, with its place in the tree.
function model(place) {
  const cell = (rows) => new Map(rows.map(([id, v]) => [id, v]));
  const city = sql(place, "SELECT MIN(city_id) FROM unit")[0][0], begin = sql(place, `SELECT begins_on FROM campaign WHERE city_id = ${city} AND begins_on <= '${UNTIL}' ORDER BY begins_on DESC LIMIT 1`)[0][0];
  const assigned = cell(sql(place, `SELECT employer_id, 1 FROM assignment WHERE from_on <= '${UNTIL}' AND (to_on = '' OR to_on >= '${UNTIL}') GROUP BY employer_id`));
  const visited = new Set();
  const last = cell(sql(place, 'SELECT employer_id, MAX(visited_on) FROM assignment_visit GROUP BY employer_id'));
  for (const [id, on] of last) {
    const rhythm = sql(place, `SELECT MIN(every_days) FROM assignment WHERE employer_id = ${id} AND (to_on = '' OR to_on >= '${on}')`)[0]?.[0] || 90;
    if (new Date(on).getTime() + rhythm * 86400000 >= new Date(UNTIL).getTime()) visited.add(id);
  }
  const launched = cell(sql(place, `SELECT employer_id, launched_on FROM launch WHERE is_current = 1 AND launched_on >= '${begin}'`));
  const acted = new Map();
  for (const [id, on] of [...sql(place, 'SELECT enterprise_id, MAX(found_on) FROM hazard WHERE enterprise_id > 0 GROUP BY enterprise_id'),
    ...sql(place, 'SELECT employer_id, MAX(launched_on) FROM launch GROUP BY employer_id'), ...last])
    if (on > (acted.get(id) || '')) acted.set(id, on);
  return sql(place, "SELECT id, top_id, mid_id, high_risk, size FROM unit WHERE kind = 'employer' AND is_closed = 0")
    .map(([id, top, mid, risk, size]) => ({ id, top, mid, risk, size, assigned: assigned.has(id), visited: visited.has(id), launched: launched.has(id),
      silent: (acted.get(id) || '') < day(-30) }));
}

async function list(who, query) {
  const ids = [];
  let next = '';
  do {
    const r = await who.json('GET', `/coverage/employers?limit=7&${query}${next ? `&after=${encodeURIComponent(next)}` : ''}`);
    if (r.status !== 200) throw new Error(`${query}: ${r.status} ${r.text}`);
    ids.push(...r.json.items.map((i) => i.id));
    next = r.json.next;
  } while (next);
  return ids;
}

const GAPS = { launched: ['launched', 'unlaunched'], assigned: ['assigned', 'unassigned'], visited: ['visited', 'unvisited'], silent: ['silent', 'active'] };

async function compareLine(who, line, query, rows) {
  const same = (what, a, b) => (String(a) === String(b) ? '' : `${what} of ${query}: ${a}, counted ${b}`);
  const sorted = (v) => [...v].sort();
  let bad = same('employers', line.employers, rows.length);
  for (const [slot, [yes, no]] of Object.entries(GAPS)) {
    const has = rows.filter((r) => r[slot]), lacks = rows.filter((r) => !r[slot]);
    bad ||= same(slot, line[slot], has.length);
    bad ||= same(yes, sorted(await list(who, `${query}&gap=${yes}`)), sorted(has.map((r) => r.id)));
    bad ||= same(no, sorted(await list(who, `${query}&gap=${no}`)), sorted(lacks.map((r) => r.id)));
    looked += 3;
  }
  return bad || (line.trained === null ? '' : `trained of ${query} is ${line.trained}, though nobody records it`);
}

/// Each unit's desk against the rows; '' when all of it agrees.
async function compare(place, who) {
  const rows = model(place), root = sql(place, 'SELECT id FROM unit WHERE parent_id = 0')[0][0];
  const tops = [...new Set(rows.map((r) => r.top))];
  for (const filter of ['', '&high_risk=1', '&size=small']) {
    const of = (v) => v.filter((r) => (!filter.includes('risk') || r.risk === '1') && (!filter.includes('small') || r.size === 'small'));
    const city = (await who.json('GET', `/coverage?unit=${root}${filter}`)).json;
    let bad = await compareLine(who, city.sum, `unit=${root}${filter}`, of(rows));
    for (const top of tops) {
      const mine = of(rows.filter((r) => r.top === top)), line = city.items.find((i) => i.id === top);
      if (!line && mine.length) return `no line for ${top}`;
      const desk = (await who.json('GET', `/coverage?unit=${top}${filter}`)).json;
      if (line) bad ||= await compareLine(who, line, `unit=${top}${filter}`, mine);
      bad ||= desk.sum.employers === mine.length ? '' : `desk of ${top}: ${desk.sum.employers}, counted ${mine.length}`;
      for (const part of desk.items) {
        const here = mine.filter((r) => r.mid === (part.id || '0'));
        bad ||= await compareLine(who, part, `unit=${part.id || top}${part.id ? '' : '&direct=1'}${filter}`, here);
      }
    }
    if (bad) return bad;
  }
  return '';
}

async function act(p, place) {
  const employers = sql(place, "SELECT id, mid_id, version FROM unit WHERE kind = 'employer' AND is_closed = 0");
  const [id, mid, version] = rng.pick ? rng.pick(employers) : employers[rng.between(0, employers.length - 1)];
  const cadre = sql(place, `SELECT person_id FROM duty WHERE role = 'township_cadre' AND unit_id = ${mid} LIMIT 1`)[0]?.[0] || '0';
  const open = sql(place, `SELECT id, version FROM assignment WHERE employer_id = ${id} AND to_on = '' LIMIT 1`)[0];
  const acts = [
    () => post(p, '/assignments', { employer_ids: [id], person_id: cadre, every_days: rng.between(1, 60), from_on: day(-rng.between(0, 40)) }),
    () => post(p, '/assignments', { employer_ids: [id], person_id: cadre, from_on: day(-1), to_on: day(rng.between(-1, 1)) }),
    () => post(p, `/units/${id}/visits`, { visited_on: day(-rng.between(0, 80)) }),
    () => post(p, `/units/${id}/launch`, { kind: 'plan', title: 'x', launched_on: day(-rng.between(0, 90)), reason: 'y' }),
    () => open && post(p, `/assignments/${open[0]}/end`, { version: Number(open[1]), to_on: day(-rng.between(0, 1)), reason: 'x' }),
    () => rng.between(0, 3) === 0 && post(p, `/units/${id}`, { version: Number(version), is_closed: true }),
  ];
  const r = await acts[rng.between(0, acts.length - 1)]();
  if (r && r.status >= 500) throw new Error(`${r.status} ${r.text}`);
  return r && r.status < 300 ? 1 : 0;
}

/// As a move leaves the unit's own row: the next county's township has it.
function move(place) {
  const [id, path, top] = sql(place, "SELECT id, path, top_id FROM unit WHERE kind = 'employer' AND is_closed = 0 ORDER BY id LIMIT 1")[0];
  const [mid, to, newTop] = sql(place, `SELECT id, path, top_id FROM unit WHERE kind = 'township' AND top_id <> ${top} ORDER BY id LIMIT 1`)[0];
  const own = path.split('/').filter(Boolean).pop();
  sql(place, `UPDATE unit SET path = '${to}${own}/' || substr(path, ${path.length + 1}), mid_id = ${mid}, top_id = ${newTop} WHERE enterprise_id = ${id}`);
  sql(place, `UPDATE unit SET parent_id = ${mid} WHERE id = ${id}`);
}

async function walk(engine) {
  const template = new Template(engine), place = template.copy();
  const server = await Server.start(place);
  const city1 = new Client(server.port);
  await city1.login(template.accounts.get('city1'));
  check(`${engine}: the demonstration`, await compare(place, city1));
  let done = 0;
  for (let n = 0; n < option('--acts', 120); n++) {
    done += await act(city1, place);
    if (n % 60 === 59) check(`${engine}: after ${n + 1} acts, ${done} of them carried out`, await compare(place, city1));
  }
  move(place);
  check(`${engine}: an employer that has moved counts where it is now`, await compare(place, city1));
  city1.close();
  await server.stop();
  const coverage = (r) => r.stdout.split('\n').filter((l) => l.startsWith('coverage'));
  const clean = run(['check', '--data', place.dir, '--db', place.db], { mayFail: true });
  check(`${engine}: check finds nothing in what is kept`, coverage(clean).join('\n'));
  sql(place, "UPDATE covered SET assigned_until = '2016-01-01' WHERE assigned_until = '2199-12-31'");
  const planted = run(['check', '--data', place.dir, '--db', place.db], { mayFail: true });
  check(`${engine}: check names an employer whose kept day is wrong`, coverage(planted).length ? '' : planted.stdout.slice(-500));
  remove(place);
  template.remove();
}

for (const engine of ['sqlite', 'pg']) {
  if (engine === 'pg' && !pgDsn) console.log('not run: coverage on PostgreSQL, because CHABAOCU_TEST_PG is not set');
  else await walk(engine);
}
console.log(`${looked} numbers compared with their lists`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
