import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { transform } from 'esbuild';
import postcss from 'postcss';
import { PurgeCSS } from 'purgecss';

const require = createRequire(import.meta.url);
const importLine = /^@import "([^"]+)";\n/gm;

// Classes that only a document (a tone, a state) or the script writes.
const safelist = { standard: ['html', 'body', 'dialog', 'open'], variables: [] };

async function purge(css, content) {
	const [result] = await new PurgeCSS().purge({
		content: content.map((raw) => ({ raw, extension: 'html' })),
		css: [{ raw: css }],
		defaultExtractor: (text) => text.match(/[A-Za-z0-9_-]+/g) || [],
		safelist,
		keyframes: true,
		fontFace: true,
	});
	return result.css;
}

// A variable that nothing reads is dropped, again and again until none is left.
function dropUnreadVariables(tree) {
	for (;;) {
		const read = new Set();
		tree.walkDecls((decl) => {
			for (const [, name] of decl.value.matchAll(/var\(\s*(--[\w-]+)/g))
				read.add(name);
		});
		let dropped = 0;
		tree.walkDecls(/^--/, (decl) => {
			if (!read.has(decl.prop)) {
				decl.remove();
				dropped++;
			}
		});
		if (!dropped)
			break;
	}
	tree.walkRules((rule) => {
		if (!rule.nodes.length)
			rule.remove();
	});
}

// The content security policy allows no data: address, so pictures inside the sheets become files,
// named by the address the server gives them: /assets/<first 12 digits of SHA-256>/<name>.
function moveImages(tree, images) {
	tree.walkAtRules('font-face', (rule) => rule.remove());
	tree.walkDecls((decl) => {
		decl.value = decl.value.replace(/url\((["']?)data:image\/svg\+xml([^,]*),(.*?)\1\)/g,
			(whole, quote, kind, body) => {
				const svg = kind.includes('base64')
					? Buffer.from(body, 'base64').toString('utf8') : decodeURIComponent(body);
				const digest = createHash('sha256').update(svg).digest('hex').slice(0, 12);
				images.set(`image-${digest}.svg`, svg);
				return `url(../${digest}/image-${digest}.svg)`;
			});
		if (/url\(\s*["']?(data|https?|\/\/):?/.test(decl.value))
			throw new Error(`style sheet reaches outside: ${decl.prop}: ${decl.value.slice(0, 80)}`);
	});
}

// ENTRY's import lines name vendor sheets ("weui/…": purged) and our own ("./…": kept whole).
export async function buildSheet(entry, content) {
	const source = await readFile(entry, 'utf8');
	const parts = [];
	for (const [, name] of source.matchAll(importLine)) {
		if (name.startsWith('./'))
			parts.push(await readFile(path.join(path.dirname(entry), name), 'utf8'));
		else
			parts.push(await purge(await readFile(require.resolve(name), 'utf8'), content));
	}
	parts.push(source.replace(importLine, ''));

	const images = new Map();
	const tree = postcss.parse(parts.join('\n'));
	tree.walkComments((comment) => comment.remove());
	tree.walkAtRules('charset', (rule) => rule.remove());
	dropUnreadVariables(tree);
	moveImages(tree, images);
	const { code } = await transform(tree.toString(), {
		loader: 'css', minify: true, target: ['chrome66'], charset: 'utf8', legalComments: 'none', logLevel: 'error',
	});
	return { css: code, images };
}
