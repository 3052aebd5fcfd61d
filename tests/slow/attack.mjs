// The slow clients of run.mjs: opened at once, and again a moment after each was closed, until the word 'end'.
import net from 'node:net';

/// Opens again a moment after it was closed, as long as the run lasts.
class Slow {
  constructor(port, kind, stop) {
    Object.assign(this, { port, kind, stop, closed: 0 });
    this.open();
  }

  open() {
    const s = this.socket = net.connect(this.port, '127.0.0.1');
    s.on('error', () => {});
    s.on('close', () => {
      clearInterval(this.timer);
      this.closed++;
      if (!this.stop.now) setTimeout(() => this.stop.now || this.open(), 200);
    });
    s.on('connect', () => {
      s.write(this.kind.first);
      if (this.kind.reads === false) s.pause(); else s.resume();
      if (this.kind.drop) this.timer = setInterval(() => s.writable && s.write(this.kind.drop), 700);
    });
  }

  end() {
    clearInterval(this.timer);
    this.socket.destroy();
  }
}

const stop = { now: false };
let slow = [];
process.on('message', (m) => {
  if (m !== 'end') {
    slow = Array.from({ length: m.clients }, () => new Slow(m.port, m.kind, stop));
    return;
  }
  stop.now = true;
  slow.forEach((s) => s.end());
  process.send(slow.reduce((n, s) => n + s.closed, 0), () => process.exit(0));
});
