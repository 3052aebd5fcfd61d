// Rows of the database under test, asked and planted beside the program: what a server shows is what is tested.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export class Database {
  constructor(place) {
    this.isSqlite = place.db.startsWith('sqlite:');
    this.where = this.isSqlite ? join(place.dir, 'chabaocu.db') : place.db;
    this.columnsOf = new Map();
  }

  run(sql) {
    const r = this.isSqlite
      ? spawnSync('sqlite3', ['-bail', '-separator', '\t', this.where], { input: `.timeout 10000\n${sql}`, encoding: 'utf8', maxBuffer: 64 << 20 })
      : spawnSync('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-F', '\t', '-d', this.where], { input: sql, encoding: 'utf8', maxBuffer: 64 << 20 });
    if (r.status !== 0) throw new Error(r.stderr);
    return r.stdout;
  }

  rows(sql) {
    return this.run(`${sql};`).split('\n').filter(Boolean).map((l) => l.split('\t'));
  }

  /// All of them in one transaction.
  write(statements) {
    this.run(`BEGIN;\n${statements.join(';\n')};\nCOMMIT;`);
  }

  columns(table) {
    if (!this.columnsOf.has(table))
      this.columnsOf.set(table, this.rows(this.isSqlite
        ? `SELECT name FROM pragma_table_info('${table}')`
        : `SELECT column_name FROM information_schema.columns WHERE table_name = '${table}' ORDER BY ordinal_position`).map(([c]) => c));
    return this.columnsOf.get(table);
  }

  /// A copy of a row with some columns changed, whatever other columns the table has.
  clone(table, where, changes) {
    const columns = this.columns(table);
    for (const c of Object.keys(changes)) if (!columns.includes(c)) throw new Error(`${table} has no column ${c}`);
    const values = columns.map((c) => (c in changes ? this.literal(changes[c]) : c));
    return `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM ${table} WHERE ${where}`;
  }

  literal(v) {
    if (Buffer.isBuffer(v)) return this.isSqlite ? `x'${v.toString('hex')}'` : `'\\x${v.toString('hex')}'::bytea`;
    return typeof v === 'number' || typeof v === 'bigint' ? String(v) : `'${v}'`;
  }
}
