// Reports that arrive broken: cut off at hundreds of places, and written wrongly in as many ways (R12, HAZ-1). Each is answered with what
// is wrong with it or with a receipt, never with a fault of the server; what was not acknowledged left neither row nor file.
//   node tests/broken/run.mjs [--cuts N] [--flips N] [--seed N]
import net from 'node:net';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chance } from '../lib/chance.mjs';
import { Client } from '../lib/client.mjs';
import { makePhotos } from '../lib/reporter.mjs';
import { Server, Template, remove, run, scratch } from '../lib/server.mjs';

const option = (name, otherwise) => (process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) || otherwise : otherwise);
const rng = chance(option('--seed', 1));
const dir = scratch('broken');
const [photo] = makePhotos(dir, 1);
const B = 'grenze7';
let passed = 0, failed = 0;

function check(name, bad) {
  if (bad) failed++; else passed++;
  console.log(`${bad ? 'FAIL' : 'ok  '} ${name}${bad ? `\n     ${bad}` : ''}`);
}

const part = (head, body) => Buffer.concat([Buffer.from(`--${B}\r\n${head}\r\n\r\n`), Buffer.from(body), Buffer.from('\r\n')]);
const field = (name, value) => part(`Content-Disposition: form-data; name="${name}"`, value);
const file = (name, bytes, head = `Content-Disposition: form-data; name="${name}"; filename="a.jpg"\r\nContent-Type: image/jpeg`) => part(head, bytes);
const end = Buffer.from(`--${B}--\r\n`);
const words = field('description', '配电箱门缺失');
const sound = Buffer.concat([words, field('place', '西门'), file('photos', photo), end]);
const whole = (...parts) => Buffer.concat([...parts.map((p) => Buffer.from(p)), end]);

/// name, body, content type; what a sloppy client, a broken proxy or somebody with bad intentions sends.
const wrong = [
  ['no boundary', sound, 'multipart/form-data'],
  ['an empty boundary', sound, 'multipart/form-data; boundary='],
  ['a boundary of 300', sound, `multipart/form-data; boundary=${'b'.repeat(300)}`],
  ['a boundary with a line feed', sound, 'multipart/form-data; boundary="a\\nb"'],
  ['another boundary', sound, 'multipart/form-data; boundary=other'],
  ['two boundaries', sound, `multipart/form-data; boundary=${B}; boundary=other`],
  ['multipart/mixed', sound, `multipart/mixed; boundary=${B}`],
  ['said to be JSON', sound, 'application/json'],
  ['said to be a form', sound, 'application/x-www-form-urlencoded'],
  ['said to be nothing', sound, ''],
  ['nothing at all', Buffer.alloc(0)],
  ['only the end', end],
  ['no end', sound.subarray(0, sound.length - end.length)],
  ['line feeds alone', Buffer.from(words.toString().replaceAll('\r\n', '\n'))],
  ['words before', Buffer.concat([Buffer.from('words\r\n'), sound])],
  ['words behind', Buffer.concat([sound, Buffer.from('words')])],
  ['two bodies', Buffer.concat([sound, sound])],
  ['a head without colon', whole(part('Content-Disposition form-data; name="x"', 'y'), words)],
  ['a head of 9 KB', whole(part(`Content-Disposition: form-data; name="x"\r\nX: ${'y'.repeat(9000)}`, 'z'), words)],
  ['a thousand heads', whole(part(`Content-Disposition: form-data; name="x"\r\n${'X: y\r\n'.repeat(1000)}Y: z`, 'z'), words)],
  ['no name', whole(part('Content-Disposition: form-data', 'y'), words)],
  ['an empty name', whole(field('', 'y'), words)],
  ['a name of 5 KB', whole(field('n'.repeat(5000), 'y'), words)],
  ['a name with NUL', whole(field('a\0b', 'y'), words)],
  ['an open quote', whole(part('Content-Disposition: form-data; name="x', 'y'), words)],
  ['two names', whole(part('Content-Disposition: form-data; name="x"; name="description"', 'y'))],
  ['an attachment', whole(part('Content-Disposition: attachment; name="photos"; filename="a.jpg"', photo), words)],
  ['101 parts', whole(...Array.from({ length: 101 }, (_, i) => field(`x${i}`, 'y')), words)],
  ['5,000 parts', whole(...Array.from({ length: 5000 }, () => field('x', 'y')), words)],
  ['10 photos', whole(words, ...Array.from({ length: 10 }, () => file('photos', photo)))],
  ['a text of 70 KB', whole(field('description', '字'.repeat(23000)))],
  ['a text that is none', whole(field('description', Buffer.from([0xff, 0xfe, 0x41])))],
  ['a text with NUL', whole(field('description', 'a\0b'))],
  ['a text of half a letter', whole(field('description', Buffer.from('字').subarray(0, 2)))],
  ['the same field twice', whole(words, words)],
  ['a photo where words belong', whole(file('description', photo))],
  ['words where a photo belongs', whole(words, field('photos', 'no picture'))],
  ['a photo with another end', whole(words, file('photos', photo.subarray(0, photo.length / 2)))],
  ['an empty photo', whole(words, file('photos', ''))],
  ['a photo that is a page', whole(words, file('photos', '<html><script>alert(1)</script>'))],
  ['a photo that is a program', whole(words, file('photos', Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(5000, 1)])))],
  ['a photo that is a zip', whole(words, file('photos', Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(5000)])))],
  ['a photo of zeros', whole(words, file('photos', Buffer.alloc(200000)))],
  ['a path as file name', whole(words, file('photos', photo, 'Content-Disposition: form-data; name="photos"; filename="../../../../etc/passwd"\r\nContent-Type: image/jpeg'))],
  ['a file name of NULs', whole(words, file('photos', photo, 'Content-Disposition: form-data; name="photos"; filename="\0\0"\r\nContent-Type: image/jpeg'))],
  ['base64', whole(words, part('Content-Disposition: form-data; name="photos"; filename="a.jpg"\r\nContent-Transfer-Encoding: base64', photo.toString('base64')))],
  ['parts within parts', whole(words, part(`Content-Disposition: form-data; name="photos"\r\nContent-Type: multipart/mixed; boundary=${B}`, sound))],
  ['a file of 40 MB', whole(words, file('photos', Buffer.alloc(40 << 20, 7)))],
  ['an unknown file field', whole(words, file('virus', photo))],
  ['a field that is an act', whole(words, field('__proto__', 'x'), field('constructor', 'y'))],
];

/// One byte changed somewhere in the frame, not in the picture's own bytes.
function flipped() {
  const b = Buffer.from(sound), at = sound.indexOf(photo);
  const frame = [[0, at], [at + photo.length, b.length]];
  const [from, to] = frame[rng.next() < 0.8 ? 0 : 1];
  for (let n = rng.between(1, 3); n > 0; n--) b[rng.between(from, to - 1)] = rng.between(0, 255);
  return b;
}

function cutPoints(n) {
  const at = sound.indexOf(photo), points = new Set();
  for (let i = 0; i < at; i += 3) points.add(i);
  for (let i = -4; i < end.length + 4; i++) points.add(sound.length - 1 - Math.max(i, 0));
  while (points.size < n) points.add(rng.between(0, sound.length - 1));
  return [...points].slice(0, n);
}

/// Sends the head for the whole and the body up to `at`, and hangs up in one of two ways.
function hangUp(server, cookie, key, at) {
  return new Promise((done) => {
    const s = net.connect(server.port, '127.0.0.1');
    let text = '';
    s.on('data', (d) => { text += d; });
    s.on('error', () => {});
    s.on('close', () => done(text));
    s.setTimeout(5000, () => s.destroy());
    s.on('connect', () => {
      s.write(`POST /hazards HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nCookie: ${cookie}\r\nOrigin: http://127.0.0.1\r\n` +
        `Idempotency-Key: ${key}\r\nContent-Type: multipart/form-data; boundary=${B}\r\nContent-Length: ${sound.length}\r\n\r\n`);
      s.write(sound.subarray(0, at), () => (at % 2 ? s.destroy() : s.end()));
    });
  });
}

async function total(client) {
  let n = 0, next = '';
  do {
    const r = await client.json('GET', `/hazards?limit=500${next ? `&after=${encodeURIComponent(next)}` : ''}`);
    n += r.json.items.length;
    next = r.json.next;
  } while (next);
  return n;
}

const template = new Template('sqlite'), place = template.copy();
const server = await Server.start(place);
const client = new Client(server.port), counting = new Client(server.port);
await client.login(template.accounts.get('leader1'));
await counting.login(template.accounts.get('city1'));
const cookie = [...client.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
const before = await total(counting);
let told = 0, n = 0;

async function send(body, type = `multipart/form-data; boundary=${B}`) {
  const r = await client.request('POST', '/hazards', { body, headers: {
    Accept: 'application/json', Origin: `http://127.0.0.1:${server.port}`, 'Content-Type': type, 'Idempotency-Key': `broken-${n++}-0123456789` } })
    .catch((e) => ({ status: e.code || e.message, text: '' }));
  if (r.status === 201) told++;
  return r;
}

/// '' when the answer is one that a person can act on.
function fault(r) {
  if (r.status === 201) return '';
  /* Larger than anything is read on: the answer may be lost when the client writes on into a closed connection. */
  if (r.status === 'ECONNRESET' || r.status === 'EPIPE') return '';
  if (![400, 413, 415, 422].includes(r.status)) return `${r.status} ${r.text.slice(0, 200)}`;
  const problem = JSON.parse(r.text);
  return problem.code && problem.title && problem.status === r.status ? '' : `not a problem document: ${r.text.slice(0, 200)}`;
}

check('a sound one is acknowledged', (await send(sound)).status === 201 ? '' : 'it is not: the rest would prove nothing');
for (const [name, body, type] of wrong) check(name, fault(await send(body, type)));
const bad = [];
for (let i = 0; i < option('--flips', 100); i++) {
  const f = fault(await send(flipped()));
  if (f) bad.push(f);
}
check(`${option('--flips', 100)} with changed bytes`, bad[0]);
const cuts = cutPoints(option('--cuts', 220)), halves = [];
for (let i = 0; i < cuts.length; i += 8)
  for (const text of await Promise.all(cuts.slice(i, i + 8).map((at, k) => hangUp(server, cookie, `cut-${i + k}-0123456789`, at))))
    if (/ 20[01] /.test(text.slice(0, 20)) || / 5\d\d /.test(text.slice(0, 20))) halves.push(text.slice(0, 200));
check(`${cuts.length} cut off`, halves[0]);
const after = await total(counting);
check(`only what was acknowledged is in the ledger (${told})`, after - before === told ? '' : `${after - before} more rows, ${told} acknowledged`);
client.close();
counting.close();
const ended = await server.stop();
check('the server ends well', ended.code === 0 ? '' : `${ended.code ?? ended.signal}\n${server.log.slice(-2000)}`);
const left = readdirSync(join(place.dir, 'spool'));
check('nothing is left in the spool', left.length ? left.join(' ') : '');
const looked = run(['check', '--data', place.dir, '--db', place.db], { mayFail: true });
check('chabaocu check', looked.status === 0 ? '' : looked.stdout.slice(0, 1000));
remove(place);
template.remove();
rmSync(dir, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
