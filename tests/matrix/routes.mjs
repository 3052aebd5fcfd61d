// A row for each route of the program: how its target is found in a scope and what is sent there. What an actor may then do follows from
// roles.tsv. A route without a row, and a row without a route, fail the suite; CONTRIBUTING.md says how to add one.
//
//   located(route, find)    the unit of the thing named in the path decides: 404 where it is out of scope, 403 without the permission
//   named(route, find)      the unit named in the query or the body decides: 403 for who holds the permission nowhere, else 404 out of scope
//   anywhere(route, find)   the permission held anywhere is enough; the thing belongs to the city (another city's is 404)
//   citywide(route, find)   held at the city's own unit: 404 for all who are not at it
//   mine(route, find)       whoever is logged in, for own things
//   open(route, find)       no login
//
// find(unit, world, scope, actor) gives {id, args, query, json, shows, never}, or nothing where a thing of this kind cannot stand there:
//   id, args       for the path's {id} and its other arguments
//   query, json    what is sent; a change that is allowed is to stop at a wrong field (422) behind the permission, so that nothing changes
//   shows          canaries that this answer may hold beyond the actor's scope;  never: what it may not hold even within
// more: permission (another than the program's own), verdict(actor, scope, world) ('ok', 'denied', 'missing'), once (own scope only, at the end), session (not for a token)
import { canary, isBelow } from './world.mjs';

const located = (route, find, more = {}) => ({ route, kind: 'located', find, ...more });
const named = (route, find, more = {}) => ({ route, kind: 'named', find, ...more });
const anywhere = (route, find = () => ({}), more = {}) => ({ route, kind: 'anywhere', find, ...more });
const citywide = (route, find = () => ({}), more = {}) => ({ route, kind: 'citywide', find, ...more });
const mine = (route, find = () => ({}), more = {}) => ({ route, kind: 'mine', find, ...more });
const open = (route, find = () => ({}), more = {}) => ({ route, kind: 'open', find, ...more });

/// Somebody of the unit who does not walk himself.
const somebody = (u, w) => [...w.people.values()].find((p) => p.unit === u && !w.actors.some((a) => a.id === p.id));
const aPerson = (route, json = {}, args = {}) => located(route, (u, w) => {
  const p = somebody(u, w);
  return p && { id: p.id, args, json: typeof json === 'function' ? json(u) : json };
});

const inUnit = (u) => ({ query: `unit=${u.id}` });
const nothing = { verdict: () => 'missing' };

/// What is hidden of a hidden report: for whom it was made, and by whom.
const secrets = (h, actor) => [canary.told(h.id), ...(actor.id === h.reporter ? [] : [canary.person(h.reporter)])];
const hidden = (more = {}) => (u, w, scope, actor) => {
  const h = w.hiddenAt.get(w.inside(u, scope)?.id);
  return h && { id: h.id, never: secrets(h, actor), ...more };
};

/// Where the unit is an employer.
const anEmployer = (json, args) => (u) => u.kind === 'employer' && { id: u.id, json, args };

/// The card of a post directly at the unit; nobody who walks works there.
const aCard = (u, w, scope, json) => {
  const id = w.cardAt.get(w.inside(u, scope)?.id);
  return id && { id, json: json?.edition ? json : undefined };
};

/// An act on one that is in the right state (`takes`: its fields, by hand); what is missing or too much in the body is only looked for behind the permission.
const act = (name, state, permission, takes, json = {}) => located('POST /hazards/{id}/{act}', (u, w, scope) => {
  const h = w.hazardAt.get(`${w.inside(u, scope)?.id} ${state}`);
  return h && { id: h.id, args: { act: name }, json };
}, { name: `POST /hazards/{id}/${name}`, permission: ['hazard.read', permission], takes: takes.split(' ') });
const aPhoto = { upload_ids: ['1'] };

/// Whoever sees all of the city's imports does so from the city; everybody else sees one's own.
const anImport = (route, json) => located(route, (u, w, scope) => ({ id: w.importOf[w.chainOf(u)].id, json }), {
  verdict: (actor, scope, w) => {
    const it = w.importOf[scope === 'other' ? 'foreign' : w.chainOf(w.unitIn(actor, scope))];
    if (scope === 'other' || !w.holds(actor, 'import.all') || actor.level !== 0) return 'missing';
    return it && (route.startsWith('GET') ? 'ok' : 'denied');
  },
  shows: (w) => Object.values(w.chains).map((v) => canary.unit(v[1].id)),
});

/// An assignment is its employer's: there is none of a workshop or of a union.
const assignmentHere = (json) => (u, w, scope) => {
  const at = w.inside(u, scope);
  const id = at?.kind === 'employer' && w.assignmentAt.get(at.id);
  return id && { id, json };
};

const reportingUnits = (w) => w.reporting.map((id) => canary.unit(id));
/// Groups are the city's: who holds the permission further down does not change them.
const aGroup = (route, json) => anywhere(route, (u, w) => ({ id: w.groupOf[u.city], json }), {
  verdict: (actor, scope, w) => (!w.holds(actor, 'group.write') || actor.level !== 0 ? 'denied' : scope === 'other' ? 'missing' : 'ok') });

export const rows = [
  mine('GET /'),
  open('POST /preferences', () => ({ json: { lang: 'zh-CN' } })),
  open('GET /healthz'),
  open('GET /metrics'),
  open('GET /openapi.json'),

  open('POST /uploads', () => ({ json: {} })),
  open('PATCH /uploads/{id}', (u, w) => ({ id: w.uploadOf[w.chainOf(u)], json: {} }), nothing),
  open('GET /uploads/{id}', (u, w) => ({ id: w.uploadOf[w.chainOf(u)] }), nothing),
  open('GET /attachments/{id}', (u, w, scope) => {
    const h = w.hiddenAt.get(w.inside(u, scope)?.id);
    return h && { id: h.photo };
  }, { verdict: (actor, scope, w) => (w.holds(actor, 'hazard.read') && isBelow(w.inside(w.unitIn(actor, scope), scope), actor.unit) ? 'ok' : 'missing') }),

  named('GET /units', inUnit),
  located('GET /units/{id}', (u) => ({ id: u.id })),
  named('POST /units', (u) => ({ json: { parent_id: u.id, kind: 'team', name: 'x', code: '!' } })),
  located('POST /units/{id}', (u) => ({ id: u.id, json: { version: 999999 } }), {
    // Inside an employer its own people keep the tree; the rest is the union's above.
    verdict: (actor, scope, w) => (w.employerSide(actor) && w.holds(actor, 'org.write') && isBelow(w.unitIn(actor, scope), actor.unit)
      && !['workshop', 'team'].includes(w.unitIn(actor, scope).kind) ? 'denied' : undefined) }),
  located('GET /units/{id}/change', (u) => ({ id: u.id, query: 'act=rename' })),
  located('POST /units/{id}/changes', (u) => ({ id: u.id, json: { act: 'rename' } }), {
    verdict: (actor, scope, w) => (w.employerSide(actor) && w.holds(actor, 'org.write') && isBelow(w.unitIn(actor, scope), actor.unit)
      && !['workshop', 'team'].includes(w.unitIn(actor, scope).kind) ? 'denied' : undefined) }),
  located('GET /units/{id}/members', (u) => ({ id: u.id })),
  located('POST /units/{id}/members', (u) => ({ id: u.id, json: {} })),
  located('POST /memberships/{id}/end', (u, w) => ({ id: w.memberAt.get(u.id)?.id, json: {} })),
  named('GET /changes', inUnit),
  located('GET /changes/{id}', (u, w) => w.changeAt.get(u.id)),
  located('POST /changes/{id}/cancel', (u, w) => ({ id: w.changeAt.get(u.id)?.id, json: {} })),
  named('GET /employers', inUnit),
  located('GET /employers/{id}', anEmployer()),
  located('GET /employers/{id}/edit', anEmployer()),
  located('POST /employers/{id}', anEmployer({ version: 999999 })),
  located('GET /employers/{id}/history', anEmployer()),
  named('GET /employers/duplicates', inUnit),
  located('POST /employers/{id}/twins/{other}', anEmployer({ state: '!' }, { other: '1' })),
  located('GET /employers/{id}/contractors', anEmployer()),
  located('POST /employers/{id}/contractors', anEmployer({})),
  located('POST /contractors/{id}/end', (u, w) => u.kind === 'employer' && { id: w.contractorAt.get(u.id), json: { version: 999999 } }),
  named('GET /cards', inUnit),
  located('GET /cards/{id}', aCard),
  located('GET /cards/{id}/print', aCard),
  located('GET /places/{id}/card', (u, w, scope) => w.placeAt.get(w.inside(u, scope)?.id), { choices: ['card.write'] }),
  located('POST /places/{id}/card', (u, w, scope) => w.placeAt.get(w.inside(u, scope)?.id), { choices: ['card.write'] }),
  mine('POST /cards/{id}/confirm', (u, w, scope) => aCard(u, w, scope, { edition: 1 }), nothing),
  named('GET /places', inUnit),
  located('GET /places/{id}', (u, w, scope) => w.placeAt.get(w.inside(u, scope)?.id)),
  named('POST /places', (u) => ({ json: { unit_id: u.id, kind: 'area', name: 'x' } })),

  open('GET /login'),
  open('POST /login', () => ({ json: {} })),
  open('GET /login/factor'),
  open('POST /login/factor', () => ({ json: {} })),
  mine('GET /me/factor'),
  mine('POST /me/factor/new', () => ({ json: {} }), { session: true }),
  mine('POST /me/factor/confirm', () => ({ json: {} })),
  mine('POST /me/factor/codes', () => ({ json: {} })),
  mine('POST /me/factor/off', () => ({ json: {} })),
  located('GET /units/{id}/access', (u) => ({ id: u.id })),
  located('POST /units/{id}/phones', (u) => ({ id: u.id, json: {} })),
  located('POST /phones/{id}/end', (u, w, scope) => w.inside(u, scope) && { id: w.phoneAt.get(w.inside(u, scope).id), json: { version: 1 } }),
  located('GET /people/{id}/pin', (u, w) => w.personAt.get(u.id), { shows: (w) => [...w.personAt.values()].map((p) => canary.person(p.id)) }),
  located('POST /people/{id}/pin', (u, w) => w.personAt.get(u.id) && { ...w.personAt.get(u.id), json: { version: 1 } }),
  located('GET /people/{id}/factor', (u, w) => w.personAt.get(u.id), { shows: (w) => [...w.personAt.values()].map((p) => canary.person(p.id)) }),
  located('POST /people/{id}/factor', (u, w) => w.personAt.get(u.id) && { ...w.personAt.get(u.id), json: {} }),
  open('GET /switch'),
  open('POST /switch', () => ({ json: {} })),
  mine('POST /me/listed', () => ({ json: { version: 1 } })),
  mine('POST /logout', () => ({ json: {} }), { once: true }),
  mine('GET /me'),
  mine('POST /me/password', () => ({ json: {} })),
  mine('GET /inbox'),
  // One's own alone: those of others are not there for anybody.
  mine('GET /inbox/{id}', (u, w) => ({ id: w.noticeAt.get(u.id)?.id ?? '1' }), nothing),
  mine('POST /inbox/{id}/read', (u, w) => ({ id: w.noticeAt.get(u.id)?.id ?? '1', json: {} }), nothing),
  mine('POST /inbox/read', () => ({ json: { until: '2000-01-01T00:00:00+08:00' } })),
  mine('GET /me/notices'),
  mine('POST /me/notices', () => ({ json: { topics: ['nonsense'] } })),
  mine('POST /me/notices/email', () => ({ json: { email: 'nonsense' } })),
  mine('POST /me/notices/confirm', () => ({ json: {} })),
  mine('POST /me/sessions/{id}/end', (u, w) => ({ id: w.ghosts[w.chainOf(u)].session, json: {} }), nothing),
  mine('POST /me/end-others', () => ({ json: {} })),
  mine('GET /tokens'),
  mine('POST /tokens', () => ({ json: {} })),
  mine('POST /tokens/{id}/revoke', (u, w) => ({ id: w.tokenOf[w.chainOf(u)], json: {} }), nothing),
  named('GET /people', inUnit),
  named('GET /people/new', inUnit),
  named('POST /people', (u) => ({ json: { unit_id: u.id, name: '371300000000000000' } })),
  aPerson('GET /people/{id}'),
  aPerson('POST /people/{id}', { version: 999999 }),
  aPerson('POST /people/{id}/duties', {}),
  aPerson('POST /people/{id}/duties/{duty}/end', { nobody: 1 }, { duty: '1' }),
  aPerson('POST /people/{id}/lend', {}),
  aPerson('POST /people/{id}/hand-over', {}),
  aPerson('POST /people/{id}/leave', { version: 999999 }),
  aPerson('POST /people/{id}/login', {}),
  aPerson('POST /people/{id}/password', { nobody: 1 }),
  aPerson('POST /people/{id}/lock', { nobody: 1 }),
  aPerson('POST /people/{id}/unlock', { nobody: 1 }),
  located('GET /handovers/{id}', (u, w) => w.handoverAt.get(u.id)),

  anywhere('GET /roles'),
  citywide('POST /roles', () => ({ json: {} })),
  anywhere('GET /roles/{id}', (u, w) => ({ id: w.roleOf[u.city] })),
  citywide('POST /roles/{id}', (u, w) => ({ id: w.roleOf[u.city], json: {} })),
  named('POST /roles/{id}/holders', (u, w) => ({ id: w.roleOf[w.chains.home[0].city], json: { holder: 'nobody', unit: u.id } })),
  located('POST /roles/{id}/holders/{duty}/end', (u, w) => ({ id: w.roleOf[u.city], args: { duty: w.customDutyAt.get(u.id) }, json: { x: 1 } })),

  open('GET /j'),
  open('GET /j/{code}', (u, w, scope) => {
    const at = w.inside(u, scope);
    // Who stands before the poster sees whose it is, and nobody who is in the team.
    return at && { args: { code: w.joinAt.get(at.id).code }, shows: [canary.unit(at.id), canary.unit(at.enterprise)], never: [] };
  }),
  open('POST /j/{code}', (u, w, scope) => {
    const at = w.inside(u, scope);
    return at && { args: { code: w.joinAt.get(at.id).code }, json: {}, shows: [canary.unit(at.id), canary.unit(at.enterprise)] };
  }),
  open('GET /joining'),
  located('GET /units/{id}/join', (u, w, scope) => w.inside(u, scope) && { id: w.inside(u, scope).id }),
  located('GET /units/{id}/join/poster', (u, w, scope) => w.inside(u, scope) && { id: w.inside(u, scope).id }),
  located('POST /units/{id}/join/code', (u, w, scope) => w.inside(u, scope) && { id: w.inside(u, scope).id, json: { version: 1 } }),
  located('POST /units/{id}/join/end', (u, w, scope) => w.inside(u, scope) && { id: w.inside(u, scope).id, json: { version: 1 } }),
  named('GET /joins', inUnit),
  located('POST /joins/{id}/confirm', (u, w, scope) => w.inside(u, scope) && { id: w.joinAt.get(w.inside(u, scope).id).id, json: { version: 1 } }),
  located('POST /joins/{id}/refuse', (u, w, scope) => w.inside(u, scope) && { id: w.joinAt.get(w.inside(u, scope).id).id, json: {} }),

  anywhere('GET /campaigns'),
  anywhere('GET /campaigns/{id}', (u, w) => ({ id: w.campaignOf[u.city] })),
  anywhere('POST /campaigns/workdays', () => ({ json: {} })),

  open('GET /report'),
  open('POST /report', () => ({ json: {} })),
  open('GET /r/{code}', (u, w, scope) => {
    const p = w.placeAt.get(w.inside(u, scope)?.id);
    // Who stands before the poster sees what it is and whose.
    return p && { args: { code: p.code }, shows: [canary.place(p.id), canary.unit(p.unit.enterprise)] };
  }, { verdict: (actor, scope) => (scope === 'other' ? 'missing' : 'ok') }),
  named('GET /hazards', inUnit, { permission: ['hazard.read'] }),
  mine('GET /hazards', () => ({ query: 'mine=1' }), { name: 'GET /hazards?mine' }),
  mine('GET /hazards', () => ({ query: 'todo=1' }), { name: 'GET /hazards?todo' }),
  open('POST /hazards', () => ({ json: {} })),
  // Who registers or assigns chooses among the places and the people of the employer.
  located('GET /hazards/{id}', hidden(), { choices: ['hazard.register', 'hazard.assign'] }),
  located('GET /hazards/{id}/events', hidden()),
  located('GET /hazards/{id}/reporter', (u, w, scope) => {
    const h = w.hiddenAt.get(w.inside(u, scope)?.id);
    return h && { id: h.id };
  }),
  act('protect', 'reported', 'hazard.protect', 'text at'),
  act('withdraw', 'reported', 'hazard.protect', 'text at'),
  act('register', 'reported', 'hazard.register', 'category level handling_level place_id'),
  act('refuse', 'reported', 'hazard.register', 'reason_code reason'),
  act('fix_on_spot', 'reported', 'hazard.fix', 'text category'),
  act('confirm', 'on_spot', 'hazard.confirm', 'text', aPhoto),
  act('grade', 'registered', 'hazard.grade', 'level clause reason'),
  act('assign', 'registered', 'hazard.assign', 'responsible_id deputy_id measures funds_fen funds_source deadline emergency_plan emergency_plan_not_needed ask insist'),
  act('take', 'assigned', 'nobody', '', aPhoto),
  act('give_back', 'assigned', 'nobody', 'reason'),
  act('progress', 'rectifying', 'hazard.rectify', 'text percent'),
  act('submit', 'rectifying', 'hazard.rectify', 'text'),
  { ...act('accept', 'submitted', 'hazard.accept', 'text fallback_reason', aPhoto), also: 'hazard.accept_fallback' },
  act('return', 'submitted', 'hazard.accept', 'reason'),
  act('close_out', 'accepted', 'hazard.close_out', '', aPhoto),
  act('raise', 'registered', 'hazard.raise', 'reason'),
  act('reopen', 'accepted', 'hazard.reopen', 'reason'),
  act('appeal', 'not_hazard', 'nobody', 'reason'),
  act('uphold', 'disputed', 'hazard.decide', 'reason'),
  act('object', 'accepted', 'hazard.decide', 'text'),
  act('reinspect', 'closed_out', 'hazard.reinspect', 'result text'),
  act('decide_lowering', 'lowering', 'hazard.confirm_lowering', 'outcome reason'),
  act('extend', 'assigned', 'hazard.extend', 'deadline protection reason'),
  act('suspend', 'registered', 'hazard.suspend', 'reason proof'),
  act('resume', 'suspended', 'hazard.suspend', 'reason proof'),
  act('inform_management', 'registered', 'hazard.inform_management', 'text'),
  act('propose_listing', 'major', 'hazard.propose_listing', 'text'),
  act('record_listing', 'proposed', 'hazard.record_listing', 'outcome number body deadline text'),
  act('delist', 'listed', 'hazard.record_listing', 'number day'),
  act('transfer', 'registered', 'hazard.transfer', 'unit_id outside reason'),
  act('chase', 'transferred', 'hazard.transfer', 'text'),
  act('answer', 'transferred', 'hazard.transfer', 'outcome text'),
  act('merge', 'registered', 'hazard.merge', 'into_id'),
  act('unmerge', 'merged', 'hazard.merge', 'reason'),
  act('cease', 'registered', 'hazard.cease', 'reason proof'),
  open('GET /receipts'),
  open('GET /receipts/{code}', (u, w, scope) => {
    const h = w.hiddenAt.get(w.inside(u, scope)?.id);
    return h && { args: { code: h.code }, shows: [canary.hazard(h.id)], never: [canary.told(h.id), canary.person(h.reporter)] };
  }, { verdict: (actor, scope) => (scope === 'other' ? 'missing' : 'ok') }),
  open('POST /receipts/{code}/{act}', (u, w, scope) => {
    const h = w.hiddenAt.get(w.inside(u, scope)?.id);
    return h && { args: { code: h.code, act: 'object' }, json: { version: 999999 }, never: [canary.told(h.id), canary.person(h.reporter)] };
  }, { verdict: (actor, scope) => (scope === 'other' ? 'missing' : 'ok') }),

  named('GET /assignments', inUnit),
  named('GET /assignments', (u, w) => ({ query: `unit=${u.id}&person=${w.assignedTo[w.chainOf(u)]}` }), { name: 'GET /assignments?person' }),
  anywhere('GET /assignments', () => ({ query: 'mine=1' }), { name: 'GET /assignments?mine' }),
  named('POST /assignments', (u, w) => ({ json: { employer_ids: [u.id], person_id: w.assignedTo[w.chainOf(u)], from_on: '2099-01-01' } })),
  named('GET /assignments/cadres', inUnit),
  named('GET /assignments/new', (u) => ({ query: `unit=${u.id}&show=1` })),
  named('POST /assignments/new', (u) => ({ json: { unit: u.id, text: 'cnu' } })),
  named('GET /assignments/take-over', inUnit),
  named('POST /assignments/take-over', (u) => ({ json: { unit: u.id } })),
  located('POST /assignments/{id}', assignmentHere({ version: 999999 })),
  located('POST /assignments/{id}/end', assignmentHere({ version: 999999 })),
  located('GET /units/{id}/contact', (u) => u.kind === 'employer' && { id: u.id }),
  located('POST /units/{id}/visits', (u) => u.kind === 'employer' && { id: u.id, json: {} }),

  named('GET /coverage', inUnit),
  named('GET /coverage/employers', inUnit),
  named('GET /coverage/employers', (u) => ({ query: `unit=${u.id}&gap=assigned` }), { name: 'GET /coverage/employers?gap' }),
  located('GET /units/{id}/launch', (u) => u.kind === 'employer' && { id: u.id }),
  located('POST /units/{id}/launch', (u) => u.kind === 'employer' && { id: u.id, json: {} }),

  // Who supervises which county is told to all unions, as the notice's own annex does.
  anywhere('GET /groups', () => ({}), { shows: reportingUnits }),
  anywhere('GET /groups/sheet', () => ({}), { shows: reportingUnits }),
  anywhere('POST /groups', () => ({ json: {} })),
  anywhere('POST /groups/copy', () => ({ json: {} })),
  aGroup('POST /groups/{id}', { version: 999999, name: 'x', leader_id: '1' }),
  aGroup('POST /groups/{id}/close', { version: 999999 }),

  anywhere('GET /imports'),
  anywhere('GET /imports/new'),
  anywhere('POST /imports', () => ({ json: {} })),
  anImport('GET /imports/{id}'),
  anImport('POST /imports/{id}/check', { version: 999999 }),
  anImport('POST /imports/{id}/apply', { version: 999999 }),
  anImport('POST /imports/{id}/cancel', { version: 999999 }),

  anywhere('GET /statistics'),
  located('GET /statistics/{unit}/{period}', (u) => ({ args: { unit: u.id, period: '2016' } })),
  located('GET /statistics/{unit}/{period}/{figure}/rows', (u) => ({ args: { unit: u.id, period: '2016', figure: 'f10' } })),

  anywhere('GET /audit'),
  anywhere('GET /audit/changes', (u, w) => ({ never: [...w.hiddenAt.values()].map((h) => canary.told(h.id)) })),
  located('GET /audit/changes/{kind}/{id}', (u, w, scope) => {
    const h = w.hiddenAt.get(w.inside(u, scope)?.id);
    return h && { args: { kind: 'hazard' }, id: h.id, never: [canary.told(h.id), canary.person(h.reporter), canary.hazard(h.id)] };
  }),
];
