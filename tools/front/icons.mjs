import { readFile } from 'node:fs/promises';
import path from 'node:path';

function names(list) {
	return list.split('\n').map((line) => line.trim()).filter(Boolean);
}

// One sprite of outline icons; a view uses <use href="{{assets.icons}}#i-NAME"/>.
export async function buildSprite(list, root) {
	const symbols = [];
	for (const name of names(list)) {
		const file = path.join(root, 'node_modules/@tabler/icons/icons/outline', `${name}.svg`);
		const svg = await readFile(file, 'utf8');
		const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '')
			.replace(/<path stroke="none"[^>]*\/>/, '').replace(/\s*\n\s*/g, '').trim();
		symbols.push(`<symbol id="i-${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" `
			+ `stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`);
	}
	return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
}

export function checkIconUses(list, views) {
	const known = new Set(names(list));
	for (const { file, text } of views) {
		for (const [, name] of text.matchAll(/#i-([a-z0-9-]+)"/g)) {
			if (!known.has(name))
				throw new Error(`${file}: icon "${name}" is not in src/front/icons.txt`);
		}
	}
}
