// What happens to hidden dangers when it does not go the straight way (HAZ-3, HAZ-5, HAZ-6, HAZ-9, HAZ-12), as people walk it through the pages; steps
// that another suite looks at are done as a script does them. Each stop is photographed at both sizes.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DESK, PHONE, Person } from './person.mjs';

const day = (n) => {
  const t = new Date('2016-04-20T00:00:00Z');
  t.setUTCDate(t.getUTCDate() + n);
  return t.toISOString().slice(0, 10);
};

export class Stage {
  /// `start` gives a server of the city on a day.
  constructor(browser, server, accounts, shots, start) {
    Object.assign(this, { browser, server, accounts, shots, start, people: new Map() });
    if (shots) mkdirSync(shots, { recursive: true });
  }

  async of(login, size = PHONE) {
    const key = login || 'nobody';
    if (!this.people.has(key)) this.people.set(key, await Person.at(this.browser, this.server, login && this.accounts.get(login), size));
    return this.people.get(key);
  }

  /// What the page says, and its photographs; it may be no wider than either screen.
  async look(login, path, name, ...words) {
    const p = await this.of(login);
    const status = path ? await p.open(path) : 200;
    if (status !== 200) throw new Error(`${path}: ${status}`);
    const text = await p.page.locator('main').innerText();
    for (const word of words) if (!text.includes(word)) throw new Error(`${name}: no «${word}» in ${text.slice(0, 900)}`);
    for (const size of [PHONE, DESK]) {
      await p.page.setViewportSize(size);
      const wide = await p.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) throw new Error(`${name}: ${wide} px wider than the screen`);
      if (this.shots) await p.page.screenshot({ path: join(this.shots, `story-${name}-${size.width}.png`), fullPage: true });
    }
    await p.page.setViewportSize(PHONE);
    return text;
  }

  async post(login, path, data = {}) {
    const p = await this.of(login);
    const r = await p.context.request.post(p.base + path, { headers: { Accept: 'application/json', Origin: p.base }, data });
    const doc = await r.json();
    if (!r.ok()) throw new Error(`${path} by ${login}: ${r.status()} ${JSON.stringify(doc).slice(0, 400)}`);
    return doc;
  }

  async get(login, path) {
    return (await (await this.of(login)).get(path)).json();
  }

  /// The same city n days later.
  async later(n) {
    await this.end();
    this.people = new Map();
    await this.server.stop();
    this.server = await this.start(day(n));
  }

  /// One's own id.
  async id(login) {
    return (await this.get(login, '/me')).person.id;
  }

  async elements() {
    return { responsible_id: await this.id('worker1b'), deputy_id: await this.id('leader1'), deadline: day(2), measures: '更换限位开关，试车三次均停机后交班',
      funds_fen: 30000, funds_source: '车间维修费', emergency_plan: '停机挂牌，改用2号机' };
  }

  async end() {
    for (const [login, p] of this.people) {
      if (p.complaints.length) throw new Error(`${login}'s browser: ${p.complaints[0]}`);
      await p.context.close();
    }
  }
}

/// Fixed where it was found, seen by a second person: the five elements fill themselves.
async function onTheSpot(s, photo) {
  const worker = await s.of('worker1');
  const { id } = await s.post('worker1', '/hazards', { description: '安全通道堆放纸箱，宽度不足一米', place: '一车间东门' });
  await s.look('worker1', `/hazards/${id}`, 'spot-1-reported', '点一下就记下', '办到哪一步了');
  await worker.act(id, 'fix_on_spot', { text: '纸箱已搬到库房，通道划线', photos_after: [photo(31)] });
  await s.look('worker1', `/hazards/${id}`, 'spot-2-fixed', '五落实由系统按现场整改情况自动填写', '纸箱已搬到库房', '验收的人');
  await (await s.of('leader1')).act(id, 'confirm', { text: '现场看过' });
  await s.look('leader1', `/hazards/${id}`, 'spot-3-confirmed', '验收合格', '现场看过');
}

/// Not put right twice: the second time the management is informed.
async function returnedTwice(s) {
  const { id } = await s.post('worker1', '/hazards', { description: '2号压机防护门限位失灵' });
  await s.post('leader1', `/hazards/${id}/register`, { category: 'machine_guard', handling_level: 'enterprise' });
  await s.post('safety1', `/hazards/${id}/assign`, await s.elements());
  await s.post('worker1b', `/hazards/${id}/take`);
  for (const round of [1, 2]) {
    await s.post('worker1b', `/hazards/${id}/submit`, { text: `第${round}次调整限位` });
    await (await s.of('safety1')).act(id, 'return', { reason: `第${round}次试车，门开着机器还能动` });
    await s.look('safety1', `/hazards/${id}`, `return-${round}`, `退回${round}次`, `第${round}次试车`);
  }
  await s.look('manager1', `/hazards/${id}`, 'return-3-manager', '已通知企业行政', '整改中');
}

/// Refused; the reporter reads why and appeals with the receipt alone; the union above takes it in.
async function refusedAndAppealed(s) {
  const place = (await s.get('leader1', '/places')).items[0].code;
  const { id, receipt_code: code } = await s.post(null, '/hazards', { code: place, description: '行车限位有时不起作用' });
  await (await s.of('safety1')).act(id, 'refuse', { reason_code: 'not_found', reason: '当班试了两次，限位正常' });
  await s.look(null, `/receipts/${code}`, 'appeal-1-refused', '当班试了两次，限位正常', '上级工会裁定');
  const stranger = await s.of(null);
  await stranger.page.locator('details summary').first().click();
  const form = stranger.page.locator(`form[action="/receipts/${code}/appeal"]`);
  await stranger.fill(form, 'reason', '空载正常，吊重后不起作用');
  if (await stranger.send(form) !== 303) throw new Error('the appeal was refused');
  await s.look(null, '', 'appeal-2-appealed', '上级工会', '您的异议已送上级工会');
  const desk = await s.get('county1', '/');
  if (!desk.sections.some((x) => x.figures.some((f) => f.href.includes('marked=disputed') && f.value !== '0'))) throw new Error('not on the county\'s desk');
  await (await s.of('county1')).act(id, 'register', { category: 'lifting_limiter' });
  await s.look(null, `/receipts/${code}`, 'appeal-3-registered', '已登记', '负责这一级的领导');
}

/// Closed out and not put right in truth: the reporter says so with a photo, the county looks and reopens.
async function objected(s, photo) {
  const { id } = await s.post('worker1', '/hazards', { description: '除尘罩破损，粉尘外逸' });
  await s.post('leader1', `/hazards/${id}/fix_on_spot`, { text: '已用铁皮封堵破口' });
  await s.post('safety1', `/hazards/${id}/confirm`);
  await s.post('union1', `/hazards/${id}/close_out`);
  const worker = await s.of('worker1');
  await s.look('worker1', `/hazards/${id}`, 'object-1-closed', '谢谢您', '已用铁皮封堵破口', '其实没有改好');
  await worker.act(id, 'object', { text: '铁皮已经脱落，粉尘照样往外跑', photos: [photo(32)] });
  await s.look('county1', `/hazards/${id}`, 'object-2-county', '反映没有改好', '铁皮已经脱落', '异议事项：反映没有改好');
  await (await s.of('county1')).act(id, 'reopen', { reason: '4月20日到现场看过，封堵脱落' });
  await s.look('county1', `/hazards/${id}`, 'object-3-reopened', '重开1次', '已登记');
  await s.look('worker1', `/hazards/${id}`, 'object-4-told', '重新打开', '负责这一级的领导');
}

/// Somebody is in danger: the page says what to do before any form, one tap records what was done, the leader sees it first.
async function danger(s) {
  const worker = await s.of('worker1');
  await s.look('worker1', '/report', 'danger-1-report', '这里不是报警台', '119', '先保安全');
  const form = worker.page.locator('main form');
  await worker.fill(form, 'danger', true);
  await worker.fill(form, 'description', '脚手架拉结点松脱，上面有人作业');
  if (await worker.send(form) !== 201) throw new Error('the report was refused');
  const { id } = (await s.get('worker1', '/hazards?reported=1')).items[0];
  await s.look('leader1', '/', 'danger-2-desk', '危及人身安全，未办结', '脚手架拉结点松脱');
  await s.look('leader1', `/hazards/${id}`, 'danger-3-leader', '先停、先撤、先拉警戒', '这里不是报警台', '人已撤离');
  const leader = await s.of('leader1');
  const above = await leader.page.evaluate(() => document.querySelector('.cb-quick button').getBoundingClientRect().bottom < 844);
  if (!above) throw new Error('the first button is below the first screen of a phone');
  if (await leader.send(leader.page.locator(`form[action="/hazards/${id}/withdraw"]`).first()) !== 303) throw new Error('the tap was refused');
  await s.look('leader1', `/hazards/${id}`, 'danger-4-withdrawn', '人已撤离', '记人员已撤离');
  return id;
}

/// Days pass: the server starts again on a later day, and its clock does what became due.
async function passTo(s, n) {
  await s.later(n);
  const told = Date.now() + 30000;
  return async (id, fits) => {
    for (;;) {
      const doc = await s.get('safety1', `/hazards/${id}`);
      if (fits(doc)) return doc;
      if (Date.now() > told) throw new Error(`the clock has not moved it: ${JSON.stringify(doc.waiting_for)}`);
      await new Promise((r) => { setTimeout(r, 300); });
    }
  };
}

/// The responsible person does not take it on: it goes to the deputy by itself, and everybody sees who has it.
async function absent(s) {
  const { id } = await s.post('worker1', '/hazards', { description: '空压机安全阀铅封缺失' });
  await s.post('leader1', `/hazards/${id}/register`, { category: 'machine_pressure', handling_level: 'enterprise' });
  await s.post('safety1', `/hazards/${id}/assign`, { ...await s.elements(), deadline: day(5) });
  await s.look('worker1b', '/', 'absent-1-desk', '等我整改', '空压机安全阀铅封缺失');
  const { id: left } = await s.post('worker1', '/hazards', { description: '夜班：煤气柜旁闻到异味', danger: true });
  const until = await passTo(s, 2);
  await until(left, (h) => h.waiting_for.steps > 0 || h.waiting_for.post !== 'team_head');
  // Over night nobody protected it: the alarm has rung, and it stands first on the desk of who is in charge.
  await s.look('manager1', `/hazards/${left}`, 'danger-5-alarm', '危险告警', '先停、先撤、先拉警戒');
  await s.look('manager1', '/', 'danger-6-in-charge', '夜班：煤气柜旁闻到异味');
  await until(id, (h) => h.waiting_for.post !== 'responsible');
  await s.look('safety1', `/hazards/${id}`, 'absent-2-passed', '现在等', '到期转交');
  await s.look('worker1', `/hazards/${id}`, 'absent-3-told', '现在谁在办');
  await s.look('leader1', '/hazards?todo=1', 'absent-4-deputy', '空压机安全阀铅封缺失');
  await (await s.of('leader1')).act(id, 'take');
  await s.look('leader1', `/hazards/${id}`, 'absent-5-taken', '整改中');
}

export const stories = [
  ['put right on the spot', onTheSpot],
  ['returned twice, management informed', returnedTwice],
  ['refused and appealed', refusedAndAppealed],
  ['objected and reopened by the county', objected],
  ['danger to life', danger],
  ['the responsible person is absent, a danger is left over night', absent],
];
