// A small Mustache for the prototype pages: sections, partials, inheritance; text is always escaped.
const tag = /\{\{([#^/<>$]?)\s*([\w.]+)\s*\}\}/g;

function parse(text) {
	const root = { kids: [] };
	const stack = [root];
	let last = 0;
	for (const m of text.matchAll(tag)) {
		stack[stack.length - 1].kids.push(text.slice(last, m.index));
		last = m.index + m[0].length;
		const node = { kind: m[1], name: m[2], kids: [] };
		if (m[1] === '/') {
			if (stack.pop().name !== m[2])
				throw new Error(`unbalanced ${m[2]}`);
			continue;
		}
		stack[stack.length - 1].kids.push(node);
		if (m[1] && m[1] !== '>')
			stack.push(node);
	}
	root.kids.push(text.slice(last));
	return root.kids;
}

function lookup(stack, name) {
	if (name === '.')
		return stack[stack.length - 1];
	const [first, ...rest] = name.split('.');
	for (let i = stack.length - 1; i >= 0; i--) {
		const top = stack[i];
		if (top && typeof top === 'object' && first in top)
			return rest.reduce((value, key) => (value == null ? value : value[key]), top[first]);
	}
	throw new Error(`no value for ${name}`);
}

const empty = (value) => value == null || value === false || value === '' || (Array.isArray(value) && !value.length);
const escape = (value) => String(value ?? '').replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

export function render(views, name, doc) {
	const walk = (kids, stack, blocks) => kids.map((kid) => {
		if (typeof kid === 'string')
			return kid;
		if (kid.kind === '>')
			return walk(parse(views(kid.name)), stack, blocks);
		if (kid.kind === '<') {
			const own = { ...Object.fromEntries(kid.kids.filter((k) => k.kind === '$').map((k) => [k.name, k.kids])), ...blocks };
			return walk(parse(views(kid.name)), stack, own);
		}
		if (kid.kind === '$')
			return walk(blocks[kid.name] || kid.kids, stack, blocks);
		const value = lookup(stack, kid.name);
		if (kid.kind === '#')
			return empty(value) ? '' : (Array.isArray(value) ? value : [value])
				.map((item) => walk(kid.kids, [...stack, item], blocks)).join('');
		if (kid.kind === '^')
			return empty(value) ? walk(kid.kids, stack, blocks) : '';
		return escape(value);
	}).join('');
	return walk(parse(views(name)), [doc], {});
}
