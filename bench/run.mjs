// bench/run [--quick] [--fresh] [GOAL…]: measures the goals (default all) and writes bench/RESULTS.md.
//	--quick   a second a run and small cities: shows that the bench itself works; writes no RESULTS.md
//	--fresh   measures again what was measured at this commit already
import { goals } from './goals.mjs';
import { build, commit, keepResult, load, machine, readResult, say, work } from './lib.mjs';
import { report } from './report.mjs';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const FULL = { runs: 3, seconds: 5, slow: 20, photos: 12, rows: '100000', many: 'city', pgRows: '100000', preload: 100000 };
const QUICK = { runs: 1, seconds: 0.3, slow: 2, photos: 1, rows: 'small', many: 'small', pgRows: 'small', preload: 1000 };
/// P2 (our side) and P3 are read off the runs of P1.
const ALIAS = { p2: 'p1', p3: 'p1' };

const args = process.argv.slice(2), quick = args.includes('--quick'), fresh = args.includes('--fresh');
const wanted = args.filter((a) => !a.startsWith('--')).map((a) => ALIAS[a.toLowerCase()] || a.toLowerCase());
const unknown = wanted.filter((a) => !goals[a]);
if (unknown.length || args.some((a) => a.startsWith('--') && !['--quick', '--fresh'].includes(a))) {
  process.stderr.write(`usage: bench/run [--quick] [--fresh] [${Object.keys(goals).join('|')}]…\n`);
  process.exit(2);
}

const dir = join(build, quick ? 'bench-quick' : 'bench-results');
mkdirSync(work, { recursive: true });
let passed = 0, failed = 0;
for (const name of wanted.length ? wanted : Object.keys(goals)) {
  const before = readResult(dir, name);
  if (!quick && !fresh && before && !before.error && before.commit === commit()) {
    say(`${name}: measured at this commit already (--fresh measures again)`);
    continue;
  }
  const result = { commit: commit(), at: new Date().toISOString().slice(0, 16).replace('T', ' '), load: load() }, begun = Date.now();
  say(`${name} …`);
  try {
    Object.assign(result, await goals[name](quick ? QUICK : FULL));
    passed++;
  } catch (e) {
    result.error = e.message;
    failed++;
    say(`${name}: ${e.stack}`);
  }
  result.seconds = Math.round((Date.now() - begun) / 1000);
  result.loadAfter = load();
  for (const r of result.rows || []) say(`  ${r.id} ${r.met === null ? 'NOT MEASURED' : r.met ? 'MET' : 'MISSED'} ${r.what}: ${r.value} (${r.goal})${r.note ? `; ${r.note}` : ''}`);
  keepResult(dir, name, result);
  if (!quick) report(dir, Object.keys(goals), machine());
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed ? 1 : 0);
