// A new clerk at a county's union, tried as somebody who has never seen the program (ORG-2, ORG-3, ORG-5, ORG-6): only what the pages say is gone
// by, from the work desk on, by menu, fields and buttons. Nothing is opened by an address that no page offered.
import { join } from 'node:path';
import { Person } from './person.mjs';

const within = async (p) => {
  const wide = await p.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) throw new Error(`${p.page.url()} is ${wide} px wider than the screen`);
};
const text = (p) => p.page.locator('main').innerText();
const sees = async (p, ...words) => {
  const main = await text(p);
  for (const word of words) if (!main.includes(word)) throw new Error(`no «${word}» on ${p.page.url()}: ${main.slice(0, 400)}`);
};
const follow = async (p, link) => {
  const url = p.page.url();
  await Promise.all([p.page.waitForURL((u) => u.toString() !== url), link.click()]);
  await p.page.waitForLoadState('load');
  await within(p);
};
const menu = async (p, word) => {
  await follow(p, p.page.locator('nav a', { hasText: word }).first());
  const box = await p.page.locator('.cb-menu [aria-current]').boundingBox();
  if (box.x < 0 || box.x + box.width > p.page.viewportSize().width) throw new Error(`the menu does not show that this is «${word}»`);
};
/// Opens the act of this name, fills its fields by their labels and sends it.
async function act(p, name, fields, status = 303) {
  const fold = p.page.locator('details.cb-act', { has: p.page.locator(`summary:has-text("${name}")`) }).first();
  if (!(await fold.evaluate((d) => d.open))) await fold.locator('summary').click();
  for (const [label, value] of Object.entries(fields)) {
    const field = fold.getByLabel(label).first();
    if (await field.evaluate((e) => e.tagName === 'SELECT')) await field.selectOption(value);
    else await field.fill(value);
  }
  const got = await p.send(fold.locator('form').first());
  if (got !== status) throw new Error(`${name}: status ${got}: ${(await fold.innerText()).replace(/\s+/g, ' ').slice(0, 400)}`);
  await within(p);
}
const search = async (p, words) => {
  await p.page.locator('main input[type=search]').first().fill(words);
  await p.page.locator('main form[role=search] [type=submit]').click();
  await p.page.waitForURL(/q=/);
  await p.page.waitForLoadState('networkidle');
  await within(p);
};

/// Who does it where: two counties, so that one walk does not stand in the other's way.
const casts = {
  1366: { clerk: 'county1', employer: 'safety1', cadre: 'town1', heir: 'town3' },
  390: { clerk: 'county2', employer: 'safety2', cadre: 'town2', heir: 'town4' },
};

/// Finds an employer by part of its name, sees who looks after it, assigns one more cadre, and hands the first one's work over to another on a
/// sheet that is printed.
export async function firstDay(browser, server, accounts, viewport, shots = '') {
  const cast = casts[viewport.width];
  const p = await Person.at(browser, server, accounts.get(cast.clerk), viewport);
  const shot = async (name) => { if (shots) await p.page.screenshot({ path: join(shots, `clerk-${name}-${viewport.width}.png`), fullPage: true }); };
  const employer = accounts.get(cast.employer).unit, part = employer.replace(/^临沂/, '').slice(0, 3);
  const [clerk, cadre, heir] = [cast.clerk, cast.cadre, cast.heir].map((login) => accounts.get(login).name);
  await menu(p, '用人单位');
  await search(p, part);
  const found = p.page.locator('#list td a');
  if (await found.count() !== 1) throw new Error(`«${part}» found ${await found.count()}`);
  await shot('found');
  await follow(p, found.first());
  await sees(p, employer, '包靠干部', cadre);
  // Who looks after it stands above what the employer keeps of itself.
  const heads = await p.page.locator('main h2').allInnerTexts();
  if (heads.indexOf('包靠干部') !== 0) throw new Error(`first of all stands ${heads[0]}`);
  await shot('employer');
  await follow(p, p.page.locator('section:has(h2:text-is("包靠干部")) a').last());
  await sees(p, '谁在包靠', cadre);
  await shot('contact');
  const choice = await p.page.locator('form[action="/assignments"] option', { hasText: clerk }).getAttribute('value');
  await act(p, '安排包靠干部', { 包靠干部: choice, 备注: '新职工报到第一天' });
  await sees(p, clerk, cadre, '新职工报到第一天');
  await shot('assigned-one');
  const row = p.page.locator('tr', { hasText: cadre }).first();
  await follow(p, row.locator('a', { hasText: '联系与移交' }));
  await sees(p, cadre, '包靠企业', employer);
  await shot('person');
  await act(p, '移交', { 接替人: '没有这个人' }, 422);
  await sees(p, '没有此人');
  await act(p, '移交', { 接替人: heir, 原因: '轮岗' }, 303);
  await sees(p, '工作移交单', cadre, heir, employer, '包靠企业', '轮岗');
  await shot('sheet');
  await paper(p, employer);
  // Back from the sheet without the browser's own button, and found again by name.
  await follow(p, p.page.locator('main a', { hasText: cadre }).first());
  await menu(p, '人员');
  await search(p, heir);
  await sees(p, heir);
  if (await p.page.locator('#list tbody tr').count() !== 1) throw new Error(`${heir} is not found alone`);
  await shot('people');
  await follow(p, p.page.locator('#list td a').first());
  await sees(p, '移交单', cadre);
  const noise = p.complaints.filter((c) => !/status of 422/.test(c));
  if (noise.length) throw new Error(`browser: ${noise[0]}`);
  await p.context.close();
}

/// What comes out of the printer: the sheet with its lines and places to sign, without buttons and menus.
async function paper(p, employer) {
  await p.page.emulateMedia({ media: 'print' });
  const printed = await text(p);
  for (const word of [employer, '移交人', '接收人', '监交人']) if (!printed.includes(word)) throw new Error(`not printed: ${word}`);
  if (await p.page.locator('.cb-sign-line:visible').count() !== 3) throw new Error('no three places to sign');
  const buttons = await p.page.locator('main button:visible, nav:visible').count();
  if (buttons) throw new Error(`${buttons} buttons or menus are printed`);
  await p.page.emulateMedia({ media: 'screen' });
  if (!(await p.page.locator('button[data-print]').isVisible())) throw new Error('no button to print');
}

/// Finds who is missing, from the work desk on: not launched, without anybody; assigns several at once; pastes the list as text.
export async function whoIsMissing(browser, server, accounts, viewport, shots = '') {
  const p = await Person.at(browser, server, accounts.get(casts[viewport.width].clerk), viewport);
  const shot = async (name) => { if (shots) await p.page.screenshot({ path: join(shots, `clerk-${name}-${viewport.width}.png`), fullPage: true }); };
  await p.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const missing = async (gap) => (await (await p.get(`/coverage/employers?gap=${gap}`)).json()).items.map((e) => e.name);
  const [unlaunched, unassigned] = [await missing('unlaunched'), await missing('unassigned')];
  await menu(p, '覆盖情况');
  await shot('coverage');
  await follow(p, p.page.locator('table a[href*="gap=unlaunched"]').last());
  await sees(p, ...unlaunched);
  const paste = async () => {
    await p.page.locator('a[data-copy]').click();
    await p.page.locator('.cb-told').waitFor();
    return p.page.evaluate(() => navigator.clipboard.readText());
  };
  const first = await paste();
  for (const name of unlaunched) if (!first.includes(name)) throw new Error(`${name} is not in «${first}»`);
  await menu(p, '干部包靠');
  await follow(p, p.page.locator('main a', { hasText: '无人包靠' }).first());
  await sees(p, ...unassigned);
  await shot('missing');
  await follow(p, p.page.locator('main a[href^="/assignments/new"]').first());
  const boxes = await p.page.locator('[name=employer_ids]:checked').count();
  if (boxes !== unassigned.length || boxes < 2) throw new Error(`${boxes} chosen of ${unassigned.length}`);
  await shot('several');
  // One is left for later.
  const later = (await p.page.locator('label:has([name=employer_ids]:checked)').last().innerText()).trim();
  const taken = unassigned.filter((name) => name !== later);
  await p.page.locator('[name=employer_ids]:checked').last().uncheck();
  await p.page.locator('[name=person_id]').selectOption({ index: 1 });
  const chosen = (await p.page.locator('[name=person_id] option:checked').innerText()).split(' · ')[0];
  const status = await p.send(p.page.locator('form[action="/assignments"]'));
  if (status !== 303) throw new Error(`several at once: ${status}`);
  await within(p);
  await sees(p, chosen, ...taken);
  await shot('assigned');
  if ((await missing('unassigned')).join() !== later) throw new Error(`without anybody: ${await missing('unassigned')}`);
  const assigned = await paste();
  for (const name of taken) if (!assigned.includes(name)) throw new Error(`${name} is not in «${assigned}»`);
  await menu(p, '干部包靠');
  await follow(p, p.page.locator('main a', { hasText: '无人包靠' }).first());
  const left = await paste();
  if (!left.includes(later) || !left.includes('无人包靠') || taken.some((name) => left.includes(name))) throw new Error(`pasted «${left}»`);
  if (p.complaints.length) throw new Error(`browser: ${p.complaints[0]}`);
  await p.context.close();
}
