// The goals. Each function measures and gives { rows, tables }: a row is { id, what, goal, value, met, note }, where met
// null means "not measured" and note says why; a table is what was seen, run by run.
import { existsSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Client } from '../tests/lib/client.mjs';
import { Listening, account, build, city, copyOf, folder, largest, measure, measuring, median, middle, photo, program, remove, root, run, say,
  serve, session, sleep, tool, total, work } from './lib.mjs';

/// About the 290 KB that a phone's messenger leaves of a photo.
const PHOTO_SIZE = '1440x1080';
const x = (n) => `${n.toFixed(2)}×`;
const ms = (n) => `${n < 10 ? n.toFixed(2) : n.toFixed(1)} ms`;
const perSecond = (n) => `${Math.round(n)}/s`;
const MISSING = (why) => ({ value: '-', met: null, note: why });

/// A worker's report: what a phone sends, without photos.
function reportBody() {
  const file = join(work, 'report.json');
  mkdirSync(work, { recursive: true });
  writeFileSync(file, JSON.stringify({
    description: '联轴器防护罩被拆下放在地上，运转时手可能被卷入，请尽快装回。', place: '二号泵房东侧', danger: false, found_on: '2016-04-20',
  }));
  return file;
}

const creating = (server, headers, clients, seconds) =>
  ['load', [server.port, 'create', clients, seconds, '-p', '/hazards', '-b', reportBody(), ...headers]];
const getting = (server, headers, path, clients, seconds) => ['load', [server.port, 'get', clients, seconds, '-p', path, ...headers]];

const runRow = (r, ...before) => [...before, perSecond(r.rate), ms(r.p50_ms), ms(r.p99_ms), ms(r.worst_ms), r.failed];
const RUN_HEAD = ['per second', 'p50', 'p99', 'worst wait', 'failed'];

/// Every path that a goal looks at must answer, or the goal's numbers would be those of an error page.
async function answers(client, path) {
  const r = await client.json('GET', path);
  if (r.status !== 200) throw new Error(`GET ${path}: ${r.status} ${r.text.slice(0, 300)}`);
  return r;
}

// ---- P1, P3: durable creation ---------------------------------------------------------------------------------------

async function creation(o) {
  const floor = { 1: 0.6, 16: 0.45, 64: 0.5 }, table = [], seen = {}, dir = copyOf(o.rows), bare = folder('bare');
  const server = await serve(dir);
  try {
    const { headers } = await session(server, account(dir, 'worker'));
    for (const clients of [1, 16, 64, 256]) {
      const ours = [], theirs = [];
      for (let i = 0; i < o.runs; i++) {
        if (clients < 256) theirs.push(measure('bare_writer', [join(bare, 'bare.db'), clients, o.seconds, o.preload]));
        ours.push(measure(...creating(server, headers, clients, o.seconds)));
        if (clients < 256) table.push(runRow(theirs[i], clients, 'bare writer'));
        table.push(runRow(ours[i], clients, 'chabaocu'));
      }
      seen[clients] = { ours, theirs };
    }
  } finally {
    await server.stop();
    remove(dir);
    remove(bare);
  }
  const rows = [1, 16, 64].map((c) => {
    const ratio = middle(seen[c].ours, 'rate') / middle(seen[c].theirs, 'rate');
    return { id: 'P1', what: `durable creation over HTTP, ${c} client${c > 1 ? 's' : ''}, of the bare writer's`, goal: `≥ ${x(floor[c])}`,
      value: `${x(ratio)} (${perSecond(middle(seen[c].ours, 'rate'))} of ${perSecond(middle(seen[c].theirs, 'rate'))})`, met: ratio >= floor[c] };
  });
  const all = Object.values(seen).flatMap((s) => s.ours), failed = total(all, 'failed'), worst = largest(all, 'worst_ms');
  const waits = middle(seen[64].ours, 'p99_ms') / middle(seen[64].theirs, 'p99_ms');
  const first = all.find((r) => r.failed)?.why;
  rows.push({ id: 'P2', what: 'failed creates, 1 to 256 clients', goal: '0', value: String(failed), met: failed === 0, note: first });
  rows.push({ id: 'P3', what: "creation's p99 at 64 clients, of the bare writer's", goal: '≤ 2.00×', met: waits <= 2,
    value: `${x(waits)} (${ms(middle(seen[64].ours, 'p99_ms'))} of ${ms(middle(seen[64].theirs, 'p99_ms'))})` });
  rows.push({ id: 'P3', what: 'worst wait of any create, 1 to 256 clients, all runs', goal: '≤ 250 ms', value: ms(worst), met: worst <= 250 });
  return { rows, tables: [{ head: ['clients', 'who', ...RUN_HEAD], rows: table }] };
}

// ---- P4: lists --------------------------------------------------------------------------------------------------------

async function listCosts(scale, o) {
  const dir = copyOf(scale), server = await serve(dir), seen = [];
  try {
    for (const [name, role] of [['county', 'county_cadre'], ['township', 'township_cadre'], ['city', 'city_cadre'], ['employer', 'safety_officer']]) {
      const who = account(dir, role), { client, headers } = await session(server, who);
      const path = `/hazards?unit=${who.unit_id}&state=rectifying&sort=deadline&limit=50`;
      await answers(client, path);
      client.close();
      for (const clients of name === 'county' ? [1, 16] : [1]) {
        const runs = [];
        for (let i = 0; i < o.runs; i++) runs.push(measure(...getting(server, headers, path, clients, o.seconds)));
        seen.push({ scale, name, clients, runs });
      }
    }
  } finally {
    await server.stop();
    remove(dir);
  }
  return seen;
}

async function lists(o) {
  const few = await listCosts(o.rows, o), many = await listCosts(o.many, o), rows = [], table = [];
  few.forEach((f, i) => {
    const a = middle(f.runs, 'p50_ms'), b = middle(many[i].runs, 'p50_ms');
    for (const s of [f, many[i]]) s.runs.forEach((r) => table.push(runRow(r, s.name, s.scale, s.clients)));
    rows.push({ id: 'P4', what: `50 of ${f.name === 'employer' ? 'an' : 'a'} ${f.name} by state and deadline, ${f.clients} client${f.clients > 1 ? 's' : ''}: cost at ${o.many} rows, of that at ${o.rows}`,
      goal: '≤ 3.00×', value: `${x(b / a)} (${ms(b)} of ${ms(a)})`, met: b / a <= 3 });
  });
  return { rows, tables: [{ head: ['list', 'rows', 'clients', ...RUN_HEAD], rows: table }] };
}

// ---- P5: figures --------------------------------------------------------------------------------------------------------

const PERIOD = process.env.BENCH_PERIOD || '2016';
const figurePath = (who) => `/statistics/${who.unit_id}/${PERIOD}`;

async function figureCosts(scale, o) {
  const dir = copyOf(scale), server = await serve(dir), seen = [];
  try {
    const who = account(dir, 'city_cadre'), { client, headers } = await session(server, who);
    const r = await client.json('GET', figurePath(who));
    if (r.status !== 200) return { missing: `GET ${figurePath(who)} answers ${r.status}` };
    for (let i = 0; i < o.runs; i++) seen.push(measure(...getting(server, headers, figurePath(who), 1, o.seconds)));
    client.close();
  } finally {
    await server.stop();
  }
  const lines = (more) => spawnSync(program, ['statistics', '--data', dir, '--unit', account(dir, 'city_cadre').unit_id, '--period', PERIOD, ...more],
    { encoding: 'utf8', maxBuffer: 1 << 28 });
  const kept = lines([]), recount = lines(['--recount']);
  remove(dir);
  const equal = kept.status === 0 && recount.status === 0 && kept.stdout === recount.stdout && kept.stdout.length > 0;
  return { seen, equal, why: (kept.stderr + recount.stderr).trim().split('\n').at(-1) };
}

async function figures(o) {
  const what = `figures of the city and a year, both: cost at ${o.many} rows, of that at ${o.rows}`;
  const few = await figureCosts(o.rows, o), many = few.missing ? few : await figureCosts(o.many, o), table = [];
  if (many.missing) return { rows: [{ id: 'P5', what, goal: '≤ 1.50×', ...MISSING(many.missing) }], tables: [] };
  const a = middle(few.seen, 'p50_ms'), b = middle(many.seen, 'p50_ms'), equal = few.equal && many.equal;
  few.seen.forEach((r) => table.push(runRow(r, o.rows)));
  many.seen.forEach((r) => table.push(runRow(r, o.many)));
  return {
    rows: [{ id: 'P5', what, goal: '≤ 1.50×', value: `${x(b / a)} (${ms(b)} of ${ms(a)})`, met: b / a <= 1.5 },
      { id: 'P5', what: 'they equal a full recount', goal: 'exactly', value: equal ? 'equal' : 'not equal', met: equal,
        note: equal ? '' : few.why || many.why }],
    tables: [{ head: ['rows', ...RUN_HEAD], rows: table }],
  };
}

// ---- P6: uploads ----------------------------------------------------------------------------------------------------------

async function uploads(o) {
  const dir = copyOf('small'), files = folder('files'), picture = photo('upload', PHOTO_SIZE), table = [], ours = [], theirs = [];
  const large = join(work, 'large.bin');
  writeFileSync(large, Buffer.alloc(10 << 20, 7));
  const server = await serve(dir);
  let before, peak = 0;
  try {
    // Each has room for 40 uploads that hang on nothing yet: another worker a run, two for the slow ones.
    const as = async (i) => (await session(server, account(dir, 'worker', i))).headers;
    for (let i = 0; i < o.runs; i++) {
      const headers = await as(i);
      const sub = join(files, String(i));
      mkdirSync(sub);
      theirs.push(measure('bare_file', [sub, picture, o.seconds]));
      ours.push(measure('load', [server.port, 'upload', 1, o.seconds, '-b', picture, ...headers]));
      table.push(runRow(theirs[i], 'file, fdatasync, rename, fsync of the folder'), runRow(ours[i], 'chabaocu: POST /uploads, PATCH'));
    }
    before = server.mib();
    const slow = Promise.all([await as(o.runs), await as(o.runs + 1)]
      .map((headers) => measuring('load', [server.port, 'slow', 32, o.slow, '-b', large, ...headers])));
    let over = false;
    slow.finally(() => { over = true; }).catch(() => {});
    while (!over) {
      await sleep(200);
      peak = Math.max(peak, server.mib());
    }
    for (const half of await slow) table.push(runRow(half, '32 uploads of 10 MiB, slow, beside 32 others'));
  } finally {
    await server.stop();
    remove(dir);
    remove(files);
    unlinkSync(large);
  }
  const ratio = middle(ours, 'rate') / middle(theirs, 'rate'), kib = Math.round(statSync(picture).size / 1024);
  return {
    rows: [{ id: 'P6', what: `uploads of ${kib} KiB, 1 client, of the durable-file ceiling`, goal: '≥ 0.40×', met: ratio >= 0.4,
      value: `${x(ratio)} (${perSecond(middle(ours, 'rate'))} of ${perSecond(middle(theirs, 'rate'))})` },
    { id: 'P6', what: 'memory that 64 slow uploads of 10 MiB take', goal: '≤ 64 MiB', value: `${(peak - before).toFixed(1)} MiB`, met: peak - before <= 64 }],
    tables: [{ head: ['what', ...RUN_HEAD], rows: table }],
  };
}

// ---- P7: photos ---------------------------------------------------------------------------------------------------------------

/// Debian's own, whatever stands before it in the path.
const CONVERT = existsSync('/usr/bin/convert') ? '/usr/bin/convert' : 'convert';

function convert(file, times) {
  const seen = [];
  for (let i = 0; i < times; i++) {
    const begun = process.hrtime.bigint();
    run(CONVERT, [file, '-auto-orient', '-strip', '-quality', '82', '-thumbnail', '1600x1600', '-write', join(work, 'large.jpg'), '-thumbnail', '320x320',
      join(work, 'small.jpg')]);
    seen.push(Number(process.hrtime.bigint() - begun) / 1e6);
  }
  return { p50_ms: median(seen) };
}

function photos(o) {
  const file = photo('camera', '4000x3000'), table = [], seen = { worker: [], jpeg: [], vips: [], convert: [] };
  for (let i = 0; i < o.runs; i++) {
    seen.worker.push(measure('photo_worker', [join(build, 'chabaocu-media'), file, o.photos]));
    seen.jpeg.push(measure('bare_jpeg', [file, o.photos]));
    seen.vips.push(measure('bare_vips', [file, o.photos]));
    seen.convert.push(convert(file, 1));
    for (const [k, v] of Object.entries(seen)) table.push([k, ms(v[i].p50_ms), v[i].peak_mb ? `${v[i].peak_mb} MiB` : '-']);
  }
  const mine = middle(seen.worker, 'p50_ms'), peak = largest(seen.worker, 'peak_mb');
  const row = (other, name, most) => {
    const theirs = middle(seen[other], 'p50_ms');
    return { id: 'P7', what: `a 12-megapixel photo to 1600 and 320 pixels, of ${name}`, goal: `≤ ${x(most)}`, met: mine / theirs <= most,
      value: `${x(mine / theirs)} (${ms(mine)} of ${ms(theirs)})` };
  };
  return {
    rows: [row('jpeg', 'libjpeg-turbo alone', 1.3), row('vips', 'libvips in process', 0.6), row('convert', "ImageMagick's convert", 0.25),
      { id: 'P7', what: "the worker's memory at its peak", goal: '≤ 32 MiB', value: `${peak.toFixed(1)} MiB`, met: peak <= 32 }],
    tables: [{ head: ['who', 'a photo', 'peak'], rows: table }],
  };
}

// ---- P8: HTTP alone ------------------------------------------------------------------------------------------------------------

function nginxConf(dir, port) {
  const file = join(dir, 'nginx.conf');
  writeFileSync(file, `daemon off;\nworker_processes 2;\npid ${dir}/nginx.pid;\nerror_log stderr error;\nevents { worker_connections 1024; }\n` +
    `http { access_log off; keepalive_requests 1000000; client_body_temp_path ${dir}/a; proxy_temp_path ${dir}/b; fastcgi_temp_path ${dir}/c; ` +
    `uwsgi_temp_path ${dir}/d; scgi_temp_path ${dir}/e; server { listen 127.0.0.1:${port}; location / { default_type application/json; ` +
    `return 200 '{"status":"ok","version":"0.1.0","db":"sqlite","padding":"01234567890123456789"}'; } } }\n`);
  return file;
}

/// nginx does not tell a port of its own choice: one is found, and whoever answers there is waited for.
async function startNginx(dir) {
  const net = await import('node:net');
  const port = await new Promise((done) => { const s = net.createServer().listen(0, '127.0.0.1', () => { const { port: p } = s.address(); s.close(() => done(p)); }); });
  const { spawn } = await import('node:child_process');
  const child = spawn('nginx', ['-p', dir, '-c', nginxConf(dir, port)], { stdio: 'ignore' });
  const ended = new Promise((done) => child.on('exit', done));
  for (let i = 0; i < 100; i++) {
    const ok = await new Client(port).request('GET', '/').then((r) => r.status === 200, () => false);
    if (ok) break;
    await sleep(50);
  }
  return { port, stop: () => { child.kill('SIGTERM'); return ended; } };
}

async function http(o) {
  const dir = copyOf('small'), conf = folder('nginx'), seen = { bare: [], ours: [], nginx: [] }, table = [];
  const server = await serve(dir), bare = await Listening.start(tool('bare_http'), [], { input: 'pipe' }), nginx = await startNginx(conf);
  const names = { bare: 'libmicrohttpd alone, a thread a connection', ours: 'chabaocu: GET /healthz', nginx: 'nginx: return 200' };
  try {
    for (let i = 0; i < o.runs; i++)
      for (const [k, port] of [['bare', bare.port], ['ours', server.port], ['nginx', nginx.port]]) {
        seen[k].push(measure('load', [port, 'get', 64, o.seconds, '-p', '/healthz']));
        table.push(runRow(seen[k][i], names[k]));
      }
  } finally {
    await nginx.stop();
    await bare.stop();
    await server.stop();
    remove(dir);
    remove(conf);
  }
  const ratio = middle(seen.ours, 'rate') / middle(seen.bare, 'rate');
  return {
    rows: [{ id: 'P8', what: 'the health route, 64 clients, of libmicrohttpd alone in the same mode', goal: '≥ 0.70×', met: ratio >= 0.7,
      value: `${x(ratio)} (${perSecond(middle(seen.ours, 'rate'))} of ${perSecond(middle(seen.bare, 'rate'))}; nginx ${perSecond(middle(seen.nginx, 'rate'))})` }],
    tables: [{ head: ['who', ...RUN_HEAD], rows: table }],
  };
}

// ---- P9: memory and start ----------------------------------------------------------------------------------------------------------

async function memory(o) {
  const dir = copyOf(o.rows), server = await serve(dir);
  let idle, after, workers;
  try {
    await sleep(2000);
    idle = server.mib();
    workers = server.workersMib();
    const worker = await session(server, account(dir, 'worker')), cadre = account(dir, 'county_cadre'), desk = await session(server, cadre);
    measure(...creating(server, worker.headers, 64, o.seconds));
    measure(...getting(server, desk.headers, `/hazards?unit=${cadre.unit_id}&state=rectifying&sort=deadline&limit=50`, 16, o.seconds));
    if ((await desk.client.json('GET', figurePath(cadre))).status === 200) measure(...getting(server, desk.headers, figurePath(cadre), 16, o.seconds));
    measure('load', [server.port, 'upload', 16, o.seconds, '-b', photo('upload', PHOTO_SIZE), ...worker.headers]);
    after = server.mib();
  } finally {
    await server.stop();
    remove(dir);
  }
  return {
    rows: [{ id: 'P9', what: `the server's memory 2 s after its start on ${o.rows} rows`, goal: '≤ 16 MiB', value: `${idle.toFixed(1)} MiB`, met: idle <= 16,
      note: `${workers.length} picture workers beside it: ${workers.map((m) => m.toFixed(1)).join(', ')} MiB` },
    { id: 'P9', what: 'the same after creates, lists, figures and uploads', goal: '≤ 64 MiB', value: `${after.toFixed(1)} MiB`, met: after <= 64 }],
    tables: [],
  };
}

async function startOnce(dir) {
  const begun = process.hrtime.bigint(), server = await serve(dir), client = new Client(server.port);
  const r = await client.json('GET', '/healthz'), took = Number(process.hrtime.bigint() - begun) / 1e6;
  client.close();
  await server.stop();
  if (r.status !== 200) throw new Error(`GET /healthz: ${r.status}`);
  return took;
}

async function startUp(o) {
  const dir = copyOf(o.many), seen = [];
  for (let i = 0; i < 5; i++) seen.push(await startOnce(dir));
  remove(dir);
  return {
    rows: [{ id: 'P9', what: `from starting the process to its first good reply, ${o.many} rows`, goal: '≤ 100 ms', value: ms(median(seen)), met: median(seen) <= 100 }],
    tables: [{ head: ['start', 'took'], rows: seen.map((v, i) => [i + 1, ms(v)]) }],
  };
}

const memoryAndStart = async (o) => {
  const a = await memory(o), b = await startUp(o);
  return { rows: [...a.rows, ...b.rows], tables: [...a.tables, ...b.tables] };
};

// ---- P10: all at once ------------------------------------------------------------------------------------------------------------------

async function together(o) {
  const dir = copyOf(o.rows), server = await serve(dir), table = [], seen = { create: [], list: [], createToo: [], listToo: [] };
  let figuresToo = false;
  try {
    const worker = await session(server, account(dir, 'worker')), cadre = account(dir, 'county_cadre'), desk = await session(server, cadre);
    const list = getting(server, desk.headers, `/hazards?unit=${cadre.unit_id}&state=rectifying&sort=deadline&limit=50`, 16, o.seconds);
    const create = creating(server, worker.headers, 16, o.seconds), figure = getting(server, desk.headers, figurePath(cadre), 16, o.seconds);
    figuresToo = (await desk.client.json('GET', figurePath(cadre))).status === 200;
    for (let i = 0; i < o.runs; i++) {
      seen.create.push(measure(...create));
      seen.list.push(measure(...list));
      const [c, l] = await Promise.all([measuring(...create), measuring(...list), ...(figuresToo ? [measuring(...figure)] : [])]);
      seen.createToo.push(c);
      seen.listToo.push(l);
      for (const [k, name] of [['create', 'creates alone'], ['list', 'lists alone'], ['createToo', 'creates, with the others'], ['listToo', 'lists, with the others']])
        table.push(runRow(seen[k][i], name));
    }
  } finally {
    await server.stop();
    remove(dir);
  }
  const note = figuresToo ? '' : 'without figures: that route does not answer yet';
  const row = (k, name) => {
    const a = middle(seen[k], 'p99_ms'), b = middle(seen[`${k}Too`], 'p99_ms');
    return { id: 'P10', what: `p99 of ${name} at 16 clients while the others run too, of its p99 alone`, goal: '≤ 2.00×', value: `${x(b / a)} (${ms(b)} of ${ms(a)})`,
      met: b / a <= 2, note };
  };
  return { rows: [row('create', 'creates'), row('list', 'lists')], tables: [{ head: ['what', ...RUN_HEAD], rows: table }] };
}

// ---- P11: PostgreSQL -----------------------------------------------------------------------------------------------------------------------

const psql = (dsn, sql) => run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', dsn, '-c', sql]);

function pgbench(dsn, clients, seconds) {
  const { out } = run('pgbench', ['-n', '-M', 'prepared', '-c', clients, '-j', 2, '-T', Math.ceil(seconds), '-f', join(root, 'bench/create.pgbench'), dsn].map(String));
  return { rate: Number(/tps = ([\d.]+)/.exec(out)[1]), mean: Number(/latency average = ([\d.]+)/.exec(out)[1]) };
}

async function postgres(o) {
  const cluster = folder('pg'), dir = folder('pgdata'), table = [], ours = [], theirs = [];
  const port = process.env.BENCH_PG_PORT || '15457';
  run('chmod', ['755', cluster]);
  const admin = run(join(root, 'tests/pg.sh'), ['start', cluster, port]).out.trim(), db = admin.replace(/\/postgres$/, '/house');
  try {
    psql(admin, "CREATE DATABASE house TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
    psql(admin, readFileSync(join(root, 'bench/create.sql'), 'utf8').replace(':rows', String(o.preload)));
    say('making a city in PostgreSQL; this is not measured');
    run(program, ['demo', '--scale', o.pgRows, '--seed', '7', '--until', '2016-04-20', '--data', dir, '--db', db]);
    psql(admin, 'VACUUM ANALYZE');
    psql(db, 'VACUUM ANALYZE');
    const server = await serve(dir, db);
    try {
      const { headers } = await session(server, account(dir, 'worker'));
      for (let i = 0; i < o.runs; i++) {
        theirs.push(pgbench(admin, 16, o.seconds));
        ours.push(measure(...creating(server, headers, 16, o.seconds)));
        table.push(['pgbench', perSecond(theirs[i].rate), `mean ${ms(theirs[i].mean)}`, '', '', ''], runRow(ours[i], 'chabaocu'));
      }
    } finally {
      await server.stop();
    }
  } finally {
    run(join(root, 'tests/pg.sh'), ['stop', cluster]);
    remove(cluster);
    remove(dir);
  }
  const ratio = middle(ours, 'rate') / middle(theirs, 'rate'), failed = total(ours, 'failed');
  return {
    rows: [{ id: 'P11', what: `creation on PostgreSQL, 16 clients, of pgbench with one statement for the row and its ledger row`, goal: '≥ 0.50×', met: ratio >= 0.5 && !failed,
      value: `${x(ratio)} (${perSecond(middle(ours, 'rate'))} of ${perSecond(middle(theirs, 'rate'))})`, note: failed ? `${failed} failed: ${ours.find((r) => r.failed).why}` : '' },
    { id: 'P11', what: 'the same with pipelined batches', goal: '≥ 0.60×', ...MISSING('the PostgreSQL driver does not pipeline: a transaction a request') }],
    tables: [{ head: ['who', ...RUN_HEAD], rows: table }],
  };
}

export const goals = { p1: creation, p4: lists, p5: figures, p6: uploads, p7: photos, p8: http, p9: memoryAndStart, p10: together, p11: postgres };
