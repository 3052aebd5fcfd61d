// Attacks on the door, on sessions, forms, heads and cookies, each as somebody would try it (NFR-6; ASVS V3, V6, V7; MLPS identity). The routes
// are the program's own table: a new one is attacked without a line here.
//   node tests/security/run.mjs [--pg]   on SQLite, or on the PostgreSQL server that CHABAOCU_TEST_PG names
import net from 'node:net';
import { Client } from '../lib/client.mjs';
import { Server, Template, remove } from '../lib/server.mjs';
import { rows } from '../matrix/routes.mjs';
import { World } from '../matrix/world.mjs';

let passed = 0, failed = 0;
const started = Date.now();

function check(name, bad) {
  if (bad) failed++; else passed++;
  if (bad && failed < 100) console.log(`FAIL ${name}\n     ${bad}`);
}
const same = (name, got, wanted) => check(name, String(got) === String(wanted) ? '' : `«${got}», expected «${wanted}»`);
const form = (fields) => new URLSearchParams(fields).toString();
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

// ---- forms of other sites -------------------------------------------------------------------

/// Four ways in which a request shows that it does not come from a page of ours.
const FOREIGN = [
  ['Origin of another host', { Origin: 'https://elsewhere.example' }, 'foreign_origin'],
  ['Origin null', { Origin: 'null' }, 'foreign_origin'],
  ['Sec-Fetch-Site cross-site', { 'Sec-Fetch-Site': 'cross-site' }, 'foreign_origin'],
  ['neither Origin nor token', {}, 'csrf_token'],
];

const nobodyOf = (w) => w.actors.find((a) => a.name === 'nobody');

async function ask(client, row, target, headers) {
  const [method, path] = row.route.split(' ');
  const args = { id: target.id, ...target.args };
  const at = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(args[name] ?? '1')) + (target.query ? `?${target.query}` : '');
  const fields = Object.entries(target.json || {}).filter(([, v]) => typeof v !== 'object');
  return client.request(method, at, { headers: { Accept: 'application/json', ...FORM, ...headers }, body: form(Object.fromEntries(fields)) });
}

/// Whoever may use the route is refused, and nobody else gets further: each writing route × four origins.
async function foreignForms(w, routes) {
  let cells = 0;
  const counts = () => w.db.rows('SELECT COUNT(*) FROM hazard UNION ALL SELECT COUNT(*) FROM unit UNION ALL SELECT COUNT(*) FROM session UNION ALL SELECT COUNT(*) FROM join_request').join(' ');
  const before = counts();
  for (const route of routes) {
    const ways = rows.filter((r) => r.route === route);
    for (const [name, headers, code] of FOREIGN) {
      cells++;
      let refused = '', through = '';
      for (const row of ways)
        // Some may by what they have to do, not by what they are.
        for (const actor of [...w.actors, ...Object.values(w.cadres)]) {
          if (refused) break;
          const target = (w.actors.includes(actor) ? [w.unitIn(actor, 'own')] : w.chains.home).map((u) => row.find(u, w, 'own', actor)).find(Boolean);
          if (!target) continue;
          const r = await ask(actor.client, row, target, headers);
          const found = JSON.parse(r.text || '{}').code;
          if (r.status === 403 && found === code) refused = found;
          else if (![401, 403, 404].includes(r.status)) through ||= `${actor.name}: ${r.status} ${r.text.slice(0, 200)}`;
        }
      // What needs no login has no token either: a script elsewhere could send it by itself. An unfinished upload is found by its own secret.
      const open = code === 'csrf_token' && ways.every((r) => r.kind === 'open');
      const byMethod = /^(PATCH|PUT|DELETE) /.test(route); // no form sends these, and other sites' scripts are asked first
      check(`${route}: ${name}`, open || byMethod ? '' : through || (refused ? '' : 'nobody came as far as the refusal'));
    }
  }
  same('nothing was written', counts(), before);
  return cells;
}

// ---- heads of every answer ---------------------------------------------------------------------

const HEADS = {
  'content-security-policy': (v) => /default-src 'self'/.test(v) && /frame-ancestors 'none'/.test(v) && /form-action 'self'/.test(v) && /base-uri 'none'/.test(v)
    && !/unsafe|\*/.test(v),
  'x-content-type-options': (v) => v === 'nosniff',
  'x-frame-options': (v) => v === 'DENY',
  'referrer-policy': (v) => v === 'same-origin',
  'cross-origin-opener-policy': (v) => v === 'same-origin',
  'cache-control': (v) => /no-store|private/.test(v),
};

function headsOf(r) {
  const bad = Object.entries(HEADS).filter(([name, fine]) => !fine(r.headers[name] || '')).map(([name]) => `${name}: ${r.headers[name]}`);
  if (/html/.test(r.headers['content-type'] || '')) {
    // What the policy would stop must not be there either.
    const inline = /<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+\s*=\s*["']|javascript:|<style[\s>]|\sstyle\s*=\s*["']/.exec(r.text);
    if (inline) bad.push(`inline: ${inline[0]}`);
  }
  return bad.join('; ');
}

async function heads(w, table) {
  const faces = ['text/html', 'application/json', 'text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'];
  const who = [w.actors.find((a) => a.role === 'safety_officer'), w.actors.find((a) => a.role === 'city_cadre'), w.actors.find((a) => a.role === 'system_admin'), nobodyOf(w)];
  let answers = 0;
  for (const [route, has] of table) {
    if (!route.startsWith('GET ') || /healthz|metrics|openapi/.test(route)) continue;
    for (const row of rows.filter((r) => r.route === route).slice(0, 1))
      for (const actor of who) {
        const target = row.find(w.unitIn(actor, 'own'), w, 'own', actor);
        if (!target) continue;
        for (const face of faces.filter((f) => f === 'text/html' || f === 'application/json' || has.has(f))) {
          const path = row.route.slice(4).replace(/\{(\w+)\}/g, (_, n) => encodeURIComponent({ id: target.id, ...target.args }[n])) + (target.query ? `?${target.query}` : '');
          const r = await actor.client.request('GET', path, { headers: { Accept: face } });
          answers++;
          check(`heads of ${route} as ${face} for ${actor.name}: ${r.status}`, headsOf(r));
        }
      }
  }
  for (const [path, status] of [['/nowhere', 404], ['/hazards/1', 303], ['/login', 200]]) {
    const r = await nobodyOf(w).client.request('GET', path, { headers: { Accept: 'text/html' } });
    same(`status of ${path}`, r.status, status);
    check(`heads of ${path}`, headsOf(r));
  }
  return answers;
}

// ---- sessions and cookies ----------------------------------------------------------------------------

const me = async (client) => (await client.json('GET', '/me')).status;
const cookieOf = (c) => c.cookies.get('chabaocu_session');

async function sessions(port, account, w) {
  // Fixation: a session that somebody else planted is not the one after the login, known before or not.
  const thief = new Client(port), victim = new Client(port);
  await thief.login(account('worker1'));
  for (const planted of [`${w.actors[0].city}.${'A'.repeat(43)}`, cookieOf(thief)]) {
    victim.cookies.set('chabaocu_session', planted);
    await victim.login(account('leader1'));
    check('a planted session is replaced at the login', cookieOf(victim) === planted ? 'it was kept' : '');
    const other = new Client(port);
    other.cookies.set('chabaocu_session', planted);
    same('the planted one opens nothing', await me(other), 401);
  }
  // Two cookies of one name: whatever is taken, it is one of them, and nonsense in front opens nothing.
  const both = new Client(port);
  same('a tossed cookie before the own', (await both.json('GET', '/me', undefined, { Cookie: `chabaocu_session=1.${'B'.repeat(43)}; chabaocu_session=${cookieOf(victim)}` })).status, 401);
  // In the address a session is none.
  const bare = new Client(port);
  const token = (await victim.json('POST', '/tokens', { name: 'x' })).json.token;
  for (const query of [`chabaocu_session=${cookieOf(victim)}`, `token=${token}`, `access_token=${token}`, `session=${cookieOf(victim)}`])
    same(`GET /me?${query.split('=')[0]}=…`, await (async () => (await bare.json('GET', `/me?${query}`)).status)(), 401);
  // Logging out ends it on the server, not in the browser only.
  const copy = new Client(port);
  copy.cookies.set('chabaocu_session', cookieOf(victim));
  same('the copy works before', await me(copy), 200);
  same('logout', (await victim.json('POST', '/logout', {})).status, 200);
  same('the copy is out after the logout', await me(copy), 401);
  await passwordChange(port, account);
  await ended(port, account, w);
}

async function passwordChange(port, account) {
  const [one, two] = [new Client(port), new Client(port)];
  await one.login(account('safety1'));
  await two.login(account('safety1'));
  // A token made on the phone that was left lying about is a way in, too.
  const { token } = (await two.json('POST', '/tokens', { name: 'x', scope: 'write' })).json;
  const byToken = async () => (await new Client(port).json('GET', '/me', undefined, { Authorization: `Bearer ${token}` })).status;
  same('the token before', await byToken(), 200);
  const r = await one.json('POST', '/me/password', { password: account('safety1').password, new_password: 'Blue-Kettle-42', again: 'Blue-Kettle-42' });
  same('password change', r.status, 200);
  same('where it was changed goes on', await me(one), 200);
  same('every other session is out', await me(two), 401);
  same('every token too', await byToken(), 401);
  same('the old password', (await two.json('POST', '/login', { login: 'safety1', password: account('safety1').password })).status, 401);
}

/// Locked or left: out at the next request, by session and by token.
async function ended(port, account, w) {
  for (const [name, sql] of [['locked', (id) => `UPDATE account SET is_locked = 1 WHERE person_id = ${id}`], ['left', (id) => `UPDATE person SET has_left = 1 WHERE id = ${id}`],
    ['session gone', (id) => `DELETE FROM session WHERE account_id IN (SELECT id FROM account WHERE person_id = ${id})`]]) {
    const c = new Client(port), login = { locked: 'leader1b', left: 'leader1c', 'session gone': 'worker1b' }[name];
    const { person } = await c.login(account(login));
    const token = (await c.json('POST', '/tokens', { name: 'x' })).json.token;
    same(`${name}: in before`, await me(c), 200);
    w.db.write([sql(person.id)]);
    same(`${name}: out at once`, await me(c), 401);
    if (name !== 'session gone') same(`${name}: token too`, (await new Client(port).json('GET', '/me', undefined, { Authorization: `Bearer ${token}` })).status, 401);
  }
}

async function cookieHeads(port, account, tls) {
  const c = new Client(port);
  const https = tls ? { 'X-Forwarded-Proto': 'https' } : {};
  const { login, password } = account('town1');
  const r = await c.request('POST', '/login', { headers: { Accept: 'text/html', ...FORM, ...https }, body: form({ login, password }) });
  const lines = r.headers['set-cookie'] || [];
  check(`cookies${tls ? ' over TLS' : ''} at the login`, lines.length >= 2 ? '' : `${lines.length}`);
  for (const line of lines) {
    check(`HttpOnly, SameSite and the path of ${line.split('=')[0]}`, /; HttpOnly/.test(line) && /; SameSite=Lax/.test(line) && /; Path=\/(;|$)/.test(line) && !/Domain/i.test(line) ? '' : line);
    same(`${line.split('=')[0]} is named for this host and Secure${tls ? '' : ' over TLS only'}`, /^__Host-/.test(line) && /; Secure/.test(line), Boolean(tls));
  }
  if (!tls) return;
  // What an unencrypted page, or another name of the same site, could set is not believed over TLS.
  const value = c.cookies.get('__Host-chabaocu_session');
  const get = async (cookie) => (await new Client(port).json('GET', '/me', undefined, { Cookie: cookie, ...https })).status;
  same('the session by its own name', await get(`__Host-chabaocu_session=${value}`), 200);
  same('the session by the name that anybody can set', await get(`chabaocu_session=${value}`), 401);
  same('an Origin without TLS', (await c.request('POST', '/logout', { headers: { ...FORM, ...https, Origin: `http://127.0.0.1:${port}`, Host: `127.0.0.1:${port}`,
    Accept: 'application/json' }, body: '' })).status, 403);
}

// ---- where an answer leads ---------------------------------------------------------------------------

async function leading(port, account) {
  const { login, password } = account('town1');
  const away = ['https://elsewhere.example/', '//elsewhere.example', '/\\elsewhere.example', '\\\\elsewhere.example', '/\t/elsewhere.example', ' //elsewhere.example',
    'javascript:alert(1)', 'data:text/html,x', '/a\r\nSet-Cookie: x=1', '%2f%2felsewhere.example', 'http:elsewhere.example', '/ü'];
  for (const next of away) {
    const c = new Client(port);
    const r = await c.request('POST', '/login', { headers: { Accept: 'text/html', ...FORM }, body: form({ login, password, next }) });
    const to = r.headers.location || '';
    check(`next=${JSON.stringify(next)}`, r.status === 422 || r.status === 400 || (r.status === 303 && to === '/') ? '' : `${r.status} to ${to}`);
    check(`nothing was split in by ${JSON.stringify(next)}`, (r.headers['set-cookie'] || []).some((l) => /^x=1/.test(l)) ? 'a cookie' : '');
    const page = await c.request('POST', '/preferences', { headers: { Accept: 'text/html', ...FORM, Origin: `http://127.0.0.1:${port}` }, body: form({ lang: 'zh-CN', back: next }) });
    check(`back=${JSON.stringify(next)}`, page.status >= 400 || page.headers.location === '/' ? '' : `${page.status} to ${page.headers.location}`);
  }
  // A Host head leads nowhere: no answer is built from it but the poster's address, which its own leader prints.
  for (const path of ['/', '/me', '/login', '/hazards']) {
    const r = await new Client(port).request('GET', path, { headers: { Accept: 'text/html', Host: 'elsewhere.example' } });
    check(`Host: elsewhere.example of ${path}`, `${r.text} ${JSON.stringify(r.headers)}`.includes('elsewhere.example') ? 'it comes back' : '');
  }
  const r = await new Client(port).request('POST', '/login', { headers: { Accept: 'application/json', ...FORM, Host: 'elsewhere.example', Origin: `http://127.0.0.1:${port}` },
    body: form({ login, password }) });
  same('a Host that the Origin does not name', r.status, 403);
}

/// Bytes as they are, for what a client library would not send.
const raw = (port, text) => new Promise((done) => {
  const s = net.connect(port, '127.0.0.1', () => s.end(text));
  let got = '';
  s.on('data', (d) => { got += d; });
  s.on('close', () => done(got));
  s.on('error', () => done(got));
  s.setTimeout(5000, () => s.destroy());
});

async function splitting(port) {
  for (const path of ['/hazards?x=%0d%0aSet-Cookie:%20x=1', '/j/%0d%0aSet-Cookie:%20x=1', '/login?next=/%0d%0aSet-Cookie:%20x=1', '/?lang=en%0d%0aSet-Cookie:%20x=1',
    '/nowhere%0d%0aSet-Cookie:%20x=1']) {
    const answer = await raw(port, `GET ${path} HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nConnection: close\r\n\r\n`);
    const head = answer.split('\r\n\r\n')[0];
    check(`no head is split in by ${path}`, /^HTTP\/1\.1 [2345]/.test(answer) && !/^(set-cookie: x=1)/im.test(head) ? '' : head);
  }
  for (const line of ['Cookie: chabaocu_session=a\0b', 'Host: a\r\nHost: b', 'Content-Length: 5\r\nContent-Length: 6', 'Transfer-Encoding: chunked\r\nContent-Length: 5'])
    check(`refused: ${JSON.stringify(line)}`, /^HTTP\/1\.1 (2|3)/.test(await raw(port, `POST /login HTTP/1.1\r\nHost: a\r\n${line}\r\nConnection: close\r\n\r\nhello`)) ? 'it went through' : '');
}

// ---- all ----------------------------------------------------------------------------------------

async function readTable(client) {
  const { paths } = (await client.json('GET', '/openapi.json')).json;
  const all = new Map();
  for (const [path, methods] of Object.entries(paths))
    for (const [method, op] of Object.entries(methods)) all.set(`${method.toUpperCase()} ${path}`, new Set(Object.keys(op.responses['200'].content || {})));
  return all;
}

const template = new Template(process.argv.includes('--pg') ? 'pg' : 'sqlite', ['--cities', '2']);
const place = template.copy(), behind = template.copy();
const server = await Server.start(place);
try {
  const w = await World.make(place, server.port, template.accounts);
  const account = (login) => template.accounts.get(login);
  w.uploadOf = {}, w.tokenOf = {}, w.campaignOf = {};
  for (const [k, ghost] of Object.entries(w.ghosts)) {
    w.uploadOf[k] = (await ghost.client.json('POST', '/uploads', { size: 10 })).json.id;
    w.tokenOf[k] = (await ghost.client.json('POST', '/tokens', { name: 'x', scope: 'read' })).json.id;
  }
  for (const [city, id] of w.db.rows('SELECT city_id, MIN(id) FROM campaign GROUP BY city_id')) w.campaignOf[city] = id;
  const table = await readTable(w.actors[0].client);
  const writing = [...table.keys()].filter((r) => !r.startsWith('GET '));
  const cells = await foreignForms(w, writing);
  const answers = await heads(w, table);
  await leading(server.port, account);
  await splitting(server.port);
  await cookieHeads(server.port, account, false);
  await sessions(server.port, account, w);
  const proxied = await Server.start(behind, { more: ['--trusted-proxies', '127.0.0.1'] });
  await cookieHeads(proxied.port, account, true);
  await proxied.stop();
  console.log(`${writing.length} writing routes × ${FOREIGN.length} foreign origins = ${cells}, heads of ${answers} answers, ${Math.round((Date.now() - started) / 1000)} s`);
} catch (e) {
  check('the suite itself', `${e.stack}\n${server.log.slice(-2000)}`);
}
await server.stop();
for (const p of [place, behind]) remove(p);
template.remove();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
