// The page's start: addresses, the queue, the search, texts.
import { get, getWork, post } from './api.js';
import { combobox } from './combobox.js';
import { byId, label, make, show } from './dom.js';
import { accept, decide, undo } from './decide.js';
import { address, bringHome } from './evidence.js';
import { listen } from './keys.js';
import { alarm, refreshState, say } from './status.js';
import { desk, heading, isOdd, select, step, take } from './view.js';

desk.actions = { decide, undo, accept };

const queue = () => document.querySelector('input[name=queue]:checked').value;

/** Writes the address of what is shown: `how` is 'push' where the person went there, 'replace' at the start, and
 *  'stay' where the address was there first. */
function remember(how, path, kept = {}) {
  if (how !== 'stay') history[`${how}State`](kept, '', path);
}

/** Shows a work. */
async function open(key, how = 'push') {
  let answer;
  try {
    answer = await getWork(key);
  } catch (problem) {
    remember(how, address(key));
    return nothing(problem.status === 404 ? 'No such work' : 'The work cannot be shown', problem.message);
  }
  remember(how, address(key));
  alarm('');
  bringHome();
  const { work } = answer;
  heading(work.title || work.key, [work.key, work.type, work.date].filter(Boolean).join(' · '));
  take(answer);
  if (how === 'push') {
    scrollTo(0, 0);
    byId('title').focus();
  }
  const odd = queue() === 'outliers' && desk.carried.filter(isOdd).sort((a, b) => a.probability - b.probability)[0];
  const first = odd || desk.suggestions[0] || desk.carried[0];
  if (first) select(first.key);
  return undefined;
}

/** A page with words alone. */
function nothing(title, words) {
  bringHome();
  take({ work: null, suggestions: [], note: words });
  heading(title, '');
  for (const id of ['suggestions-part', 'aside']) show(byId(id), false);
  byId('title').focus();
}

async function next(how = 'push') {
  try {
    const { work } = await post('/api/next', { queue: queue(), left: desk.work?.key ?? null });
    if (work) await open(work, how);
    else nothing('The queue is empty', 'Every work of this queue has a decision, was passed, or is at somebody else.');
  } catch (problem) {
    if (desk.work) alarm(problem.message);
    else nothing('Nothing to show', problem.message);
  }
}

/** Suggestions for a text that is no work. */
async function suggestFor(text, how = 'push') {
  let answer;
  try {
    answer = await post('/api/text', { text });
  } catch (problem) {
    return alarm(problem.message);
  }
  remember(how, '/', { text });
  alarm('');
  bringHome();
  const line = text.trim().replace(/\s+/g, ' ');
  take({ work: null, ...answer });
  heading(line.length > 160 ? `${line.slice(0, 160)}…` : line, 'A text of yours, not a work of the catalogue');
  byId('title').focus();
  if (desk.suggestions[0]) select(desk.suggestions[0].key);
  return say(`${desk.suggestions.length} subjects suggested.`);
}

combobox(byId('query'), byId('results'), async (text, signal) => {
  const found = await get('/api/search', { q: text }, signal);
  const options = found.works.map((work) => ({
    nodes: [label(work.title || work.key), make('small', {}, work.key)],
    choose: () => { byId('query').value = ''; open(work.key); },
  }));
  if (!found.ready) options.push({ nodes: ['The index of titles is being made; more will be found in a moment.'], choose() {} });
  options.push({ nodes: ['Suggest subjects for “', label(text), '”'], choose: () => suggestFor(text) });
  return options;
}, 'No work has such a title.');

combobox(byId('subject'), byId('subjects'), async (text, signal) => {
  const found = await get('/api/subjects', { q: text }, signal);
  return found.subjects.map((subject) => ({
    nodes: [label(subject.label), subject.type && make('small', {}, subject.type)].filter(Boolean),
    choose: () => { byId('subject').value = ''; byId('subject').blur(); accept(subject); },
  }));
}, 'No subject has such a name.');

const dialog = (id) => () => byId(id).showModal();
byId('paste').addEventListener('click', dialog('text-dialog'));
byId('help').addEventListener('click', dialog('help-dialog'));
byId('text-dialog').addEventListener('close', () => {
  if (byId('text-dialog').returnValue === 'suggest' && byId('text').value.trim()) suggestFor(byId('text').value);
});
byId('yes').addEventListener('click', () => decide(desk.current, true));
byId('no').addEventListener('click', () => decide(desk.current, false));
byId('undo').addEventListener('click', () => undo());
byId('next').addEventListener('click', () => next());

// Links to works stay on this page; opened in a new tab they are links as any.
document.addEventListener('click', (event) => {
  const work = event.target.closest('a[data-work]');
  if (!work || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  open(work.dataset.work);
});

const go = (by) => { const key = step(by); if (key) select(key, { focus: true }); };
let before = null;
function why() {
  if (byId('why').contains(document.activeElement) && before) return before.focus();
  before = document.activeElement;
  if (desk.current) select(desk.current, { open: true });
  byId('why').setAttribute('tabindex', '-1');
  return byId('why').focus();
}
listen({
  a: () => decide(desk.current, true), r: () => decide(desk.current, false), u: () => undo(), n: () => next(),
  j: () => go(1), k: () => go(-1), ArrowDown: () => go(1), ArrowUp: () => go(-1), w: why,
  '/': () => byId('query').focus(), t: dialog('text-dialog'), '?': dialog('help-dialog'),
});

for (const choice of document.querySelectorAll('input[name=queue]')) {
  choice.checked = choice.value === (localStorage.getItem('desk-queue') || 'least');
  choice.addEventListener('change', () => localStorage.setItem('desk-queue', choice.value));
}

function route() {
  const key = new URLSearchParams(location.search).get('work');
  if (key) open(key, 'stay');
  else if (history.state?.text) suggestFor(history.state.text, 'stay');
  else next('replace');
}
addEventListener('popstate', route);
addEventListener('focus', refreshState);
refreshState().then(route);
