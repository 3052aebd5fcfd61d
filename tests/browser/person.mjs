// Somebody at a screen: logs in, opens pages, does acts through the buttons, and notes what the browser complains about.
import { chromium } from 'playwright-core';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1366, height: 768 };

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: flags });
}

export class Person {
  /// `account`: a row of demo-accounts.tsv, or null for a stranger.
  static async at(browser, server, account, viewport, options = {}) {
    const p = new Person();
    p.base = `http://127.0.0.1:${server.port}`;
    p.context = await browser.newContext({ viewport, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', ...options });
    p.page = await p.context.newPage();
    p.page.setDefaultTimeout(15000);
    p.complaints = [];
    p.page.on('console', (m) => { if (m.type() === 'error') p.complaints.push(m.text()); });
    p.page.on('pageerror', (e) => p.complaints.push(e.message));
    if (account) await p.login(account);
    return p;
  }

  async login(account) {
    await this.page.goto(`${this.base}/login`);
    await this.page.fill('input[name=login]', account.login);
    await this.page.fill('input[name=password]', account.password);
    await Promise.all([this.page.waitForURL((u) => u.pathname !== '/login'), this.page.click('main button[type=submit]')]);
  }

  async open(path) {
    const answer = await this.page.goto(this.base + path);
    return answer.status();
  }

  /// Sends a form and gives the status of the answer to the post itself.
  async send(form) {
    const asks = await form.evaluate((f) => f.hasAttribute('data-confirm') && document.documentElement.classList.contains('cb-js'));
    const posted = this.page.waitForResponse((r) => r.request().method() === 'POST' && r.request().isNavigationRequest());
    await form.locator('[type=submit]').click();
    if (asks) await this.page.locator('dialog[open] .cb-btn-primary').click();
    const status = (await posted).status();
    await this.page.waitForLoadState('load');
    return status;
  }

  /// Does an act of the open hazard page by its button; fields: name → value, or a list of files.
  async act(id, act, fields = {}) {
    await this.open(`/hazards/${id}`);
    const form = this.page.locator(`form[action="/hazards/${id}/${act}"]`);
    if (await form.count() !== 1) throw new Error(`no button for ${act}`);
    const fold = this.page.locator('details', { has: form });
    if (await fold.count()) await fold.locator('summary').click();
    for (const [name, value] of Object.entries(fields)) await this.fill(form, name, value);
    const status = await this.send(form);
    if (status !== 303) throw new Error(`${act}: ${status} ${(await this.page.locator('main').innerText()).slice(0, 400)}`);
  }

  async fill(form, name, value) {
    const field = form.locator(`[name="${name}"]`).first();
    if (Array.isArray(value)) {
      await form.locator(`input[type=file][name="${name}"]`).last().setInputFiles(value);
      // Script makes the photo smaller and shows it before it is sent.
      if (await this.page.evaluate(() => document.documentElement.classList.contains('cb-js')))
        await form.locator('.cb-photo-new').first().waitFor();
      return undefined;
    }
    const kind = await field.evaluate((e) => (e.tagName === 'SELECT' ? 'select' : e.type));
    if (kind === 'select') return field.selectOption(value);
    if (kind === 'checkbox') return field.setChecked(Boolean(value));
    if (kind === 'radio') return form.locator(`[name="${name}"][value="${value}"]`).check();
    return field.fill(value);
  }

  /// What dt and dd say on the open page.
  facts() {
    return this.page.evaluate(() => Object.fromEntries([...document.querySelectorAll('main dl dt')]
      .map((dt) => [dt.innerText.trim(), dt.nextElementSibling?.innerText.trim()])));
  }

  async get(path, accept = 'application/json') {
    const r = await this.context.request.get(this.base + path, { headers: { Accept: accept }, maxRedirects: 0 });
    return { status: r.status(), bytes: await r.body(), text: () => r.text(), json: () => r.json() };
  }
}
