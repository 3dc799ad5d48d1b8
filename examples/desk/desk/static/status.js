// What is said to the person: a live region for screen readers, alerts, the banner at the top, the footer.
import { get } from './api.js';
import { byId, show } from './dom.js';

/** Said by a screen reader when it has a moment; seen by nobody. The same words twice are said twice. */
export function say(text) {
  const status = byId('status');
  status.textContent = status.textContent === text ? `${text}\u00a0` : text;
}

/** Seen and said at once. Empty: what was said is no longer so. */
export function alarm(text) {
  byId('alert').textContent = text;
}

export const state = { writable: true };

/** Asks how the desk is, and says it at the top and bottom of the page. */
export async function refreshState() {
  let found;
  try {
    found = await get('/api/state');
  } catch (problem) {
    byId('footer').textContent = problem.message;
    return;
  }
  Object.assign(state, found);
  const words = [];
  if (!found.writable) words.push('This database is read-only here: you can look, not decide.');
  if (!found.model) words.push(`There is no trained model yet, so nothing is suggested. ${found.how_to_train}`);
  if (found.update.error) words.push(`The model could not be updated: ${found.update.error}`);
  byId('banner').textContent = words.join(' ');
  show(byId('banner'), words.length > 0);
  byId('footer').textContent = footer(found);
}

function footer(found) {
  const number = (n) => n.toLocaleString();
  const parts = [found.database, `${number(found.titles)} titles`, `${number(found.decisions)} decisions`];
  if (found.model) {
    parts.push(`model ${found.model.name}: ${found.model.algorithm}, ${number(found.model.subjects)} subjects`);
    parts.push(found.update.pending ? 'update pending' : 'up to date');
  }
  return parts.join(' · ');
}
