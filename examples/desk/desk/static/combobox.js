// A text field with a list of what it finds, as WAI-ARIA's combobox: arrows, Enter, Escape, mouse.
import { make, show } from './dom.js';

/** `find(text, signal)` gives options `{nodes, choose}`; `none` is said where there are none. */
export function combobox(input, list, find, none) {
  let options = [];
  let marked = -1;
  let running = null;

  function close() {
    running?.abort();
    running = null;
    options = [];
    marked = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
    show(list, false);
  }

  function mark(n) {
    marked = n;
    [...list.children].forEach((item, k) => item.setAttribute('aria-selected', String(k === n)));
    if (n < 0) return;
    input.setAttribute('aria-activedescendant', list.children[n].id);
    list.children[n].scrollIntoView({ block: 'nearest' });
  }

  function choose(n) {
    const { choose: chosen } = options[n];
    close();
    chosen();
  }

  function render(found) {
    options = found;
    list.replaceChildren(...found.map((option, n) => make('li', {
      id: `${list.id}-${n}`, role: 'option', 'aria-selected': 'false',
      mousedown: (event) => event.preventDefault(), click: () => choose(n),
    }, option.nodes)));
    if (!found.length) list.append(make('li', { class: 'none', role: 'option', 'aria-disabled': 'true' }, none));
    input.setAttribute('aria-expanded', 'true');
    show(list, true);
    mark(found.length ? 0 : -1);
  }

  async function look() {
    running?.abort();
    const text = input.value.trim();
    if (!text) return close();
    running = new AbortController();
    const { signal } = running;
    try {
      const found = await find(text, signal);
      if (!signal.aborted) render(found);
    } catch (error) {
      if (error.name !== 'AbortError') render([{ nodes: [error.message], choose() {} }]);
    }
    return undefined;
  }

  input.addEventListener('input', look);
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      if (options.length) event.preventDefault();
      close();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (options.length) choose(Math.max(marked, 0));
      else look();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!options.length) look();
      else mark((marked + (event.key === 'ArrowDown' ? 1 : options.length - 1)) % options.length);
    }
  });
  input.form.addEventListener('submit', (event) => event.preventDefault());
}
