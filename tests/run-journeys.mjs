// Runs tests/journeys/*.txt on SQLite and, when CHABAOCU_TEST_PG names a server, on PostgreSQL.
import { readFileSync, readdirSync, existsSync, writeFileSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join, basename } from 'node:path';
import { Client, multipart, raw } from './lib/client.mjs';
import { Server, Template, buildDir, pgDsn, remove, root, scratch } from './lib/server.mjs';

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

const unescape = (s) => s.replace(/\\x([0-9a-f]{2})|\\([rnt0\\])/gi, (_, hex, c) =>
  hex ? String.fromCharCode(parseInt(hex, 16)) : { r: '\r', n: '\n', t: '\t', 0: '\0', '\\': '\\' }[c]);

function member(value, path) {
  for (const part of path === '.' ? [] : path.split(/\.|\[(-?\d+)\]/).filter((p) => p !== undefined && p !== ''))
    value = Array.isArray(value) ? value.at(Number(part)) : value?.[part];
  return value;
}

const show = (v) => (typeof v === 'string' ? v : JSON.stringify(v));
const holds = (list, word) => Array.isArray(list) && list.some((x) => x === word || [x?.act, x?.id, x?.code, x?.pointer, x?.login].includes(word));

class Walk {
  constructor(server, accounts) {
    this.server = server;
    this.accounts = accounts;
    this.clients = new Map();
    this.vars = { port: String(server.port) };
    this.client = this.of('nobody');
  }

  of(name) {
    if (!this.clients.has(name)) this.clients.set(name, new Client(this.server.port));
    return this.clients.get(name);
  }

  fill(text) {
    return text.replace(/\$(\w+)/g, (all, name) => (name in this.vars ? this.vars[name] : all));
  }

  async as(name) {
    const known = this.clients.has(name);
    this.client = this.of(name);
    if (known || name.startsWith('nobody')) return;
    const account = this.accounts.get(name);
    if (!account) throw new Error(`no demonstration account ${name}`);
    this.vars[`csrf_${name}`] = (await this.client.login(account)).csrf;
    for (const [k, v] of Object.entries(account)) this.vars[`${name}_${k}`] = v;
  }

  async request(text, lines) {
    const [method, path, mode] = this.fill(text).split(/\s+/);
    const headers = {}, fields = [], files = [];
    for (const line of lines.map((l) => this.fill(l))) {
      const m = /^([\w.]+)(:?[=@])([^]*)$/.exec(line) || [];
      if (m[2] === '@') files.push([m[1], this.file(m[3].split(' ')[0]), m[3].split(' ')[1]]);
      else if (m[2]) fields.push([m[1], m[2] === ':=' ? JSON.parse(m[3]) : unescape(m[3])]);
      else {
        const at = line.indexOf(':');
        headers[line.slice(0, at)] = line.slice(at + 1).trim();
      }
    }
    if (!headers.Accept) headers.Accept = mode === 'page' ? 'text/html' : 'application/json';
    let body = null;
    if (files.length || mode === 'multipart') {
      const m = multipart(fields, files);
      headers['Content-Type'] ??= m.type;
      body = m.body;
    } else if (mode === 'json') {
      headers['Content-Type'] ??= 'application/json';
      body = JSON.stringify(Object.fromEntries(fields));
    } else if (mode === 'body') {
      body = unescape(fields.map(([, v]) => v).join(''));
    } else if (fields.length || (method !== 'GET' && method !== 'HEAD')) {
      headers['Content-Type'] ??= 'application/x-www-form-urlencoded';
      body = new URLSearchParams(fields).toString();
    }
    // A browser says where a form comes from; a journey that wants to be somebody else says so.
    if (method !== 'GET' && !('Origin' in headers) && mode !== 'noorigin') headers.Origin = `http://127.0.0.1:${this.server.port}`;
    if (headers.Origin === 'none') delete headers.Origin;
    this.answer = await this.client.request(method, path, { headers, body });
    try { this.answer.json = JSON.parse(this.answer.text); } catch { this.answer.json = undefined; }
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

  async act(step) {
    const words = this.fill(step.text).split(/\s+/);
    if (words[0] === 'as') return this.as(words[1]);
    if (words[0] === 'photo') return this.makePhoto(words.slice(1));
    if (words[0] === 'bytes') return writeFileSync(join(filesDir, words[1]), readFileSync(this.file(words[4])).subarray(0, Number(words[2])));
    if (words[0] === 'text') return writeFileSync(join(filesDir, words[1]), unescape(words.slice(2).join(' ')));
    if (words[0] === 'RAW') {
      const text = await raw(this.server.port, Buffer.from(unescape(step.lines.map((l) => this.fill(l)).join('')), 'latin1'));
      this.answer = { status: Number(/^HTTP\/1\.\d (\d+)/.exec(text)?.[1] || 0), headers: {}, text };
      return undefined;
    }
    return this.request(step.text, step.lines);
  }

  expect(step) {
    const text = this.fill(step.text), a = this.answer;
    const fail = (what) => { throw new Error(`${what}\n      answer: ${a.status} ${a.text.slice(0, 600)}`); };
    let m;
    if (/^\d+$/.test(text)) return a.status === Number(text) || fail(`status ${a.status}, expected ${text}`);
    if ((m = /^json (\S+) (=|~|!=|has|hasnot|count|absent)\s?([^]*)$/.exec(text))) return this.compare(member(a.json, m[1]), m[2], m[3], fail, m[1]);
    if ((m = /^header (\S+) (=|~|absent)\s?(.*)$/.exec(text))) return this.compare(a.headers[m[1]], m[2], m[3], fail, m[1]);
    if ((m = /^text ([^]*)$/.exec(text))) return a.text.includes(unescape(m[1])) || fail(`no text «${m[1]}»`);
    if ((m = /^notext ([^]*)$/.exec(text))) return !a.text.includes(unescape(m[1])) || fail(`text «${m[1]}» is there`);
    if ((m = /^bytes (<|>) (\d+)$/.exec(text))) return (m[1] === '<' ? a.raw.length < m[2] : a.raw.length > m[2]) || fail(`${a.raw.length} bytes`);
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
    const ok = {
      '=': () => show(v) === want, '!=': () => show(v) !== want, '~': () => v !== undefined && new RegExp(want, 'u').test(show(v)),
      has: () => holds(v, want), hasnot: () => Array.isArray(v) && !holds(v, want), count: () => v?.length === Number(want),
      absent: () => v === undefined,
    }[how]();
    return ok || fail(`${name} is ${show(v)}, expected ${how} ${want}`);
  }
}

async function walkFile(file, template) {
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
for (const engine of ['sqlite', 'pg']) {
  if (engine === 'pg' && !pgDsn) {
    console.log('not run on PostgreSQL: CHABAOCU_TEST_PG is not set');
    continue;
  }
  const template = new Template(engine);
  for (const file of files) {
    const bad = await walkFile(file, template);
    if (bad) failed++; else passed++;
    console.log(`${bad ? 'FAIL' : 'ok  '} ${engine} ${basename(file)}`);
    if (bad) console.log(`    ${bad}`);
  }
  template.remove();
}
rmSync(filesDir, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
