// A small HTTP client for tests: cookies, no redirects followed, every detail visible.
import http from 'node:http';
import net from 'node:net';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { randomBytes } from 'node:crypto';

export function multipart(fields, files) {
  const boundary = `----b${randomBytes(12).toString('hex')}`;
  const parts = [];
  for (const [name, value] of fields)
    parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`));
  for (const [name, file, type] of files) {
    parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${basename(file.name || file)}"\r\nContent-Type: ${type || 'image/jpeg'}\r\n\r\n`));
    parts.push(file.bytes || readFileSync(file), Buffer.from('\r\n'));
  }
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return { body: Buffer.concat(parts), type: `multipart/form-data; boundary=${boundary}` };
}

export class Client {
  constructor(port) {
    this.port = port;
    this.cookies = new Map();
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  }

  request(method, path, { headers = {}, body = null, timeout = 20000 } = {}) {
    const all = { ...headers };
    if (this.cookies.size && !('Cookie' in all)) all.Cookie = [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    if (body !== null && !('Content-Length' in all) && !('Transfer-Encoding' in all)) all['Content-Length'] = Buffer.byteLength(body);
    return new Promise((done, failed) => {
      const req = http.request({ host: '127.0.0.1', port: this.port, method, path: path.replace(/[^\x20-\x7e]+/gu, encodeURIComponent), headers: all, agent: this.agent, timeout }, (res) => {
        const chunks = [];
        res.on('data', (d) => chunks.push(d));
        res.on('error', failed);
        res.on('end', () => {
          for (const line of res.headers['set-cookie'] || []) this.keep(line);
          const raw = Buffer.concat(chunks);
          done({ status: res.statusCode, headers: res.headers, raw, text: raw.toString('utf8') });
        });
      });
      req.on('timeout', () => req.destroy(new Error(`no answer within ${timeout} ms: ${method} ${path}`)));
      req.on('error', failed);
      req.end(body);
    });
  }

  keep(line) {
    const [pair, ...attributes] = line.split(';');
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim(), value = pair.slice(at + 1).trim();
    if (value === '' || attributes.some((a) => /^\s*max-age=0\s*$/i.test(a))) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }

  async json(method, path, value, headers = {}) {
    const all = { Accept: 'application/json', ...headers };
    if (value !== undefined) all['Content-Type'] = 'application/json';
    const r = await this.request(method, path, { headers: all, body: value === undefined ? null : JSON.stringify(value) });
    r.json = r.text && /json/.test(r.headers['content-type'] || '') ? JSON.parse(r.text) : null;
    return r;
  }

  async login(account) {
    const r = await this.json('POST', '/login', { login: account.login, password: account.password });
    if (r.status !== 200) throw new Error(`login of ${account.login}: ${r.status} ${r.text}`);
    return r.json;
  }

  close() {
    this.agent.destroy();
  }
}

/// Rows of cells (RFC 4180).
export function parseCsv(text) {
  const rows = [[]];
  let cell = '', quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted && c === '"' && text[i + 1] === '"') { cell += '"'; i++; }
    else if (c === '"') quoted = !quoted;
    else if (!quoted && (c === ',' || c === '\n')) {
      rows.at(-1).push(cell);
      cell = '';
      if (c === '\n') rows.push([]);
    } else if (quoted || c !== '\r') cell += c;
  }
  rows.pop();
  return rows;
}

/// Sends bytes as they are and gives back all that comes until the server closes or goes quiet.
export function raw(port, bytes, { quiet = 1500, end = false } = {}) {
  return new Promise((done) => {
    const s = net.connect(port, '127.0.0.1');
    let text = '';
    const finish = () => { s.destroy(); done(text); };
    s.setTimeout(quiet, finish);
    s.on('data', (d) => { text += d.toString('latin1'); });
    s.on('close', finish);
    s.on('error', finish);
    s.on('connect', () => { s.write(bytes); if (end) s.end(); });
  });
}
