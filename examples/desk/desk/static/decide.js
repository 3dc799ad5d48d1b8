// Deciding and taking back. A decision counts when the server has stored it; until then, and where it could not be
// stored, the subject stays on the list and says so.
import { getWork, post } from './api.js';
import { byId, moment } from './dom.js';
import { bringHome } from './evidence.js';
import { alarm, refreshState, say } from './status.js';
import { canDecide, desk, itemOf, items, render, select, step, take } from './view.js';

const DONE = { accepted: 'Accepted', rejected: 'Rejected', kept: 'Kept', removed: 'Removed' };

// What this tab decided, the latest last; it survives a reload.
const decided = JSON.parse(sessionStorage.getItem('desk-decided') || '[]');

function remember() {
  sessionStorage.setItem('desk-decided', JSON.stringify(decided.slice(-200)));
  byId('undo').disabled = !decided.length;
}
remember();

/** Yes: accept, or keep what the work carries. No: reject, or remove. */
export function decide(key, yes) {
  const item = itemOf(key);
  if (!item || !canDecide() || desk.busy.has(key)) return;
  const carries = item.group === 'carried';
  const verdict = carries ? (yes ? 'kept' : 'removed') : (yes ? 'accepted' : 'rejected');
  const after = step(1, key) === key ? step(-1, key) : step(1, key);
  desk.busy.add(key);
  desk.problems.delete(key);
  bringHome();
  render();
  if (after !== key) select(after, { focus: true });
  store(item, verdict);
}

/** Accepts a subject that stands elsewhere on the page: a neighbour's, or one found by name. */
export function accept(subject) {
  if (canDecide()) store(subject, 'accepted');
}

async function store(subject, verdict) {
  const { key: work, title } = desk.work;
  try {
    const stored = await post('/api/decide', { work, subject: subject.key, verdict });
    alarm('');
    if (stored.already) say(`${subject.label} was ${verdict} before, by somebody else. Nothing changed.`);
    else decided.push({ work, title, key: subject.key, label: subject.label, verdict, at: stored.at });
    remember();
    if (!stored.already) say(`${DONE[verdict]} ${subject.label}.${left(subject.key)}`);
  } catch (problem) {
    const words = inWords(problem);
    desk.problems.set(subject.key, words);
    alarm(`${subject.label}: ${words}`);
  }
  desk.busy.delete(subject.key);
  await reload(work, { keep: true });
}

/** What went wrong, with the time of the decision that stands as people write it. */
const inWords = ({ message, body }) => (body?.at ? message.replace(body.at, moment(body.at)) : message);

function left(key) {
  const rest = desk.suggestions.filter((item) => item.key !== key && !desk.busy.has(item.key)).length;
  return rest ? ` ${rest} suggested still.` : ' Nothing more is suggested. N: next work.';
}

/** Takes back a decision, or the latest of this tab. */
export async function undo(decision = decided.at(-1)) {
  if (!decision) return say('There is nothing to undo.');
  const { work, key, label, verdict, at } = decision;
  let forget = true;
  try {
    await post('/api/undo', { work, subject: key, verdict, at });
    alarm('');
    const elsewhere = desk.work?.key === work || !decision.title ? '' : ` on ${decision.title}`;
    say(`Took back: ${verdict} ${label}${elsewhere}.`);
    if (elsewhere) alarm(`Took back: ${verdict} ${label}${elsewhere}.`);
  } catch (problem) {
    forget = problem.status === 409 || problem.status === 404;
    alarm(`${label}: ${inWords(problem)}`);
  }
  const n = decided.findIndex((other) => other.at === at && other.key === key);
  if (forget && n >= 0) decided.splice(n, 1);
  remember();
  return reload(work);
}

/** The work as it stands now, if it is still the one on the page. */
async function reload(work, options) {
  if (desk.work?.key !== work) return;
  refreshState();
  let answer;
  try {
    answer = await getWork(work);
  } catch (problem) {
    alarm(problem.message);
    bringHome();
    return render();
  }
  if (desk.work?.key !== work) return;
  const at = items().findIndex((item) => item.key === desk.current);
  const active = document.activeElement;
  const hadFocus = active === document.body || (byId('main').contains(active) && !active.matches('input, textarea'));
  bringHome();
  take(answer, options);
  for (const key of desk.problems.keys()) if (!itemOf(key)) desk.problems.delete(key);
  const all = items();
  if (!desk.current && all.length) desk.current = all[Math.min(Math.max(at, 0), all.length - 1)].key;
  if (desk.current) select(desk.current, { focus: hadFocus });
}
