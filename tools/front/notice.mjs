// The notice of the parts of others that the browser gets: made from the packages themselves, so that it names what was built.
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

const parts = ['@tabler/core', '@tabler/icons', 'htmx.org', 'weui'];

async function licenceText(folder) {
	const name = (await readdir(folder)).find((f) => /^(licen[cs]e|copying)/i.test(f));
	return name ? (await readFile(path.join(folder, name), 'utf8')).trim() : '';
}

async function section(root, name) {
	const folder = path.join(root, 'node_modules', name);
	const about = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
	const head = `${name} ${about.version}, licence ${about.license}`;
	return `${head}\n${'-'.repeat(head.length)}\n\n${await licenceText(folder)}\n`;
}

export async function buildNotice(root) {
	const sections = await Promise.all(parts.map((name) => section(root, name)));
	return `Chabaocu, Apache License 2.0.\n\nParts of these works are in the style sheets, scripts and icons that it serves:\n\n${sections.join('\n')}`;
}
