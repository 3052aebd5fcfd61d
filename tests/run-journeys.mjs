// Runs tests/journeys/*.txt on SQLite and, when CHABAOCU_TEST_PG names a server, on PostgreSQL.
import { readFileSync, readdirSync, existsSync, writeFileSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { deflateSync } from 'node:zlib';
import { join, basename } from 'node:path';
import { Client, multipart, parseCsv, raw } from './lib/client.mjs';
import { parseXlsx } from './lib/xlsx.mjs';
import { Server, Template, UNTIL, buildDir, parts, pgDsn, remove, root, run, scratch } from './lib/server.mjs';

const dir = join(root, 'tests/journeys');
const filesDir = scratch('journey-files');

function parse(text) {
  const steps = [];
  text.split('\n').forEach((line, i) => {
    const n = i + 1;
    if (/^\s*(#.*)?$/.test(line)) return;
    if (/^\s/.test(line)) steps.at(-1).lines.push(line.trim());
    else if (line.startsWith('<')) steps.push({ kind: 'expect', n, text: line.slice(1).trim(), lines: [] });
    else steps.push({ kind: 'do', n, text: line.trim(), lines: [] });
  });
  return steps;
}

const unescape = (s) => s.replace(/\\\{(\d+)x([^}]*)\}/g, (_, n, what) => what.repeat(Number(n)))
  .replace(/\\x([0-9a-f]{2})|\\([rnt0\\])/gi, (_, hex, c) =>
    hex ? String.fromCharCode(parseInt(hex, 16)) : { r: '\r', n: '\n', t: '\t', 0: '\0', '\\': '\\' }[c]);

function member(value, path) {
  for (const part of path === '.' ? [] : path.split(/\.|\[(-?\d+)\]/).filter((p) => p !== undefined && p !== ''))
    value = Array.isArray(value) ? value.at(Number(part)) : value?.[part];
  return value;
}

const show = (v) => (typeof v === 'string' ? v : JSON.stringify(v));
const names = (x) => [x?.act, x?.id, x?.code, x?.pointer, x?.field, x?.login, x?.number];
const holds = (list, word) => Array.isArray(list) && list.some((x) => x === word || names(x).includes(word));

function day(add) {
  const t = new Date(`${UNTIL}T00:00:00Z`);
  t.setUTCDate(t.getUTCDate() + add);
  return t.toISOString().slice(0, 10);
}

// A PNG that says this size; its bytes are a few, its pixels are not.
function pngBomb(width, height) {
  const crcTable = Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n >>> 0;
  });
  const crc = (b) => (b.reduce((c, x) => crcTable[(c ^ x) & 255] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]), out = Buffer.alloc(8 + body.length);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), 4 + body.length);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([1, 0, 0, 0, 0], 8);
  const line = Buffer.alloc(Math.ceil(width / 8) + 1);
  const lines = deflateSync(Buffer.concat(Array(Math.min(height, 2000)).fill(line)));
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', lines), chunk('IEND', Buffer.alloc(0))]);
}

class Walk {
  constructor(server, accounts) {
    this.server = server;
    this.accounts = accounts;
    this.clients = new Map();
    this.vars = { port: String(server.port), today: UNTIL };
    for (const [login, account] of accounts)
      for (const [k, v] of Object.entries(account)) this.vars[`${login}_${k}`] = v;
    this.client = this.of('nobody');
  }

  of(name) {
    if (!this.clients.has(name)) this.clients.set(name, new Client(this.server.port));
    return this.clients.get(name);
  }

  fill(text) {
    return text.replace(/\$day([+-]\d+)/g, (_, n) => day(Number(n)))
      .replace(/\$(\w+)/g, (all, name) => (name in this.vars ? this.vars[name] : all));
  }

  async as(name) {
    const known = this.clients.has(name);
    this.client = this.of(name);
    if (known || name.startsWith('nobody')) return;
    const account = this.accounts.get(name);
    if (!account) throw new Error(`no demonstration account ${name}`);
    const me = await this.client.login(account);
    Object.assign(this.vars, { [`${name}_csrf`]: me.csrf, [`${name}_id`]: me.person.id, [`${name}_name`]: me.person.name });
    this.vars[`${name}_unit_id`] = me.duties[0]?.unit_id;
  }

  body(mode, fields, files, headers, method) {
    if (files.length || mode === 'multipart') {
      const m = multipart(fields, files);
      headers['Content-Type'] ??= m.type;
      return m.body;
    }
    if (mode === 'json') {
      headers['Content-Type'] ??= 'application/json';
      return JSON.stringify(Object.fromEntries(fields));
    }
    if (mode === 'body') return Buffer.from(fields.map(([, v]) => v).join(''), 'latin1');
    if (fields.length || (method !== 'GET' && method !== 'HEAD')) {
      headers['Content-Type'] ??= 'application/x-www-form-urlencoded';
      return new URLSearchParams(fields).toString();
    }
    return null;
  }

  async request(text, lines) {
    const [method, path, mode] = this.fill(text).split(/\s+/);
    const headers = {}, fields = [], files = [];
    let body = null;
    for (const line of lines.map((l) => this.fill(l))) {
      const m = /^([\w.]+)(:?[=@])([^]*)$/.exec(line) || [];
      const piece = /^bytes (\d+)-(\d+) of (\S+)$/.exec(line);
      if (piece) body = readFileSync(this.file(piece[3])).subarray(Number(piece[1]), Number(piece[2]));
      else if (m[2] === '@') files.push([m[1], this.file(m[3].split(' ')[0]), m[3].split(' ')[1]]);
      else if (m[2]) fields.push([m[1], m[2] === ':=' ? JSON.parse(unescape(m[3])) : unescape(m[3])]);
      else {
        const at = line.indexOf(':');
        headers[line.slice(0, at)] = unescape(line.slice(at + 1).trim());
      }
    }
    headers.Accept ??= mode === 'page' ? 'text/html' : 'application/json';
    body ??= this.body(mode, fields, files, headers, method);
    // A browser says where a form comes from; a journey that wants to be somebody else says so.
    if (method !== 'GET') headers.Origin ??= `http://127.0.0.1:${this.server.port}`;
    if (headers.Origin === 'none') delete headers.Origin;
    return this.client.request(method, path, { headers, body });
  }

  /// The same request several times at once: {counts by status, ids: how many different}.
  async together(n, text, lines) {
    const answers = await Promise.all(Array.from({ length: n }, () => this.request(text, lines)));
    const json = { status: {}, ids: new Set(answers.filter((a) => a.status < 300).map((a) => JSON.parse(a.text).id)).size };
    for (const a of answers.filter((x) => x.status >= 400)) json.problem = JSON.parse(a.text).detail;
    for (const a of answers) json.status[a.status] = (json.status[a.status] || 0) + 1;
    this.answer = { status: 200, headers: {}, text: JSON.stringify(json), json };
  }

  readJson() {
    try { this.answer.json = JSON.parse(this.answer.text); } catch { this.answer.json = undefined; }
  }

  /// All pages of a list by their cursors: {items, pages, count, once}.
  async all(path) {
    const items = [];
    let after = null, pages = 0;
    do {
      const r = await this.client.json('GET', after ? `${path}${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(after)}` : path);
      if (r.status !== 200) throw new Error(`${path}: ${r.status} ${r.text.slice(0, 300)}`);
      items.push(...r.json.items);
      after = r.json.next;
    } while (after && ++pages < 200);
    const json = { items, pages: pages + 1, count: items.length, once: new Set(items.map((x) => x.id)).size === items.length };
    this.answer = { status: 200, headers: {}, text: JSON.stringify(json), json };
  }

  /// The CSV has the rows of the JSON answer before it, in the same order, cell by cell.
  async sameCsv(path) {
    const { items } = this.answer.json;
    const r = await this.client.request('GET', path, { headers: {} });
    const [head, ...rows] = parseCsv(r.text);
    if (r.status !== 200 || rows.length !== items.length) throw new Error(`${path}: ${r.status}, ${rows.length} rows, JSON has ${items.length}`);
    const text = (v) => (v === null || v === undefined ? '' : v === true ? '1' : v === false ? '0' : String(v));
    const plain = (v) => v.replace(/^'(?=[=+\-@\t])/, '');
    rows.forEach((row, i) => head.forEach((name, j) => {
      if (name in items[i] && plain(row[j]) !== text(items[i][name]))
        throw new Error(`${path} row ${i + 1}: ${name} is «${row[j]}», JSON has «${text(items[i][name])}»`);
    }));
    if (!head.some((name) => name in (items[0] || { id: 1 }))) throw new Error(`${path}: no column is a member of the JSON`);
    this.answer = { ...this.answer, status: 200 };
  }

  // The workbook has the columns and rows of the CSV at the same address, with numbers and days as such.
  async sameXlsx(path) {
    const csv = await this.client.request('GET', path.replace('.xlsx', '.csv'), { headers: {} });
    const xlsx = await this.client.request('GET', path, { headers: {} });
    if (csv.status !== 200 || xlsx.status !== 200) throw new Error(`${path}: ${xlsx.status}, CSV ${csv.status}`);
    const wanted = parseCsv(csv.text), rows = parseXlsx(xlsx.raw);
    const plain = (v) => v.replace(/^'(?=[=+\-@\t])/, '').replace(/\r/g, '');
    const head = wanted[0].map((name) => name.replace(/_fen$/, '_yuan'));
    if (rows.length !== wanted.length || String(rows[0]) !== String(head)) throw new Error(`${path}: ${rows.length} rows of ${rows[0]}, CSV has ${wanted.length} of ${head}`);
    wanted.slice(1).forEach((row, i) => row.forEach((v, j) => {
      if (plain(v) !== (rows[i + 1][j] ?? '')) throw new Error(`${path} row ${i + 2}: ${head[j]} is «${rows[i + 1][j]}», CSV has «${plain(v)}»`);
    }));
    this.answer = xlsx;
  }

  file(name) {
    for (const place of [join(filesDir, name), join(root, 'tests/fixtures', name)]) if (existsSync(place)) return place;
    throw new Error(`no file ${name}`);
  }

  makePhoto(words) {
    const out = join(filesDir, words[0]);
    if (existsSync(out)) return;
    const r = spawnSync(join(buildDir, 'tests/make_photo'), [out, words[1], '--seed', words[2] || '1'], { encoding: 'utf8' });
    if (r.status !== 0) throw new Error(`make_photo: ${r.stderr}`);
  }

  make(words) {
    const [what, name, ...rest] = words;
    const out = join(filesDir, name);
    if (what === 'photo') return this.makePhoto(words.slice(1));
    if (what === 'bytes') return writeFileSync(out, readFileSync(this.file(rest[2])).subarray(0, Number(rest[0])));
    if (what === 'bomb') return writeFileSync(out, pngBomb(...rest[0].split('x').map(Number)));
    if (what === 'pad') {
      const b = Buffer.alloc(Number(rest[0]));
      readFileSync(this.file(rest[2])).copy(b);
      return writeFileSync(out, b);
    }
    return writeFileSync(out, unescape(rest.join(' ')));
  }

  // Background work takes its seconds: asks again until the list has something.
  async soon(path) {
    for (const end = Date.now() + 30000; Date.now() < end; await new Promise((r) => { setTimeout(r, 200); })) {
      this.answer = await this.request(`GET ${path}`, []);
      this.readJson();
      if (this.answer.json?.items?.length) return;
    }
  }

  async act(step) {
    const words = this.fill(step.text).split(/\s+/);
    if (words[0] === 'as') return this.as(words[1]);
    if (['photo', 'bytes', 'bomb', 'pad', 'text'].includes(words[0])) return this.make(words);
    if (words[0] === 'ALL') return this.all(words[1]);
    if (words[0] === 'SAMECSV') return this.sameCsv(words[1]);
    if (words[0] === 'SAMEXLSX') return this.sameXlsx(words[1]);
    if (words[0] === 'RAW') {
      const text = await raw(this.server.port, Buffer.from(unescape(step.lines.map((l) => this.fill(l)).join('')), 'latin1'));
      this.answer = { status: Number(/^HTTP\/1\.\d (\d+)/.exec(text)?.[1] || 0), headers: {}, text, raw: Buffer.from(text, 'latin1') };
      return undefined;
    }
    if (words[0] === 'TIMES') {
      for (let i = 0; i < Number(words[1]); i++) this.answer = await this.request(words.slice(2).join(' '), step.lines);
      return this.readJson();
    }
    if (words[0] === 'SOON') return this.soon(words[1]);
    if (words[0] === 'TOGETHER') return this.together(Number(words[1]), words.slice(2).join(' '), step.lines);
    this.answer = await this.request(step.text, step.lines);
    return this.readJson();
  }

  expect(step) {
    const text = this.fill(step.text), a = this.answer;
    const fail = (what) => { throw new Error(`${what}\n      answer: ${a.status} ${a.text.slice(0, 600)}`); };
    let m;
    if (/^\d+$/.test(text)) return a.status === Number(text) || fail(`status ${a.status}, expected ${text}`);
    if ((m = /^json (\S+) (=|~|!=|hasnot|has|count|absent|all)\s?([^]*)$/.exec(text))) return this.compare(member(a.json, m[1]), m[2], m[3], fail, m[1]);
    if ((m = /^header (\S+) (=|~|absent)\s?(.*)$/.exec(text))) return this.compare(a.headers[m[1]], m[2], m[3], fail, m[1]);
    if ((m = /^text ([^]*)$/.exec(text))) return a.text.includes(unescape(m[1])) || fail(`no text «${m[1]}»`);
    if ((m = /^notext ([^]*)$/.exec(text))) return !a.text.includes(unescape(m[1])) || fail(`text «${m[1]}» is there`);
    if ((m = /^bytes (<|>|=) (\d+)$/.exec(text))) return { '<': a.raw.length < m[2], '>': a.raw.length > m[2], '=': a.raw.length === Number(m[2]) }[m[1]] || fail(`${a.raw.length} bytes`);
    if ((m = /^bytes (hasnot|has) (.+)$/.exec(text))) return a.raw.includes(Buffer.from(unescape(m[2]), 'latin1')) === (m[1] === 'has') || fail(`bytes ${m[1]} «${m[2]}»`);
    if ((m = /^save (\w+) (\S+)$/.exec(text))) {
      const v = member(a.json, m[2]);
      if (v === undefined || v === null) fail(`no member ${m[2]}`);
      this.vars[m[1]] = show(v);
      return true;
    }
    if ((m = /^find (\w+) ([^]*)$/.exec(text))) {
      const found = new RegExp(m[2]).exec(a.text);
      if (!found) fail(`nothing matches ${m[2]}`);
      this.vars[m[1]] = found[1] ?? found[0];
      return true;
    }
    if ((m = /^savehead (\w+) (\S+)$/.exec(text))) { this.vars[m[1]] = a.headers[m[2]]; return true; }
    throw new Error(`unknown expectation «${text}»`);
  }

  compare(v, how, want, fail, name) {
    const every = () => {
      const [path, value] = want.split(' = ');
      return Array.isArray(v) && v.length > 0 && v.every((x) => show(member(x, path)) === value);
    };
    const ok = {
      '=': () => show(v) === want, '!=': () => v !== undefined && show(v) !== want, '~': () => v !== undefined && new RegExp(want, 'u').test(show(v)),
      has: () => holds(v, want), hasnot: () => Array.isArray(v) && !holds(v, want), count: () => v?.length === Number(want),
      absent: () => v === undefined, all: every,
    }[how]();
    return ok || fail(`${name} is ${show(v)?.slice(0, 400)}, expected ${how} ${want}`);
  }
}

/// `checks`: options of the look at what a walk leaves behind.
async function walkFile(file, template, checks) {
  const place = template.copy();
  const server = await Server.start(place);
  let at = { n: 0, text: '' };
  try {
    const walk = new Walk(server, template.accounts);
    for (const step of parse(readFileSync(file, 'utf8'))) {
      at = step;
      if (step.kind === 'expect') walk.expect(step);
      else await walk.act(step);
    }
    for (const c of walk.clients.values()) c.close();
    const end = await server.stop();
    if (end.code !== 0) throw new Error(`the server ended with ${end.code ?? end.signal}\n${server.log.slice(-3000)}`);
    at = { n: 0, text: 'chabaocu check' };
    const check = run(['check', ...checks, '--data', place.dir, '--db', place.db], { mayFail: true });
    if (check.status !== 0) throw new Error(`${check.status} ${check.stdout}${check.stderr}`);
    return null;
  } catch (e) {
    await server.stop();
    return `${basename(file)}:${at.n}: ${at.text}\n      ${e.message}\n      server: ${server.log.split('\n').filter((l) => !l.includes('"what":"request"')).slice(-6).join('\n              ')}`;
  } finally {
    remove(place);
  }
}

const wanted = process.argv.slice(2);
const files = readdirSync(dir).filter((f) => f.endsWith('.txt')).sort().map((f) => join(dir, f))
  .filter((f) => !wanted.length || wanted.some((w) => f.includes(w)));
let passed = 0, failed = 0;
for (const engine of parts ? ['pg'] : ['sqlite', 'pg']) {
  if (engine === 'pg' && !pgDsn) {
    console.log('not run: journeys on PostgreSQL: CHABAOCU_TEST_PG is not set');
    continue;
  }
  const template = new Template(engine);
  for (const file of files) {
    // The statements and their plans are the same for every copy of one city.
    const bad = await walkFile(file, template, file === files[0] ? [] : ['--rows']);
    if (bad) failed++; else passed++;
    console.log(`${bad ? 'FAIL' : 'ok  '} ${engine} ${basename(file)}`);
    if (bad) console.log(`    ${bad}`);
  }
  template.remove();
}
rmSync(filesDir, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
