// A phone that reports with photos: in one request or piece by piece, always with a key, so that it may ask again.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, multipart } from './client.mjs';
import { buildDir } from './server.mjs';

/// Some small photos, 20 to 200 KB each.
export function makePhotos(dir, n = 6) {
  return Array.from({ length: n }, (_, i) => {
    const out = join(dir, `small-${i}.jpg`);
    const r = spawnSync(join(buildDir, 'tests/make_photo'), [out, `${640 + 160 * i}x${480 + 120 * i}`, '--seed', String(60 + i)]);
    if (r.status !== 0) throw new Error(`make_photo: ${r.stderr}`);
    return readFileSync(out);
  });
}

/// The same picture as a file of its own: a comment with these words behind its first two bytes.
export function marked(photo, words) {
  const text = Buffer.from(words), head = Buffer.from([0xff, 0xfe, 0, text.length + 2]);
  return Buffer.concat([photo.subarray(0, 2), head, text, photo.subarray(2)]);
}

export class Reporter {
  constructor(port, account) {
    this.client = new Client(port);
    this.account = account;
  }

  login() {
    return this.client.login(this.account);
  }

  moveTo(port) {
    this.client.agent.destroy();
    const cookies = this.client.cookies;
    this.client = new Client(port);
    this.client.cookies = cookies;
  }

  headers(key, type) {
    return { Accept: 'application/json', Origin: `http://127.0.0.1:${this.client.port}`, 'Content-Type': type, ...(key ? { 'Idempotency-Key': key } : {}) };
  }

  async post(path, key, type, body) {
    const r = await this.client.request('POST', path, { headers: this.headers(key, type), body, timeout: this.timeout });
    try { r.json = JSON.parse(r.text); } catch { r.json = null; }
    return r;
  }

  /// `job`: {key, description, photo, pieces}. Says in job.offset how far an upload was acknowledged. Gives the answer to the report.
  async report(job) {
    if (!job.pieces) {
      const m = multipart([['description', job.description], ['place', '西门']], [['photos', { name: 'a.jpg', bytes: job.photo }]]);
      return this.post('/hazards', job.key, m.type, m.body);
    }
    if (!job.upload) {
      const r = await this.post('/uploads', null, 'application/json', JSON.stringify({ size: job.photo.length, type: 'image/jpeg' }));
      if (r.status !== 201) return r;
      job.upload = r.json.id;
      job.offset = 0;
    } else if (!job.reported) {
      const r = await this.client.json('GET', `/uploads/${job.upload}`);
      if (r.status === 200 && r.json.offset < job.offset) throw new Error(`upload ${job.upload} went back from ${job.offset} to ${r.json.offset}`);
      if (r.status === 200) job.offset = r.json.offset;
    }
    while (job.offset < job.photo.length && !job.reported) {
      const piece = job.photo.subarray(job.offset, job.offset + Math.ceil(job.photo.length / job.pieces));
      const r = await this.client.request('PATCH', `/uploads/${job.upload}`, {
        headers: { ...this.headers(null, 'application/offset+octet-stream'), 'Upload-Offset': String(job.offset) }, body: piece });
      if (r.status !== 200) return r;
      job.offset = JSON.parse(r.text).offset;
    }
    job.reported = true;
    return this.post('/hazards', job.key, 'application/json',
      JSON.stringify({ description: job.description, place: '西门', upload_ids: [job.upload] }));
  }

  /// What is wrong with a report that was acknowledged; '' when all is there.
  async missing(job) {
    const one = await this.client.json('GET', `/hazards/${job.told.id}`);
    if (one.status !== 200) return `${job.key}: hidden danger ${job.told.id} answers ${one.status}`;
    if (one.json.number !== job.told.number || one.json.description !== job.description) return `${job.key}: another record stands there`;
    if (one.json.photos.length !== 1) return `${job.key}: ${one.json.photos.length} photos`;
    const shown = await this.client.request('GET', `/attachments/${one.json.photos[0].id}?size=1600`);
    if (shown.status !== 200 || shown.raw[0] !== 0xff || shown.raw.at(-1) !== 0xd9) return `${job.key}: photo answers ${shown.status}, ${shown.raw.length} bytes`;
    return '';
  }
}

