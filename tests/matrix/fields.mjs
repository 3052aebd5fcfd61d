// Field rights, for every protected field and every role: in single things, lists and files; search, sorting and filters by a field find
// nothing for who may not see it; and whatever is sent that a route does not take is refused by its name (mass assignment).
import { parseCsv } from '../lib/client.mjs';
import { parseXlsx } from '../lib/xlsx.mjs';
import { canary } from './world.mjs';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/// What sources of a report somebody may name, by what he is: written by hand.
const UNION = ['safety_officer', 'primary_union', 'township_cadre', 'county_cadre', 'city_cadre', 'production_protection'];
const EMPLOYED = ['worker', 'team_leader', 'workshop_leader', 'safety_officer', 'primary_union', 'management'];
const SOURCES = { worker: null, representative: null, inter_team: null, employer: EMPLOYED, expert: UNION, supervision: UNION, government: UNION };

export class Fields {
  constructor({ w, routes, rows, ask, expected, check }) {
    Object.assign(this, { w, routes, rows, ask, expected, check, cells: 0, both: new Map() });
  }

  /// Rows whose answer an actor gets, in a scope.
  open(actor, scope, wanted) {
    const unit = this.w.unitIn(actor, scope);
    return !unit ? [] : this.rows.filter((r) => wanted(r) && this.routes.has(r.route)).map((row) => {
      const program = this.routes.get(row.route);
      const target = row.find(unit, this.w, scope, actor);
      return target && { row, program, target, verdict: this.expected(row, actor, scope, this.w, program) };
    }).filter((r) => r && r.verdict === 'ok');
  }

  cell(name, bad) {
    this.cells++;
    this.check(name, bad);
  }

  // ---- what is shown ------------------------------------------------------------

  /// Names of the members of a document, wherever they stand in it.
  members(j, found = new Set()) {
    if (Array.isArray(j)) j.forEach((v) => this.members(v, found));
    else if (j && typeof j === 'object') for (const [k, v] of Object.entries(j)) { found.add(k); this.members(v, found); }
    return found;
  }

  headsOf(face, r) {
    if (face === 'text/csv') return new Set(parseCsv(r.text.replace(/^\ufeff/, ''))[0]);
    if (face === XLSX) return new Set(parseXlsx(r.raw)[0]);
    const doc = JSON.parse(r.text);
    return 'items' in doc && doc.items.length === 0 ? null : this.members(doc);
  }

  async shown(actor) {
    for (const scope of ['own', 'below'])
      for (const { row, program, target } of this.open(actor, scope, (r) => r.route.startsWith('GET') && Object.keys(this.routes.get(r.route)?.rights || {}).length))
        for (const face of ['application/json', 'text/csv', XLSX].filter((f) => program.faces.has(f))) {
          const r = await this.ask(actor, row, target, face);
          // Of one's own things in other units no field is shown that takes a right there.
          if (r.status !== 200 || row.kind === 'mine') continue;
          const heads = this.headsOf(face, r);
          for (const [field, right] of Object.entries(program.rights)) {
            if (!heads) continue;
            const may = this.w.holds(actor, `see.${right}`);
            this.both.set(right, (this.both.get(right) || 0) | (may ? 1 : 2));
            this.cell(`${field} of ${row.name || row.route} (${scope}) as ${face.split(/[/.]/).pop()} by ${actor.name}`,
              heads.has(field) === may ? '' : may ? 'is not there, though it is granted' : 'is there');
          }
        }
  }

  // ---- what is found ------------------------------------------------------------------

  needles() {
    const h = this.w.hiddenAt.get(this.w.chains.home[4].id), ghost = this.w.ghosts.home;
    return [['reporter', canary.told(h.id)], ['reporter', `${h.id} ${canary.person(h.reporter)}`], ['phone', canary.phone(ghost.id)], ['found_at', '01:02:03']];
  }

  async found(actor) {
    const lists = this.open(actor, 'own', (r) => r.route.startsWith('GET') && this.routes.get(r.route)?.query.has('q'));
    for (const { row, target } of lists)
      for (const [right, needle] of this.needles()) {
        if (this.w.holds(actor, `see.${right}`)) continue;
        const r = await this.ask(actor, row, { ...target, query: `${target.query ? `${target.query}&` : ''}q=${encodeURIComponent(needle)}` }, 'application/json');
        const items = r.status === 200 ? JSON.parse(r.text).items || [] : [];
        this.cell(`${row.name || row.route}: a search for ${right} by ${actor.name}`, items.length ? `finds ${items.length}` : r.status >= 500 ? `status ${r.status}` : '');
      }
    const sorted = this.open(actor, 'own', (r) => r.route.startsWith('GET') && this.routes.get(r.route)?.query.has('sort'));
    const fields = [...new Set([...this.routes.values()].flatMap((r) => Object.keys(r.rights)))];
    for (const { row, target } of sorted)
      for (const field of fields)
        for (const query of [`sort=${field}`, `sort=-${field}`, `${field}=x`, `sort=reporter`, 'reporter=x']) {
          const r = await this.ask(actor, row, { ...target, query: `${target.query ? `${target.query}&` : ''}${query}` }, 'application/json');
          this.cell(`${row.name || row.route}?${query} by ${actor.name}`, r.status === 422 ? '' : `status ${r.status} instead of 422`);
        }
  }

  // ---- what is taken ----------------------------------------------------------------------

  /// A value that the field could have.
  value(s) {
    if (s.enum) return s.enum[0];
    if (s.type === 'integer') return 1;
    if (s.type === 'boolean') return true;
    if (s.type === 'array') return ['1'];
    return s.format === 'date' ? '2016-04-19' : s.format === 'date-time' ? '2016-04-19T10:00:00+08:00' : '1';
  }

  named(r) {
    return new Set((r.text && /json/.test(r.headers['content-type'] || '') ? JSON.parse(r.text).errors || [] : []).map((e) => e.pointer.replace(/^\//, '')));
  }

  async refusedByName(actor, row, target, fields, what) {
    if (!Object.keys(fields).length) return;
    const r = await this.ask(actor, row, { ...target, json: { ...target.json, ...fields } }, 'application/json');
    const named = this.named(r);
    for (const field of Object.keys(fields))
      this.cell(`${row.name || row.route} with ${field} (${what}) by ${actor.name}`,
        [403, 422].includes(r.status) && named.has(field) ? '' : `status ${r.status} that names ${[...named].slice(0, 5)}`);
  }

  async taken(actor) {
    const everywhere = Object.assign({}, ...[...this.routes.values()].map((r) => r.body || {}));
    const columns = ['id', 'city_id', 'unit_path', 'enterprise_id', 'state', 'state_at', 'closed_by', 'accepted_by', 'is_locked', 'must_change', 'password_at', 'custom_id', 'is_system', 'reporter', 'found_at'];
    for (const { row, program, target } of this.open(actor, 'own', (r) => !r.route.startsWith('GET') && !r.once && this.routes.get(r.route)?.body)) {
      const foreign = {};
      for (const [f, s] of Object.entries(everywhere)) if (!(f in program.body)) foreign[f] = this.value(s);
      for (const f of columns) if (!(f in program.body)) foreign[f] = '1';
      for (const machinery of ['csrf', 'idempotency_key', 'lang', 'care']) delete foreign[machinery];
      await this.refusedByName(actor, row, target, foreign, 'no field of the route');
      if (!row.takes) continue;
      const others = Object.fromEntries(Object.entries(program.body).filter(([f]) => !row.takes.includes(f) && f !== 'version' && f !== 'upload_ids').map(([f, s]) => [f, this.value(s)]));
      await this.refusedByName(actor, row, { ...target, json: {} }, others, 'of another act');
    }
  }

  async sources(actor) {
    if (actor.token === 'read' || actor.chosen) return;
    for (const [source, roles] of Object.entries(SOURCES)) {
      const r = await this.ask(actor, { route: 'POST /hazards' }, { json: { source, found_on: '2099-01-01' } }, 'application/json');
      const named = this.named(r), may = !roles || roles.includes(actor.role);
      this.cell(`a report whose source is ${source} by ${actor.name}`, r.status === 422 && named.has('source') === !may ? '' : `status ${r.status} that names ${[...named]}`);
    }
  }

  /// A search that finds: or one that finds nothing proves nothing. Words are written seconds after the report.
  async control() {
    const h = this.w.hiddenAt.get(this.w.chains.home[4].id), union = this.w.actors.find((a) => a.role === 'primary_union');
    const [[number]] = this.w.db.rows(`SELECT number FROM hazard WHERE id = ${h.id}`);
    for (let i = 0; i < 40; i++) {
      const r = await union.client.json('GET', `/hazards?unit=${this.w.chains.home[4].id}&q=${number}`);
      if (r.json.items?.length) return this.cell(`a search for ${number} finds it`, '');
      await new Promise((done) => setTimeout(done, 250));
    }
    return this.cell(`a search for ${number} finds it`, 'nothing found');
  }

  async walk(actor) {
    await this.shown(actor);
    await this.found(actor);
    await this.taken(actor);
    await this.sources(actor);
  }
}
