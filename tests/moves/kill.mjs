// The server is killed at random moments while rows follow a township that moves to and fro between two counties; after each start lists are complete, and in the end
// every row stands where its unit stands (ORG-1, NFR-5).
//   node tests/moves/kill.mjs [--rounds N] [--seed N]
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

const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });
const post = (who, path, fields) => who.json('POST', path, fields, { Origin: `http://127.0.0.1:${who.port}` });

/// The ids of all pages of a list.
async function all(who, path) {
  const ids = [];
  for (let next = ''; next !== null;) {
    const r = await who.json('GET', `${path}${path.includes('?') ? '&' : '?'}limit=100${next ? `&after=${encodeURIComponent(next)}` : ''}`);
    if (r.status !== 200) throw new Error(`${path}: ${r.status} ${r.text.slice(0, 200)}`);
    ids.push(...r.json.items.map((x) => x.id));
    next = r.json.next;
  }
  return ids;
}

const lists = (unit) => [`/hazards?unit=${unit}`, `/hazards?unit=${unit}&sort=deadline`, `/people?unit=${unit}`, `/places?unit=${unit}`, `/employers?unit=${unit}`];

async function snapshot(who, unit) {
  const out = [];
  for (const path of lists(unit)) out.push(await all(who, path));
  return out;
}

function differs(name, got, wanted) {
  for (let i = 0; i < wanted.length; i++) {
    if (new Set(got[i]).size !== got[i].length) return `${name}, list ${i}: a row twice`;
    if (String([...got[i]].sort()) !== String([...wanted[i]].sort())) return `${name}, list ${i}: ${got[i].length} rows instead of ${wanted[i].length}`;
  }
  return '';
}

const without = (v, part) => v.map((list, i) => list.filter((id) => !part[i].includes(id)));
const withPart = (v, part) => without(v, part).map((list, i) => [...list, ...part[i]]);

async function walk(engine, rounds) {
  const template = new Template(engine), place = template.copy();
  let server = await Server.start(place);
  let city = new Client(server.port);
  const login = async () => { city = new Client(server.port); await city.login(template.accounts.get('city1')); };
  await login();
  const employer = (await city.json('GET', '/employers?limit=1')).json.items[0];
  const town = employer.parent_id, home = (await city.json('GET', `/units/${town}`)).json.parent_id;
  const other = (await city.json('GET', '/units?kind=county&limit=20')).json.items.map((u) => u.id).find((id) => id !== home);
  const part = await snapshot(city, town), counties = { [home]: without(await snapshot(city, home), part), [other]: without(await snapshot(city, other), part) };
  let at = home;
  for (let round = 0; round < rounds; round++) {
    const to = at === home ? other : home;
    const r = await post(city, `/units/${town}/changes`, { act: 'move', to_unit: to, reason: '区划调整' });
    if (r.status !== 201) throw new Error(`move: ${r.status} ${r.text.slice(0, 300)}`);
    at = to;
    await sleep(rng.between(0, 60));
    city.close();
    await server.stop('SIGKILL');
    server = await Server.start(place);
    await login();
    const left = at === home ? other : home;
    const bad = differs('where it went', await snapshot(city, at), withPart(counties[at], part)) || differs('where it was', await snapshot(city, left), counties[left])
      || differs('the township', await snapshot(city, town), part);
    check(`${engine} round ${round + 1}: ${part.flat().length} rows are in one county`, bad);
  }
  let state = [];
  for (let i = 0; i < 300 && (i === 0 || state.length); i++) {
    state = (await city.json('GET', '/changes?state=running&limit=500')).json.items;
    if (state.length) await sleep(100);
  }
  check(`${engine}: every change is done`, state.length ? `${state.length} are running` : '');
  city.close();
  await server.stop();
  const r = run(['check', '--data', place.dir, '--db', place.db], { mayFail: true });
  check(`${engine}: chabaocu check`, r.status === 0 ? '' : (r.stdout + r.stderr).slice(0, 800));
  remove(place);
  template.remove();
}

const rounds = option('--rounds', 6);
await walk('sqlite', rounds);
if (pgDsn) await walk('pg', Math.ceil(rounds / 2));
else console.log('not run: kills on PostgreSQL: CHABAOCU_TEST_PG is not set');
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
