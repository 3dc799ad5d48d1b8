// Searching subjects and works by their labels: a combobox with a list, as ARIA describes it.

const query = document.getElementById('query');
const results = document.getElementById('results');
const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const subjectTexts = data.labels.map(plain);
const workTexts = data.works.map((work) => plain(work.title));
let active = -1;

/** 0 for a text that begins with the words, 1 where a word of it does, 2 elsewhere; or -1. */
function match(text, words) {
  const at = text.indexOf(words);
  if (at < 0) return -1;
  if (at === 0) return 0;
  return text.includes(' ' + words) || text.includes('(' + words) ? 1 : 2;
}

function find(texts, order, words, most) {
  const found = [[], [], []];
  for (const i of order) {
    const rank = match(texts[i], words);
    if (rank >= 0 && found[rank].length < most) found[rank].push(i);
  }
  return found.flat().slice(0, most);
}

function option(kind, index, text, note) {
  const item = element('li', { id: `${kind}-${index}` }, isolated(text),
                       element('small', { textContent: note }));
  item.setAttribute('role', 'option');
  item.setAttribute('aria-selected', 'false');
  item.addEventListener('mousedown', (event) => event.preventDefault());
  item.addEventListener('click', () => choose(item));
  return item;
}

function choose(item) {
  const [kind, index] = item.id.split('-');
  closeResults();
  query.blur();
  select(kind, Number(index));
  canvas.focus({ preventScroll: true });
}

function closeResults() {
  results.hidden = true;
  active = -1;
  query.setAttribute('aria-expanded', 'false');
  query.removeAttribute('aria-activedescendant');
}

function search() {
  const words = plain(query.value.trim());
  closeResults();
  if (!words) return results.replaceChildren();
  const subjects = find(subjectTexts, byWeight, words, 10);
  const works = find(workTexts, data.works.keys(), words, 6);
  results.replaceChildren(
      ...subjects.map((i) => option('subject', i, data.labels[i],
                                    data.noun ? counted(data.weights[i], data.noun) : '')),
      ...works.map((w) => option('work', w, data.works[w].title, 'work')));
  if (!results.children.length) {
    results.append(element('li', { className: 'none', textContent: 'Nothing found' }));
  }
  results.hidden = false;
  query.setAttribute('aria-expanded', 'true');
  moveActive(1);
}

/** Moves the marked result up or down, around the ends. */
function moveActive(step) {
  const options = results.querySelectorAll('[role=option]');
  if (!options.length) return;
  if (active >= 0) options[active].setAttribute('aria-selected', 'false');
  active = (active + step + options.length) % options.length;
  options[active].setAttribute('aria-selected', 'true');
  options[active].scrollIntoView({ block: 'nearest' });
  query.setAttribute('aria-activedescendant', options[active].id);
}

query.addEventListener('input', search);
query.addEventListener('focus', () => { if (query.value) search(); });
query.addEventListener('blur', closeResults);
query.addEventListener('keydown', (event) => {
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    if (results.hidden) search();
    else moveActive(event.key === 'ArrowDown' ? 1 : -1);
  } else if (event.key === 'Enter') {
    const item = results.querySelectorAll('[role=option]')[active];
    if (item) choose(item);
  } else if (event.key === 'Escape') {
    if (query.value) query.value = '';
    else canvas.focus();
    search();
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
});
