// A server whose memory, files and clock fail when it is told so: the page that tests/fault/shim.c reads.
import { closeSync, openSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Server, buildDir } from './server.mjs';

const at = { memory: 0, files: 32, how: 64, clock: 72 };
export const errnos = { EINTR: 4, EIO: 5, ENOSPC: 28, short: -1 };

export class Faults {
  constructor(dir) {
    this.path = join(dir, `page-${process.pid}`);
    writeFileSync(this.path, Buffer.alloc(80));
    this.fd = openSync(this.path, 'r+');
  }

  put(offset, ...numbers) {
    const b = Buffer.alloc(numbers.length * 8);
    numbers.forEach((n, i) => b.writeBigInt64LE(BigInt(n), i * 8));
    writeSync(this.fd, b, 0, b.length, offset);
  }

  /// The n-th call from now fails, and then each every-th; `how` for files: a key of errnos. n = 0: only counts.
  arm(what, n, { every = 0, how = 'EIO' } = {}) {
    this.put(at[what], 0, every, 0, 0);
    if (what === 'files') this.put(at.how, errnos[how]);
    this.put(at[what], n);
  }

  /// Ends it and says how many calls there were and how many of them failed.
  disarm(what) {
    this.put(at[what], 0, 0);
    if (what === 'files') this.put(at.how, 0);
    const b = Buffer.alloc(16);
    readSync(this.fd, b, 0, 16, at[what] + 16);
    return { seen: Number(b.readBigInt64LE(0)), failed: Number(b.readBigInt64LE(8)) };
  }

  clock(ms) {
    this.put(at.clock, Math.round(ms));
  }

  start(place, options = {}) {
    return Server.start(place, { ...options, env: { LD_PRELOAD: join(buildDir, 'tests/fault_shim.so'), CHABAOCU_FAULT: this.path, ...options.env } });
  }

  remove() {
    closeSync(this.fd);
    rmSync(this.path, { force: true });
  }
}
