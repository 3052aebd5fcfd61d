// The stored figures equal a recount from what has happened, for every unit and every period, while people report, register, close out and
// open again, after a unit has moved, and a planted fault is found and named (REP-1, REP-2, decision 0011). On both engines.
//   node tests/figures/run.mjs [--acts N] [--seed N]
import { spawnSync } from 'node:child_process';
import http from 'node:http';
import { join } from 'node:path';
import { chance } from '../lib/chance.mjs';
import { Client } from '../lib/client.mjs';
import { Server, Template, pgDsn, remove, run } from '../lib/server.mjs';

const option = (name, otherwise) => (process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) || otherwise : otherwise);
const rng = chance(option('--seed', 1));
let passed = 0, failed = 0;

function check(name, bad) {
  if (bad) failed++; else passed++;
  console.log(`${bad ? 'FAIL' : 'ok  '} ${name}${bad ? `\n     ${bad}` : ''}`);
}

const at = (place) => ['--data', place.dir, '--db', place.db];
const figures = (place, ...more) => run(['statistics', '--unit', 'all', '--period', 'all', ...at(place), ...more]).stdout;

/// '' when the kept figures of all units and periods are those that what has happened gives.
function differs(place) {
  const kept = figures(place).split('\n'), counted = figures(place, '--recount').split('\n');
  if (kept.length < 1000) return `only ${kept.length} lines`;
  const i = kept.findIndex((line, k) => line !== counted[k]);
  return i < 0 && kept.length === counted.length ? '' : `kept ${kept[i]?.slice(0, 300)}, counted ${counted[i]?.slice(0, 300)}`;
}

function sql(place, text) {
  const r = place.db.startsWith('sqlite:') ? spawnSync('sqlite3', [join(place.dir, 'chabaocu.db'), text], { encoding: 'utf8' })
    : spawnSync('psql', ['-X', '-q', '-A', '-t', '-F', '|', '-v', 'ON_ERROR_STOP=1', '-d', place.db, '-c', text], { encoding: 'utf8' });
  if (r.status !== 0) throw new Error(`${text}: ${r.stderr}`);
  return r.stdout.trim();
}

async function logins(server, template, names) {
  const v = {};
  for (const n of names) {
    v[n] = new Client(server.port);
    v[n].agent = new http.Agent({ keepAlive: false }); /* a compare takes longer than an idle connection is kept */
    await v[n].login(template.accounts.get(n));
  }
  return v;
}

const post = (who, path, fields) => who.json('POST', path, fields, { Origin: `http://127.0.0.1:${who.port}` });

/// One story of several people, broken off somewhere by chance. Answers are looked at by what the figures say in the end.
async function story(p, n) {
  const made = await post(p.worker1, '/hazards', { description: `第${n}条 地面湿滑`, place: '西门', kind: rng.next() < 0.8 ? 'hazard' : 'occupational_hazard' });
  if (made.status !== 201) throw new Error(`report: ${made.status} ${made.text}`);
  const path = `/hazards/${made.json.id}`, steps = rng.between(0, 5);
  const acts = [
    () => post(p.leader1, `${path}/fix_on_spot`, { text: '当场清理', category: 'floor' }).then((r) => (r.status < 300 ? r : post(p.leader1, `${path}/fix_on_spot`, { text: '当场清理' }))),
    () => post(p.safety1, `${path}/confirm`, { text: '看过' }),
    () => post(p.union1, `${path}/close_out`, {}),
    () => post(p.town1, `${path}/reopen`, { reason: '又出现' }),
    () => post(p.leader1, `${path}/fix_on_spot`, { text: '再次清理' }),
  ];
  if (steps === 1 && rng.next() < 0.5) return post(p.union1, `${path}/refuse`, { reason_code: 'intact', reason: '现场完好' });
  for (const act of acts.slice(0, steps)) await act();
  return made;
}

/// One that leaves the straight way: what is merged or reopened leaves a figure, what ceased or was transferred stays in f10 and is never in f12.
async function crooked(p, n) {
  const made = await post(p.worker1, '/hazards', { description: `第${n}条 护栏松动`, place: '南门', danger: rng.next() < 0.3 });
  if (made.status !== 201) throw new Error(`report: ${made.status} ${made.text}`);
  const path = `/hazards/${made.json.id}`, reason = '核实过', proof = '记录3号', by = (who, act, fields) => post(p[who], `${path}/${act}`, fields);
  const closed = [() => by('leader1', 'protect', { text: '围挡' }), () => by('leader1', 'fix_on_spot', { text: '紧固' }), () => by('safety1', 'confirm', {}), () => by('union1', 'close_out', {})];
  const ways = [
    [() => by('leader1', 'merge', { into_id: p.kept }), () => by('leader1', 'unmerge', { reason }), () => by('leader1', 'merge', { into_id: p.kept })],
    [() => by('leader1', 'protect', { text: '围挡' }), () => by('union1', 'transfer', { outside: '水务局', reason }), () => by('town1', 'answer', { outcome: n % 2 ? 'settled' : 'sent_back', text: '回函' }),
      () => by('town1', 'reopen', { reason })],
    [() => by('town1', 'cease', { reason, proof }), () => by('town1', 'reopen', { reason })],
    [...closed, () => by('town1', 'reinspect', { result: 'passed', text: '看过' }), () => by('town1', 'reinspect', { result: 'failed', text: '又松了' })],
    [...closed, () => by('worker1', 'object', { text: '还松' }), () => by('town1', n % 2 ? 'uphold' : 'reopen', { reason })],
    [() => by('union1', 'refuse', { reason_code: 'not_found', reason }), () => by('worker1', 'appeal', { reason }), () => by('town1', 'register', { category: 'machine_guard' })],
  ];
  const way = ways[n % ways.length];
  if (way !== ways[5] && rng.next() < 0.85) await by('safety1', 'register', { category: 'machine_guard' });
  for (const act of way.slice(0, rng.between(1, way.length))) {
    const r = await act();
    if (r.status >= 500 || r.status === 401) throw new Error(`${path}: ${r.status} ${r.text}`);
  }
}

/// A township's employer reports to another township from now on: what moves is the current place, never the past.
function move(place) {
  const [id, path, top] = sql(place, "SELECT id, path, top_id FROM unit WHERE kind = 'employer' ORDER BY id LIMIT 1").split('|');
  const [mid, newPath] = sql(place, `SELECT id, path FROM unit WHERE kind = 'township' AND top_id <> ${top} ORDER BY id LIMIT 1`).split('|');
  const own = path.split('/').filter(Boolean).pop(), to = `${newPath}${own}/`, next = `substr(path, ${path.length + 1})`;
  const newTop = sql(place, `SELECT top_id FROM unit WHERE id = ${mid}`);
  sql(place, `UPDATE unit SET path = '${to}' || ${next}, mid_id = ${mid}, top_id = ${newTop} WHERE enterprise_id = ${id}`);
  sql(place, `UPDATE unit SET parent_id = ${mid} WHERE id = ${id}`);
  sql(place, `UPDATE hazard SET unit_path = '${to}' || substr(unit_path, ${path.length + 1}), mid_id = ${mid}, top_id = ${newTop} WHERE enterprise_id = ${id}`);
  return { id, before: top, after: newTop };
}

const period = (place, unit) => JSON.parse(run(['statistics', '--unit', unit, '--period', '2016', ...at(place)]).stdout).figures[9].period;

const plants = [
  ['a changed day sum', 'UPDATE measure_day SET n = n + 1 WHERE (unit_id, measure, day, above_id) IN (SELECT unit_id, measure, day, above_id FROM measure_day ORDER BY unit_id, measure, day LIMIT 1)'],
  ['a missing entry', 'DELETE FROM measure_row WHERE (unit_id, measure, day, id) IN (SELECT unit_id, measure, day, id FROM measure_row ORDER BY unit_id, measure, day, id LIMIT 1)'],
  ['a doubled entry', 'INSERT INTO measure_row (city_id, unit_id, measure, day, id, below_id, subject_id, n, tail) SELECT city_id, unit_id, measure, day, id + 1, below_id, subject_id, n, tail FROM measure_row ORDER BY id DESC LIMIT 1'],
  ['an entry on another day', "UPDATE measure_row SET day = '2016-03-31' WHERE (unit_id, measure, day, id) IN (SELECT unit_id, measure, day, id FROM measure_row WHERE day <> '2016-03-31' ORDER BY unit_id, measure, day, id LIMIT 1)"],
];

async function walk(engine) {
  const template = new Template(engine), place = template.copy();
  check(`${engine}: the demonstration`, differs(place));
  let server = await Server.start(place);
  const people = await logins(server, template, ['worker1', 'leader1', 'safety1', 'union1', 'town1', 'city1']);
  people.kept = (await post(people.worker1, '/hazards', { description: '护栏松动', place: '南门' })).json.id;
  await post(people.safety1, `/hazards/${people.kept}/register`, { category: 'machine_guard' });
  const before = (await people.city1.json('GET', '/statistics/371300/2016')).json.figures[9].period;
  for (let n = 0; n < option('--acts', 40); n += 4) {
    await Promise.all([0, 1, 2, 3].map((k) => (k % 2 ? crooked(people, (n + k) / 2 | 0) : story(people, n + k))));
    if (n % 12 === 0) check(`${engine}: after ${n + 4} stories, the server at work`, differs(place));
  }
  const seen = (await people.city1.json('GET', '/statistics/371300/2016')).json.figures[9];
  check(`${engine}: what was registered is counted at once (${before} → ${seen.period})`, seen.period > before ? '' : 'not counted');
  let rows = 0, next = '';
  do {
    const r = await people.city1.json('GET', `/statistics/371300/2016/f10/rows?limit=100${next ? `&after=${encodeURIComponent(next)}` : ''}`);
    rows += r.json.items.reduce((sum, row) => sum + row.n, 0);
    next = r.json.next;
  } while (next);
  check(`${engine}: the number opens to its rows`, rows === seen.period ? '' : `${rows} in the rows, ${seen.period} in the figure`);
  Object.values(people).forEach((c) => c.close?.());
  await server.stop();
  const sums = ['371302', '371300'].map((u) => period(place, u));
  const moved = move(place);
  const after = ['371302', '371300'].map((u) => period(place, u));
  check(`${engine}: a move changes no past figure`, String(sums) === String(after) ? differs(place) : `${sums} became ${after}`);
  check(`${engine}: the moved employer keeps its own`, moved.before === moved.after ? 'it did not move' : '');
  server = await Server.start(place);
  await server.stop();
  for (const [name, text] of plants) {
    const copy = template.copy();
    sql(copy, text);
    const r = run(['check', ...at(copy)], { mayFail: true });
    const line = r.stdout.split('\n').find((l) => /^figures: unit \d+, measure \w+, day [\d-]+: stored -?\d+, recounted -?\d+/.test(l)) || '';
    check(`${engine}: ${name} is found: ${line.slice(0, 140)}`, r.status === 1 && line ? '' : `check said ${r.status}: ${r.stdout.slice(0, 300)}`);
    remove(copy);
  }
  remove(place);
  template.remove();
}

await walk('sqlite');
if (pgDsn) await walk('pg');
else console.log('not run: figures on PostgreSQL: CHABAOCU_TEST_PG is not set');
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
