// Renders every page from its example document, photographs it and runs axe:
//   node tests/browser/prototype/shoot.mjs OUTDIR [PORT] [old]
// "old" takes away what kernels before Chrome 105 lack. Serves 127.0.0.1 only, under the real policy.
import { createServer } from 'node:http';
import { mkdir, readFile } from 'node:fs/promises';
import { readFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { build, root } from '../../../tools/front/build.mjs';
import { documents } from './documents.mjs';
import { render } from './mustache.mjs';

const [outdir, port = '7100', mode] = process.argv.slice(2);
const policy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
const types = { '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
	'--disable-background-networking', '--disable-component-update', '--disable-sync'];

function view(name) {
	const [feature, file] = name.includes('/') ? name.split('/') : [null, name];
	return readFileSync(path.join(root, 'src', feature ? `features/${feature}` : 'app', 'views', `${file}.html`), 'utf8');
}

function catalogue() {
	const texts = {};
	for (const dir of ['app', 'features/account', 'features/hazard', 'features/org']) {
		const file = path.join(root, 'src', dir, 'catalogue.tsv');
		for (const line of existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []) {
			const [key, zh] = line.split('\t');
			texts[key] = zh;
		}
	}
	return texts;
}

const modern = /@supports not \(color:\s*color-mix\(in srgb,\s*red,\s*blue\)\)/g;
// The fallback block is opened first: its own condition names color-mix().
function aged(css) {
	return css.replace(modern, '@supports (color: red)').replace(/[\w-]+:[^;{}]*color-mix\([^;{}]*;?/g, '')
		.replace(/[^{}]*:(has|is|where)\([^{}]*\{[^{}]*\}/g, '');
}

async function answer(request, response, front, t) {
	const url = new URL(request.url, 'http://x');
	response.setHeader('Content-Security-Policy', policy);
	if (url.pathname.startsWith('/assets/')) {
		const name = path.basename(url.pathname);
		let body = await readFile(path.join(front, name), 'utf8');
		if (mode === 'old' && name.endsWith('.css'))
			body = aged(body);
		response.setHeader('Content-Type', types[path.extname(name)]);
		return response.end(body);
	}
	if (url.pathname.startsWith('/attachments/')) {
		response.setHeader('Content-Type', 'image/svg+xml');
		return response.end('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3" fill="#9aa5b1"/></svg>');
	}
	const doc = documents[url.searchParams.get('page')];
	if (!doc) {
		response.statusCode = 404;
		return response.end();
	}
	const assets = Object.fromEntries(Object.entries(manifest).map(([name, served]) => [
		name.replace(/\.svg$/, '').replace('.', '_'), `/assets/${served}`]));
	response.setHeader('Content-Type', 'text/html; charset=utf-8');
	response.end(render(view, url.searchParams.get('page'), { ...doc, assets, t }));
}

const front = path.join(outdir, 'front');
await mkdir(outdir, { recursive: true });
const manifest = await build(front);
const t = catalogue();
const server = createServer((q, r) => answer(q, r, front, t).catch((e) => { console.error(e.message); r.statusCode = 500; r.end(); }));
await new Promise((done) => server.listen(Number(port), '127.0.0.1', done));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
let findings = 0;
for (const name of Object.keys(documents)) {
	for (const [width, height] of [[390, 844], [1366, 768]]) {
		const tab = await browser.newPage({ viewport: { width, height }, bypassCSP: false });
		const say = (text) => { findings++; console.log(`${name} ${width}: ${text}`); };
		tab.on('console', (m) => { if (m.type() === 'error') say(m.text()); });
		tab.on('pageerror', (e) => say(e.message));
		await tab.goto(`http://127.0.0.1:${port}/?page=${name}`);
		const wide = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		if (wide > 0)
			say(`${wide} px wider than the screen`);
		await tab.screenshot({ path: path.join(outdir, `${name.replace('/', '-')}-${width}.png`), fullPage: true });
		await tab.evaluate(await readFile(path.join(root, 'node_modules/axe-core/axe.min.js'), 'utf8'));
		const result = await tab.evaluate(() => window.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
		for (const v of result.violations)
			say(`${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')}`);
		await tab.close();
	}
}
await browser.close();
server.close();
console.log(`${findings} findings`);
process.exitCode = findings ? 1 : 0;
