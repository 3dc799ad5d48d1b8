// Elements of the page. Texts become text nodes, never markup: a label may hold anything.

/** An element: `make('a', {href: '/', class: 'brand'}, 'Desk')`. Functions are listeners; null and false leave an
 *  attribute or a child out. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

export const show = (element, shown) => { element.hidden = !shown; };

/** A label in its own direction, whatever the page's. */
export const label = (text) => make('bdi', {}, text);

/** A probability for people: 83 %, 5.7 %, <0.1 %. */
export function percent(share) {
  const hundredths = share * 100;
  if (hundredths > 0 && hundredths < 0.1) return '<0.1 %';
  return `${hundredths < 9.95 ? hundredths.toFixed(1) : Math.round(hundredths)} %`;
}

/** When something was, for people: the time today, else the date too. */
export function moment(at) {
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  return date.toLocaleString([], today ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' });
}
