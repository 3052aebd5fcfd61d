// Our workbooks in LibreOffice and its workbooks in ours: numbers stay numbers, days days, texts texts, both ways.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '../lib/client.mjs';
import { Server, Template, remove, run, scratch } from '../lib/server.mjs';

const dir = scratch('sheets');
let passed = 0, failed = 0;

function check(name, bad) {
  if (bad) failed++; else passed++;
  console.log(`${bad ? 'FAIL' : 'ok  '} ${name}${bad ? `\n     ${bad}` : ''}`);
}

// A profile of its own, so that a LibreOffice that somebody uses does not answer instead.
function convert(file, to, more = []) {
  const r = spawnSync('soffice', ['--headless', `-env:UserInstallation=file://${join(dir, 'profile')}`, ...more, '--convert-to', to, '--outdir', dir, file],
    { encoding: 'utf8', timeout: 120000 });
  const out = file.replace(/\.\w+$/, `.${to.split(':')[0]}`);
  if (!existsSync(out)) throw new Error(`soffice: ${r.stdout} ${r.stderr} ${r.error || ''}`);
  return out;
}

/// Cells of the first sheet of a flat OpenDocument file: {type, text, formula}.
function cellsOf(fods) {
  const table = /<table:table [^]*?<\/table:table>/.exec(fods)[0];
  return [...table.matchAll(/<table:table-row[^>]*>([^]*?)<\/table:table-row>/g)].map(([, row]) =>
    [...row.matchAll(/<table:table-cell([^>]*?)(?:\/>|>([^]*?)<\/table:table-cell>)/g)].flatMap(([, a, inner = '']) => {
      const cell = { type: /office:value-type="(\w+)"/.exec(a)?.[1] || '', formula: /table:formula/.test(a),
        text: [...inner.matchAll(/<text:p>([^]*?)<\/text:p>/g)].map((m) => m[1]).join('\n'), date: /office:date-value="([^"]*)"/.exec(a)?.[1] };
      return Array(Math.min(300, Number(/number-columns-repeated="(\d+)"/.exec(a)?.[1] || 1))).fill(cell);
    }));
}

async function exported(client, path) {
  const r = await client.request('GET', path, { headers: {} });
  if (r.status !== 200) throw new Error(`${path}: ${r.status}`);
  const file = join(dir, `${path.match(/\w+/)[0]}.xlsx`);
  writeFileSync(file, r.raw);
  return cellsOf(readFileSync(convert(file, 'fods'), 'utf8'));
}

function columnIs(rows, name, type, more = () => true) {
  const at = rows[1].findIndex((c) => c.text === name);
  const cells = rows.slice(2).map((r) => r[at]).filter((c) => c && c.type);
  const wrong = at < 0 || cells.length === 0 ? { text: 'not there' } : cells.find((c) => c.type !== type || !more(c));
  check(`${name}: ${type}`, wrong && JSON.stringify(wrong));
}

async function ours(client) {
  const formula = await client.request('POST', '/hazards', { headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
    body: JSON.stringify({ description: "=1+cmd|' /C calc'!A0" }) });
  check('a report that looks like a formula is taken', formula.status !== 201 && formula.text);
  const hazards = await exported(client, '/hazards.xlsx?header=zh');
  check('Chinese heads above the names of the fields', !(hazards[0].some((c) => c.text === '编号') && hazards[1].some((c) => c.text === 'number')) && 'not both');
  columnIs(hazards, 'found_on', 'date', (c) => /^20\d\d-\d\d-\d\d$/.test(c.text));
  columnIs(hazards, 'registered_at', 'date', (c) => /^20\d\d-\d\d-\d\d \d\d:\d\d$/.test(c.text));
  columnIs(hazards, 'id', 'string', (c) => /^\d{10,}$/.test(c.text));
  columnIs(hazards, 'reopened', 'float');
  // LibreOffice keeps truth as the formula TRUE().
  columnIs(hazards, 'danger', 'float', (c) => /^(TRUE|FALSE)$/.test(c.text));
  columnIs(hazards, 'description', 'string', (c) => !c.formula);
  check('the formula is a text', !hazards.some((r) => r.some((c) => c.text.startsWith('=1+cmd') && !c.formula)) && 'not found');
}

async function employers(client) {
  const rows = await exported(client, '/employers.xlsx?header=zh');
  columnIs(rows, 'headcount', 'float');
  columnIs(rows, 'uscc', 'string', (c) => c.text.length === 18);
}

function theirs(place) {
  const csv = join(dir, 'in.csv');
  writeFileSync(csv, '用人单位登记表,,,,\n企业名称,统一社会信用代码,所属镇街,职工人数,企业规模\n沂蒙木业有限公司,91371300100000000U,兰山街道,120,大型\n\n琅琊机械厂,91371300100000001Y,371302002,９,微\n');
  for (const filter of ['xlsx:Calc MS Excel 2007 XML', 'xlsx:Calc Office Open XML']) {
    const file = convert(csv, filter, ['--infilter=Text - txt - csv (StarCalc):44,34,76,1']);
    const said = run(['import', 'employers', file, '--dry-run', '--lang', 'en', '--data', place.dir, '--db', place.db]);
    check(`a workbook made by LibreOffice is read (${filter})`, !/2 rows: 2 to add/.test(said.stdout + said.stderr) && said.stdout + said.stderr);
  }
  const old = convert(csv, 'xls', ['--infilter=Text - txt - csv (StarCalc):44,34,76,1']);
  const r = run(['import', 'employers', old, '--dry-run', '--lang', 'en', '--data', place.dir, '--db', place.db], { mayFail: true });
  const refused = r.stdout + r.stderr;
  check('an .xls workbook is refused by name', !/sheet_old_type|\.xls/.test(refused) && (refused || 'taken'));
}

if (spawnSync('soffice', ['--version']).status !== 0) {
  console.log('not run: LibreOffice is not installed (tools/deps.sh test)');
} else {
  const template = new Template('sqlite'), place = template.copy(), server = await Server.start(place);
  try {
    const person = async (login) => {
      const c = new Client(server.port);
      await c.login(template.accounts.get(login));
      return c;
    };
    await ours(await person('safety1'));
    await employers(await person('city1'));
    theirs(place);
  } catch (e) {
    check('the suite itself', e.stack);
  }
  await server.stop();
  remove(place);
  template.remove();
}
rmSync(dir, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
