// One request or more of each route that the program describes in /openapi.json, so that a new route is walked without being named here.
import { Reporter } from '../lib/reporter.mjs';

const json = (value) => ({ type: 'application/json', body: JSON.stringify(value) });
const form = (value) => ({ type: 'application/x-www-form-urlencoded', body: new URLSearchParams(value).toString() });

/// What goes into a changing request besides nothing at all, which every one of them answers with its errors.
const bodies = {
  'post /hazards': [json({ description: '地面湿滑', place: '西门' }), form({ description: '地面湿滑', place: '西门' })],
  'post /hazards/{id}/{act}': [json({ text: '已拉线' })],
  'post /preferences': [json({ lang: 'en', back: '/' })],
  'post /uploads': [json({ size: 0, type: 'image/jpeg' })],
};

function headers(p, accept, type) {
  return { Accept: accept, ...(type ? { 'Content-Type': type, Origin: `http://127.0.0.1:${p.client.port}` } : {}) };
}

function get(who, path, accept) {
  return { name: `GET ${path} ${accept}`, send: (people, o = {}) => people[who].client.request('GET', path, { ...o, headers: headers(people[who], accept) }) };
}

function change(who, method, path, { type, body }) {
  return { name: `${method.toUpperCase()} ${path} ${type} ${body.slice(0, 30)}`, varies: true,
    send: (people, o = {}) => people[who].client.request(method.toUpperCase(), path, { ...o, body, headers: headers(people[who], 'application/json', type) }) };
}

function login(account) {
  const fresh = () => new Reporter(0, account);
  return { name: 'POST /login', varies: true, may: [429], send: async (people, o = {}) => {
    const p = fresh();
    p.client.port = people.worker1.client.port;
    const r = await p.client.request('POST', '/login', { ...o, headers: headers(p, 'application/json', 'application/json'),
      body: JSON.stringify({ login: account.login, password: account.password }) });
    p.client.close();
    return r;
  } };
}

async function known(people) {
  const list = async (path) => (await people.worker1.client.json('GET', path)).json?.items || [];
  const hazards = await list('/hazards');
  const one = await people.worker1.client.json('GET', `/hazards/${hazards[0].id}`);
  const units = (await people.safety1.client.json('GET', '/units')).json?.items || [];
  const campaigns = await list('/campaigns');
  return { hazards: hazards[0]?.id, acted: hazards[1]?.id, units: units[0]?.id, campaigns: campaigns[0]?.id, attachments: one.json?.photos?.[0]?.id };
}

/// [{name, send(people, options), varies}]: `varies` where the answer is another each time.
export async function requestsOfAllRoutes(people) {
  const ids = await known(people);
  const { paths } = (await people.worker1.client.json('GET', '/openapi.json')).json;
  const all = [];
  for (const [template, methods] of Object.entries(paths)) {
    const kind = template.split('/')[1];
    const id = template.includes('{act}') ? ids.acted : ids[kind]; /* what is looked at stays as it is */
    const path = template.replace('{id}', id || '1').replace('{act}', 'protect').replace(/\{\w+\}/g, 'ABCDEF');
    for (const method of Object.keys(methods)) {
      if (method === 'get') {
        all.push(get('safety1', path, 'text/html'), get('safety1', path, 'application/json'));
        continue;
      }
      if (/logout|end-others/.test(template)) continue; /* ends the session that the others need */
      all.push(change('worker1', method, path, json({})), change('worker1', method, path, form({})));
      for (const b of bodies[`${method} ${template}`] || []) all.push(change('worker1', method, path, b));
    }
  }
  all.push(get('safety1', '/hazards.csv', 'text/csv'), get('safety1', '/hazards?state=reported&sort=deadline', 'text/html'));
  all.push(login(people.leader1.account));
  return all;
}
