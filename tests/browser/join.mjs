// A worker joins a team from its poster (NFR-6): the leader makes the code, a stranger's phone opens its address, the leader confirms, and
// the phone is in. What each sees is what a person goes by: headings, buttons, the answer to the form.
import { join } from 'node:path';
import { Person } from './person.mjs';

const press = async (p, text, status = 200) => {
  const posted = p.page.waitForResponse((r) => r.request().method() === 'POST' && r.request().isNavigationRequest());
  await p.page.locator(`button:has-text("${text}")`).first().click();
  const got = (await posted).status();
  await p.page.waitForLoadState('load');
  if (got !== status) throw new Error(`${text}: status ${got}, expected ${status}: ${(await p.page.locator('main').innerText()).slice(0, 300)}`);
};
const sees = async (p, text) => {
  const main = await p.page.locator('main').innerText();
  if (!main.includes(text)) throw new Error(`no «${text}» on ${p.page.url()}: ${main.slice(0, 300)}`);
};
const fits = async (p) => {
  const wide = await p.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) throw new Error(`${p.page.url()} is ${wide} px wider than the screen`);
};

async function poster(leader, shot) {
  const { duties } = await (await leader.get('/me')).json();
  await leader.open(`/units/${duties[0].unit_id}`);
  await leader.page.locator(`a[href="/units/${duties[0].unit_id}/join"]`).first().click();
  await fits(leader);
  if (await leader.page.locator('button:has-text("生成加入码")').count()) await press(leader, '生成加入码', 303);
  await shot(leader, 'manage');
  const address = await leader.page.locator('dd', { hasText: '/j/' }).innerText();
  await leader.page.locator('a:has-text("打印海报")').click();
  await sees(leader, '扫码加入班组');
  await fits(leader);
  await shot(leader, 'poster');
  return address;
}

/// worker: name, phone, staff_number, pin. `leads`: how the leader looks at it.
export async function joinFromPoster(browser, server, accounts, viewport, worker, options = {}, shots = '') {
  const shot = async (p, name) => { if (shots) await p.page.screenshot({ path: join(shots, `join-${name}-${viewport.width}.png`), fullPage: true }); };
  const leader = await Person.at(browser, server, accounts.get('leader1'), viewport);
  const phone = await Person.at(browser, server, null, viewport, options);
  const address = await poster(leader, shot);
  await phone.page.goto(address);
  await fits(phone);
  await shot(phone, 'form');
  const fill = async (values) => { for (const [k, v] of Object.entries(values)) await phone.page.fill(`[name=${k}]`, v); };
  await fill({ name: worker.name, phone: worker.phone, staff_number: '371302199001011234', pin: '123456', again: '123456' });
  await press(phone, '申请加入', 422);
  await sees(phone, '身份证号');
  await fill({ staff_number: worker.staff_number, pin: '123456', again: '123456' });
  await press(phone, '申请加入', 422);
  await sees(phone, '太容易猜到');
  await shot(phone, 'refused');
  await fill({ pin: worker.pin, again: worker.pin });
  await press(phone, '申请加入', 303);
  await sees(phone, '等班组长确认');
  await fits(phone);
  await shot(phone, 'wait');
  await leader.open('/');
  await sees(leader, worker.name);
  await shot(leader, 'home');
  await leader.page.locator(`a[href="/joins"]:has-text("${worker.name}")`).first().click();
  await fits(leader);
  await shot(leader, 'list');
  await press(leader, '确认加入', 303);
  await sees(leader, '没有');
  // With script the phone goes on by itself, without it by its button.
  if (options.javaScriptEnabled === false) await phone.page.locator('a:has-text("刷新看结果")').click();
  await phone.page.waitForURL((u) => u.pathname === '/', { timeout: 20000 });
  await sees(phone, worker.name);
  await shot(phone, 'in');
  const me = await (await phone.get('/me')).json();
  if (me.duties.map((d) => d.role).join() !== 'worker') throw new Error(`duties ${JSON.stringify(me.duties)}`);
  // Logged out, the same phone gets in by staff number, which is unique in the employer only.
  await phone.context.clearCookies({ name: 'chabaocu_session' });
  for (const login of [worker.staff_number, worker.phone]) {
    await phone.context.clearCookies({ name: 'chabaocu_session' });
    await phone.login({ login, password: worker.pin });
    await sees(phone, worker.name);
  }
  for (const p of [leader, phone]) {
    const noise = p.complaints.filter((c) => !/status of 422/.test(c));
    if (noise.length) throw new Error(`browser: ${noise[0]}`);
    await p.context.close();
  }
}
