// Builds the browser's files into one folder: node tools/front/build.mjs OUTDIR
// The same sources give the same bytes; nothing is fetched.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSheet } from './css.mjs';
import { buildScript } from './js.mjs';
import { buildSprite, checkIconUses } from './icons.mjs';
import { buildNotice } from './notice.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

async function listViews(dir) {
	const found = [];
	for (const entry of await readdir(dir, { withFileTypes: true })) {
		const full = path.join(dir, entry.name);
		if (entry.isDirectory())
			found.push(...await listViews(full));
		else if (path.basename(dir) === 'views' && entry.name.endsWith('.html'))
			found.push(full);
	}
	return found.sort();
}

function servedName(name, bytes) {
	const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
	return `${digest}/${name}`;
}

async function readViews() {
	const files = await listViews(path.join(root, 'src'));
	return Promise.all(files.map(async (file) => ({
		file: path.relative(root, file),
		text: await readFile(file, 'utf8'),
	})));
}

export async function build(outdir) {
	const front = path.join(root, 'src/front');
	const views = await readViews();
	const appSource = await readFile(path.join(front, 'app.js'), 'utf8');
	const icons = await readFile(path.join(front, 'icons.txt'), 'utf8');
	const content = [...views.map((v) => v.text), appSource];
	const files = new Map();

	checkIconUses(icons, views);
	files.set('NOTICE.txt', await buildNotice(root));
	files.set('icons.svg', await buildSprite(icons, root));
	files.set('mark.svg', await readFile(path.join(front, 'mark.svg'), 'utf8'));
	files.set('htmx.js', await buildScript(path.join(root, 'node_modules/htmx.org/dist/htmx.js')));
	files.set('app.js', await buildScript(path.join(front, 'app.js')));
	for (const name of ['phone.css', 'desk.css']) {
		const sheet = await buildSheet(path.join(front, name), content);
		files.set(name, sheet.css);
		for (const [image, text] of sheet.images)
			files.set(image, text);
	}

	const manifest = {};
	await rm(outdir, { recursive: true, force: true });
	await mkdir(outdir, { recursive: true });
	for (const name of [...files.keys()].sort()) {
		const bytes = Buffer.from(files.get(name));
		manifest[name] = servedName(name, bytes);
		await writeFile(path.join(outdir, name), bytes);
	}
	await writeFile(path.join(outdir, 'manifest.json'), JSON.stringify(manifest, null, '\t') + '\n');
	return manifest;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const outdir = process.argv[2];
	if (!outdir || process.argv.length !== 3) {
		console.error('usage: node tools/front/build.mjs OUTDIR');
		process.exit(2);
	}
	try {
		await build(path.resolve(outdir));
	} catch (error) {
		console.error(`front: ${error.message}`);
		process.exit(1);
	}
}
