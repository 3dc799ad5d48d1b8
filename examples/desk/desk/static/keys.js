// Single keys, where the person wants them: WCAG 2.1.4 asks that they can be turned off.
import { byId } from './dom.js';

const KEPT = 'desk-single-keys';

/** `actions`: a key's name to what it does. */
export function listen(actions) {
  const box = byId('single-keys');
  box.checked = localStorage.getItem(KEPT) !== 'off';
  box.addEventListener('change', () => localStorage.setItem(KEPT, box.checked ? 'on' : 'off'));
  document.addEventListener('keydown', (event) => {
    const writing = event.target.closest('input:not([type=radio]):not([type=checkbox]), textarea, dialog');
    if (writing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches('input[type=radio]') && event.key.startsWith('Arrow')) return;
    const isSingle = event.key.length === 1;
    const action = actions[isSingle ? event.key.toLowerCase() : event.key];
    if (!action || event.repeat && isSingle || isSingle && !box.checked) return;
    event.preventDefault();
    action();
  });
}
