// Files that fail while the figures are folded or made anew: at each n-th call EIO, ENOSPC, EINTR or half a read or write, once or from then on. When the
// errors stop the next job goes on: figures equal the recount, every entry is counted once, `check` finds nothing (REP-1, decision 0011).
//   node tests/fault/fold.mjs [--stride N]      stride: every N-th call (1: all)
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '../lib/client.mjs';
import { Faults } from '../lib/faults.mjs';
import { Server, Template, buildDir, remove, run, scratch } from '../lib/server.mjs';

const option = (name, otherwise) => (process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) : otherwise);
const stride = option('--stride', 1), dir = scratch('fold'), faults = new Faults(dir), template = new Template('sqlite'), place = template.copy();
const work = { dir: join(dir, 'data') };
work.db = `sqlite:${join(work.dir, 'chabaocu.db')}`;
const told = { points: 0, failed: 0, done: 0, gone: 0, stopped: 0 };
let passed = 0, failed = 0, right;

function finding(what) {
  if (failed++ < 40) console.log(`FAIL ${what}`);
}

const at = (p) => ['--data', p.dir, '--db', p.db];

function sql(p, text) {
  const r = spawnSync('sqlite3', [join(p.dir, 'chabaocu.db'), text], { encoding: 'utf8' });
  if (r.status !== 0) throw new Error(`${text}: ${r.stderr}`);
  return r.stdout.trim();
}

const fresh = (p) => Number(sql(p, 'SELECT COUNT(*) FROM measure_fresh'));
/// The job at once, also what a program that ended was making, which waits two minutes else.
const due = "UPDATE job SET due_at = 0, lease_until = 0, owner = 0, attempts = 0, given_up = 0 WHERE kind = 'statistics.fold'; UPDATE measure_state SET at = 0";
const figures = (p, ...more) => run(['statistics', '--unit', 'all', '--period', 'all', ...at(p), ...more]).stdout;
/// Everything that is kept, as text: what a fold that was not disturbed leaves behind.
const kept = (p) => sql(p, `SELECT unit_id, measure, day, below_id, subject_id, n, tail FROM measure_row ORDER BY 1, 2, 3, 4, 5, 6, 7;
  SELECT * FROM measure_day ORDER BY unit_id, measure, day, above_id; SELECT phase FROM measure_state`);

function reset() {
  rmSync(work.dir, { recursive: true, force: true });
  cpSync(place.dir, work.dir, { recursive: true });
}

function drain(env = {}) {
  return run(['jobs', ...at(work)], { mayFail: true, timeout: 60000, env: { ...process.env, ...env } });
}

function drainFailing() {
  return drain({ LD_PRELOAD: join(buildDir, 'tests/fault_shim.so'), CHABAOCU_FAULT: faults.path });
}

async function entries(n) {
  const server = await Server.start(place), people = {}, Origin = `http://127.0.0.1:${server.port}`;
  for (const who of ['worker1', 'leader1', 'safety1']) await (people[who] = new Client(server.port)).login(template.accounts.get(who));
  for (let i = 0; i < n; i++) {
    const r = await people.worker1.json('POST', '/hazards', { description: `第${i}条 地面湿滑`, place: '西门', kind: 'hazard' }, { Origin });
    if (r.status !== 201) throw new Error(`report: ${r.status} ${r.text}`);
    for (const [who, act, text] of [['leader1', 'fix_on_spot', '当场清理'], ['safety1', 'confirm', '看过']]) {
      const a = await people[who].json('POST', `/hazards/${r.json.id}/${act}`, { text }, { Origin });
      if (a.status !== 200) throw new Error(`${act}: ${a.status} ${a.text}`);
    }
  }
  Object.values(people).forEach((c) => c.close());
  await server.stop();
}

function point(name, how, n, every) {
  const what = `${name}, ${how} at call ${n}${every ? ' and after' : ''}`;
  reset();
  faults.arm('files', n, { every, how });
  const r = drainFailing();
  const { failed: hit } = faults.disarm('files');
  told.points++;
  told.failed += hit;
  if (r.error || r.signal) return finding(`${what}: ended with ${r.signal || r.error} ${r.stderr.slice(-300)}`);
  if (r.status === 0) told.done++; else told.stopped++;
  sql(work, due);
  const again = drain();
  if (again.status !== 0) return finding(`${what}: the next job: ${again.status} ${again.stderr.slice(-300)}`);
  if (fresh(work)) return finding(`${what}: ${fresh(work)} entries were never folded`);
  if (kept(work) !== right) return finding(`${what}: another sum is kept than without the fault`);
  passed++;
  return null;
}

/// All calls of one kind of work.
function walk(name) {
  reset();
  drain();
  right = kept(work);
  for (const how of ['EIO', 'ENOSPC', 'EINTR', 'short']) {
    reset();
    faults.arm('files', 0, { how });
    drainFailing();
    const { seen } = faults.disarm('files');
    for (let n = 1; n <= seen; n += stride) point(name, how, n, 0);
    if (how === 'EIO' || how === 'ENOSPC') for (let n = 1; n <= seen; n += stride * 3) point(name, how, n, 1);
  }
}

function same(name) {
  const a = figures(work), b = figures(work, '--recount');
  if (a !== b || a.length < 1000) finding(`${name}: the figures are not the recount`);
  else passed++;
  const r = run(['check', ...at(work)], { mayFail: true });
  if (r.status !== 0) finding(`${name}: chabaocu check: ${(r.stdout + r.stderr).slice(0, 600)}`);
  else passed++;
}

/* The server's own job leaves them alone while somebody seems to make the figures anew. */
sql(place, "INSERT INTO measure_state (city_id, phase, run, at) VALUES (371300, 'ready', 0, 0) ON CONFLICT (city_id) DO NOTHING; UPDATE measure_state SET phase = 'making', at = 4102444800000");
await entries(option('--entries', 12));
sql(place, `UPDATE measure_state SET phase = 'ready'; ${due}`);
const waiting = fresh(place);
if (!waiting) finding('nothing waits to be folded');
walk('the fold');
same('the fold');
sql(place, "UPDATE measure_state SET phase = 'stale'");
walk('making anew');
same('making anew');
console.log(`${failed ? 'FAIL' : 'ok  '} ${waiting} entries: ${told.points} points, ${told.failed} failed calls; ${told.done} runs ended all the same, ${told.stopped} stopped with an error, all were gone on with`);
remove(place);
template.remove();
faults.remove();
rmSync(dir, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
