// What the page asks the server. Every failure is a Problem, with words for the person at the desk.

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || `The desk answered with ${status}.`);
    this.status = status;
    this.body = body;
  }
}

// Who asks: one tab, so that two people are not handed the same work.
const client = sessionStorage.getItem('desk-client') || crypto.getRandomValues(new Uint32Array(3)).join('-');
sessionStorage.setItem('desk-client', client);

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...options });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, { detail: 'The desk does not answer. Nothing was saved; is it still running?' });
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, body);
  return body;
}

export const get = (path, parameters = {}, signal = undefined) =>
  ask(`${path}?${new URLSearchParams(parameters)}`, { signal });

/** A work as the page shows it: each subject that it carries with what the others say of it. */
export async function getWork(id) {
  const [answer, { outliers }] = await Promise.all([get('/api/work', { id }), get('/api/outliers', { id })]);
  const judged = new Map(outliers.map((subject) => [subject.key, subject]));
  for (const subject of answer.carried) {
    subject.probability = judged.get(subject.key)?.probability ?? null;
    subject.rank = judged.get(subject.key)?.rank ?? null;
  }
  return answer;
}

export const post = (path, body) => ask(path, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'X-Desk': client },
  body: JSON.stringify(body),
});
