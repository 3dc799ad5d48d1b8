// The page: asks the worker, and shows what it says. Every label is a text node.
'use strict';

const worker = new Worker('worker.js');
const calls = new Map();
worker.onmessage = ({ data }) => {
  const call = calls.get(data.call);
  if ('progress' in data) {
    call.progress(data.progress);
    return;
  }
  calls.delete(data.call);
  if ('error' in data) call.failed(new Error(data.error));
  else call.done(data.result);
};
worker.onerror = (event) => say(`The extension could not be started: ${event.message}`);

let count = 0;
function ask(action, progress, ...given) {
  return new Promise((done, failed) => {
    calls.set(++count, { done, failed, progress });
    worker.postMessage({ call: count, action, arguments: given });
  });
}

const $ = (id) => document.getElementById(id);
const say = (words) => { $('said').textContent = words; };
const whole = (n) => n.toLocaleString('en');

function element(name, attributes, ...children) {
  const made = Object.assign(document.createElement(name), attributes);
  made.append(...children);
  return made;
}

/** Imports and trains; `bytes` is a promise of the file's. */
async function train(name, bytes) {
  const buttons = [$('small'), $('file')];
  buttons.forEach((button) => { button.disabled = true; });
  for (const id of ['asking', 'answer', 'save']) $(id).hidden = true;
  $('digest').textContent = '';
  $('progress').hidden = false;
  $('progress').removeAttribute('value');
  try {
    say(`Reading ${name} ...`);
    await ask('open', (row) => say(`Reading ${name}: ${whole(row.works_read)} works`), await bytes);
    const started = performance.now();
    const said = await ask('train', (row) => {
      $('progress').value = row.epoch / row.epochs;
      say(`Training: epoch ${row.epoch} of ${row.epochs}, loss ${row.loss.toFixed(3)}`);
    });
    const seconds = (performance.now() - started) / 1000;
    say(`Trained on ${whole(said.works)} works and ${whole(said.subjects)} subjects in ${seconds.toFixed(1)} seconds.`);
    $('digest').textContent = `The model's digest: ${said.digest}`;
    for (const id of ['asking', 'save']) $(id).hidden = false;
    $('found').replaceChildren();
    $('query').value = '';
    $('query').focus();
  } catch (error) {
    say(error.message);
  }
  $('progress').hidden = true;
  buttons.forEach((button) => { button.disabled = false; });
}

async function find() {
  const text = $('query').value;
  const found = text.trim() ? await ask('find', null, text) : [];
  if (text !== $('query').value) return; // somebody types on
  $('found').replaceChildren(...found.map((work) => choice(work.work_id, work.title)));
  if (text.trim() && !found.length) $('found').append(element('li', {}, 'No title has these words.'));
}

function choice(id, title, ...more) {
  return element('li', {}, element('button', { onclick: () => show(id) }, title ?? String(id), ...more));
}

async function show(work) {
  const { title, carries, suggested, similar } = await ask('ask', null, work);
  $('title').textContent = title ?? String(work);
  $('carries').textContent = carries.map((subject) => subject.label).join('; ');
  $('suggested').replaceChildren(...suggested.map((subject) => suggestion(work, subject)));
  $('similar').replaceChildren(...similar.map((other) => choice(other.id, other.title,
    element('span', { className: 'number' }, ` ${other.similarity.toFixed(2)}`))));
  $('answer').hidden = false;
  $('title').scrollIntoView({ block: 'nearest' });
}

/** A subject with its probability, which a click explains. */
function suggestion(work, subject) {
  const button = element('button', { title: 'Why?' }, element('span', {}, subject.label),
                         element('span', { className: 'number' }, subject.probability.toFixed(3)));
  button.style.setProperty('--share', subject.probability);
  button.setAttribute('aria-expanded', 'false');
  const item = element('li', {}, button);
  button.onclick = async () => {
    const shown = item.querySelector('.why');
    button.setAttribute('aria-expanded', String(!shown));
    if (shown) {
      shown.remove();
      return;
    }
    const causes = await ask('why', null, work, subject.subject_id);
    const words = causes.map((cause) => `${cause.label} (${cause.contribution >= 0 ? '+' : ''}${cause.contribution.toFixed(2)})`);
    item.append(element('p', { className: 'why' }, `because of ${words.join(', ')}`));
  };
  return item;
}

$('small').onclick = () => train('the small catalogue', fetch('catalogue.ndjson.gz').then((answer) => {
  if (!answer.ok) throw new Error(`catalogue.ndjson.gz: ${answer.status}`);
  return answer.arrayBuffer();
}));
$('file').onchange = () => {
  const [file] = $('file').files;
  if (file) train(file.name, file.arrayBuffer());
};
$('query').oninput = find;
$('save').onclick = async () => {
  const bytes = await ask('save', null);
  const link = element('a', { href: URL.createObjectURL(new Blob([bytes])), download: 'works.db' });
  link.click();
  URL.revokeObjectURL(link.href);
};
