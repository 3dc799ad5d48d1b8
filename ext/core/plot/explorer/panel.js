// What is selected, and what the panel says about it.
//
// The selection lives in the address ("#subject=12", "#work=3"), so that Back goes back.
// Every text of the data enters the page as text, never as markup.

const selection = { subject: null, work: null, focus: new Set() };
const details = document.getElementById('details');

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** A text whose direction is its own. */
const isolated = (text) => element('bdi', { textContent: text });
const counted = (n, noun) => `${n.toLocaleString('en')} ${noun}`;

/** Rows of buttons that lead to subjects, each with a value in 0..1 where it has one. */
function subjectLinks(rows) {
  return element('ol', { className: 'links' }, ...rows.map(({ subject, value }) => {
    const button = element('button', { type: 'button' }, isolated(data.labels[subject]));
    if (value !== undefined) {
      const bar = element('span', { className: 'bar' });
      bar.style.width = `${Math.max(0, Math.min(1, value)) * 100}%`;
      button.append(bar, element('span', { className: 'value', textContent: value.toFixed(2) }));
    }
    button.addEventListener('click', () => select('subject', subject));
    return element('li', {}, button);
  }));
}

function heading(text) {
  const close = element('button', { type: 'button', className: 'close', textContent: '×' });
  close.setAttribute('aria-label', 'Clear the selection');
  close.addEventListener('click', () => { clearSelection(); canvas.focus(); });
  return element('div', { className: 'head' }, element('h2', {}, isolated(text)), close);
}

/** Pairs laid flat, [subject, thousandths, subject, thousandths, ...], as rows. */
function pairs(flat) {
  const rows = [];
  for (let k = 0; k + 1 < flat.length; k += 2) rows.push({ subject: flat[k], value: flat[k + 1] / 1000 });
  return rows;
}

function showSubject(i) {
  const near = pairs(data.near[i] || []);
  selection.focus = new Set(near.map((row) => row.subject));
  const facts = [];
  if (data.noun) facts.push(counted(data.weights[i], data.noun));
  if (data.ids[i] !== data.labels[i] && data.ids[i] !== '') facts.push(`id ${data.ids[i]}`);
  details.replaceChildren(heading(data.labels[i]),
                          element('p', { className: 'quiet', textContent: facts.join(' · ') }));
  if (near.length) {
    details.append(element('h3', { textContent: 'Most like it' }), subjectLinks(near));
  }
  const works = data.suited[i] || [];
  if (works.length) {
    details.append(element('h3', { textContent: 'Works without it that it would suit' }), workNames(works));
    if (data.searched) {
      details.append(element('p', { className: 'quiet', textContent: `Searched: ${data.searched} works` }));
    }
  }
}

/** Names of works, as buttons where the page has more to say of one. */
function workNames(works) {
  return element('ol', { className: 'links' }, ...works.map((work) => {
    const title = isolated(data.titles[work]);
    const shown = data.shown[work];
    if (shown < 0) {
      const name = element('span', { className: 'name' }, title);
      name.title = `id ${data.workIds[work]}`;
      return element('li', {}, name);
    }
    const button = element('button', { type: 'button' }, title);
    button.addEventListener('click', () => select('work', shown));
    return element('li', {}, button);
  }));
}

function showWork(w) {
  const work = data.works[w];
  const recommended = pairs(work.recommended);
  selection.focus = new Set([...recommended.map((row) => row.subject), ...work.subjects]);
  details.replaceChildren(heading(work.title));
  if (work.id !== '') details.append(element('p', { className: 'quiet', textContent: `id ${work.id}` }));
  details.append(element('h3', { textContent: 'Suggested subjects, and how likely they are' }),
                 recommended.length ? subjectLinks(recommended)
                                    : element('p', { className: 'quiet', textContent: 'none' }));
  if (work.subjects.length) {
    details.append(element('h3', { textContent: 'Its own subjects' }),
                   subjectLinks(work.subjects.map((subject) => ({ subject }))));
  }
}

function select(kind, index) {
  const hash = `#${kind}=${index}`;
  if (location.hash === hash) applyAddress();
  else location.hash = hash;
}

function clearSelection() {
  if (location.hash) history.pushState(null, '', location.pathname + location.search);
  applyAddress();
}

function applyAddress() {
  const [, kind, number] = /^#(subject|work)=(\d+)$/.exec(location.hash) || [];
  const index = Number(number);
  selection.subject = kind === 'subject' && index < data.labels.length ? index : null;
  selection.work = kind === 'work' && index < data.works.length ? index : null;
  selection.focus = new Set();
  details.replaceChildren();
  if (selection.subject !== null) showSubject(selection.subject);
  if (selection.work !== null) showWork(selection.work);
  details.closest('aside').scrollTop = 0;
  // On a phone the panel's height has changed, and so has the map's.
  resize();
  show([...selection.focus, ...(selection.subject === null ? [] : [selection.subject])]);
}

function showKey() {
  if (!data.key.length) return;
  const key = document.getElementById('key');
  key.hidden = false;
  key.append(element('h3', { textContent: data.colorTitle || 'Colours' }),
             element('ul', {}, ...data.key.map(({ color, name }) => {
               const dot = element('i');
               dot.style.background = `var(--${data.scale ? 's' : 'c'}${color})`;
               return element('li', {}, dot, isolated(name));
             })));
}
