// Two cities in one installation: whoever belongs to one sees nothing of the other, in no list, no file, no page and no guess at an id
// (NFR-2). The routes are those that the program describes itself, so that a new one is walked without being named here.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Client } from '../lib/client.mjs';
import { Server, Template, parts, pgDsn } from '../lib/server.mjs';

let passed = 0, failed = 0;

function check(name, bad) {
  if (bad) failed++; else passed++;
  if (bad) console.log(`FAIL ${name}\n     ${bad}`);
}

/// Rows of the database itself, since what a server shows is what is tested.
function ask(place, sql) {
  const r = place.db.startsWith('sqlite:')
    ? spawnSync('sqlite3', ['-separator', '\t', join(place.dir, 'chabaocu.db'), sql], { encoding: 'utf8', maxBuffer: 64 << 20 })
    : spawnSync('psql', ['-X', '-q', '-A', '-t', '-F', '\t', '-d', place.db, '-c', sql], { encoding: 'utf8', maxBuffer: 64 << 20 });
  if (r.status !== 0) throw new Error(r.stderr);
  return r.stdout.trim().split('\n').filter(Boolean);
}

const kinds = {
  units: 'SELECT id FROM unit', employers: "SELECT id FROM unit WHERE kind = 'employer'", places: 'SELECT id FROM place',
  people: 'SELECT id FROM person', accounts: 'SELECT id FROM account', campaigns: 'SELECT id FROM campaign', hazards: 'SELECT id FROM hazard',
  attachments: 'SELECT id FROM attachment',
};
const where = (sql, city) => `${sql}${sql.includes('WHERE') ? ' AND' : ' WHERE'} city_id = ${city} ORDER BY id`;

async function login(port, account) {
  const client = new Client(port);
  const r = await client.json('POST', '/login', { login: account.login, password: account.password });
  if (r.status !== 200) throw new Error(`login of ${account.login}: ${r.status} ${r.text}`);
  return client;
}

/// Ids and codes of a city by kind, the union of all of them, and words that occur in no other city.
function known(place, city) {
  const ids = Object.fromEntries(Object.entries(kinds).map(([k, sql]) => [k, ask(place, where(sql, city))]));
  const codes = {
    places: ask(place, `SELECT code FROM place WHERE city_id = ${city} ORDER BY id`),
    numbers: ask(place, `SELECT number FROM hazard WHERE city_id = ${city} ORDER BY id`),
    units: ask(place, `SELECT code FROM unit WHERE city_id = ${city} AND code LIKE '%0%' AND code NOT LIKE 'E%' ORDER BY id`),
  };
  return { city, ids, codes, all: new Set(Object.values(ids).flat()) };
}

function foreign(text, other) {
  for (const id of text.match(/\b\d{15,19}\b/g) || []) if (other.all.has(id)) return `holds id ${id} of city ${other.city}`;
  for (const n of other.codes.numbers.slice(0, 40)) if (text.includes(n)) return `holds number ${n} of city ${other.city}`;
  return '';
}

const accepts = ['application/json', 'text/html', 'text/csv'];

async function get(client, path, accept) {
  return client.request('GET', path, { headers: { Accept: accept } });
}

/// Every route without an id: the answer has nothing of the other city, also when its units and words are asked for.
async function lists(who, client, routes, other) {
  const unit = other.ids.units[1], code = other.codes.units[1];
  const asked = ['', `?unit=${unit}`, `?unit=${code}`, `?unit_id=${unit}`, `?q=${encodeURIComponent('有限公司')}`, `?limit=200`,
    `?search=${encodeURIComponent('灭火器')}`, `?enterprise=${other.ids.employers[0]}`];
  for (const path of routes.filter((p) => !p.includes('{')))
    for (const query of asked)
      for (const accept of accepts) {
        const r = await get(client, path + query, accept);
        const bad = r.status >= 500 ? `status ${r.status}` : foreign(r.text.replace(/unit(_id)?=\d+|enterprise=\d+|next=[^"&]*/g, ''), other);
        check(`${who}: GET ${path}${query} as ${accept}`, bad);
      }
}

/// Without the permission every id is refused alike: the answer is, word for word, that for an id which nobody has.
async function isBlind(client, path, accept, id, r) {
  const none = await get(client, path.replace(/\{\w+\}/g, '1'), accept);
  const plain = (text, own) => text.split(own).join('').replace(/urn:chabaocu:request:\w+|[0-9a-f]{16,}|idempotency_key" value="[^"]*"/g, '');
  return none.status === 403 && plain(none.text, '/1') === plain(r.text, `/${id}`);
}

/// Every route with an id: the other city's are not there; 403 where the permission is missing anyway, and never what they hold.
async function guesses(who, client, routes, other) {
  for (const path of routes.filter((p) => /\{\w+\}/.test(p) && !p.includes('{act}')))
    for (const [kind, ids] of Object.entries(other.ids)) {
      const some = [...new Set([ids[0], ids[Math.floor(ids.length / 2)], ids[ids.length - 1]])].filter(Boolean);
      const values = path.includes('{code}') ? [other.codes.places[0], other.codes.places[7]] : some;
      for (const id of values)
        for (const accept of ['application/json', 'text/html']) {
          const r = await get(client, path.replace(/\{\w+\}/, id), accept);
          // Codes of teams are guessed so often from an address and no oftener.
          const may = path.includes('{code}') ? [200, 303, 404, ...(path.startsWith('/j/') ? [429] : [])] : [404];
          const rest = r.text.split(id).join('');
          const blind = r.status === 403 && await isBlind(client, path, accept, id, r);
          check(`${who}: GET ${path} with ${kind} ${id} as ${accept}`, !may.includes(r.status) && !blind ? `status ${r.status}` : [200, 429].includes(r.status) ? foreign(rest, other) : '');
        }
      if (path.includes('{code}')) break;
    }
}

/// Nothing of the other city can be changed either.
async function changes(who, client, other) {
  const hazard = other.ids.hazards[0], unit = other.ids.units[2];
  const tries = [
    ['POST', `/hazards/${hazard}/protect`, { text: '已拉警戒线' }, [404]], ['POST', `/hazards/${hazard}/close_out`, {}, [404]],
    ['POST', `/units/${unit}`, { name: '改名' }, [403, 404]], ['POST', '/units', { parent_id: unit, kind: 'employer', name: '某厂' }, [403, 404, 422]],
    ['POST', '/places', { unit_id: other.ids.employers[0], kind: 'area', name: '某处' }, [403, 404, 422]],
    ['POST', '/hazards', { description: '地面湿滑', unit_id: other.ids.employers[0] }, [404, 422]],
    ['POST', '/hazards', { description: '地面湿滑', place_code: other.codes.places[0] }, [404, 422]],
  ];
  for (const [method, path, body, may] of tries) {
    const r = await client.json(method, path, body);
    check(`${who}: ${method} ${path} ${JSON.stringify(body)}`, may.includes(r.status) ? '' : `status ${r.status} ${r.text.slice(0, 200)}`);
  }
}

function counts(place, city) {
  return ['hazard', 'event', 'unit', 'place'].map((t) => ask(place, `SELECT count(*) FROM ${t} WHERE city_id = ${city}`)[0]).join(' ');
}

async function walk(engine) {
  const template = new Template(engine, ['--cities', '2']);
  const place = template.copy();
  const server = await Server.start(place);
  try {
    const one = known(place, 371300), two = known(place, 990200);
    const before = [counts(place, 371300), counts(place, 990200)];
    check('there are two cities with hidden dangers in each', one.ids.hazards.length && two.ids.hazards.length ? '' : 'one is empty');
    const whole = [[['c2.city1', 'c2.county1', 'c2.town1', 'c2.union1', 'c2.system1', 'c2.worker1'], one], [['city1', 'system1', 'safety1'], two]];
    const some = [[['c2.city1', 'c2.system1'], one], [['city1'], two]];
    for (const [logins, other] of engine === 'pg' ? some : whole)
      for (const name of logins) {
        const client = await login(server.port, template.accounts.get(name));
        const { paths } = (await client.json('GET', '/openapi.json')).json;
        const routes = Object.keys(paths).filter((p) => paths[p].get && !p.startsWith('/assets'));
        check(`${name}: the routes are known`, routes.length > 10 ? '' : `${routes.length}`);
        await lists(`${engine} ${name}`, client, routes, other);
        await guesses(`${engine} ${name}`, client, routes, other);
        await changes(`${engine} ${name}`, client, other);
      }
    const own = await login(server.port, template.accounts.get('c2.city1'));
    const r = await own.json('GET', '/hazards');
    check('one sees one\'s own city, and this test would see it', r.status === 200 && foreign(r.text, two) ? '' : `status ${r.status}`);
    check('nothing was changed', JSON.stringify(before) === JSON.stringify([counts(place, 371300), counts(place, 990200)]) ? '' : 'rows came or went');
  } finally {
    await server.stop();
    place.drop?.();
    template.remove();
  }
}

if (!parts) await walk('sqlite');
if (pgDsn) await walk('pg');
else console.log('not run: PostgreSQL, because CHABAOCU_TEST_PG is not set');
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
