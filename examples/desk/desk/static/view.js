// The work at hand: what it carries, what is suggested, what was decided. `desk` is the page's one state.
import { byId, label, make, moment, percent, show } from './dom.js';
import { showNearest, showWhy } from './evidence.js';
import { state } from './status.js';

export const desk = {
  work: null, // {key, title, ...}; null: a text, or nothing
  carried: [], suggestions: [], decisions: [], similar: [],
  current: null, // key of the subject at hand
  busy: new Set(), // keys of subjects whose decision is on its way
  problems: new Map(), // key of a subject, what went wrong
  actions: {}, // set by main.js: decide(key, yes), undo(decision), open(key)
};

const ODD_RANK = 100; // a carried subject with a place beyond this, and less than:
const ODD_SHARE = 0.004;

/** Subjects that can be decided on, in the order of the page. */
export function items() {
  return [...desk.carried.map((subject) => ({ ...subject, group: 'carried' })),
          ...desk.suggestions.map((subject) => ({ ...subject, group: 'suggested' }))];
}

export const itemOf = (key) => items().find((item) => item.key === key);
export const isOdd = (subject) => subject.rank > ODD_RANK && subject.probability < ODD_SHARE;
export const canDecide = () => state.writable && desk.work !== null;

/** Takes over what the server says of the work. `keep`: suggestions that are on the page keep their places, so that
 *  what is decided in a hurry is what was meant. */
export function take(answer, { keep = false } = {}) {
  const same = desk.work && answer.work && desk.work.key === answer.work.key;
  const place = new Map(same && keep ? desk.suggestions.map((subject, n) => [subject.key, n]) : []);
  const order = (subject) => place.get(subject.key) ?? place.size;
  desk.suggestions = answer.suggestions.map((subject, n) => [order(subject), n, subject])
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, , subject]) => subject);
  desk.work = answer.work ?? null;
  desk.carried = answer.carried ?? [];
  desk.decisions = answer.decisions ?? [];
  desk.similar = answer.similar ?? [];
  if (!same) {
    desk.problems.clear();
    desk.busy.clear();
    desk.current = null;
  }
  if (!itemOf(desk.current)) desk.current = null;
  byId('note').textContent = answer.note;
  show(byId('note'), Boolean(answer.note));
  render();
}

export function heading(title, meta) {
  byId('title').replaceChildren(label(title));
  byId('meta').textContent = meta;
  document.title = `${title.slice(0, 80)} · Desk`;
}

export function render() {
  byId('carried').replaceChildren(...desk.carried.map(chip));
  show(byId('carried-part'), desk.work !== null);
  if (desk.work && !desk.carried.length) byId('carried').append(make('li', { class: 'meta' }, 'No subject yet.'));
  byId('suggestions').replaceChildren(...desk.suggestions.map(row));
  show(byId('suggestions-part'), true);
  show(byId('nothing'), !desk.suggestions.length);
  show(byId('add'), canDecide());
  byId('decided').replaceChildren(...desk.decisions.map(decided));
  show(byId('decided-part'), desk.decisions.length > 0);
  showNearest(desk);
  show(byId('aside'), true);
  show(byId('bar'), true);
  mark();
}

function chip(subject) {
  const odd = isOdd(subject);
  return make('li', { 'data-key': subject.key },
    make('button', {
      type: 'button', class: odd ? 'name-of odd' : 'name-of', 'aria-busy': String(desk.busy.has(subject.key)),
      click: () => select(subject.key, { open: true }),
    }, label(subject.label), odd && make('span', { class: 'place' }, `out of place? ${percent(subject.probability)}`)),
    desk.problems.has(subject.key) && make('p', { class: 'problem' }, desk.problems.get(subject.key)));
}

function row(subject, n) {
  const most = Math.max(...desk.suggestions.map((other) => other.probability), 1e-9);
  const share = make('span', { class: 'share', id: `share-${n}` }, make('i'), percent(subject.probability));
  share.firstChild.style.width = `${(100 * subject.probability / most).toFixed(1)}%`;
  const button = (yes) => make('button', {
    type: 'button', class: yes ? 'yes' : 'no', 'aria-label': `${yes ? 'Accept' : 'Reject'} ${subject.label}`,
    title: yes ? 'Accept' : 'Reject', click: () => desk.actions.decide(subject.key, yes),
  }, yes ? '✓' : '✕');
  return make('li', { 'data-key': subject.key, 'aria-busy': String(desk.busy.has(subject.key)) },
    share,
    make('button', {
      type: 'button', class: 'name name-of', 'aria-describedby': `share-${n}`, click: () => select(subject.key, { open: true }),
    }, label(subject.label), kind(subject)),
    canDecide() && make('span', { class: 'buttons' }, button(true), button(false)),
    desk.problems.has(subject.key) && make('p', { class: 'problem' }, desk.problems.get(subject.key)));
}

/** What a subject is, where it is not the usual: a place, a person. */
const kind = (subject) => subject.type && subject.type !== 'Concept' && make('small', {}, subject.type);

function decided(decision) {
  return make('li', {},
    make('span', { class: `verdict ${decision.verdict}` }, decision.verdict),
    make('span', {}, label(decision.label), make('small', {}, moment(decision.at))),
    state.writable && make('button', {
      type: 'button', 'aria-label': `Undo: ${decision.verdict} ${decision.label}`,
      click: () => desk.actions.undo({ ...decision, work: desk.work.key }),
    }, 'Undo'));
}

/** Makes a subject the one at hand. `open`: the person asked for its reasons; `focus`: the keys came from here. */
export function select(key, { open = false, focus = false } = {}) {
  desk.current = key;
  mark();
  const element = elementOf(key);
  if (focus && element) {
    element.querySelector('.name-of').focus({ preventScroll: true });
    element.scrollIntoView({ block: 'nearest' });
  }
  showWhy(desk, itemOf(key), element, open);
}

const elementOf = (key) => [...document.querySelectorAll('[data-key]')].find((found) => found.dataset.key === key);

/** Shows which subject is at hand, on the list and on the bar. */
function mark() {
  for (const element of document.querySelectorAll('[data-key]')) {
    const isCurrent = element.dataset.key === desk.current;
    element.querySelector('.name-of').setAttribute('aria-current', String(isCurrent));
    element.setAttribute('aria-current', String(isCurrent));
  }
  const item = itemOf(desk.current);
  byId('current').replaceChildren(item ? label(item.label) : '');
  const carries = item?.group === 'carried';
  byId('yes').firstElementChild.textContent = carries ? 'Keep' : 'Accept';
  byId('no').firstElementChild.textContent = carries ? 'Remove' : 'Reject';
  for (const id of ['yes', 'no']) {
    byId(id).disabled = !item || !canDecide();
    show(byId(id), desk.work !== null);
  }
}

/** The subject before or after the one at hand; with none at hand the first. */
export function step(by, from = desk.current) {
  const all = items();
  const at = all.findIndex((item) => item.key === from);
  if (at < 0) return all[0]?.key ?? null;
  return all[Math.min(Math.max(at + by, 0), all.length - 1)]?.key ?? null;
}
