// Mails against a real mail server (aiosmtpd): codes, alarms, digests; refusals now and for good, a line that is cut, a server that is down,
// TLS, a login; kills with two servers: nobody has two digests of a day, and no alarm is lost (HAZ-9, NFR-8).
//   node tests/mail/run.mjs [--kills N] [--show]
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chance } from '../lib/chance.mjs';
import { Client } from '../lib/client.mjs';
import { Server, Template, UNTIL, pgDsn, remove, root, scratch } from '../lib/server.mjs';
import { Database } from '../matrix/database.mjs';

const option = (name, otherwise) => (process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) : otherwise);
const KILLS = option('--kills', 4);
let passed = 0, failed = 0, complain;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function row(name, bad) {
  if (bad) failed++; else passed++;
  console.log(`${bad ? 'FAIL' : 'ok  '} ${name}${bad ? `\n     ${bad}` : ''}`);
}

async function check(name, fn) {
  try {
    const bad = await fn();
    if (bad) complain?.();
    row(name, bad);
  } catch (e) {
    row(name, e.stack);
  }
}

const day = (n) => {
  const t = new Date(`${UNTIL}T00:00:00Z`);
  t.setUTCDate(t.getUTCDate() + n);
  return t.toISOString().slice(0, 10);
};

/// The mail server; its answers follow the recipient's name (smtpd.py).
class MailServer {
  static async start(args = []) {
    const s = new MailServer();
    s.events = [];
    s.child = spawn('/usr/bin/python3', [join(root, 'tests/mail/smtpd.py'), ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    let errors = '';
    s.child.stderr.on('data', (d) => { errors += d; });
    s.ended = new Promise((done) => s.child.on('exit', done));
    s.port = await new Promise((done, bad) => {
      createInterface({ input: s.child.stdout }).on('line', (line) => {
        const e = JSON.parse(line);
        if (e.event === 'port') done(e.port);
        if (e.event === 'mail') Object.assign(e, read(Buffer.from(e.data, 'base64')));
        s.events.push(e);
      });
      s.ended.then(() => bad(new Error(errors)));
    });
    return s;
  }

  get mails() { return this.events.filter((e) => e.event === 'mail'); }
  to(who) { return this.mails.filter((m) => m.to[0].startsWith(who)); }
  alarms(who) { return this.to(who).filter((m) => m.subject.includes('险情')); }

  async stop() {
    this.child.stdin.end();
    this.child.kill();
    return this.ended;
  }
}

const words = (s) => s.replace(/\?=\r\n =\?UTF-8\?B\?/g, '?==?UTF-8?B?').replace(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, b) => Buffer.from(b, 'base64').toString());
/// A mail's head and text; and what is wrong with its bytes.
function read(bytes) {
  const raw = bytes.toString('latin1'), [head, body] = [raw.slice(0, raw.indexOf('\r\n\r\n')), raw.slice(raw.indexOf('\r\n\r\n') + 4)];
  const line = (name) => words((head.match(new RegExp(`^${name}: ((?:.|\\r\\n )*)`, 'm')) ?? ['', ''])[1]);
  const wrong = /[^\x00-\x7f]/.test(raw) ? 'bytes above 127' : raw.split('\r\n').some((l) => l.length > 76 || l.includes('\n')) ? 'a line too long, or a bare LF' : '';
  return { id: line('Message-ID'), subject: line('Subject'), from: line('From'), recipient: line('To'), headers: head, text: Buffer.from(body, 'base64').toString(), wrong };
}

async function until(what, ms = 20000) {
  for (const end = Date.now() + ms; Date.now() < end; await pause(50)) {
    const v = await what();
    if (v) return v;
  }
  return null;
}

/// The program over a demonstration city, each start a day later by its clock, so that whatever waits is due.
class House {
  constructor(place, accounts) {
    Object.assign(this, { place, accounts, db: new Database(place), day: 0, servers: [] });
    this.city = this.db.rows('SELECT city_id FROM unit ORDER BY city_id')[0][0];
    this.set('notice.mail_from', 'safe@union.test');
    this.set('notice.site', 'https://safe.union.test');
    this.set('notice.digest_hour', '0');
  }

  set(name, value) {
    this.db.write([`DELETE FROM setting WHERE city_id = ${this.city} AND name = '${name}'`,
      `INSERT INTO setting (city_id, name, value, changed_at, changed_by) VALUES (${this.city}, '${name}', '${value}', 1, 0)`]);
  }

  person(login) { return this.db.rows(`SELECT person_id FROM account WHERE city_id = ${this.city} AND login = '${login}'`)[0][0]; }

  /// An address that has proved itself.
  address(person, email) {
    this.db.write([`DELETE FROM notice_profile WHERE city_id = ${this.city} AND person_id = ${person}`,
      'INSERT INTO notice_profile (city_id, person_id, email, verified_at, code_hash, code_until, code_tries, digest_hour, lang, by_mail, has_digest, version) '
      + `VALUES (${this.city}, ${person}, '${email}', 1, ${this.db.literal(Buffer.from('x'))}, 0, 0, -1, 'zh-CN', 'task due late risen answer', 1, 1)`]);
  }

  async start(n = 1, env = {}) {
    this.day++;
    for (let i = 0; i < n; i++) this.servers.push(await Server.start(this.place, { today: day(this.day), env }));
    this.port = this.servers[0].port;
  }

  async stop(signal = 'SIGTERM') {
    const log = this.servers.map((s) => s.log).join('');
    await Promise.all(this.servers.map((s) => s.stop(signal)));
    this.servers = [];
    return log;
  }

  async again(env) {
    const log = await this.stop();
    await this.start(1, env);
    return log;
  }

  async as(login) {
    const c = new Client(this.port);
    await c.login(this.accounts.get(login));
    return c;
  }

  async danger(text) {
    const c = await this.as('worker1');
    const r = await c.json('POST', '/hazards', { place: '三号炉', description: text, danger: true, anonymity: 'named' }, { 'Idempotency-Key': `mail-danger-${randomUUID()}` });
    c.close();
    if (r.status !== 201) throw new Error(`report: ${r.status} ${r.text}`);
    return r.json;
  }

  /// Whatever waits is due.
  hurry() {
    this.db.write([`UPDATE notice_mail SET try_at = 0 WHERE city_id = ${this.city}`, `UPDATE job SET due_at = 0 WHERE city_id = ${this.city} AND kind = 'notice.mail'`]);
  }

  fates(purpose) {
    return this.db.rows(`SELECT person_id, state, attempts, error FROM notice_mail WHERE city_id = ${this.city} AND purpose = '${purpose}' AND state <> 'empty' ORDER BY id`)
      .map(([person, state, attempts, error]) => ({ person, state, attempts: Number(attempts), error }));
  }

  /// No alarms yet; the digests of the day stay, or they would be made again.
  forget() {
    this.db.write([`DELETE FROM notice_mail WHERE city_id = ${this.city} AND purpose <> 'digest'`, `DELETE FROM notice WHERE city_id = ${this.city}`,
      `UPDATE notice_mail SET state = 'sent' WHERE city_id = ${this.city} AND purpose = 'digest' AND state <> 'empty'`]);
  }
}

// ---- the ways ------------------------------------------------------------------------------

async function codes(house, smtp) {
  await check('a code proves an address', async () => {
    const c = await house.as('worker1');
    const bad = await c.json('POST', '/me/notices/email', { email: 'worker@union.test\r\nBcc: x@union.test' });
    if (bad.status !== 422) return `a second header: ${bad.status}`;
    const r = await c.json('POST', '/me/notices/email', { email: 'worker@union.test' });
    if (r.status !== 200 || r.json.is_verified) return `${r.status} ${r.text}`;
    const mail = await until(() => smtp.to('worker@')[0]);
    if (!mail) return 'no mail';
    const code = mail.subject.match(/验证码(\d{6})/)?.[1];
    if (!code || !mail.text.includes(code)) return `${mail.subject}: ${mail.text}`;
    if (mail.wrong || mail.recipient !== '<worker@union.test>' || mail.sender !== 'safe@union.test' || /bcc/i.test(mail.headers)) return `${mail.wrong} ${mail.headers}`;
    const wrong = await c.json('POST', '/me/notices/confirm', { code: code === '000000' ? '000001' : '000000' });
    if (wrong.status !== 422 || wrong.json.errors[0].code !== 'wrong_code') return `a wrong code: ${wrong.status} ${wrong.text}`;
    const right = await c.json('POST', '/me/notices/confirm', { code });
    c.close();
    return right.status === 200 && right.json.is_verified ? '' : `${right.status} ${right.text}`;
  });
  await check('a code is good for five tries', async () => {
    const c = await house.as('leader1');
    await c.json('POST', '/me/notices/email', { email: 'guess@union.test' });
    const mail = await until(() => smtp.to('guess@')[0]);
    const code = mail.subject.match(/(\d{6})/)[1];
    for (let i = 0; i < 5; i++) await c.json('POST', '/me/notices/confirm', { code: code === '000000' ? '111111' : '000000' });
    const late = await c.json('POST', '/me/notices/confirm', { code });
    await c.json('POST', '/me/notices/email', { email: '' });
    c.close();
    return late.status === 409 && late.json.code === 'code_over' ? '' : `${late.status} ${late.text}`;
  });
}

async function alarms(house, smtp) {
  house.address(house.person('leader1'), 'leader@union.test');
  await check('danger is mailed at once, without a name or a word of the report', async () => {
    const made = await house.danger('脚手架要倒了');
    const mail = await until(() => smtp.to('leader@')[0]);
    if (!mail) return 'no mail';
    if (process.argv.includes('--show')) console.log(`${mail.headers}\n\n${mail.text}`);
    if (!mail.subject.includes('险情') || !mail.text.includes(made.number) || !mail.text.includes('https://safe.union.test/inbox/')) return mail.text;
    const name = house.db.rows(`SELECT name FROM person WHERE id = ${house.person('worker1')}`)[0][0];
    for (const s of ['脚手架', '三号炉', name]) if (`${mail.subject}${mail.text}`.includes(s)) return `the mail says ${s}`;
    return mail.wrong;
  });
}

async function digest(house, smtp) {
  await check('one digest a day, each line with its link', async () => {
    const c = await house.as('worker1');
    const r = await c.json('POST', '/hazards', { place: '汇总试验', description: '灯坏了', anonymity: 'named' }, { 'Idempotency-Key': 'mail-digest-000000001' });
    c.close();
    const leader = await house.as('leader1');
    await leader.json('POST', `/hazards/${r.json.id}/register`, { category: 'fire' });
    leader.close();
    const before = smtp.to('worker@').length;
    await house.again();
    const mail = await until(() => smtp.to('worker@')[before]);
    if (!mail) return 'no digest';
    if (process.argv.includes('--show')) console.log(`${mail.headers}\n\n${mail.text}`);
    if (!mail.text.includes(`您报告的隐患 ${r.json.number} 已经核实`) || !/https:\/\/safe\.union\.test\/inbox\/\d+/.test(mail.text)) return mail.text;
    if (mail.text.includes('灯坏了') || mail.wrong) return `${mail.wrong} ${mail.text}`;
    await house.stop();
    house.day--;
    await house.start();
    await pause(2500);
    return smtp.to('worker@').length === before + 1 ? '' : `${smtp.to('worker@').length - before} digests of one day`;
  });
}

async function refusals(house, smtp) {
  await check('a box that does not exist: given up, and the person\'s page says so', async () => {
    house.forget();
    house.address(house.person('leader1'), 'no550@union.test');
    await house.danger('甲');
    await until(() => house.fates('alarm').some((f) => f.state === 'given_up'));
    const [f] = house.fates('alarm');
    const c = await house.as('leader1');
    const page = await c.json('GET', '/me/notices');
    c.close();
    return f?.state === 'given_up' && f.attempts === 1 && f.error.includes('550') && page.json.mails[0].state === 'given_up' ? '' : JSON.stringify([f, page.json.mails]);
  });
  await check('refused for what it holds: given up', async () => {
    house.forget();
    house.address(house.person('leader1'), 'data554@union.test');
    await house.danger('乙');
    await until(() => house.fates('alarm').some((f) => f.state === 'given_up'));
    const [f] = house.fates('alarm');
    return f?.state === 'given_up' ? '' : JSON.stringify(f);
  });
  await check('come back later: later, and once', async () => {
    house.forget();
    house.address(house.person('leader1'), 'later451@union.test');
    await house.danger('丙');
    for (let i = 1; i <= 2; i++) {
      await until(() => house.fates('alarm').some((f) => f.attempts === i && f.state === 'pending'));
      house.hurry();
    }
    await until(() => house.fates('alarm').some((f) => f.state === 'sent'));
    const [f] = house.fates('alarm');
    await until(() => smtp.alarms('later451@').length);
    return f?.state === 'sent' && f.attempts === 3 && smtp.alarms('later451@').length === 1 ? '' : `${JSON.stringify(f)} ${smtp.to('later451@').length} mails`;
  });
  await check('a slow server is waited for', async () => {
    house.forget();
    house.address(house.person('leader1'), 'slow@union.test');
    await house.danger('丁');
    await until(() => house.fates('alarm').some((f) => f.state === 'sent'));
    return house.fates('alarm')[0]?.state === 'sent' && smtp.to('slow@').length === 1 ? '' : JSON.stringify(house.fates('alarm'));
  });
  await check('cut before the answer: an alarm comes again under the same number, a digest does not', async () => {
    house.forget();
    house.address(house.person('leader1'), 'cut@union.test');
    await house.danger('戊');
    await until(() => smtp.to('cut@').length && house.fates('alarm').some((f) => f.state === 'pending'));
    house.hurry();
    await until(() => smtp.to('cut@').filter((m) => m.subject.includes('险情')).length > 1);
    const alarm = smtp.to('cut@').filter((m) => m.subject.includes('险情'));
    if (alarm.length < 2 || alarm[0].id !== alarm[1].id) return `alarm: ${alarm.map((m) => m.id)}`;
    house.address(house.person('leader1'), 'cutdigest@union.test');
    house.forget();
    const c = await house.as('worker1');
    await c.json('POST', '/hazards', { place: '断线试验', description: '窗坏了', anonymity: 'named' }, { 'Idempotency-Key': 'mail-cut-000000000001' });
    c.close();
    await house.again();
    await until(() => house.fates('digest').some((f) => f.state === 'unknown'));
    house.db.write(['UPDATE notice_mail SET try_at = 0']);
    await house.stop();
    house.day--;
    await house.start();
    await pause(2000);
    /* Alarms ring on meanwhile: the danger is not protected. */
    const digests = smtp.to('cutdigest@').filter((m) => m.subject.includes('汇总'));
    return digests.length === 1 && house.fates('digest').some((f) => f.state === 'unknown') ? '' : `${digests.length} ${JSON.stringify(house.fates('digest'))}`;
  });
}

async function outage(house, smtp) {
  const next = [];
  await check('no server: it waits, and goes when there is one', async () => {
    house.forget();
    house.address(house.person('leader1'), 'down@union.test');
    await smtp.stop();
    await house.danger('己');
    const f = await until(() => house.fates('alarm').find((m) => m.attempts > 0 && m.state === 'pending'));
    if (!f || !/connect/i.test(f.error)) return JSON.stringify(house.fates('alarm'));
    next.push(await MailServer.start(['--port', String(smtp.port)]));
    house.hurry();
    await until(() => house.fates('alarm').some((m) => m.state === 'sent') && next[0].alarms('down@').length);
    return house.fates('alarm').some((m) => m.state === 'sent') && next[0].alarms('down@').length === 1 ? '' : JSON.stringify(house.fates('alarm'));
  });
  return next[0];
}

function certificates() {
  const dir = scratch('mail'), at = (f) => join(dir, f);
  const ssl = (...args) => {
    const r = spawnSync('openssl', args, { encoding: 'utf8' });
    if (r.status !== 0) throw new Error(r.stderr);
  };
  ssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.2', '-keyout', at('key.pem'), '-out', at('cert.pem'));
  return [at('cert.pem'), at('key.pem')];
}

/// An alarm by another server: what became of it.
async function by(house, url, { ca = '', user = '', password } = {}) {
  house.forget();
  house.set('notice.smtp_url', url);
  house.set('notice.smtp_ca_file', ca);
  house.set('notice.smtp_user', user);
  await house.again(password === undefined ? {} : { CHABAOCU_SMTP_PASSWORD: password });
  await house.danger('庚');
  for (let i = 0; i < 10 && !house.fates('alarm').some((f) => f.attempts > 0 && f.state !== 'sending'); i++) {
    await pause(1000);
    if (house.fates('alarm').some((f) => f.attempts === 0)) house.hurry();
  }
  return house.fates('alarm')[0] ?? {};
}

async function secrets(house) {
  const [cert, key] = certificates();
  house.address(house.person('leader1'), 'tls@union.test');
  const over = await MailServer.start(['--tls', cert, key]), upgraded = await MailServer.start(['--host', '127.0.0.2', '--starttls', cert, key]);
  const clear = await MailServer.start(['--host', '127.0.0.2']), login = await MailServer.start(['--login', 'safe', 'a secret']);
  await check('TLS, with the certificate checked', async () => {
    const bad = await by(house, `smtps://localhost:${over.port}`);
    if (bad.state !== 'pending' || !/certificate|issuer/i.test(bad.error)) return JSON.stringify(bad);
    const good = await by(house, `smtps://localhost:${over.port}`, { ca: cert });
    return good.state === 'sent' && await until(() => over.to('tls@')[0]?.tls) ? '' : JSON.stringify(good);
  });
  await check('STARTTLS where the server is another machine; nothing in the clear', async () => {
    const good = await by(house, `smtp://127.0.0.2:${upgraded.port}`, { ca: cert });
    if (good.state !== 'sent' || !await until(() => upgraded.to('tls@')[0]?.tls)) return JSON.stringify(good);
    const bad = await by(house, `smtp://127.0.0.2:${clear.port}`, { ca: cert });
    return bad.state === 'pending' && !clear.mails.length ? '' : JSON.stringify(bad);
  });
  await check('the password comes from the environment or a file, and is in no row and no line of the log', async () => {
    const wrong = await by(house, `smtp://127.0.0.1:${login.port}`, { user: 'safe', password: 'another secret' });
    if (wrong.state !== 'pending' || login.mails.length) return JSON.stringify(wrong);
    writeFileSync(join(house.place.dir, 'smtp-password'), 'a secret\n', { mode: 0o600 });
    const good = await by(house, `smtp://127.0.0.1:${login.port}`, { user: 'safe' });
    if (good.state !== 'sent') return JSON.stringify(good);
    const log = await house.again();
    const kept = house.db.isSqlite ? readFileSync(join(house.place.dir, 'chabaocu.db')).includes('a secret') : false;
    return log.includes('secret') || kept ? 'the password is to be found' : '';
  });
  house.set('notice.smtp_user', '');
  house.set('notice.smtp_ca_file', '');
  for (const s of [over, upgraded, clear, login]) await s.stop();
}

/// Digests of all people and alarms while servers are killed.
async function kills(house) {
  const { between } = chance(20160420), smtp = await MailServer.start();
  house.set('notice.smtp_url', `smtp://127.0.0.1:${smtp.port}`);
  house.forget();
  await house.stop();
  const people = house.db.rows(`SELECT person_id FROM account WHERE city_id = ${house.city} ORDER BY person_id LIMIT 40`).map(([id]) => id);
  for (const p of people) house.address(p, `p${p}@union.test`);
  const leader = `p${house.person('leader1')}@`;
  let n = 0;
  await check(`${KILLS} kills of ${house.db.isSqlite ? 'one server' : 'two servers'}: one digest a person and day at most, each alarm`, async () => {
    for (let k = 0; k < KILLS; k++) {
      const now = Date.parse(`${day(house.day + 1)}T00:00:00+08:00`);
      house.db.write(people.flatMap((p) => [0, 1].map(() => 'INSERT INTO notice (city_id, id, person_id, kind, topic, urgency, object_id, about_id, args, once, is_discreet, made_at, read_at, mail_id) '
        + `VALUES (${house.city}, ${4100000000000000000n + BigInt(++n)}, ${p}, 'hazard.yours', 'task', 'daily', 1, 0, '{"number":"371302-20160421-0001"}', '', 0, ${now}, 0, 0)`)));
      await house.start(house.db.isSqlite ? 1 : 2);
      await house.danger(`辛${k}`);
      await pause(between(0, 1500));
      await house.stop('SIGKILL');
    }
    await house.start();
    const waiting = () => Number(house.db.rows(`SELECT COUNT(1) FROM notice WHERE city_id = ${house.city} AND person_id = ${house.person('leader1')} AND urgency = 'at_once' AND mail_id = 0`)[0][0]);
    await until(() => !waiting() && !house.fates('digest').some((f) => f.state === 'pending' || f.state === 'sending') && !house.fates('alarm').some((f) => f.state !== 'sent'), 60000);
    const many = new Map();
    for (const m of smtp.mails.filter((x) => x.subject.includes('汇总'))) {
      const of = `${m.to[0]} ${m.subject.match(/促(.*?)汇总/)[1]}`;
      many.set(of, (many.get(of) ?? 0) + 1);
    }
    const twice = [...many].filter(([, times]) => times > 1);
    if (twice.length) return `twice: ${twice.slice(0, 3).join('; ')}`;
    if (!many.size) return 'no digests';
    const open = house.fates('digest').filter((f) => !['sent', 'unknown'].includes(f.state));
    if (open.length) return JSON.stringify(open.slice(0, 3));
    const told = smtp.mails.filter((m) => m.to[0].startsWith(leader) && m.subject.includes('险情')).map((m) => m.text).join('');
    const numbers = house.db.rows(`SELECT number FROM hazard WHERE city_id = ${house.city} AND description >= '辛' AND description < '辜'`).map(([x]) => x);
    const missing = numbers.filter((x) => !told.includes(x));
    console.log(`     ${many.size} digests, ${house.fates('digest').filter((f) => f.state === 'unknown').length} of unknown fate, ${numbers.length} alarms`);
    return missing.length ? `no alarm of ${missing}` : '';
  });
  await house.stop();
  await smtp.stop();
}

async function engine(name) {
  const template = new Template(name), place = template.copy();
  const house = new House(place, template.accounts), smtp = await MailServer.start();
  house.set('notice.smtp_url', `smtp://127.0.0.1:${smtp.port}`);
  console.log(`     ${name}`);
  complain = () => console.log(house.servers.map((x) => x.log).join('').split('\n').filter((l) => /job_|"mail"|failed/.test(l)).slice(-10).join('\n'));
  await house.start();
  if (process.argv.includes('--tls')) return secrets(house);
  await codes(house, smtp);
  await alarms(house, smtp);
  await digest(house, smtp);
  await refusals(house, smtp);
  const next = await outage(house, smtp);
  await secrets(house);
  await kills(house);
  await next?.stop();
  remove(place);
  template.remove();
}

await engine('sqlite');
if (pgDsn) await engine('pg');
else console.log('not run: mails on PostgreSQL: CHABAOCU_TEST_PG is not set');
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
