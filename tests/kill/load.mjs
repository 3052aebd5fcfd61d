// A load in bulk, killed at a random moment: nothing opens what it left, because indexes and rows are missing there.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UNTIL, program, run } from '../lib/server.mjs';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const isMarked = (file) => spawnSync('sqlite3', ['-readonly', file, "SELECT count(*) FROM sqlite_master WHERE name = 'bulk_load'"], { encoding: 'utf8' })
  .stdout?.trim() === '1';

async function beginAndKill(data, more) {
  const load = spawn(program, ['demo', '--scale', '6000', '--by', 'load', '--until', UNTIL, '--data', data], { stdio: 'ignore' });
  const ended = new Promise((done) => load.on('exit', (code, signal) => done(signal || `status ${code}`)));
  let over = '';
  ended.then((how) => { over = how; });
  while (!over && !isMarked(join(data, 'chabaocu.db'))) await pause(5);
  await pause(more);
  load.kill('SIGKILL');
  return ended;
}

function refusal(data, ...words) {
  const r = run([...words, '--data', data], { mayFail: true, timeout: 20000 });
  const text = r.stdout + r.stderr;
  return r.status && text.includes('half_loaded') && text.includes('delete the database') ? '' : `${words[0]} on it: ${r.status ?? r.signal} ${text.slice(0, 400)}`;
}

/// What is wrong, as texts.
export async function killedLoad(dir, rng, n) {
  const data = join(dir, `load-${n}`);
  mkdirSync(data);
  const how = await beginAndKill(data, rng.between(0, 400));
  if (how !== 'SIGKILL') return [`the load ended by itself: ${how}`];
  return [refusal(data, 'serve', '--listen', '127.0.0.1:0'), refusal(data, 'check'), refusal(data, 'demo')].filter(Boolean);
}
