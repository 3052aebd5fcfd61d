// The product in a real browser, on SQLite and, when CHABAOCU_TEST_PG names a server, on PostgreSQL:
// the main job as seven people through the pages, the report without script, and every page at two sizes under axe.
//   node tests/browser/run.mjs [WORD…]    only the pages whose names have a WORD
// Photographs go to the folder that CHABAOCU_SHOTS names; without it none are made.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseCsv } from '../lib/client.mjs';
import { jpegSize } from '../lib/jpeg.mjs';
import { Server, Template, buildDir, pgDsn, remove, root, scratch } from '../lib/server.mjs';
import { DESK, PHONE, Person, launch } from './person.mjs';
import { firstDay, whoIsMissing } from './clerk.mjs';
import { desksAgree } from './desks.mjs';
import { Stage, stories } from './stories.mjs';
import { joinFromPoster } from './join.mjs';
import { pages } from './pages.mjs';

const shots = process.env.CHABAOCU_SHOTS;
const words = process.argv.slice(2).filter((w) => !w.startsWith('--'));
const jobOnly = process.argv.includes('--job'); // the main job alone, for the sanitized program
const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
let passed = 0, failed = 0;

function row(name, bad) {
  if (bad) failed++; else passed++;
  console.log(`${bad ? 'FAIL' : 'ok  '} ${name}${bad ? `\n     ${bad}` : ''}`);
}

async function check(name, fn) {
  try {
    row(name, await fn());
  } catch (e) {
    row(name, `${e.message.split('\n').slice(0, 6).join('\n     ')}`);
  }
}

function same(what, got, wanted) {
  if (String(got) !== String(wanted)) throw new Error(`${what}: «${got}», expected «${wanted}»`);
}

function photo(dir, size, seed) {
  const out = join(dir, `photo-${size}-${seed}.jpg`);
  const r = spawnSync(join(buildDir, 'tests/make_photo'), [out, size, '--seed', String(seed)]);
  if (r.status !== 0) throw new Error(`make_photo: ${r.stderr}`);
  return out;
}

// ---- the main job ------------------------------------------------------------------

const day = (n) => {
  const t = new Date('2016-04-20T00:00:00Z');
  t.setUTCDate(t.getUTCDate() + n);
  return t.toISOString().slice(0, 10);
};
const job = {
  description: '3号压机光幕被胶带遮住，手可伸入模区', place: '压机区3号机', measures: '拆除胶带，校验光幕，班前点检加此项',
  funds: '1280.50', source: '车间维修费', deadline: day(2), plan: '停机挂牌，改用2号机', done: '已拆除胶带并校验，试验三次均停机',
};

async function report(p, file) {
  await p.open('/report');
  const form = p.page.locator('main form');
  await p.fill(form, 'photos', [file]);
  await p.fill(form, 'description', job.description);
  await p.fill(form, 'place', job.place);
  same('status of the report', await p.send(form), 201);
  return /\d{6}-\d{8}-\d{4}/.exec(await p.page.locator('main').innerText())[0];
}

async function idOf(p, number) {
  await p.open('/hazards');
  const href = await p.page.locator(`a:has-text("${number}")`).first().getAttribute('href');
  return href.split('/').pop();
}

async function optionFor(p, id, name) {
  await p.open(`/hazards/${id}`);
  return p.page.locator(`form[action="/hazards/${id}/assign"] select[name=responsible_id] option`, { hasText: name }).first().getAttribute('value');
}

async function mainJob(browser, server, accounts, dir) {
  const of = (login, size) => Person.at(browser, server, accounts.get(login), size);
  const people = {};
  for (const login of ['worker1', 'worker1b', 'leader1']) people[login] = await of(login, PHONE);
  for (const login of ['safety1', 'union1', 'county1']) people[login] = await of(login, DESK);
  const { worker1, worker1b, leader1, safety1, union1, county1 } = people;
  const number = await report(worker1, photo(dir, '4000x3000', 7));
  const id = await idOf(worker1, number);
  await leader1.act(id, 'register', { category: 'machine_guard', level: 'ordinary', handling_level: 'enterprise' });
  const responsible = await optionFor(safety1, id, accounts.get('worker1b').name);
  const deputy = await optionFor(safety1, id, accounts.get('leader1').name);
  await safety1.act(id, 'assign', { responsible_id: responsible, deputy_id: deputy, measures: job.measures, funds_yuan: job.funds, funds_source: job.source,
    deadline: job.deadline, emergency_plan: job.plan });
  await worker1b.act(id, 'take');
  await worker1b.act(id, 'progress', { text: '光幕已校验，待试车', percent: '80' });
  await worker1b.act(id, 'submit', { text: job.done, photos_after: [photo(dir, '3000x4000', 8)] });
  await leader1.act(id, 'accept', { text: '试验合格' });
  await union1.act(id, 'close_out');
  same('status at the county', await county1.open(`/hazards/${id}`), 200);
  for (const [login, p] of Object.entries(people)) if (p.complaints.length) throw new Error(`${login}'s browser: ${p.complaints[0]}`);
  await facesAgree(county1, id, number, accounts);
  await photosServed(county1, id);
  for (const p of Object.values(people)) await p.context.close();
}

async function facesAgree(p, id, number, accounts) {
  const json = await (await p.get(`/hazards/${id}`)).json();
  const [head, ...rows] = parseCsv(await (await p.get('/hazards.csv', 'text/csv')).text());
  const cells = rows.find((r) => r[0] === id);
  const text = (v) => (v === null ? '' : v === true ? '1' : v === false ? '0' : String(v));
  head.forEach((name, i) => same(`CSV ${name}`, cells[i], text(json[name])));
  same('number', json.number, number);
  same('state', json.state, 'closed_out');
  same('funds', json.funds_fen, 128050);
  const facts = await p.facts();
  const wanted = { 用人单位: json.employer_name, 地点: json.place, 整改责任人: new RegExp(accounts.get('worker1b').name), 发现日期: json.found_on,
    整改措施: json.measures, 整改时限: json.deadline, 整改资金: '1280.50 元 · 车间维修费', 应急预案: json.emergency_plan };
  const found = Object.values(facts).join('|');
  for (const [label, value] of Object.entries(wanted)) {
    const ok = value instanceof RegExp ? value.test(found) : Object.values(facts).includes(value);
    if (!ok) throw new Error(`page: no ${label} «${value}» among ${found}`);
  }
  const main = await p.page.locator('main').innerText();
  for (const word of [number, json.description, '已销号', job.done, '试验合格', '光幕已校验']) if (!main.includes(word)) throw new Error(`page: no «${word}»`);
}

async function photosServed(p, id) {
  const { photos } = await (await p.get(`/hazards/${id}`)).json();
  same('photos', photos.length, 2);
  for (const [i, [width, height]] of [[1200, 1600], [1600, 1200]].entries()) {
    const large = await p.get(`/attachments/${photos[i].id}?size=1600`, 'image/*');
    const size = jpegSize(large.bytes);
    same(`photo ${i + 1}`, `${size?.width}x${size?.height}`, `${width}x${height}`);
    if (large.bytes.includes('Exif') || large.bytes.includes('CANARY')) throw new Error('metadata in what is shown');
  }
}

async function withoutScript(browser, server, accounts, dir) {
  const p = await Person.at(browser, server, accounts.get('worker1'), PHONE, { javaScriptEnabled: false });
  await p.open('/report');
  await p.page.setInputFiles('input[type=file][name=photos] >> nth=1', photo(dir, '4000x3000', 9));
  await p.page.fill('[name=description]', '没有脚本也能报');
  const posted = p.page.waitForResponse((r) => r.request().method() === 'POST');
  await p.page.click('main form [type=submit]');
  same('status', (await posted).status(), 201);
  const number = /\d{6}-\d{8}-\d{4}/.exec(await p.page.locator('main').innerText())[0];
  const id = await idOf(p, number);
  const { photos } = await (await p.get(`/hazards/${id}`)).json();
  same('photos', photos.length, 1);
  same('size of the photo', JSON.stringify(jpegSize((await p.get(`/attachments/${photos[0].id}?size=1600`, 'image/*')).bytes)), '{"width":1200,"height":1600}');
  await p.context.close();
}

// ---- every page ----------------------------------------------------------------------

async function things(desk) {
  const first = async (p, path) => (await (await p.get(path)).json()).items[0]?.id;
  const { safety1, leader1, city1, county1, worker1, worker1b, security1 } = desk;
  const unit = async (p) => (await (await p.get('/me')).json()).duties[0].unit_id;
  const post = async (p, path, data) => (await p.context.request.post(p.base + path, {
    headers: { Accept: 'application/json', Origin: p.base }, data })).json();
  const person = async (p) => (await (await p.get('/me')).json()).person.id;
  const report = await post(worker1, '/hazards', { description: '配电箱门缺失，线头裸露，旁边堆有纸箱', place: '投料平台东侧' });
  const elements = { responsible_id: await person(worker1b), deputy_id: await person(leader1), deadline: day(2),
    measures: '拆下变形的防护罩，按图重新制作并加装联锁开关，试车合格后恢复使用', funds_fen: 320000, funds_source: '安全生产费用', emergency_plan: '停机挂牌，改用2号机，班长每班检查一次' };
  const upTo = async (last) => {
    const { id } = await post(worker1, '/hazards', { description: '传动轴防护罩变形，转动时刮擦，靠近通道一侧手可触及', place: '投料平台2号机' });
    await post(leader1, `/hazards/${id}/register`, { category: 'machine_guard', handling_level: 'enterprise' });
    const steps = [[safety1, 'assign', elements], [worker1b, 'take', {}], [worker1b, 'progress', { text: '新罩已下料', percent: 40 }],
      [worker1b, 'submit', { text: '新罩已装，联锁试验三次均停机' }]];
    for (const [p, act, fields] of steps.slice(0, last)) await post(p, `/hazards/${id}/${act}`, fields);
    return id;
  };
  const place = await first(safety1, '/places');
  const township = (await (await city1.get(`/units/${await unit(safety1)}`)).json()).parent_id;
  return {
    role: (await post(security1, '/roles', { name: '巡查员', basis: 'safety_officer', purpose: '看台账、上报，不参与分派' })).id,
    township, tomorrow: day(1), union: (await post(city1, '/units', { parent_id: await unit(city1), kind: 'industry_union', name: `机械冶金建材工会${Date.now()}` })).id, city: await unit(city1),
    reported: report.id, receipt: report.receipt_code, place, code: (await (await safety1.get(`/places/${place}`)).json()).code,
    danger: (await post(worker1, '/hazards', { description: '脚手架拉结点松脱，上面有人作业', place: '二号厂房南侧', danger: true })).id,
    registered: await upTo(0), rectifying: await upTo(3), submitted: await upTo(4),
    closed: await first(county1, '/hazards?state=closed_out'),
    county: await unit(county1), employer: await unit(safety1), team: await unit(leader1), leader1: (await (await leader1.get('/me')).json()).person.id, campaign: await first(city1, '/campaigns'),
  };
}

async function look(p, spec, path, file) {
  p.complaints = [];
  let status = await p.open(path);
  if (spec.act && spec.status) {
    if (status !== 200) return `status ${status} before the act`;
    const answered = p.page.waitForResponse((r) => r.request().method() === 'POST');
    await spec.act(p);
    status = (await answered).status();
  } else if (spec.act) {
    await spec.act(p);
  }
  const bad = [];
  if (status !== (spec.status || 200)) bad.push(`status ${status}`);
  const noise = /Failed to load resource: the server responded with a status of (4\d\d)/;
  bad.push(...p.complaints.filter((c) => !(spec.status >= 400 && noise.test(c))));
  const wide = await p.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) bad.push(`${wide} px wider than the screen`);
  const text = await p.page.locator('body').innerText();
  const raw = /\{\{[^}]*\}\}|\b(?:app|hazard|org|account|campaign|code|field|err|f|act)_[a-z_]+\b/.exec(text);
  if (raw) bad.push(`text that nobody translated: ${raw[0]}`);
  if (file) await p.page.screenshot({ path: file, fullPage: true });
  await p.page.evaluate(axe);
  const found = await p.page.evaluate((tags) => window.axe.run({ runOnly: tags }), rules);
  for (const v of found.violations) bad.push(`${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')}`);
  if (spec.after) await p.open(path.replace(/\?.*/, spec.after.replace(/^[^?]*/, '')));
  return bad.slice(0, 5).join('\n     ');
}

async function everyPage(browser, server, accounts) {
  const chosen = pages.filter((s) => !words.length || words.some((w) => s.name.includes(w)));
  if (!chosen.length) return;
  const logins = [...new Set([...chosen.map((s) => s.as), 'safety1', 'leader1', 'city1', 'county1', 'worker1', 'worker1b', 'security1'])];
  if (shots) mkdirSync(shots, { recursive: true });
  const desk = {};
  for (const login of logins) desk[login] = await Person.at(browser, server, login && accounts.get(login), DESK);
  const ids = await things(desk);
  for (const viewport of [DESK, PHONE])
    for (const spec of chosen) {
      const p = desk[spec.as];
      await p.page.setViewportSize(viewport);
      const path = spec.path.replace(/\$(\w+)/g, (_, k) => ids[k]);
      const file = shots && join(shots, `${spec.name}-${viewport.width}.png`);
      await check(`page ${spec.name} ${viewport.width}`, () => look(p, spec, path, file));
    }
}

// ---- all -------------------------------------------------------------------------------

const dir = scratch('browser');
const browser = await launch();
for (const engine of ['sqlite', 'pg']) {
  if (engine === 'pg' && !pgDsn) {
    console.log('not run: browser on PostgreSQL: CHABAOCU_TEST_PG is not set');
    continue;
  }
  const template = new Template(engine);
  const place = template.copy();
  const server = await Server.start(place);
  if (!words.length) {
    await check(`${engine} the main job through the pages; page, JSON and CSV agree`, () => mainJob(browser, server, template.accounts, dir));
    await check(`${engine} every number of every desk opens to so many rows`, () => desksAgree(browser, server, template.accounts));
    await check(`${engine} a report without script`, () => withoutScript(browser, server, template.accounts, dir));
  }
  if (words.includes('stories') || (!words.length && !jobOnly)) {
    const own = template.copy();
    const start = (today) => Server.start(own, { today });
    let last = await start();
    for (const [name, tell] of stories)
      await check(`${engine} ${name}`, async () => {
        const stage = new Stage(browser, last, template.accounts, engine === 'sqlite' ? shots : '', start);
        try {
          await tell(stage, (seed) => photo(dir, '800x600', seed));
          await stage.end();
        } finally {
          last = stage.server;
        }
      });
    await last.stop();
    remove(own);
  }
  /* Before the clerk hands over a post that pages are opened from. */
  if (engine === 'sqlite' && !jobOnly) await everyPage(browser, server, template.accounts);
  if (words.includes('clerk') || (!words.length && !jobOnly))
    for (const size of [DESK, PHONE]) {
      await check(`${engine} a new clerk finds, assigns, hands over, prints, at ${size.width}`, () => firstDay(browser, server, template.accounts, size, shots));
      await check(`${engine} who is missing: found, several assigned, pasted, at ${size.width}`, () => whoIsMissing(browser, server, template.accounts, size, shots));
    }
  if (words.includes('join') || (!words.length && !jobOnly)) {
    const walks = [[PHONE, { name: '职工甲', phone: '13900000011', staff_number: 'J0011', pin: '284617' }], [DESK, { name: '职工乙', phone: '13900000012',
      staff_number: 'J0012', pin: '947360' }], [PHONE, { name: '职工丙', phone: '13900000013', staff_number: 'J0013', pin: '738205' }, { javaScriptEnabled: false }]];
    for (const [size, worker, options] of walks)
      await check(`${engine} a worker joins a team from its poster ${size.width}${options ? ', without script' : ''}`, () =>
        joinFromPoster(browser, server, template.accounts, size, worker, options, options ? '' : shots));
  }
  const end = await server.stop();
  row(`${engine} the server ends in order`, end.code === 0 ? '' : `${end.code ?? end.signal}\n${server.log.slice(-2000)}`);
  remove(place);
  template.remove();
}
await browser.close();
rmSync(dir, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
