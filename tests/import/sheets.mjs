// Makes spreadsheets of employers as townships send them, as CSV: a title above the head, credit codes with their check character.
//   node tests/import/sheets.mjs COUNT FILE [--seed N] [--wrong ROW] [--townships CODE,…]
import { readFileSync, openSync, writeSync, closeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chance } from '../lib/chance.mjs';

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY', WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// GB 32100: the eighteenth character.
export function uscc(first17) {
  const sum = [...first17].reduce((s, c, i) => s + ALPHABET.indexOf(c) * WEIGHTS[i], 0);
  return first17 + ALPHABET[(31 - (sum % 31)) % 31];
}

export function townshipCodes() {
  const file = fileURLToPath(new URL('../../src/features/org/data/townships.tsv', import.meta.url));
  return readFileSync(file, 'utf8').split('\n').filter((l) => /^\d/.test(l)).map((l) => l.split('\t')[0]);
}

const PLACES = ['沂蒙', '琅琊', '蒙山', '启阳', '金雀', '银雀', '鲁南', '东夷', '费国', '郯子'], WHAT = ['木业', '机械', '建材', '食品', '物流', '化工', '纺织', '塑料', '铸造', '电器'];
const FORMS = ['有限公司', '股份有限公司', '厂', '有限责任公司'], SIZES = ['大型', '中', '小型', '微型企业', ''], SECTORS = ['制造业', 'C', '建筑业', 'B', '批发和零售业', ''];
const wide = (s) => s.replace(/[0-9A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));

export function employer(rng, i, townships) {
  const code = uscc(`91371300${String(100000000 + i)}`);
  const name = `${rng.pick(PLACES)}${rng.pick(WHAT)}${i}号${rng.pick(FORMS)}`;
  return { name, code: i % 50 === 7 ? wide(code) : code, township: townships[i % townships.length], size: rng.pick(SIZES), sector: rng.pick(SECTORS),
    people: i % 30 === 3 ? '１２０人' : String(rng.between(3, 900)), risk: rng.pick(['是', '否', '']), external: `QY-${i}` };
}

const HEAD = ['序号', '企业名称', '统一社会信用代码', '所属镇街', '企业规模', '行业门类', '职工人数', '是否高危', '外部编号'];

/// The text of a sheet; `wrong`: the data row whose credit code has a wrong check character.
export function* lines(count, { seed = 1, wrong = 0, from = 0, townships = townshipCodes() } = {}) {
  const rng = chance(seed);
  rng.pick = (list) => list[rng.between(0, list.length - 1)];
  yield '临沂市用人单位登记表,,,,,,,,';
  yield HEAD.join(',');
  for (let i = from; i < from + count; i++) {
    const e = employer(rng, i, townships);
    if (i - from + 1 === wrong) e.code = e.code.slice(0, 17) + (e.code[17] === '0' ? '1' : '0');
    yield [i + 1, e.name, e.code, e.township, e.size, e.sector, e.people, e.risk, e.external].join(',');
  }
}

export function writeSheet(path, count, options = {}) {
  const fd = openSync(path, 'w');
  let part = [];
  for (const line of lines(count, options)) {
    part.push(line);
    if (part.length === 2000) { writeSync(fd, part.join('\r\n') + '\r\n'); part = []; }
  }
  writeSync(fd, part.join('\r\n') + '\r\n');
  closeSync(fd);
  return path;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [count, path] = process.argv.slice(2);
  const option = (name) => { const at = process.argv.indexOf(name); return at < 0 ? undefined : process.argv[at + 1]; };
  writeSheet(path, Number(count), { seed: Number(option('--seed') ?? 1), wrong: Number(option('--wrong') ?? 0), townships: option('--townships')?.split(',') });
}
