// Two cities with a chain of units in each, a second chain elsewhere in the first, things of every kind in them, and canaries: strings
// that name what they stand in, in each name and each protected field. And the people who walk: each role, high and low.
import { createHash, randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, multipart } from '../lib/client.mjs';
import { buildDir } from '../lib/server.mjs';
import { Database } from './database.mjs';

export const LEVELS = ['city', 'county', 'township', 'employer', 'workshop', 'team'];
export const SCOPES = ['own', 'elsewhere', 'other', 'above', 'below'];
const EMPLOYER = 3;

/// The columns of roles.tsv.
export const ROLES = { wo: 'worker', tl: 'team_leader', wl: 'workshop_leader', so: 'safety_officer', pu: 'primary_union', ma: 'management',
  tc: 'township_cadre', cc: 'county_cadre', ci: 'city_cadre', pp: 'production_protection', sy: 'system_admin', se: 'security_admin', au: 'audit_admin' };
/// Where each works; besides, each is walked at a workshop, where there is something above, below and beside.
const AT = { worker: 5, team_leader: 5, safety_officer: 3, primary_union: 3, management: 3, township_cadre: 2, county_cadre: 1, city_cadre: 0,
  production_protection: 0, system_admin: 0, security_admin: 0, audit_admin: 0 };

export const canary = { unit: (id) => `cnu${id}z`, person: (id) => `cnp${id}z`, phone: (id) => `cnf${id}z`, hazard: (id) => `cnh${id}z`,
  place: (id) => `cnl${id}z`, told: (id) => `cnr${id}z` };
/// The hour of each report, as JSON, pages and workbooks show it.
export const FOUND_AT = { ms: ((1 * 60 + 2) * 60 + 3) * 1000, pattern: /T01:02:03\+08:00|\b01:02\b|\.04309\d*/ };

export function readTable(file) {
  const lines = readFileSync(file, 'utf8').split('\n').filter((l) => l && !l.startsWith('#')).map((l) => l.split('\t'));
  const [, ...head] = lines.shift();
  return new Map(lines.map(([name, ...cells]) => {
    if (cells.length !== head.length || cells.some((c) => c !== '+' && c !== '-')) throw new Error(`${file}: ${name}: ${head.length} cells of + or -`);
    return [name, new Set(head.filter((_, i) => cells[i] === '+').map((h) => ROLES[h]))];
  }));
}

export class World {
  static async make(place, port, accounts) {
    const w = new World();
    Object.assign(w, { db: new Database(place), port, accounts, nextId: 4000000000000000000n });
    w.readUnits();
    w.chains = { home: w.chain(accounts.get('worker1').unit_id), far: w.chain(accounts.get('worker2').unit_id), foreign: w.chain(accounts.get('c2.worker1').unit_id) };
    await w.readClock();
    w.plantCanaries();
    w.plantPlaces();
    w.plantChanges();
    w.plantMembers();
    w.plantHandovers();
    w.plantCards();
    w.plantHazards();
    w.plantPeople();
    w.plantRoles();
    w.plantTokens();
    w.plantAssignments();
    w.plantGroups();
    w.plantJoins();
    w.plantNotices();
    await w.plantReports();
    await w.plantImports();
    return w;
  }

  id() {
    this.nextId += 1n;
    return String(this.nextId);
  }

  readUnits() {
    this.units = new Map(this.db.rows('SELECT id, city_id, parent_id, kind, path, top_id, mid_id, enterprise_id, code FROM unit')
      .map(([id, city, parent, kind, path, top, mid, enterprise, code]) => [id, { id, city, parent, kind, path, top, mid, enterprise, code }]));
    this.people = new Map(this.db.rows('SELECT id, city_id, unit_id FROM person').map(([id, city, unit]) => [id, { id, city, unit: this.units.get(unit) }]));
  }

  /// The units above a team, the city first, the team last.
  chain(team) {
    const v = [];
    for (let u = this.units.get(team); u; u = this.units.get(u.parent)) v.unshift(u);
    const kinds = v.map((u) => u.kind).join(' ');
    if (kinds !== LEVELS.join(' ')) throw new Error(`a chain of ${kinds}`);
    return v;
  }

  /// The server's clock, by the session that it makes of a login.
  async readClock() {
    const c = new Client(this.port);
    await c.login(this.accounts.get('union1'));
    this.now = Number(this.db.rows('SELECT MAX(created_at) FROM session')[0][0]);
    c.close();
  }

  plantCanaries() {
    const named = (table, column, letter) => `UPDATE ${table} SET ${column} = 'cn${letter}' || id || 'z'`;
    this.db.write([
      named('unit', 'name', 'u'), named('unit', 'union_name', 'u'), named('person', 'name', 'p'), named('person', 'phone', 'f'),
      named('person', 'staff_number', 'p'), named('hazard', 'description', 'h'), named('hazard', 'place', 'h'), named('place', 'name', 'l'),
      `UPDATE hazard_reporter SET reported_for = 'cnr' || hazard_id || 'z' WHERE person_id <> 0`,
      `UPDATE hazard SET found_at = found_at - (found_at + 28800000) % 86400000 + ${FOUND_AT.ms}`,
      `UPDATE hazard SET protected_at = protected_at - (protected_at + 28800000) % 86400000 + ${FOUND_AT.ms} WHERE protected_at > 0`,
    ]);
  }

  /// A place directly at each unit of an employer.
  plantPlaces() {
    this.placeAt = new Map();
    const all = [];
    for (const u of Object.values(this.chains).flatMap((v) => v.slice(EMPLOYER))) {
      const p = { id: this.id(), code: createHash('sha1').update(u.id).digest('hex').replace(/[a-f]/g, (c) => String('abcdef'.indexOf(c))).slice(0, 6), unit: u };
      all.push(this.db.clone('place', `city_id = ${u.city} AND id = (SELECT MIN(id) FROM place WHERE city_id = ${u.city})`,
        { id: BigInt(p.id), unit_id: BigInt(u.id), name: canary.place(p.id), code: p.code, unit_path: u.path, top_id: BigInt(u.top), mid_id: BigInt(u.mid), enterprise_id: BigInt(u.enterprise) }));
      this.placeAt.set(u.id, p);
    }
    this.db.write(all);
  }

  /// A membership in each unit, as if it were a union that takes members: of an employer that none of those who walk belongs to.
  plantMembers() {
    this.memberAt = new Map();
    const all = [];
    for (const u of Object.values(this.chains).flat()) {
      const id = this.id(), walked = Object.values(this.chains).flat().map((v) => v.id);
      const member = [...this.units.values()].find((m) => m.city === u.city && m.kind === 'employer' && !walked.includes(m.id));
      all.push(`INSERT INTO membership (city_id, id, union_id, employer_id, from_on, to_on, version) VALUES (${u.city}, ${id}, ${u.id}, ${member.id}, '2016-01-20', '2016-01-21', 1)`);
      this.memberAt.set(u.id, { id });
    }
    this.db.write(all);
  }

  /// A change of the tree that was carried out at each unit, with the unit's own name in it.
  plantChanges() {
    this.changeAt = new Map();
    const all = [];
    for (const u of Object.values(this.chains).flat()) {
      const id = this.id();
      all.push('INSERT INTO org_change (city_id, id, act, unit_id, to_id, new_id, kind, name, union_name, code, effective_on, reason, state, refusal, made_by, made_by_name, duty_unit_id, duty_role, '
        + `made_at, begun_at, ended_at, ended_by, version) VALUES (${u.city}, ${id}, 'rename', ${u.id}, 0, 0, '', '${canary.unit(u.id)}', '', '', '2016-01-20', '', 'done', '', 0, '', 0, '', 1, 1, 1, 0, 1)`);
      this.changeAt.set(u.id, { id });
    }
    this.db.write(all);
  }

  /// What somebody of each unit who does not walk was told: of nobody else's business.
  plantNotices() {
    this.noticeAt = new Map();
    const all = [];
    for (const u of Object.values(this.chains).flat()) {
      const id = this.id(), p = [...this.people.values()].find((q) => q.unit === u && !this.actors.some((a) => a.id === q.id));
      if (!p) continue;
      all.push('INSERT INTO notice (city_id, id, person_id, kind, topic, urgency, object_id, about_id, args, once, is_discreet, made_at, read_at, mail_id) VALUES '
        + `(${u.city}, ${id}, ${p.id}, 'hazard.registered', 'answer', 'daily', 1, ${p.id}, '{}', '', 0, 1, 0, 0)`);
      this.noticeAt.set(u.id, { id });
    }
    this.db.write(all);
  }

  /// A sheet of a hand-over by somebody of each unit.
  plantHandovers() {
    this.handoverAt = new Map();
    const all = [];
    for (const u of Object.values(this.chains).flat()) {
      const id = this.id();
      all.push(`INSERT INTO handover (city_id, id, from_id, to_id, unit_id, made_on, made_at, by_id, reason, leaves) VALUES (${u.city}, ${id}, 0, 0, ${u.id}, '2016-01-20', 1, 0, '', 0)`,
        `INSERT INTO handover_line (city_id, handover_id, pos, kind, object_id, label) VALUES (${u.city}, ${id}, 0, 'duty', 1, 'worker\t${canary.unit(u.id)}')`);
      this.handoverAt.set(u.id, { id });
    }
    this.db.write(all);
  }

  /// A card for each of these places, and a contractor's team at each employer.
  plantCards() {
    this.cardAt = new Map();
    this.contractorAt = new Map();
    const all = [];
    for (const [unit, p] of this.placeAt) {
      const { city, kind } = p.unit;
      this.cardAt.set(unit, this.id());
      all.push(`INSERT INTO safety_card (city_id, id, place_id, area, duties, hazards, owner_id, owner_name, edition, edition_at, holders, confirmed, version)
        VALUES (${city}, ${this.cardAt.get(unit)}, ${p.id}, '${canary.place(p.id)}', '${canary.place(p.id)}', '${canary.place(p.id)}', 0, '', 1, 0, 0, 0, 1)`);
      if (kind !== 'employer') continue;
      this.contractorAt.set(unit, this.id());
      all.push(`INSERT INTO contractor_team (city_id, id, host_id, employer_id, employer_name, team_name, job, foreman_name, foreman_phone, heads, from_on, to_on, made_at, version)
        VALUES (${city}, ${this.contractorAt.get(unit)}, ${unit}, 0, '${canary.unit(unit)}', '', '${canary.unit(unit)}', '', '1', 1, '2016-01-01', '', 0, 1)`);
    }
    this.db.write(all);
  }

  /// One hidden danger in each state directly at each unit of an employer, as if nobody of those who walk had a hand in it.
  plantHazards() {
    const states = ['reported', 'registered', 'assigned', 'rectifying', 'submitted', 'on_spot', 'accepted', 'not_hazard', 'closed_out', 'transferred', 'merged', 'disputed',
      'suspended', 'major', 'lowering', 'proposed', 'listed'];
    const special = { on_spot: { state: 'submitted', on_spot: 1 }, disputed: { state: 'not_hazard', dispute: 'appeal', disputed_at: this.now }, merged: { state_before: 'registered' },
      transferred: { state_before: 'registered' }, suspended: { state: 'registered', suspended_at: this.now }, major: { state: 'registered', level: 'major' },
      lowering: { state: 'registered', level: 'major', lowering_by: 1 }, proposed: { state: 'registered', level: 'major', listing_state: 'proposed' },
      listed: { state: 'accepted', level: 'major', listing_state: 'listed' } };
    this.hazardAt = new Map();
    this.hazards = new Map();
    const all = [];
    for (const u of Object.values(this.chains).flatMap((v) => v.slice(EMPLOYER)))
      for (const state of states) {
        const id = this.id(), b = BigInt;
        const where = { unit_id: b(u.id), enterprise_id: b(u.enterprise), mid_id: b(u.mid), top_id: b(u.top), at_unit_id: b(u.id), at_enterprise_id: b(u.enterprise),
          at_mid_id: b(u.mid), at_top_id: b(u.top), unit_path: u.path, at_path: u.path };
        const facts = { kind: 'hazard', source: 'worker', anonymity: 'named', against: '', level: 'ordinary', handling_level: 'team', danger: 0, protected_at: 0,
          on_spot: 0, state, dispute: '', disputed_at: 0, extended: 0, suspended_at: 0, listing_state: '', lowering_by: 0, merged_into: 0, deadline: '2199-12-31', place_id: 0, responsible_id: 0, deputy_id: 0, registered_by: 0,
          assigned_by: 0, taken_by: 0, submitted_by: 0, accepted_by: 0, closed_by: 0, submit_text: canary.hazard(id), accepted_at: state === 'accepted' ? this.now : 0, state_at: this.now,
          ...special[state] };
        const base = `city_id = ${u.city} AND id = (SELECT MIN(id) FROM hazard WHERE city_id = ${u.city})`;
        all.push(this.db.clone('hazard', base, { id: b(id), number: `MATRIX-${id}`, description: canary.hazard(id), place: canary.hazard(id), version: 1, ...where, ...facts }));
        const code = createHash('sha256').update(`receipt ${id}`).digest('hex').slice(0, 26).toUpperCase();
        all.push(`INSERT INTO hazard_reporter (city_id, hazard_id, person_id, reported_for, receipt_hash) VALUES (${u.city}, ${id}, 0, '', ${this.db.literal(createHash('sha256').update(code).digest())})`);
        this.hazards.set(id, { id, unit: u, code });
        this.hazardAt.set(`${u.id} ${state}`, this.hazards.get(id));
      }
    this.db.write(all);
    for (const [id, unit] of this.db.rows('SELECT id, unit_id FROM hazard')) if (!this.hazards.has(id)) this.hazards.set(id, { id, unit: this.units.get(unit) });
  }

  /// A person with a duty and a session. Sessions are planted, so that this test has nothing to do with how people get in.
  person(role, unit, name) {
    const [id, account, session, duty] = [this.id(), this.id(), this.id(), this.id()];
    const text = `${unit.city}.${randomBytes(32).toString('base64url')}`;
    const day = 86400000, b = BigInt, hash = createHash('sha256').update(text).digest();
    const any = (table) => `city_id = ${unit.city} AND id = (SELECT MIN(id) FROM ${table} WHERE city_id = ${unit.city})`;
    const sql = [
      this.db.clone('person', any('person'), { id: b(id), name: canary.person(id), phone: canary.phone(id), staff_number: canary.person(id), unit_id: b(unit.id), unit_path: unit.path,
        top_id: b(unit.top), mid_id: b(unit.mid), enterprise_id: b(unit.enterprise), has_left: 0, version: 1 }),
      ...(role ? [this.db.clone('duty', any('duty'), { id: b(duty), person_id: b(id), role, unit_id: b(unit.id), from_on: '2016-01-01', to_on: '' })] : []),
      this.db.clone('account', any('account'), { id: b(account), person_id: b(id), login: canary.phone(id), must_change: 0, is_locked: 0, version: 1 }),
      `INSERT INTO session (city_id, id, account_id, token_hash, created_at, last_seen_at, ends_at, addr) VALUES (${unit.city}, ${session}, ${account}, ${this.db.literal(hash)}, ${this.now}, ${this.now}, ${this.now + day}, '127.0.0.1')`,
    ];
    const client = new Client(this.port);
    client.cookies.set('chabaocu_session', text);
    const p = { id, account, session, duty, name, role, unit, city: unit.city, client };
    this.people.set(id, { id, city: unit.city, unit });
    return { p, sql };
  }

  plantPeople() {
    const { home } = this.chains;
    const made = [];
    const add = (role, unit, name, level) => {
      const { p, sql } = this.person(role, unit, name);
      made.push(...sql);
      return Object.assign(p, { level });
    };
    this.actors = [];
    for (const role of Object.values(ROLES)) {
      this.actors.push(add(role, home[4], `${role} of a workshop`, 4));
      if (role in AT) this.actors.push(add(role, home[AT[role]], `${role} of a ${LEVELS[AT[role]]}`, AT[role]));
    }
    this.actors.push({ name: 'nobody', level: 4, unit: home[4], city: home[4].city, client: new Client(this.port) });
    /// Somebody in each chain, whose things are not the walkers' own.
    this.ghosts = Object.fromEntries(Object.entries(this.chains).map(([k, v]) => [k, add('worker', v[5], `ghost of ${k}`, 5)]));
    this.cadres = Object.fromEntries(Object.entries(this.chains).map(([k, v]) => [k, add('county_cadre', v[1], `cadre of ${k}`, 1)]));
    this.db.write(made);
  }

  /// A role made of permissions, with a holder at each unit of the chains, and two who walk with another one, low and high.
  plantRoles() {
    const { home, foreign } = this.chains, made = [];
    const makeRole = (city, name, basis, grants) => {
      const id = this.id();
      made.push(`INSERT INTO custom_role (city_id, id, name, basis, note, is_closed, version) VALUES (${city}, ${id}, '${name}', '${basis}', '', 0, 1)`,
        ...Object.entries(grants).map(([what, reach]) => `INSERT INTO custom_grant (city_id, role_id, what, reach) VALUES (${city}, ${id}, '${what}', '${reach}')`));
      return id;
    };
    const hold = (unit, role, basis) => {
      const { p, sql } = this.person('', unit, '');
      made.push(...sql, this.db.clone('duty', `city_id = ${unit.city} AND id = (SELECT MIN(id) FROM duty WHERE city_id = ${unit.city})`,
        { id: BigInt(p.duty), person_id: BigInt(p.id), role: basis, custom_id: BigInt(role), unit_id: BigInt(unit.id), from_on: '2016-01-01', to_on: '' }));
      return p;
    };
    this.roleOf = { [home[0].city]: makeRole(home[0].city, 'held', '', { 'org.read': 'below' }), [foreign[0].city]: makeRole(foreign[0].city, 'held', '', { 'org.read': 'below' }) };
    this.customDutyAt = new Map(Object.values(this.chains).flat().map((u) => [u.id, hold(u, this.roleOf[u.city], '').duty]));
    const grants = { 'org.read': 'below', 'hazard.read': 'below', 'hazard.assign': 'below', 'people.read': 'below', 'statistics.read': 'city', 'campaign.read': 'below', 'see.phone': 'below' };
    const role = makeRole(home[0].city, 'walking', 'safety_officer', grants);
    for (const level of [4, 1]) {
      const p = hold(home[level], role, 'safety_officer');
      this.actors.push(Object.assign(p, { role: 'safety_officer', name: `holder of a made role of a ${LEVELS[level]}`, level,
        grants: new Set(Object.keys(grants)), inCity: new Set(Object.keys(grants).filter((g) => grants[g] === 'city')) }));
    }
    this.db.write(made);
  }

  /// A supervision group in each city, led by who works at the city's office.
  plantGroups() {
    const { home, foreign } = this.chains, all = ['DELETE FROM supervision_unit', 'DELETE FROM supervision_member', 'DELETE FROM supervision_group'];
    this.reporting = [...this.units.values()].filter((u) => u.parent === home[0].id).map((u) => u.id);
    this.groupOf = {};
    for (const [city, leader, unit] of [[home[0].city, this.actors.find((a) => a.role === 'city_cadre' && a.level === 0).id, home[1]], [foreign[0].city, this.cadres.foreign.id, foreign[1]]]) {
      const id = this.id(), campaign = `(SELECT MAX(id) FROM campaign WHERE city_id = ${city})`;
      all.push(`INSERT INTO supervision_group (city_id, id, campaign_id, round, name, leader_id, department, from_on, to_on, note, is_closed, version)
        VALUES (${city}, ${id}, ${campaign}, 1, '${canary.unit(unit.id)}', ${leader}, '', '', '', '', 0, 1)`,
      `INSERT INTO supervision_unit (city_id, campaign_id, round, unit_id, group_id) VALUES (${city}, ${campaign}, 1, ${unit.id}, ${id})`);
      this.groupOf[city] = id;
    }
    this.db.write(all);
  }

  /// The county's cadre looks after the employer of each chain, and was there; nobody after any other.
  plantAssignments() {
    this.assignmentAt = new Map();
    this.assignedTo = {};
    const all = ['DELETE FROM assignment_visit', 'DELETE FROM assignment'];
    for (const [k, v] of Object.entries(this.chains)) {
      const id = this.id(), employer = v[EMPLOYER], cadre = this.cadres[k];
      all.push(`INSERT INTO assignment (city_id, id, employer_id, person_id, unit_id, kind, every_days, from_on, to_on, note, end_reason, due_on, made_by, ended_by, version)
        VALUES (${employer.city}, ${id}, ${employer.id}, ${cadre.id}, ${cadre.unit.id}, 'key', 30, '2016-01-01', '', '${canary.unit(employer.id)}', '', '2016-01-31', ${cadre.id}, 0, 1)`,
      `INSERT INTO assignment_visit (city_id, id, employer_id, person_id, unit_id, visited_on, note)
        VALUES (${employer.city}, ${this.id()}, ${employer.id}, ${cadre.id}, ${cadre.unit.id}, '2016-01-02', '${canary.unit(employer.id)}')`);
      this.assignmentAt.set(employer.id, id);
      this.assignedTo[k] = cadre.id;
    }
    this.db.write(all);
  }

  /// Scripts: what their owner may, with a token that only reads, or writes, or has chosen permissions only.
  plantTokens() {
    const made = [];
    for (const [role, level, scope, chosen] of [['county_cadre', 1, 'read', ''], ['safety_officer', 4, 'write', ''], ['county_cadre', 1, 'write', 'org.read people.read hazard.read'],
      ['city_cadre', 0, 'read', 'statistics.read see.phone people.read']]) {
      const { p, sql } = this.person(role, this.chains.home[level], `script (${scope}${chosen && `: ${chosen}`}) of a ${role}`);
      const text = p.client.cookies.get('chabaocu_session');
      made.push(...sql.filter((s) => !s.startsWith('INSERT INTO session')),
        `INSERT INTO api_token (city_id, id, account_id, name, scope, token_hash, created_at, last_used_at, revoked_at, permissions) VALUES (${p.city}, ${p.session}, ${p.account}, 'x', '${scope}', ${this.db.literal(createHash('sha256').update(text).digest())}, ${this.now}, ${this.now}, 0, '${chosen}')`);
      p.client.cookies.clear();
      this.actors.push(Object.assign(p, { level, token: scope, chosen: chosen && new Set(chosen.split(' ')), bearer: `Bearer ${text}` }));
    }
    this.db.write(made);
  }

  /// Somebody waits to join each unit inside the employers, by that unit's code.
  plantJoins() {
    this.joinAt = new Map(), this.phoneAt = new Map(), this.personAt = new Map();
    const all = ['DELETE FROM join_request', 'DELETE FROM join_code', 'DELETE FROM join_code_city', 'DELETE FROM shared_phone'];
    for (const u of Object.values(this.chains).flatMap((v) => v.slice(EMPLOYER))) {
      const id = this.id(), code = `J${id.slice(-7)}`, secret = this.db.literal(createHash('sha256').update(id).digest());
      all.push(`INSERT INTO join_code_city (code, city_id) VALUES ('${code}', ${u.city})`,
        `INSERT INTO join_code (city_id, id, unit_id, code, made_at, ended_at, scans) VALUES (${u.city}, ${this.id()}, ${u.id}, '${code}', 1, 0, 0)`,
        `INSERT INTO join_request (city_id, id, unit_id, name, phone, staff_number, pin, secret_hash, state, reason, made_at, ends_at, account_id)
        VALUES (${u.city}, ${id}, ${u.id}, '${canary.unit(u.id)}', '${canary.phone(id)}', 'W${id}', '', ${secret}, 'waiting', '', 1, 9000000000000000, 0)`);
      this.joinAt.set(u.id, { id, code });
      this.people.set(id, { id, city: u.city, unit: u }); // whose telephone number it is
      this.phoneAt.set(u.id, this.id());
      all.push(`INSERT INTO shared_phone (city_id, id, unit_id, name, secret_hash, made_at, ended_at)
        VALUES (${u.city}, ${this.phoneAt.get(u.id)}, ${u.id}, '${canary.unit(u.id)}', ${this.db.literal(createHash('sha256').update(`phone ${id}`).digest())}, 1, 0)`);
    }
    // Somebody of each unit who walks no further, named in paths.
    for (const u of Object.values(this.chains).flat()) {
      const found = [...this.people.values()].find((p) => p.unit?.id === u.id);
      if (found) this.personAt.set(u.id, { id: found.id });
    }
    this.db.write(all);
  }

  chainOf(u) {
    return Object.keys(this.chains).find((k) => k !== 'home' && this.chains[k].includes(u)) || 'home';
  }

  /// Hidden reports with a photo, made by somebody of the chain: their events hold the name.
  async plantReports() {
    this.hiddenAt = new Map();
    const file = `/tmp/matrix-${process.pid}.jpg`;
    const r = spawnSync(join(buildDir, 'tests/make_photo'), [file, '320x240', '--seed', '5']);
    if (r.status !== 0) throw new Error(`make_photo: ${r.stderr}`);
    const bytes = readFileSync(file);
    for (const u of Object.values(this.chains).flatMap((v) => v.slice(EMPLOYER))) {
      const ghost = this.ghosts[this.chainOf(u)];
      const me = await ghost.client.json('GET', '/me');
      const m = multipart([['csrf', me.json.csrf], ['unit_id', u.id], ['anonymity', 'hidden'], ['description', 'x']], [['photos', { name: 'a.jpg', bytes }]]);
      const made = await ghost.client.request('POST', '/hazards', { headers: { Accept: 'application/json', 'Content-Type': m.type }, body: m.body });
      if (made.status !== 201) throw new Error(`a hidden report: ${made.status} ${made.text}`);
      const { id, receipt_code: code } = JSON.parse(made.text);
      const photo = this.db.rows(`SELECT id FROM attachment WHERE city_id = ${u.city} AND object_id = ${id}`)[0][0];
      this.hiddenAt.set(u.id, { id, unit: u, photo, code, reporter: ghost.id });
      this.hazards.set(id, this.hiddenAt.get(u.id));
    }
    this.db.write([...this.hiddenAt.values()].flatMap(({ id }) => [
      `UPDATE hazard SET description = '${canary.hazard(id)}', place = '${canary.hazard(id)}', found_at = found_at - (found_at + 28800000) % 86400000 + ${FOUND_AT.ms} WHERE id = ${id}`,
      `UPDATE hazard_reporter SET reported_for = '${canary.told(id)}' WHERE hazard_id = ${id}`]));
  }

  /// An upload of a table by a cadre of each chain's county.
  async plantImports() {
    this.importOf = {};
    for (const [k, cadre] of Object.entries(this.cadres)) {
      const me = await cadre.client.json('GET', '/me');
      const text = Buffer.from(`企业名称,统一社会信用代码\n${canary.unit(this.chains[k][1].id)}厂,\n`);
      const m = multipart([['csrf', me.json.csrf], ['kind', 'employers'], ['file_name', canary.unit(this.chains[k][1].id)]], [['file', { name: 'a.csv', bytes: text }, 'text/csv']]);
      const r = await cadre.client.request('POST', '/imports', { headers: { Accept: 'application/json', 'Content-Type': m.type }, body: m.body });
      if (r.status !== 201) throw new Error(`an import: ${r.status} ${r.text}`);
      this.importOf[k] = { id: JSON.parse(r.text).id, owner: cadre.id };
    }
  }

  /// The unit of a scope as one actor sees it; nothing where there is no such unit.
  unitIn(actor, scope) {
    const { home, far, foreign } = this.chains, k = actor.level;
    return { own: home[k], elsewhere: k > 0 ? far[k] : undefined, other: foreign[k], above: home[k - 1], below: home[k + 1] }[scope];
  }

  /// What lives in employers stands, for units above them, at the chain's employer: below the unit, not above another.
  inside(u, scope) {
    if (LEVELS.indexOf(u.kind) >= EMPLOYER) return u;
    return scope === 'above' ? undefined : this.chains[this.chainOf(u)][EMPLOYER];
  }
}

/// Where a permission that is held counts.
export const reaches = (actor, permission, unit) => (actor.inCity?.has(permission) ? unit.city === actor.city : isBelow(unit, actor.unit));
export const isBelow = (unit, top) => unit.city === top.city && unit.path.startsWith(top.path);
