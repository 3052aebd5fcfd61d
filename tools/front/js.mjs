import { readFile } from 'node:fs/promises';
import { transform } from 'esbuild';

// Chrome 66 is the oldest kernel met in WeChat: syntax stays at ES2017.
export async function buildScript(file) {
	const { code } = await transform(await readFile(file, 'utf8'), {
		minify: true,
		target: ['es2017', 'chrome66'],
		charset: 'utf8',
		legalComments: 'none',
		logLevel: 'error',
	});
	return code;
}
