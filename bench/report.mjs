// bench/RESULTS.md out of what was measured. Every number in it comes from the result files; the reasons for what is
// missed are those of missed.mjs, printed only beside a goal that is.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readResult, root } from './lib.mjs';
import { reasons } from './missed.mjs';

const cell = (v) => String(v ?? '').replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (head, rows) => [`| ${head.map(cell).join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...rows.map((r) => `| ${r.map(cell).join(' | ')} |`)];
const verdict = (r) => (r.met === null ? 'not measured' : r.met ? 'MET' : 'MISSED');

function missed(results) {
  const lines = [];
  for (const r of results.flatMap((x) => x.rows || []).filter((row) => !row.met)) {
    const why = reasons.find((w) => w.id === r.id && r.what.includes(w.part));
    lines.push(`- **${r.id}, ${r.what}** (${r.value}): ${[r.note, why?.text].filter(Boolean).join('. ') || 'not looked into yet'}`);
  }
  return lines.length ? ['## What is missed, and why', '', ...lines, ''] : [];
}

export function report(dir, names, m) {
  const results = names.map((name) => ({ name, ...readResult(dir, name) })).filter((r) => r.commit);
  const busy = Math.max(...results.map((r) => r.load)), commits = [...new Set(results.map((r) => r.commit))];
  const lines = ['# What the program reaches', '', 'Written by `make bench` (`bench/run`); every number is from that run. A ratio compares two sides that ran in turn on this machine;',
    'values are medians of the runs, worst waits and peaks are the largest of all. What is measured against what: [README.md](README.md).', '',
    ...table(['', ''], [['machine', `${m.cpu}, ${m.memory}, Linux ${m.kernel}, disk ${m.disk}`], ['commit', commits.join(', ')],
      ['when (UTC)', `${results.map((r) => r.at).sort()[0]} to ${results.map((r) => r.at).sort().at(-1)}`],
      ['engines', `SQLite ${m.sqlite}, ${m.postgresql}`],
      ['other work', busy > 1.5 ? `**load average before a goal up to ${busy.toFixed(1)}: a loaded machine, the numbers are not to be carried anywhere**`
        : `load average before a goal at most ${busy.toFixed(1)}`]]), '',
    '## Goals', '', ...table(['', 'what', 'goal', 'value', ''], results.flatMap((r) => (r.error ? [[r.name.toUpperCase(), `could not be measured: ${r.error.split('\n')[0]}`, '', '', 'not measured']]
      : r.rows.map((row) => [row.id, row.what, row.goal, row.value + (row.met && row.note ? `; ${row.note}` : ''), verdict(row)])))), '', ...missed(results), '## Runs', ''];
  for (const r of results.filter((x) => x.tables?.length))
    lines.push(`### ${r.name.toUpperCase()}`, '', `${r.at}, ${r.seconds} s, load average before ${r.load.toFixed(1)}, after ${r.loadAfter.toFixed(1)}`, '',
      ...r.tables.flatMap((t) => [...table(t.head, t.rows), '']));
  writeFileSync(join(root, 'bench/RESULTS.md'), `${lines.join('\n').trimEnd()}\n`);
}
