// Example documents for each page: what the server fills, in full.
const kinds = ['text', 'textarea', 'select', 'person', 'place', 'date', 'datetime', 'money', 'number', 'checkbox', 'switch', 'radio', 'tiles', 'photo', 'hidden', 'password'];

export function field(kind, name, label, more = {}) {
	const base = { id: `f-${name}`, name, label, value: '', options: [], required: false, hint: null, error: null,
		max: null, multiple: kind === 'photo', autocomplete: null, checked: false, danger: false };
	for (const each of kinds)
		base[`is_${each}`] = each === kind;
	return { ...base, ...more };
}

const option = (value, label, more = {}) => ({ value, label, selected: false, note: null, icon: null, ...more });
const menu = [['/', '工作台', 'home'], ['/hazards', '隐患台账', 'clipboard-list'], ['/units', '组织', 'sitemap'],
	['/report', '随手拍', 'camera'], ['/settings', '设置', 'settings']];

export function frame(title, path, login = true) {
	return {
		page: { title, lang: 'zh-CN', is_zh: true, path, csrf: 'token', idempotency_key: 'key', care: false, care_href: '?care=1', lang_href: '?lang=en', request_id: '7k2m-91xq' },
		user: login ? { is_login: true, name: '王示例', duty: '安全员', unit: '示范机械有限公司' } : { is_login: false, name: null, duty: null, unit: null },
		has_menu: login,
		menu: menu.map(([href, label, icon]) => ({ href, label, icon, current: href === path, count: '' })),
		flash: null, problem: null,
	};
}

const row = (n, state_label, state_tone, due_label, due_tone, description, level = '一般') => ({
	id: String(n), number: `371302-2016-${String(n).padStart(5, '0')}`, description, place: '二车间 · 冲压班 · 3号冲床', employer_name: '示范机械有限公司',
	level_label: level, is_major: level === '重大', state_label, state_tone, found_on: '2016-03-12', deadline: due_label ? '2016-03-22' : null, due_label, due_tone });
const rows = [
	row(128, '整改中', 'info', '超期 2 天', 'over', '3号冲床光电保护装置失灵，手伸入危险区仍能启动', '重大'),
	row(127, '待验收', 'due', '还有 3 天', 'due', '配电箱门缺失，线头裸露'),
	row(125, '已登记', 'quiet', null, 'muted', '疏散通道堆放纸箱，宽度不足一米，夜班下班时人多拥挤'),
	row(121, '已销号', 'done', null, 'muted', '砂轮机未装防护罩'),
	row(119, '已上报', 'quiet', null, 'muted', '行车吊钩防脱钩装置损坏'),
];
const entry = (r) => ({ href: `/hazards/${r.id}`, title: r.description, sub: `${r.number} · ${r.employer_name}`, state_label: r.state_label, state_tone: r.state_tone, due_label: r.due_label, due_tone: r.due_tone });
const select = (name, label, labels) => ({ name, label, value: '', is_select: true, is_text: false, is_date: false, options: labels.map((l, i) => option(String(i), l)) });
const text = (name, label, kind) => ({ name, label, value: '', is_select: false, is_text: kind === 'text', is_date: kind === 'date', options: [] });
const event = (act_label, tone, at_label, actor_name, actor_duty, note = null) => ({ act: 'x', act_label, tone, at: '2016-03-12T09:30:00+08:00', at_label, actor_name, actor_duty, actor_unit: '示范机械有限公司', text: note, has_photos: false, photos: [] });
const action = (act, label, fields, more = {}) => ({ act, label, href: `/hazards/128/${act}`, version: 4, fields, has_fields: fields.length > 0, is_multipart: false, confirm: null, primary: false, danger: false, open: false, submit_label: label, ...more });
const list = { has_items: true, has_pages: true, first_href: null, next_href: '?after=x' };

export const documents = {
	'account/login': { ...frame('登录', '/login', false), next: '/', fields: [
		field('text', 'login', '账号', { required: true, autocomplete: 'username' }),
		field('password', 'password', '密码', { required: true, autocomplete: 'current-password' })] },
	'hazard/report': { ...frame('隐患随手拍', '/report', false), form_href: '/hazards', place_known: null, fields: [
		field('photo', 'photos', '先拍照', { hint: '最多 6 张，看得清隐患就行。' }),
		field('text', 'place', '在哪里', { required: true, max: 100, hint: '例如:二车间冲压班3号冲床' }),
		field('textarea', 'description', '看到了什么', { required: true, max: 500 }),
		field('tiles', 'kind', '属于哪一类', { required: true, options: [option('hazard', '安全隐患', { icon: 'alert-triangle', selected: true }),
			option('occupational_hazard', '职业危害', { icon: 'biohazard' }), option('violation', '三违行为', { icon: 'hand-stop' })] }),
		field('switch', 'danger', '危及人身安全', { danger: true, hint: '打开后立即通知班组长和安全员' }),
		field('radio', 'anonymity', '谁能看到我的名字', { required: true, options: [option('named', '实名', { selected: true, note: '办理人员能看到，方便联系你' }),
			option('hidden', '保密', { note: '只有经授权的人能看到，每次查看都有记录' }), option('anonymous', '匿名', { note: '谁也看不到，凭查询码查看进展' })] })] },
	'hazard/report_done': { ...frame('已收到', '/report', false), number: rows[0].number, receipt_code: 'K7QM-2X9P-4TRD', follow_href: '/receipts/K7QM-2X9P-4TRD',
		next_steps: [{ tone: 'done', text: '已上报，存入台账' }, { tone: 'quiet', text: '安全员登记、定级' }, { tone: 'quiet', text: '落实责任、措施、资金、时限、预案' }, { tone: 'quiet', text: '整改、验收、销号' }] },
	'hazard/list': { ...frame('隐患台账', '/hazards'), ...list, scope_label: '示范机械有限公司及下级', total_label: '共 128 条', xlsx_href: '/hazards.xlsx', csv_href: '/hazards.csv', items: rows,
		filters: [select('state', '状态', ['全部', '已上报', '整改中']), select('level', '等级', ['全部', '一般', '重大']), text('from', '发现日期从', 'date'), text('to', '到', 'date'), text('q', '关键词', 'text')],
		has_sorts: true, sorts: [option('-found_on', '最新发现'), option('deadline', '整改时限')] },
	'hazard/show': { ...frame('隐患', '/hazards'), ...rows[0], danger: true, version: 4,
		steps: ['上报', '登记', '落实', '整改', '验收', '销号'].map((label, i) => ({ label, is_done: i < 3, is_current: i === 3 })),
		interim_protection: '已断电挂牌，禁止使用。', has_photos: true, photos: [{ id: '1', label: '现场照片 1' }, { id: '2', label: '现场照片 2' }],
		kind_label: '安全隐患', category_label: '物的危险状态', handling_level_label: '车间', source_label: '职工随手拍', reporter_label: '保密',
		has_five: true, responsible_name: '李示例', deputy_name: '赵示例', measures: '更换光电保护装置，调试合格后再启用。', funds_label: '3,200.00 元', emergency_plan: '断电停机，冲压任务转至5号冲床。', emergency_plan_not_needed: false,
		events: [event('落实五要素', 'info', '3月13日 14:20', '王示例', '安全员', '责任人李示例，3月22日前完成。'), event('登记', 'quiet', '3月12日 10:05', '王示例', '安全员', '重大，车间级'), event('临时防范', 'due', '3月12日 09:42', '孙示例', '班组长', '已断电挂牌，禁止使用。'), event('上报', 'quiet', '3月12日 09:30', '保密', null)],
		has_actions: true, actions: [
			action('submit', '提交验收', [field('textarea', 'text', '整改情况', { required: true }), field('photo', 'photos_after', '整改后照片', { required: true })], { primary: true, is_multipart: true }),
			action('progress', '填写进展', [field('textarea', 'text', '进展', { required: true })]), action('extend', '申请延期', [field('date', 'deadline', '新时限')]), action('cease', '终止', [], { danger: true, confirm: '终止后不能恢复，确定吗?' })] },
	'org/unit': { ...frame('单位', '/units'), ...list, name: '兰山区总工会', kind_label: '县区工会', parents: [{ id: '1', name: '临沂市总工会' }], children_total: '14 个',
		panels: [{ title: '隐患', all_href: '/hazards', figures: [['查出', 812, 'ink'], ['已销号', 760, 'done'], ['整改中', 45, 'ink'], ['超期', 7, 'over']].map(([label, value, tone]) => ({ label, value, tone, href: '/hazards' })) }],
		items: ['兰山街道总工会', '银雀山街道总工会', '金雀山街道总工会', '义堂镇总工会'].map((title, i) => ({ href: '/units/1', title, sub: '乡镇(街道)工会', state_label: i ? null : '超期 2', state_tone: 'over', due_label: null, due_tone: 'muted' })),
		facts: [['代码', '371302'], ['上级工会', '临沂市总工会'], ['建会企业', '1,204'], ['职工', '86,310']].map(([label, value]) => ({ label, value })), has_actions: false, actions: [], has_places: true, places: [{ id: '5', name: '大厅', code: 'P5' }] },
	'org/units': { ...frame('组织', '/units'), ...list, scope_label: '临沂市总工会及下级', filters: [text('q', '名称或代码', 'text')], has_sorts: false, sorts: [], items: ['兰山区总工会', '罗庄区总工会', '河东区总工会'].map((title) => ({ href: '/units/1', title, sub: '县区工会', state_label: null, state_tone: null, due_label: null, due_tone: null })) },
	home: { ...frame('工作台', '/'), greeting: '王示例，你好', today_label: '2016年3月24日 星期四', figures: [['超期', 2, 'over'], ['快到期', 3, 'due'], ['等我办', 4, 'ink'], ['本月销号', 21, 'done']].map(([label, value, tone]) => ({ label, value, tone, href: '/hazards' })),
		sections: [{ title: '已超期', tone: 'over', total: 1, all_href: '/hazards?overdue=1', has_items: true, items: rows.slice(0, 1).map(entry), empty_text: null }, { title: '等我办理', tone: 'info', total: 3, all_href: '/hazards', has_items: true, items: rows.slice(1, 4).map(entry), empty_text: null },
			{ title: '快到期', tone: 'due', total: 0, all_href: null, has_items: false, items: [], empty_text: '三天内没有到期的隐患。' }] },
	error: { ...frame('没有找到', '/hazards/9', false), status: 404, code: 'not_found', title: '没有找到这个页面', detail: '地址可能输错了，或者你没有查看权限。', tone: 'due', icon: 'search', has_errors: false, errors: [], next_text: null, retry_href: null, login_href: '/login' },
};
