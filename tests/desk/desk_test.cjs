// The desk as a cataloguer uses it: node desk_test.cjs <chromium> <python> <database>. Each test has a server and a
// copy of the database of its own.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const { spawn } = require('node:child_process');
const { chromium } = require('playwright-core');

const [, , executablePath, python, original] = process.argv;
const wide = { viewport: { width: 1300, height: 850 } };
const phone = { viewport: { width: 350, height: 700 }, isMobile: true, hasTouch: true };
const bees = '/?work=cex557h4';
const hostile = '<script>window.pwned=1</script><img src=x onerror="window.pwned=1">';

/** A server over a fresh copy of the database, or over one that another server left. */
async function serve(database, ...options) {
  const child = spawn(python, ['-m', 'desk', database, '--extension', process.env.SUBJREC_MODULE, ...options],
                      { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise((done, failed) => {
    child.stdout.once('data', (data) => done(String(data)));
    child.once('exit', (code) => failed(new Error(`the desk left with ${code}`)));
  });
  const address = line.match(/http:\/\/[^\s/]+/)[0];
  return { address, port: new URL(address).port, stop: (signal = 'SIGTERM') => new Promise((done) => {
    child.once('exit', done);
    child.kill(signal);
  }) };
}

let count = 0;
function fresh() {
  const database = original.replace('.db', `-${process.pid}-${++count}.db`);
  fs.copyFileSync(original, database);
  return database;
}

/** A page whose complaints are kept. `expected`: what the console may say of requests that are meant to fail. */
async function open(context, address, path, expected = /^$/) {
  const page = await context.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(error.message));
  page.on('console', (message) => { if (!expected.test(message.text())) page.complaints.push(message.text()); });
  page.on('request', (request) => {
    if (!request.url().startsWith(address)) page.complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(address + path);
  await page.waitForFunction(() => document.title !== 'Desk');
  return page;
}

const suggested = (page) => page.locator('#suggestions .name bdi').allTextContents();
const carried = (page) => page.locator('#carried .name-of > bdi').allTextContents();
const decided = (page) => page.locator('#decided li').evaluateAll(
    (rows) => rows.map((row) => `${row.querySelector('.verdict').textContent} ${row.querySelector('bdi').textContent}`));
const heading = (page) => page.locator('#title').textContent();
const says = (page, words) => page.waitForFunction(
    (text) => document.getElementById('status').textContent.includes(text), words);
const alarms = (page, words) => page.waitForFunction(
    (text) => document.getElementById('alert').textContent.includes(text), words);
const current = (page) => page.locator('#current').textContent();

const tests = {
  async 'a work shows suggestions, why, and its neighbours'({ context, address }) {
    const page = await open(context, address, bees);
    assert.match(await heading(page), /^The bee-master of Wensleydale/);
    assert.deepEqual((await suggested(page)).slice(0, 2), ['Beehives', 'Beekeepers']);
    assert.equal(await page.locator('#suggestions .share').first().textContent(), '17 %');
    assert.equal((await carried(page)).length, 6);
    await page.waitForSelector('#causes table');
    assert.equal(await page.locator('#why-heading').textContent(), 'Why Beehives');
    assert.deepEqual(await page.locator('#causes tbody tr').first().locator('th, td.number').allTextContents(),
                     ['Bee culture', '1.91', '7']);
    assert.equal(await page.locator('#similar > li').count(), 6);
    return page;
  },

  async 'keys alone accept, reject, undo and go on'({ context, address }) {
    const page = await open(context, address, bees);
    await page.keyboard.press('a');
    await says(page, 'Accepted Beehives.');
    assert.equal(await current(page), 'Beekeepers');
    await page.keyboard.press('r');
    await says(page, 'Rejected Beekeepers.');
    await page.waitForFunction(() => document.querySelectorAll('#decided li').length === 2);
    assert.ok((await carried(page)).includes('Beehives'));
    assert.deepEqual(await decided(page), ['rejected Beekeepers', 'accepted Beehives']);
    await page.keyboard.press('u');
    await says(page, 'Took back: rejected Beekeepers');
    await page.reload();
    await page.waitForFunction(() => document.querySelectorAll('#decided li').length === 1);
    await page.keyboard.press('u'); // what this tab decided is known after a reload
    await says(page, 'Took back: accepted Beehives');
    await page.waitForFunction(() => !document.querySelectorAll('#decided li').length);
    assert.deepEqual((await suggested(page))[0], 'Beehives');
    const before = await heading(page);
    await page.keyboard.press('n');
    await page.waitForFunction((title) => document.getElementById('title').textContent !== title, before);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'title');
    await page.goBack();
    await page.waitForFunction((title) => document.getElementById('title').textContent === title, before);
    return page;
  },

  async 'keys pressed fast decide what was on the page'({ context, address }) {
    const page = await open(context, address, bees);
    const first = (await suggested(page)).slice(0, 4);
    for (const key of ['a', 'r', 'a', 'r']) await page.keyboard.press(key);
    await page.waitForFunction(() => document.querySelectorAll('#decided li').length === 4);
    assert.deepEqual((await decided(page)).sort(), [`accepted ${first[0]}`, `accepted ${first[2]}`,
                                                    `rejected ${first[1]}`, `rejected ${first[3]}`].sort());
    return page;
  },

  async 'the oddest subjects come first, and can be removed'({ context, address }) {
    const page = await open(context, address, bees);
    await page.check('input[value=outliers]');
    await page.click('#next');
    await page.waitForSelector('#carried .odd');
    const odd = await page.locator('#carried .odd > bdi').first().textContent();
    assert.equal(await current(page), odd);
    assert.equal(await page.locator('#no span').textContent(), 'Remove');
    await page.click('#no');
    await says(page, `Removed ${odd}.`);
    await page.waitForFunction((label) => ![...document.querySelectorAll('#carried bdi')].some(
        (found) => found.textContent === label), odd);
    await page.click('#decided button');
    await says(page, 'Took back: removed');
    await page.waitForFunction((label) => [...document.querySelectorAll('#carried bdi')].some(
        (found) => found.textContent === label), odd);
    return page;
  },

  async 'search, neighbours and names lead to decisions'({ context, address }) {
    const page = await open(context, address, bees);
    await page.keyboard.press('/');
    await page.keyboard.type('popular guide keeping be');
    await page.waitForSelector('#results li:has-text("A popular guide to the keeping of bees")');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    assert.equal(await page.getAttribute('#query', 'aria-activedescendant'), 'results-0');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.title.startsWith('A popular guide'));
    await page.click('#similar button.subject >> nth=0');
    await says(page, 'Accepted ');
    await page.fill('#subject', 'photogr');
    await page.waitForSelector('#subjects li:has-text("Photography")');
    await page.click('#subjects li:has-text("Photography")');
    await says(page, 'Accepted Photography.');
    await page.waitForFunction(() => document.querySelectorAll('#decided li').length === 2);
    await page.click('#similar a >> nth=0');
    await page.waitForFunction(() => !document.title.startsWith('A popular guide'));
    return page;
  },

  async 'a name is typed on while the page takes in a decision'({ context, address }) {
    const page = await open(context, address, bees);
    await page.route('**/api/work?*', (route) => setTimeout(() => route.continue(), 700));
    const taken = page.waitForResponse(/api\/work\?/);
    await page.click('#similar button.subject >> nth=0');
    await says(page, 'Accepted ');
    await page.fill('#subject', 'photogr');
    await page.waitForSelector('#subjects li:has-text("Photography")');
    await taken;
    await page.waitForFunction(() => document.querySelectorAll('#decided li').length === 1);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'subject');
    assert.equal(await page.isVisible('#subjects li:has-text("Photography") >> nth=0'), true);
    await page.keyboard.press('Enter');
    await says(page, 'Accepted Photography.');
    await page.waitForFunction(() => document.activeElement.closest('#suggestions'));
    return page;
  },

  async 'a pasted text gets suggestions and says what they are of'({ context, address }) {
    const page = await open(context, address, bees);
    await page.keyboard.press('t');
    await page.fill('#text', 'A guide to whaling in Greenland');
    await page.click('button[value=suggest]');
    await page.waitForFunction(() => document.title.startsWith('A guide to whaling'));
    assert.ok((await suggested(page)).slice(0, 3).includes('Whaling'));
    assert.match(await page.locator('#note').textContent(), /takes no text/);
    assert.equal(await page.locator('#suggestions .buttons').count(), 0);
    return page;
  },

  async 'two people on one pair: the second is told, and sees what stands'({ context, address, browser }) {
    const page = await open(context, address, bees, /409/);
    const other = await (await browser.newContext(wide)).newPage();
    await other.goto(address + bees);
    await other.waitForSelector('#suggestions button.no');
    await other.keyboard.press('r');
    await other.waitForSelector('#decided li');
    await page.keyboard.press('a');
    await alarms(page, 'Somebody decided on this pair before you: rejected');
    await page.waitForSelector('#decided li');
    assert.deepEqual(await decided(page), ['rejected Beehives']);
    assert.ok(!(await carried(page)).includes('Beehives'));
    await other.context().close();
    return page;
  },

  async 'two people are not handed one work'({ context, address, browser }) {
    const page = await open(context, address, '/');
    const other = await (await browser.newContext(wide)).newPage();
    await other.goto(`${address}/`);
    await other.waitForFunction(() => document.title !== 'Desk');
    assert.notEqual(new URL(page.url()).searchParams.get('work'), new URL(other.url()).searchParams.get('work'));
    await other.context().close();
    return page;
  },

  async 'a killed server loses nothing, and the page says what was not saved'({ context, address, database, stop, onStop }) {
    const page = await open(context, address, bees, /Failed to load resource|ERR_/);
    await page.keyboard.press('a');
    await says(page, 'Accepted Beehives.');
    await page.waitForSelector('#decided li');
    const port = new URL(address).port;
    await stop('SIGKILL');
    await page.keyboard.press('a');
    await page.waitForSelector('#suggestions .problem');
    assert.match(await page.locator('#suggestions .problem').textContent(), /does not answer. Nothing was saved/);
    assert.ok((await suggested(page)).includes('Beekeepers'));
    const again = await serve(database, '--port', port);
    onStop(again.stop);
    await page.click('#suggestions li:has(.problem) button.yes');
    await says(page, 'Accepted Beekeepers.');
    await page.waitForFunction(() => document.querySelectorAll('#decided li').length === 2);
    assert.deepEqual(await decided(page), ['accepted Beekeepers', 'accepted Beehives']);
    return page;
  },

  async 'a hostile label or title is text'({ context, address }) {
    const page = await open(context, address, bees);
    assert.ok((await suggested(page)).includes(hostile));
    await page.fill('#query', 'swarms told');
    await page.waitForSelector('#results li:has-text("Swarms told")');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.title.startsWith('Swarms told'));
    assert.equal(await heading(page), `Swarms told: ${hostile}`);
    await page.fill('#query', hostile);
    await page.waitForSelector('#results li');
    assert.equal(await page.evaluate(() => window.pwned), undefined);
    assert.equal(await page.locator('main img, #results img, main script').count(), 0);
    return page;
  },

  async 'the page may be used by ear and without single keys'({ context, address }) {
    const page = await open(context, address, bees);
    for (const role of ['banner', 'navigation', 'main', 'search', 'complementary', 'contentinfo', 'status']) {
      assert.ok(await page.getByRole(role).count(), role);
    }
    const unnamed = await page.evaluate(() => [...document.querySelectorAll('button, input, textarea, a, ul[role], aside')]
      .filter((element) => !(element.getAttribute('aria-label') || element.textContent.trim() || element.labels?.length))
      .map((element) => element.outerHTML));
    assert.deepEqual(unnamed, []);
    const ids = await page.evaluate(() => [...document.querySelectorAll('[id]')].map((element) => element.id));
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(await page.getByRole('button', { name: 'Accept Beehives' }).count());
    await page.keyboard.press('?');
    await page.uncheck('#single-keys');
    await page.click('#help-dialog button');
    await page.keyboard.press('a');
    await page.getByRole('button', { name: 'Reject Beekeepers' }).press('Enter');
    await says(page, 'Rejected Beekeepers.');
    await page.waitForSelector('#decided li');
    assert.deepEqual(await decided(page), ['rejected Beekeepers']);
    return page;
  },

  async 'texts have contrast, in light and dark'({ browser, address }) {
    for (const colorScheme of ['light', 'dark']) {
      const context = await browser.newContext({ ...wide, colorScheme });
      const page = await open(context, address, bees);
      const poor = await page.evaluate(poorContrast);
      assert.deepEqual(poor, [], colorScheme);
      await context.close();
    }
    return null;
  },

  async 'on a phone it fits, taps and explains below the subject'({ browser, address }) {
    const context = await browser.newContext(phone);
    const page = await open(context, address, bees);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.tap('#suggestions .name >> nth=1');
    await page.waitForSelector('#suggestions li:nth-child(2) #causes table');
    await page.tap('#yes');
    await says(page, 'Accepted Beekeepers.');
    const small = await page.locator('#suggestions .buttons button, .bar button').evaluateAll(
        (all) => all.map((button) => button.getBoundingClientRect()).filter((box) => box.width && box.height < 40).length);
    assert.equal(small, 0);
    await page.waitForSelector('#decided li');
    await context.close();
    return page;
  },

  async 'an unknown work and an unknown model are said'({ context, address }) {
    const page = await open(context, address, '/?work=nosuch', /404/);
    assert.equal(await heading(page), 'No such work');
    assert.match(await page.locator('#note').textContent(), /has the id 'nosuch'/);
    const bare = fresh();
    const server = await serve(bare, '--port', '0', '--model', 'none', '--read-only');
    const other = await open(context, server.address, bees);
    assert.match(await other.locator('#banner').textContent(), /read-only.*no trained model/);
    assert.ok(await other.locator('#yes').isDisabled());
    await server.stop();
    return page;
  },
};

/** Texts on the page whose contrast with what is behind them is below WCAG's 4.5. Runs in the page. */
function poorContrast() {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const channels = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const luminance = (color) => {
    const [r, g, b] = [...channels(color)].slice(0, 3).map((c) => c / 255).map((c) => (c <= 0.04 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (channels(color)[3] > 200) return color;
    }
    return 'white';
  };
  return [...document.querySelectorAll('body *')].filter((element) => element.checkVisibility() && !element.closest(':disabled')
      && [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())).map((element) => {
    const [light, dark] = [getComputedStyle(element).color, behind(element)].map(luminance).sort((a, b) => b - a);
    return { text: element.textContent.slice(0, 30), ratio: (light + 0.05) / (dark + 0.05) };
  }).filter((found) => found.ratio < 4.5).map((found) => `${found.text}: ${found.ratio.toFixed(2)}`);
}

(async () => {
  const browser = await chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
           '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const chosen = Object.entries(tests).filter(([name]) => name.includes(process.env.DESK_TEST || ''));
  let failed = 0;
  for (const [name, test] of chosen) {
    const database = fresh();
    const server = await serve(database, '--port', '0');
    let { stop } = server;
    const context = await browser.newContext(wide);
    context.setDefaultTimeout(15000);
    try {
      const page = await test({ browser, context, database, address: server.address, stop, onStop: (other) => { stop = other; } });
      assert.deepEqual(page?.complaints ?? [], []);
      console.log(`ok: ${name}`);
    } catch (error) {
      ++failed;
      console.log(`FAILED: ${name}\n${error.stack}`);
    }
    await context.close();
    await stop();
    for (const suffix of ['', '-wal', '-shm']) fs.rmSync(database + suffix, { force: true });
  }
  await browser.close();
  console.log(`${chosen.length - failed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
})();
