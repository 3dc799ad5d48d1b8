// SQLite and subjrec, in a worker of the page's: a training does not make the page wait.
//
// The page posts {call, action, arguments} and gets {call, progress} as long as it lasts, and then {call, result} or
// {call, error}.
'use strict';
importScripts('sqlite.js', 'subjrec.js');

const CATALOGUE = '/catalogue';
let db = null;

const actions = {
  /** Reads a catalogue into a new database. `bytes` are those of its file. */
  async open(progress, bytes) {
    db = await openDatabase(loadSubjrec, {});
    db.files.writeFile(CATALOGUE, new Uint8Array(bytes));
    let summary;
    for (const row of db.rows('SELECT stage, works_read, summary FROM subjrec_import(?)', [CATALOGUE])) {
      progress(row);
      summary = row.summary;
    }
    db.files.unlink(CATALOGUE);
    return JSON.parse(summary);
  },

  async train(progress) {
    let summary;
    for (const row of db.rows("SELECT epoch, epochs, loss, summary FROM subjrec_train('rec', 'work_subjects')")) {
      progress(row);
      summary = row.summary;
    }
    return JSON.parse(summary);
  },

  /** Works with these words in their titles. */
  async find(progress, text) {
    const words = text.trim().split(/\s+/).map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`);
    const where = words.map(() => "title LIKE ? ESCAPE '\\'").join(' AND ');
    return db.all(`SELECT work_id, title FROM works JOIN rec_works USING (work_id) WHERE ${where} ORDER BY title LIMIT 20`,
                  words);
  },

  /** What a work carries, what is suggested, and the works that are like it. */
  async ask(progress, work) {
    return {
      title: db.all('SELECT title FROM works WHERE work_id = ?', [work])[0].title,
      carries: db.all('SELECT label FROM work_subjects JOIN subjects USING (subject_id) WHERE work_id = ? ORDER BY label',
                      [work]),
      suggested: db.all("SELECT subject_id, label, probability FROM subjrec_topk('rec', ?, 8, 'new') " +
                        'JOIN subjects USING (subject_id) ORDER BY rank', [work]),
      similar: db.all("SELECT id, title, similarity FROM subjrec_similar('rec', 'work', ?, 5) JOIN works ON work_id = id " +
                      'ORDER BY rank', [work]),
    };
  },

  /** Which of the work's subjects speak for that one. */
  async why(progress, work, subject) {
    return db.all("SELECT label, contribution FROM subjrec_explain('rec', ?, ?) JOIN subjects ON subject_id = id " +
                  "WHERE cause = 'subject' LIMIT 3", [work, subject]);
  },

  /** The database as a file. */
  async save() {
    return db.files.readFile('/works.db');
  },
};

self.onmessage = async ({ data: { call, action, arguments: given } }) => {
  try {
    const result = await actions[action]((row) => self.postMessage({ call, progress: row }), ...given);
    self.postMessage({ call, result });
  } catch (error) {
    self.postMessage({ call, error: error.message || String(error) });
  }
};
