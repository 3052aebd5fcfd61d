// Does the matrix know every route and every permission of the program, and no others? Without a server, so that the build's own tests ask it.
//   node tests/matrix/rows.mjs PROGRAM
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rows } from './routes.mjs';
import { readTable } from './world.mjs';

const dir = mkdtempSync(join(tmpdir(), 'chabaocu-rows-'));
const made = spawnSync(process.argv[2], ['docs', '--out', dir], { encoding: 'utf8' });
if (made.status !== 0) throw new Error(made.stderr);
const cells = (file) => readFileSync(join(dir, file), 'utf8').split('\n').filter((l) => /^\| (`|[A-Z]+ )/.test(l)).map((l) => l.split('|').map((c) => c.trim().replaceAll('`', '')));
const routes = new Set(cells('routes.md').map(([, method, path]) => `${method} ${path}`));
const permissions = new Set(cells('permissions.md').map(([, name]) => name)); // field rights among them
rmSync(dir, { recursive: true });

const known = new Set(rows.map((r) => r.route));
const table = new Set([...readTable(new URL('roles.tsv', import.meta.url).pathname).keys()]);
const wrong = [
  ...[...routes].filter((r) => !known.has(r)).map((r) => `the route ${r} has no row in tests/matrix/routes.mjs (CONTRIBUTING.md, "How to add a route to the matrix")`),
  ...[...known].filter((r) => !routes.has(r)).map((r) => `tests/matrix/routes.mjs has a row for ${r}, which is no route`),
  ...[...permissions].filter((p) => !table.has(p)).map((p) => `the permission ${p} has no line in tests/matrix/roles.tsv: write down who is to hold it`),
  ...[...table].filter((p) => !permissions.has(p)).map((p) => `tests/matrix/roles.tsv has a line for ${p}, which is no permission`),
];
for (const w of wrong) console.error(w); // ninja shows it; the count is what the build keeps
console.log(`${routes.size} routes, ${permissions.size} permissions, ${wrong.length} wrong`);
process.exit(wrong.length ? 1 : 0);
