// 50,000 employers through the pages' road while phones go on reporting; says how long it took, the server's peak memory, and the longest
// wait of a report (ORG-2). Nothing but the outcome is asserted.
//   node tests/import/large.mjs [--rows N] [--file SHEET] [--engine sqlite|pg]
import { readFileSync } from 'node:fs';
import { Client, multipart } from '../lib/client.mjs';
import { Server, Template, remove, run } from '../lib/server.mjs';
import { lines } from './sheets.mjs';

const option = (name, otherwise) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : otherwise);
const rows = Number(option('--rows', 50000)), engine = option('--engine', 'sqlite'), file = option('--file');
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const template = new Template(engine), place = template.copy();
const server = await Server.start(place);
const of = async (login) => {
  const c = new Client(server.port);
  await c.login(template.accounts.get(login));
  return c;
};
const cadre = await of('city1'), phones = await Promise.all(['worker1', 'worker1b', 'leader1'].map(of));
const status = () => Object.fromEntries(readFileSync(`/proc/${server.child.pid}/status`, 'utf8').split('\n').map((l) => l.split(/:\s*/)));
const phases = [], waits = { before: [], import: [] };
let phase = 'before', stop = false;

async function phone(c, i) {
  for (let n = 0; !stop; n++) {
    const begun = performance.now();
    const r = await c.json('POST', '/hazards', { description: `通道堆物 ${i}-${n}`, place: '东门' }, { 'Idempotency-Key': `large-${i}-${n}-0123456789` });
    if (r.status !== 201) throw new Error(`report: ${r.status} ${r.text}`);
    waits[phase].push(performance.now() - begun);
    await pause(60);
  }
}

const going = Promise.all(phones.map(phone));
await pause(4000);
const idle = status().VmHWM;
phase = 'import';
const bytes = file ? readFileSync(file) : Buffer.from([...lines(rows)].join('\r\n'));
const m = multipart([['kind', 'employers'], ['source', 'S'], ['file_name', 'large']], [['file', { name: 'large', bytes }, 'application/octet-stream']]);
const begun = performance.now();
let at = begun;
const mark = (name) => { phases.push(`${name} ${((performance.now() - at) / 1000).toFixed(1)} s`); at = performance.now(); };
const sent = await cadre.request('POST', '/imports', { headers: { Accept: 'application/json', Origin: `http://127.0.0.1:${server.port}`, 'Content-Type': m.type }, body: m.body, timeout: 300000 });
if (sent.status !== 201) throw new Error(`upload: ${sent.status} ${sent.text}`);
const { id } = JSON.parse(sent.text);
mark('upload and reading');
const until = async (state) => {
  for (;;) {
    const now = (await cadre.json('GET', `/imports/${id}`)).json;
    if (now.state === state) return now;
    await pause(200);
  }
};
await cadre.json('POST', `/imports/${id}/check`, {});
const checked = await until('checked');
mark('dry run');
await cadre.json('POST', `/imports/${id}/apply`, {});
const end = await until('done');
mark('import');
const seconds = (performance.now() - begun) / 1000, peak = status().VmHWM;
stop = true;
await going;
const worst = (v) => `${v.length} reports, median ${v.sort((a, b) => a - b)[v.length >> 1]?.toFixed(0)} ms, worst ${v.at(-1)?.toFixed(0)} ms`;
console.log(`${engine}: ${end.rows} rows, ${checked.added} to add: ${seconds.toFixed(1)} s in all (${phases.join(', ')})`);
console.log(`server's peak memory: ${idle} before, ${peak} after`);
console.log(`before: ${worst(waits.before)}; while it went on: ${worst(waits.import)}`);
await server.stop();
const check = run(['check', '--data', place.dir, '--db', place.db], { mayFail: true });
const good = end.state === 'done' && end.added === checked.added && check.status === 0;
if (check.status) console.log(check.stdout.slice(0, 1000));
remove(place);
template.remove();
console.log(good ? '1 passed, 0 failed' : '0 passed, 1 failed');
process.exit(good ? 0 : 1);
