// Every page of the product: who opens which address, and what is done there before it is looked at.
// `status` is what the address answers when it is not 200; `act` runs in the page and may lead to another.
const submit = (selector) => async (p) => { await p.send(p.page.locator(selector)); };
const openFolds = async (p) => {
  await p.page.evaluate(() => document.querySelectorAll('details.cb-act').forEach((d) => { d.open = true; }));
};

// A sheet as a township sends it: a title, one row to add each time, and on request one that is refused.
let sheets = 0, joined = 0;
const sheet = (wrong) => ['兰山区用人单位登记表,,,,', '序号,企业名称,统一社会信用代码,所属镇街,企业规模,职工人数', `1,沂蒙木业${sheets++}号有限公司,,兰山街道,大型,３００人`,
  `2,琅琊机械厂,91371300100000001${wrong ? 'X' : 'Y'},银雀山街道,微,`, '合计,,,,,300', ''].join('\r\n');
const upload = (wrong, then) => async (p) => {
  await p.page.setInputFiles('input[name=file]', { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from(sheet(wrong)) });
  await submit('main form')(p);
  if (then) await submit('main form[action$="/check"]')(p);
  if (then === 'apply') await submit('main form[action$="/apply"]')(p);
};

export const pages = [
  { name: 'imports-none', as: 'county1', path: '/imports' },
  { name: 'import-new', as: 'county1', path: '/imports/new' },
  { name: 'import-no-file', as: 'county1', path: '/imports/new', status: 422, act: async (p) => {
    await p.page.evaluate(() => document.querySelectorAll('form').forEach((f) => { f.noValidate = true; }));
    await submit('main form')(p);
  } },
  { name: 'import-columns', as: 'county1', path: '/imports/new', act: upload(false) },
  { name: 'import-refused', as: 'county1', path: '/imports/new', act: upload(true, 'check') },
  { name: 'import-checked', as: 'county1', path: '/imports/new', act: upload(false, 'check') },
  { name: 'import-done', as: 'county1', path: '/imports/new', act: upload(false, 'apply') },
  { name: 'imports', as: 'county1', path: '/imports' },
  { name: 'imports-english', as: 'city1', path: '/imports?lang=en', after: '/imports?lang=zh-CN' },
  { name: 'assignments', as: 'county1', path: '/assignments' },
  { name: 'assignments-mine', as: 'town1', path: '/assignments?mine=1' },
  { name: 'assignments-text', as: 'county1', path: '/assignments.txt?header=zh' },
  { name: 'cadres', as: 'county1', path: '/assignments/cadres' },
  { name: 'assign-pick', as: 'town1', path: '/assignments/new?show=1' },
  { name: 'assign-pasted', as: 'county1', path: '/assignments/new', act: async (p) => {
    await p.page.fill('[name=text]', '1、有限公司\n没有这样一家企业\n913713001234567890');
    await submit('form[action="/assignments/new"]')(p);
  } },
  { name: 'assign-refused', as: 'town1', path: '/assignments/new?show=1', status: 422, act: async (p) => {
    await p.page.evaluate(() => document.querySelectorAll('form').forEach((f) => { f.noValidate = true; }));
    await submit('form[action="/assignments"]')(p);
  } },
  { name: 'take-over', as: 'county1', path: '/assignments/take-over' },
  { name: 'contact', as: 'town1', path: '/units/$employer/contact', act: openFolds },
  { name: 'contact-english', as: 'city1', path: '/units/$employer/contact?lang=en', after: '/units/$employer/contact?lang=zh-CN' },
  { name: 'coverage-city', as: 'city1', path: '/coverage' },
  { name: 'coverage-county', as: 'county1', path: '/coverage' },
  { name: 'coverage-town', as: 'town1', path: '/coverage' },
  { name: 'coverage-english', as: 'city1', path: '/coverage?lang=en', after: '/coverage?lang=zh-CN' },
  { name: 'coverage-missing', as: 'county1', path: '/coverage/employers?gap=unassigned' },
  { name: 'coverage-none', as: 'county1', path: '/coverage/employers?gap=unassigned&q=没有这样一家' },
  { name: 'launch', as: 'safety1', path: '/units/$employer/launch' },
  { name: 'groups', as: 'city1', path: '/groups' },
  { name: 'groups-sheet', as: 'county1', path: '/groups/sheet' },
  { name: 'inbox', as: 'worker1', path: '/inbox' },
  { name: 'inbox-leader', as: 'leader1', path: '/inbox?state=unread&topic=task' },
  { name: 'inbox-none', as: 'audit1', path: '/inbox' },
  { name: 'inbox-english', as: 'leader1', path: '/inbox?lang=en', after: '/inbox?lang=zh-CN' },
  { name: 'wishes', as: 'worker1', path: '/me/notices' },
  { name: 'wishes-refused', as: 'worker1', path: '/me/notices', status: 422, act: async (p) => {
    await p.page.evaluate(() => document.querySelector('input[name=topics]:enabled').setAttribute('value', 'nonsense'));
    await submit('form[action="/me/notices"]')(p);
  } },
  { name: 'roles', as: 'security1', path: '/roles' },
  { name: 'role-refused', as: 'security1', path: '/roles', status: 422, act: async (p) => {
    await p.page.evaluate(() => document.querySelectorAll('form').forEach((f) => { f.noValidate = true; }));
    await submit('main form[action="/roles"]')(p);
  } },
  { name: 'role-builtin', as: 'security1', path: '/roles/safety_officer' },
  { name: 'role', as: 'security1', path: '/roles/$role' },
  { name: 'role-asked', as: 'security1', path: '/roles/$role', status: 422, act: async (p) => {
    await p.page.uncheck('[name=below][value="hazard.assign"]');
    await p.page.check('[name=whole_city][value="statistics.read"]');
    await submit('#held form')(p);
  } },
  { name: 'role-given', as: 'security1', path: '/roles/team_leader', act: async (p) => {
    await p.page.fill('form[action="/roles"] [name=name]', `见习班组长${sheets++}`);
    await submit('main form[action="/roles"]')(p);
    await p.page.fill('[name=holder]', 'worker1d');
    await p.page.fill('#holders [name=unit]', '371302');
    await submit('#holders form')(p);
  } },
  { name: 'roles-english', as: 'county1', path: '/roles?lang=en', after: '/roles?lang=zh-CN' },
  { name: 'login', as: null, path: '/login' },
  { name: 'login-refused', as: null, path: '/login', status: 422, act: async (p) => {
    await p.page.fill('input[name=login]', 'worker1');
    await p.page.fill('input[name=password]', 'wrong');
    await submit('main form')(p);
  } },
  { name: 'report-stranger', as: null, path: '/report' },
  { name: 'report-code', as: null, path: '/r/$code' },
  { name: 'report-code-unknown', as: null, path: '/r/ZZZZZZ', status: 404 },
  { name: 'receipt', as: null, path: '/receipts/$receipt' },
  { name: 'receipt-find', as: null, path: '/receipts' },
  { name: 'receipt-unknown', as: null, path: '/receipts/00000000', status: 404 },
  { name: 'report', as: 'worker1', path: '/report' },
  { name: 'report-refused', as: 'worker1', path: '/report', status: 422, act: submit('main form') },
  { name: 'report-done', as: 'worker1', path: '/report', status: 201, act: async (p) => {
    await p.page.fill('[name=description]', '安全通道堆放纸箱，宽度不足一米');
    await submit('main form')(p);
  } },
  { name: 'home-worker', as: 'worker1', path: '/' },
  { name: 'home-leader', as: 'leader1', path: '/' },
  { name: 'home-safety', as: 'safety1', path: '/' },
  { name: 'home-union', as: 'union1', path: '/' },
  { name: 'home-manager', as: 'manager1', path: '/' },
  { name: 'home-township', as: 'town1', path: '/' },
  { name: 'home-county', as: 'county1', path: '/' },
  { name: 'home-city', as: 'city1', path: '/' },
  { name: 'home-system', as: 'system1', path: '/' },
  { name: 'hazards-worker', as: 'worker1', path: '/hazards' },
  { name: 'hazards', as: 'city1', path: '/hazards' },
  { name: 'hazards-filtered', as: 'safety1', path: '/hazards?state=rectifying&sort=deadline' },
  { name: 'hazards-empty', as: 'safety1', path: '/hazards?from=2190-01-01' },
  { name: 'hazards-search', as: 'city1', path: `/hazards?q=${encodeURIComponent('防护 机')}` },
  { name: 'hazards-search-filtered', as: 'city1', path: `/hazards?q=${encodeURIComponent('安全')}&state=closed_out` },
  { name: 'hazards-search-none', as: 'safety1', path: `/hazards?q=${encodeURIComponent('没有这样的词')}` },
  { name: 'hazards-overdue', as: 'city1', path: '/hazards?overdue=1' },
  { name: 'hazards-last', as: 'city1', path: '/hazards?limit=500' },
  { name: 'hazards-search', as: 'city1', path: '/hazards?q=%E9%80%9A%E9%81%93' },
  { name: 'hazards-search-none', as: 'city1', path: '/hazards?q=%E9%BE%98%E9%BE%98' },
  { name: 'statistics-city', as: 'city1', path: '/statistics' },
  { name: 'statistics-county', as: 'county1', path: '/statistics/$county/2016' },
  { name: 'statistics-team', as: 'leader1', path: '/statistics/$team/2016-04' },
  { name: 'statistics-rows', as: 'city1', path: '/statistics/371300/2016/f10/rows' },
  { name: 'statistics-not-collected', as: 'city1', path: '/statistics/371300/2016/f3/rows', status: 404 },
  { name: 'statistics-no-period', as: 'city1', path: '/statistics/371300/2017-13', status: 404 },
  { name: 'statistics-english', as: 'county1', path: '/statistics/$county/2016?lang=en', after: '/statistics/$county/2016?lang=zh-CN' },
  { name: 'hazard-reported', as: 'leader1', path: '/hazards/$reported', act: openFolds },
  { name: 'hazard-danger', as: 'leader1', path: '/hazards/$danger' },
  { name: 'hazard-registered', as: 'safety1', path: '/hazards/$registered', act: openFolds },
  { name: 'hazard-refused-form', as: 'safety1', path: '/hazards/$registered', status: 422, act: async (p) => {
    const form = p.page.locator('form[action$="/assign"]');
    await p.page.evaluate(() => document.querySelectorAll('form').forEach((f) => { f.noValidate = true; }));
    await p.page.locator('details', { has: form }).locator('summary').click();
    await form.locator('[name=measures]').fill('更换防护罩并加联锁');
    await p.send(form);
  } },
  { name: 'hazard-rectifying', as: 'leader1', path: '/hazards/$rectifying', act: openFolds },
  { name: 'hazard-submitted', as: 'leader1', path: '/hazards/$submitted', act: openFolds },
  { name: 'hazard-closed', as: 'county1', path: '/hazards/$closed' },
  { name: 'hazard-english', as: 'county1', path: '/hazards/$closed?lang=en', after: '/hazards/$closed?lang=zh-CN' },
  { name: 'hazard-large', as: 'leader1', path: '/hazards/$submitted?care=1', after: '/hazards/$submitted?care=0' },
  { name: 'report-large', as: 'worker1', path: '/report?care=1', after: '/report?care=0' },
  { name: 'report-english', as: 'worker1', path: '/report?lang=en', after: '/report?lang=zh-CN' },
  { name: 'hazard-unknown', as: 'leader1', path: '/hazards/1', status: 404 },
  { name: 'hazard-denied', as: 'worker1b', path: '/hazards/$reported', status: 403 },
  { name: 'units-city', as: 'city1', path: '/units' },
  { name: 'units-unfolded', as: 'city1', path: '/units', act: async (p) => {
    await p.page.locator('.cb-tree-fold summary').first().click();
    await p.page.locator('.cb-tree-kids .cb-entry').first().waitFor();
  } },
  { name: 'units-search', as: 'city1', path: '/units?q=街道' },
  { name: 'units-english', as: 'city1', path: '/units?lang=en', after: '/units?lang=zh-CN' },
  { name: 'change-move', as: 'city1', path: '/units/$township/change?act=move&q=区' },
  { name: 'change-create', as: 'city1', path: '/units/$county/change?act=create' },
  { name: 'change-split', as: 'city1', path: '/units/$county/change?act=split' },
  { name: 'change-refused', as: 'city1', path: '/units/$county/change?act=close&checked=1&reason=x', status: 422 },
  { name: 'change-looked-at', as: 'city1', path: '/units/$township/change?act=move&to_unit=371311&reason=区划调整&checked=1' },
  { name: 'change-planned', as: 'city1', path: '/units/$township/change?act=rename&name=新名称镇&effective_on=$tomorrow&checked=1', act: submit('main form[method=post]') },
  { name: 'changes', as: 'city1', path: '/changes' },
  { name: 'unit-city', as: 'city1', path: '/units/$city' },
  { name: 'members-none', as: 'city1', path: '/units/$union/members' },
  { name: 'members', as: 'city1', path: '/units/$union/members', act: async (p) => {
    await p.page.fill('[name=unit]', `E000${++joined}`);
    await submit('main form[method=post][action$="/members"]')(p);
  } },
  { name: 'unit-member', as: 'city1', path: '/units/$employer' },
  { name: 'unit-township', as: 'city1', path: '/units/$township', act: openFolds },
  { name: 'unit-county', as: 'county1', path: '/units/$county' },
  { name: 'unit-employer', as: 'safety1', path: '/units/$employer', act: openFolds },
  { name: 'unit-team', as: 'leader1', path: '/units/$team' },
  { name: 'employers', as: 'county1', path: '/employers' },
  { name: 'employer', as: 'county1', path: '/employers/$employer' },
  { name: 'employer-manager', as: 'manager1', path: '/employers/$employer' },
  { name: 'employer-form', as: 'safety1', path: '/employers/$employer/edit' },
  { name: 'employer-refused', as: 'safety1', path: '/employers/$employer/edit', status: 422, act: async (p) => {
    await p.page.fill('[name=own_staff]', '三百');
    await submit('main form')(p);
  } },
  { name: 'employer-saved', as: 'safety1', path: '/employers/$employer/edit', act: async (p) => {
    await p.page.fill('[name=own_staff]', '300');
    await p.page.fill('[name=turnover]', '4500');
    await p.page.fill('[name=contracted]', '不适用');
    await submit('main form')(p);
  } },
  { name: 'employer-history', as: 'union1', path: '/employers/$employer/history' },
  { name: 'employer-twins', as: 'county1', path: '/employers/duplicates' },
  { name: 'contractors', as: 'safety1', path: '/employers/$employer/contractors' },
  { name: 'contractors-added', as: 'safety1', path: '/employers/$employer/contractors', act: async (p) => {
    await p.page.fill('[name=employer]', '外地安装有限公司');
    await p.page.fill('[name=job]', '吊装反应釜');
    await submit('main form[action$="/contractors"]')(p);
  } },
  { name: 'cards', as: 'safety1', path: '/cards' },
  { name: 'card', as: 'safety1', path: '/cards', act: async (p) => { await p.page.click('#list td a'); } },
  { name: 'card-form', as: 'safety1', path: '/cards?state=without', act: async (p) => { await p.page.click('#list td a'); } },
  { name: 'places', as: 'safety1', path: '/places' },
  { name: 'place', as: 'safety1', path: '/places/$place' },
  { name: 'people', as: 'safety1', path: '/people' },
  { name: 'person', as: 'safety1', path: '/people/$leader1', act: openFolds },
  { name: 'person-new', as: 'safety1', path: '/people/new' },
  { name: 'campaigns', as: 'city1', path: '/campaigns' },
  { name: 'campaign', as: 'city1', path: '/campaigns/$campaign' },
  { name: 'me', as: 'leader1', path: '/me' },
  { name: 'me-large', as: 'worker1', path: '/me?care=1', after: '/me?care=0' },
  { name: 'me-english', as: 'worker1', path: '/me?lang=en', after: '/me?lang=zh-CN' },
  { name: 'factor', as: 'town1', path: '/me/factor' },
  { name: 'factor-pending', as: 'county1', path: '/me/factor', act: async (p) => {
    if (await p.page.locator('form[action="/me/factor/new"]').count()) await submit('form[action="/me/factor/new"]')(p);
  } },
  { name: 'factor-wrong', as: 'county1', path: '/me/factor', status: 422, act: async (p) => {
    await p.page.fill('[name=one_time_code]', '000000');
    await submit('form[action="/me/factor/confirm"]')(p);
  } },
  { name: 'join-find', as: null, path: '/j' },
  { name: 'join-unknown', as: null, path: '/j/ZZZZ0000', status: 404 },
  { name: 'joining-over', as: null, path: '/joining' },
  { name: 'join-none', as: 'leader1', path: '/joins' },
  { name: 'join-manage', as: 'leader1', path: '/units/$team/join' },
  { name: 'join-poster', as: 'leader1', path: '/units/$team/join/poster' },
  { name: 'access', as: 'leader1', path: '/units/$team/access' },
  { name: 'pin-code', as: 'safety1', path: '/units/$employer/access', status: 201, act: async (p) => {
    // The last one, who is not needed any more.
    await Promise.all([p.page.waitForURL(/\/pin$/), p.page.locator('a[href$="/pin"]').last().click()]);
    await submit('form[action$="/pin"]')(p);
  } },
  { name: 'tokens', as: 'county1', path: '/tokens' },
  { name: 'token-made', as: 'county1', path: '/tokens', status: 201, act: async (p) => {
    await p.page.fill('main [name=name]', '月报脚本');
    await submit('main form:has([name=name])')(p);
  } },
  { name: 'audit', as: 'audit1', path: '/audit' },
  { name: 'audit-changes', as: 'audit1', path: '/audit/changes?from=2016-01-01' },
  { name: 'audit-object', as: 'audit1', path: '/audit/changes/hazard/$closed' },
  { name: 'nowhere', as: 'county1', path: '/nowhere', status: 404 },
];
