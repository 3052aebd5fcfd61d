// Work desks: every number of every desk opens to a list of exactly so many rows.
import { DESK, PHONE, Person } from './person.mjs';

const logins = ['worker1', 'worker1b', 'leader1', 'workshop1', 'safety1', 'union1', 'manager1', 'town1', 'county1', 'city1'];

async function rows(p, href) {
  let n = 0;
  for (let path = `${href}&limit=500`; path;) {
    const answer = await p.get(path);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
    const doc = await answer.json();
    n += doc.items.length;
    path = doc.next_href || (doc.next ? `${href}&limit=500&after=${encodeURIComponent(doc.next)}` : null);
  }
  return n;
}

export async function desksAgree(browser, server, accounts) {
  let numbers = 0;
  for (const login of logins.filter((l) => accounts.has(l))) {
    const p = await Person.at(browser, server, accounts.get(login), numbers % 2 ? PHONE : DESK);
    const { sections } = await (await p.get('/')).json();
    for (const s of sections)
      for (const f of s.figures.filter((x) => x.href.startsWith('/hazards'))) {
        const n = await rows(p, f.href);
        const said = Number.parseInt(f.value, 10);
        const fits = f.value === '99+' ? n >= 100 : f.value.endsWith('+') ? n >= said : n === said;
        if (!fits) throw new Error(`${login}: «${f.label}» says ${f.value}, ${f.href} has ${n}`);
        numbers++;
      }
    await p.open('/');
    const first = p.page.locator('section .cb-figure').first();
    const value = await first.locator('b').innerText();
    await Promise.all([p.page.waitForURL(/\/hazards/), first.click()]);
    const shown = await p.page.locator('table tbody tr').count();
    if (value !== '99+' && Number(value) <= 50 && shown !== Number(value)) throw new Error(`${login}: ${value} on the desk, ${shown} on the page`);
    if (p.complaints.length) throw new Error(`${login}: ${p.complaints[0]}`);
    await p.context.close();
  }
  if (numbers < 40) throw new Error(`${numbers} numbers only`);
}
