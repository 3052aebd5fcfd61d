// Reads our own XLSX files in tests: rows of cells as CSV would have them (days and instants as texts, money in fen).
import { inflateRawSync } from 'node:zlib';

export function unzip(file) {
  const parts = {};
  const end = file.lastIndexOf(Buffer.from('PK\x05\x06'));
  for (let at = file.readUInt32LE(end + 16), n = file.readUInt16LE(end + 10); n > 0; n--) {
    const [packed, , name, extra, comment] = [file.readUInt32LE(at + 20), 0, file.readUInt16LE(at + 28), file.readUInt16LE(at + 30), file.readUInt16LE(at + 32)];
    const local = file.readUInt32LE(at + 42), data = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    parts[file.toString('utf8', at + 46, at + 46 + name)] = inflateRawSync(file.subarray(data, data + packed)).toString('utf8');
    at += 46 + name + extra + comment;
  }
  return parts;
}

const plain = (s) => s.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&')
  .replace(/_x([0-9A-F]{4})_/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
const iso = (serial) => new Date(Math.round((serial - 25569) * 86400000)).toISOString();

// Styles as in src/export/xlsx_out.c: 2 day, 3 instant, 4 money.
function cell(attributes, inner) {
  const style = Number(/ s="(\d+)"/.exec(attributes)?.[1] || 0);
  const v = /<v>([^<]*)<\/v>/.exec(inner)?.[1];
  if (v === undefined) return plain(/<t[^>]*>([^]*)<\/t>/.exec(inner)?.[1] || '');
  if (style === 2) return iso(Number(v)).slice(0, 10);
  if (style === 3) return `${iso(Number(v)).replace(/\.000Z$/, '').replace('Z', '')}+08:00`;
  return style === 4 ? String(Math.round(Number(v) * 100)) : v;
}

const column = (name) => [...name].reduce((n, c) => n * 26 + c.charCodeAt(0) - 64, 0) - 1;

export function parseXlsx(file) {
  const xml = unzip(file)['xl/worksheets/sheet1.xml'];
  return [...xml.matchAll(/<row [^>]*>([^]*?)<\/row>/g)].map(([, row]) => {
    const cells = [];
    for (const [, at, attributes, inner] of row.matchAll(/<c r="([A-Z]+)\d+"([^>]*)>([^]*?)<\/c>/g)) cells[column(at)] = cell(attributes, inner);
    return Array.from(cells, (c) => c ?? '');
  });
}
