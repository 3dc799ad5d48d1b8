// Why a subject is suggested, and the nearest works with what they carry.
import { get } from './api.js';
import { byId, label, make, percent, show } from './dom.js';
import { state } from './status.js';

const narrow = matchMedia('(max-width: 56rem)');
const home = byId('why').parentElement;
let asked = 0;

/** On a wide page the reasons stand beside the list, on a narrow one below the subject, where the person asks. */
function place(element, open) {
  const why = byId('why');
  if (narrow.matches && element && open) element.closest('ol') ? element.append(why) : element.parentElement.after(why);
  else if (narrow.matches || why.parentElement !== home) home.prepend(why);
  why.classList.toggle('inline', why.parentElement !== home);
  show(why, !narrow.matches || Boolean(element && open));
}

/** Before the list is drawn anew, which would take the reasons away with it. */
export function bringHome() {
  place(null, false);
}

export async function showWhy(desk, item, element, open) {
  place(element, open);
  const mine = ++asked;
  const causes = byId('causes');
  if (!item || byId('why').hidden) return;
  byId('why-heading').replaceChildren('Why ', label(item.label));
  if (!desk.work) {
    causes.replaceChildren(titles(item.because ?? [], item.label));
    return;
  }
  try {
    const found = await get('/api/explain', { work: desk.work.key, subject: item.key });
    if (mine === asked) causes.replaceChildren(...reasons(found, item));
  } catch (problem) {
    if (mine === asked) causes.replaceChildren(make('p', { class: 'meta' }, problem.message));
  }
}

function reasons(found, item) {
  const parts = [];
  if (found.note) parts.push(make('p', { class: 'meta' }, found.note));
  if (item.group === 'carried' && item.probability !== null) {
    parts.push(make('p', { class: 'meta' },
      `By the work's other subjects: ${percent(item.probability)}, place ${item.rank.toLocaleString()}.`));
  }
  const causes = found.causes.filter((cause) => cause.cause !== 'bias');
  if (!causes.length) parts.push(titles(found.titles, item.label));
  else parts.push(table(causes));
  return parts;
}

function table(causes) {
  const most = Math.max(...causes.map((cause) => Math.abs(cause.contribution)), 1e-9);
  const line = (cause) => {
    const bar = make('i', { class: cause.contribution < 0 ? 'against' : null });
    const half = 50 * Math.abs(cause.contribution) / most;
    bar.style.width = `${half}%`;
    bar.style.left = `${cause.contribution < 0 ? 50 - half : 50}%`;
    const name = cause.label || { rest: 'everything else', vector: 'its text' }[cause.cause] || cause.cause;
    return make('tr', {}, make('th', { scope: 'row' }, label(name)),
      make('td', { 'aria-hidden': 'true' }, make('span', { class: 'weight' }, bar)),
      make('td', { class: 'number' }, cause.contribution.toFixed(2)),
      make('td', { class: 'number' }, cause.works_with_both ?? ''));
  };
  return make('table', { class: 'causes' },
    make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'the work has'), make('td', { 'aria-hidden': 'true' }),
      make('th', { scope: 'col', class: 'number' }, 'speaks for it'), make('th', { scope: 'col', class: 'number' }, 'works with both'))),
    make('tbody', {}, causes.map(line)));
}

function titles(found, subject) {
  if (!found.length) return make('p', { class: 'meta' }, 'The model gives no reasons for this one.');
  return make('div', {},
    make('p', { class: 'meta' }, 'Works with a similar title that carry ', label(subject), ':'),
    make('ul', { class: 'similar' }, found.map((work) => make('li', {}, link(work)))));
}

export const address = (key) => `/?work=${encodeURIComponent(key)}`;
const link = (work) => make('a', { href: address(work.key), 'data-work': work.key }, label(work.title || work.key));

/** Works like this one. A subject that this work lacks can be accepted from there. */
export function showNearest(desk) {
  const has = new Set([...desk.carried, ...desk.decisions].map((subject) => subject.key));
  const chip = (subject) => make('li', {}, desk.work && state.writable && !has.has(subject.key)
    ? make('button', {
      type: 'button', class: 'subject', 'aria-label': `Accept ${subject.label}`, title: 'Accept for this work',
      click: () => desk.actions.accept(subject),
    }, '+ ', label(subject.label))
    : make('span', { class: 'subject' }, label(subject.label)));
  byId('similar').replaceChildren(...desk.similar.map((work) => make('li', {}, link(work),
    work.similarity === null ? null : make('span', { class: 'likeness' }, `alike ${work.similarity.toFixed(2)}`),
    make('ul', { class: 'chips' }, work.subjects.map(chip)))));
  if (!desk.similar.length) byId('similar').append(make('li', { class: 'meta' }, 'None that the model or a title tells of.'));
}
