// The matrix: each route of the program × each role, high and low, and nobody × five scopes (own, elsewhere in the city, another city, above,
// below), in each form that the route answers in. Each cell is held against roles.tsv, and no answer holds a canary of what its reader
// may not see (NFR-1, NFR-2, ORG-5).
//   node tests/matrix/run.mjs [--pg] [WORD…]   only the rows whose names have a WORD
// SQLite as a whole and, when CHABAOCU_TEST_PG names a server, a fifth of the actors on PostgreSQL. --pg: PostgreSQL alone, as a whole.
import { join } from 'node:path';
import { Server, Template, pgDsn, remove, root } from '../lib/server.mjs';
import { unzip } from '../lib/xlsx.mjs';
import { Fields } from './fields.mjs';
import { rows } from './routes.mjs';
import { FOUND_AT, ROLES, SCOPES, World, isBelow, reaches, readTable } from './world.mjs';

const words = process.argv.slice(2).filter((w) => !w.startsWith('--'));
const pgAlone = process.argv.includes('--pg');
const table = readTable(join(root, 'tests/matrix/roles.tsv'));
const started = Date.now();
let passed = 0, failed = 0, cells = 0, fieldCells = 0, answers = 0;
let seen = new Set(); // kinds of canaries that somebody who may was shown: this walk would see them

function check(name, bad) {
  if (bad) failed++; else passed++;
  if (bad && failed < (Number(process.env.MATRIX_SHOW) || 100)) console.log(`FAIL ${name}\n     ${bad}`);
}

// ---- who may what ---------------------------------------------------------------------

World.prototype.holds = function holds(actor, permission) {
  if (permission === 'nobody' || permission === 'nothing') return false;
  const roles = table.get(permission);
  if (!roles) throw new Error(`roles.tsv does not know ${permission}`);
  if (actor.chosen && !actor.chosen.has(permission)) return false;
  return actor.grants ? actor.grants.has(permission) : roles.has(actor.role);
};
World.prototype.employerSide = (actor) => !/cadre|production|admin/.test(actor.role || '');

function expected(row, actor, scope, w, program) {
  const unit = w.unitIn(actor, scope);
  if (row.kind !== 'open' && !actor.role) return 'login';
  if ((actor.token === 'read' && !row.route.startsWith('GET')) || (actor.token && row.session)) return 'denied';
  // A token of chosen permissions only learns whose it is where no permission is named.
  if (actor.chosen && (row.kind === 'mine' ? row.route !== 'GET /me' : row.kind === 'open' && !row.route.startsWith('GET'))) return 'denied';
  const own = row.verdict?.(actor, scope, w);
  if (own) return own;
  const permissions = row.permission || [program.permission];
  const held = row.kind === 'open' || row.kind === 'mine' || permissions.every((p) => w.holds(actor, p)) ||
    (row.also && w.holds(actor, permissions[0]) && w.holds(actor, row.also));
  if (row.kind === 'open' || row.kind === 'mine') return 'ok';
  if (row.kind === 'citywide') return scope === 'other' && row.route.includes('{') ? 'missing' : actor.level !== 0 ? 'missing' : held ? 'ok' : 'denied';
  if (row.kind === 'anywhere') return !held ? 'denied' : scope === 'other' && row.route.includes('{') ? 'missing' : 'ok';
  const target = row.kind === 'located' ? w.inside(unit, scope) || unit : unit;
  if (row.kind === 'named' && !held) return 'denied';
  if (held && permissions.every((p) => reaches(actor, p, target))) return 'ok';
  return isBelow(target, actor.unit) ? 'denied' : 'missing';
}

const STATUS = { denied: 403, missing: 404 };
function wrongStatus(verdict, r, face) {
  if (verdict === 'login') {
    if (face !== 'text/html') return r.status === 401 ? '' : `status ${r.status} instead of 401`;
    return r.status === 303 && /^\/login\?next=/.test(r.headers.location || '') ? '' : `status ${r.status} to ${r.headers.location} instead of 303 to the login`;
  }
  if (verdict === 'ok') return [401, 403, 404].includes(r.status) || r.status >= 500 ? `status ${r.status}, though it is allowed: ${r.text.slice(0, 300)}` : '';
  return r.status === STATUS[verdict] ? '' : `status ${r.status} instead of ${STATUS[verdict]}: ${r.text.slice(0, 300)}`;
}

// ---- what may be seen -------------------------------------------------------------------

function maySee(actor, w, letter, id) {
  const at = letter === 'u' ? w.units.get(id) : letter === 'h' || letter === 'r' ? w.hazards.get(id)?.unit : letter === 'l' ? w.places.get(id) : w.people.get(id)?.unit;
  if (!at || !actor.role) return false;
  const above = isBelow(actor.unit, at);
  const reads = (...permissions) => permissions.some((p) => w.holds(actor, p) && reaches(actor, p, at));
  const oversees = (...permissions) => permissions.some((p) => w.holds(actor, p));
  switch (letter) {
    // The trail tells who did what.
    case 'u': return above || reads('org.read', 'hazard.read', 'people.read', 'statistics.read', 'import.use', 'role.read', 'audit.read');
    case 'l': return reads('org.read', 'hazard.read');
    case 'h': return reads('hazard.read');
    case 'p': return id === actor.id || reads('people.read', 'hazard.read', 'role.read', 'audit.read') || (above && oversees('people.read', 'hazard.read', 'audit.read'));
    case 'f': return id === actor.id || (reads('people.read') && reads('see.phone'));
    default: return reads('hazard.see_reporter');
  }
}

/// What a form of the page offers: within the actor's employer, to who holds what the form is for.
function isChoice(actor, w, row, letter, id) {
  if (!row.choices || !actor.role || !row.choices.some((p) => w.holds(actor, p))) return false;
  const at = letter === 'l' ? w.places.get(id) : letter === 'p' ? w.people.get(id)?.unit : letter === 'u' ? w.units.get(id) : undefined;
  return at && at.enterprise !== '0' && at.enterprise === actor.unit.enterprise;
}

function leaks(actor, w, target, text, row) {
  const shown = new Set([...(target.shows || []), ...(row.shows?.(w) || [])]);
  for (const [all, letter, id] of text.matchAll(/cn([upfhlr])(\d+)z/g)) {
    const fine = shown.has(all) || maySee(actor, w, letter, id) || isChoice(actor, w, row, letter, id);
    if (fine) seen.add(letter);
    else return `holds ${all}: ${text.slice(Math.max(0, text.indexOf(all) - 80), text.indexOf(all) + 60)}`;
  }
  const secret = (target.never || []).find((s) => text.includes(s));
  if (secret) return `holds ${secret}, which is hidden`;
  if (!actor.role || !w.holds(actor, 'see.found_at')) {
    const hour = FOUND_AT.pattern.exec(text);
    if (hour) return `holds the hour of a report: ${text.slice(Math.max(0, hour.index - 80), hour.index + 40)}`;
  }
  if (FOUND_AT.pattern.test(text)) seen.add('hour');
  return '';
}

function textOf(r) {
  if (!/spreadsheet/.test(r.headers['content-type'] || '')) return r.text;
  return r.status === 200 ? Object.values(unzip(r.raw)).join('\n') : r.text;
}

// ---- walking ------------------------------------------------------------------------------

const FACES = ['application/json', 'text/html', 'text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'text/plain'];

async function ask(actor, row, target, face) {
  const [method, path] = row.route.split(' ');
  const args = { id: target.id, ...target.args };
  const at = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(args[name])) + (target.query ? `?${target.query}` : '');
  const headers = { Accept: face, ...(actor.bearer && { Authorization: actor.bearer }) };
  let body = null;
  if (method !== 'GET') {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(target.json || {});
  }
  answers++;
  return actor.client.request(method, at, { headers, body });
}

/// Readable in each of its forms; a change as a script does it, and its refusal as a page shows it too.
function facesOf(row, verdict, program) {
  if (row.route.startsWith('GET')) return FACES.filter((f) => program.faces.has(f) || (f === 'application/json' && program.faces.size === 0));
  return verdict === 'ok' ? FACES.slice(0, 1) : FACES.slice(0, 2);
}

async function cell(w, row, actor, scope, program) {
  const unit = w.unitIn(actor, scope);
  const target = unit && row.find(unit, w, scope, actor);
  if (!target) return;
  cells++;
  const verdict = expected(row, actor, scope, w, program);
  for (const face of facesOf(row, verdict, program)) {
    const r = await ask(actor, row, target, face);
    const name = `${row.name || row.route} of ${scope} as ${face.split(/[/.]/).pop()} by ${actor.name}`;
    check(name, wrongStatus(verdict, r, face) || leaks(actor, w, { ...target, never: face === 'text/html' && row.route.startsWith('GET') ? (target.never || []).slice(0, 1) : target.never }, textOf(r), row));
  }
}

async function walkActor(w, actor, routes, fields) {
  const chosen = rows.filter((r) => words.length === 0 || words.some((x) => (r.name || r.route).includes(x)));
  for (const row of chosen.filter((r) => !r.once))
    for (const scope of SCOPES) await cell(w, row, actor, scope, routes.get(row.route));
  if (!words.length) await fields.walk(actor);
  for (const row of chosen.filter((r) => r.once)) await cell(w, row, actor, 'own', routes.get(row.route));
}

/// The program's own table.
async function readRoutes(client) {
  const { paths } = (await client.json('GET', '/openapi.json')).json;
  const all = new Map();
  for (const [path, methods] of Object.entries(paths))
    for (const [method, op] of Object.entries(methods)) {
      const faces = new Set(Object.keys(op.responses['200'].content || {}));
      all.set(`${method.toUpperCase()} ${path}`, { permission: op['x-permission'], faces, rights: op['x-rights'] || {},
        query: new Set((op.parameters || []).filter((p) => p.in === 'query').map((p) => p.name)),
        body: op.requestBody ? op.requestBody.content['application/json'].schema.properties || {} : method === 'get' ? null : {} });
    }
  return all;
}

function compareTables(routes) {
  const known = new Set(rows.map((r) => r.route));
  for (const r of routes.keys()) check(`${r} has a row in tests/matrix/routes.mjs`, known.has(r) ? '' : 'add one (CONTRIBUTING.md)');
  for (const r of known) check(`${r} is a route`, routes.has(r) ? '' : 'the program has none such');
  for (const [route, { permission }] of routes)
    if (!['public', 'login', 'by_step'].includes(permission)) check(`${permission} of ${route} has a line in tests/matrix/roles.tsv`, table.has(permission) ? '' : 'write down who is to hold it');
}

async function plantMore(w) {
  w.uploadOf = {}, w.tokenOf = {}, w.campaignOf = {};
  for (const [k, ghost] of Object.entries(w.ghosts)) {
    w.uploadOf[k] = (await ghost.client.json('POST', '/uploads', { size: 10 })).json.id;
    w.tokenOf[k] = (await ghost.client.json('POST', '/tokens', { name: 'x', scope: 'read' })).json.id;
  }
  for (const [city, id] of w.db.rows('SELECT city_id, MIN(id) FROM campaign GROUP BY city_id')) w.campaignOf[city] = id;
  w.places = new Map(w.db.rows('SELECT id, unit_id FROM place').map(([id, unit]) => [id, w.units.get(unit)]));
}

const changed = (w) => w.db.rows('SELECT COUNT(*), SUM(version) FROM hazard UNION ALL SELECT COUNT(*), SUM(version) FROM unit').join(' ');

async function walk(engine) {
  const template = new Template(engine, ['--cities', '2']);
  const place = template.copy();
  const server = await Server.start(place);
  try {
    const w = await World.make(place, server.port, template.accounts);
    await plantMore(w);
    const routes = await readRoutes(w.actors[0].client);
    compareTables(routes);
    const fields = new Fields({ w, routes, rows, ask, expected, check });
    if (!words.length) await fields.control();
    const before = changed(w);
    seen = new Set();
    const known = rows.every((r) => routes.has(r.route)) && [...routes.values()].every((r) => ['public', 'login', 'by_step'].includes(r.permission) || table.has(r.permission));
    const sample = engine === 'pg' && !pgAlone ? w.actors.filter((_, i) => i % 5 === 0) : w.actors;
    for (let waiting = known ? [...sample] : []; waiting.length;) await Promise.all(waiting.splice(0, 5).map((a) => walkActor(w, a, routes, fields)));
    for (const [right, both] of fields.both) check(`${right} was shown to some and kept from others`, both === 3 ? '' : `only ${both === 1 ? 'shown' : 'kept'}`);
    fieldCells += fields.cells;
    check('no hidden danger and no unit was changed', changed(w) === before ? '' : `${before} became ${changed(w)}`);
    const unseen = ['u', 'p', 'f', 'h', 'l', 'r', 'hour'].filter((k) => !seen.has(k));
    check('each kind of canary was shown to somebody who may see it', words.length || !unseen.length ? '' : `never: ${unseen}`);
  } catch (e) {
    check('the suite itself', `${e.stack}\n${server.log.slice(-2000)}`);
  }
  await server.stop();
  remove(place);
  template.remove();
}

if (!pgAlone) await walk('sqlite');
if (pgDsn) await walk('pg');
else if (pgAlone) check('the matrix on PostgreSQL', 'CHABAOCU_TEST_PG is not set');
else console.log('not run: the matrix on PostgreSQL, because CHABAOCU_TEST_PG is not set');
console.log(`${cells} cells (${rows.length} rows, ${Object.keys(ROLES).length} roles and nobody, ${SCOPES.length} scopes), ${answers} answers looked at; ${fieldCells} fields × roles, ${Math.round((Date.now() - started) / 1000)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
