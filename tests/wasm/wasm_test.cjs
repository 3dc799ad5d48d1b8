// The page of examples/wasm as a person uses it: node wasm_test.cjs <chromium> <page> <native.json> <subjrec.so>.
'use strict';
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { chromium } = require('playwright-core');

const [, , executablePath, folder, expected, extension] = process.argv;
const native = JSON.parse(fs.readFileSync(expected, 'utf8'));
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };

/** A server of files, as any web server is one. */
function serve() {
  const server = http.createServer((request, response) => {
    const name = path.basename(new URL(request.url, 'http://x').pathname) || 'index.html';
    fs.readFile(path.join(folder, name), (error, bytes) => {
      response.writeHead(error ? 404 : 200, { 'Content-Type': types[path.extname(name)] || 'application/octet-stream' });
      response.end(bytes);
    });
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}

async function open(browser, origin, options) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 900 }, ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.requests = [];
  page.on('pageerror', (error) => page.complaints.push(error.message));
  page.on('console', (message) => page.complaints.push(message.text()));
  context.on('request', (request) => page.requests.push(`${request.method()} ${request.url().replace(origin, '')}`));
  await page.goto(`${origin}/`);
  return page;
}

async function trained(page) {
  await page.click('#small');
  await page.waitForFunction(() => /digest/.test(document.getElementById('digest').textContent), null, { timeout: 120000 });
}

const tests = {
  async 'it trains, with the digest of the native module, and suggests the same'(browser, origin) {
    const page = await open(browser, origin);
    for (const id of ['#progress', '#asking', '#answer', '#save']) assert.equal(await page.isVisible(id), false, id);
    await trained(page);
    assert.equal(await page.textContent('#digest'), `The model's digest: ${native.digest}`);
    assert.match(await page.textContent('#said'), /^Trained on 1,901 works and 694 subjects in [0-9.]+ seconds\.$/);
    console.log(`  ${await page.textContent('#said')}`);
    await page.fill('#query', 'bee-master');
    await page.click('#found button');
    await page.waitForSelector('#suggested button');
    assert.deepEqual(await page.locator('#suggested button span:first-child').allTextContents(), native.suggested);
    assert.match(await page.textContent('#carries'), /Honey/);
    await page.click('#suggested button');
    assert.match(await page.textContent('#suggested .why'), /^because of Bee culture \(\+[0-9.]+\), /);
    await page.click('#suggested button');
    assert.equal(await page.locator('#suggested .why').count(), 0);
    const other = await page.locator('#similar button').first().textContent();
    await page.click('#similar button');
    await page.waitForFunction((title) => title.startsWith(document.getElementById('title').textContent), other);
    return page;
  },

  async 'nothing is asked for but its own files, and nothing is sent'(browser, origin) {
    const page = await open(browser, origin);
    await trained(page);
    await page.fill('#query', 'bees');
    await page.click('#found button');
    await page.waitForSelector('#suggested button');
    assert.deepEqual([...new Set(page.requests)].sort(), ['GET /', 'GET /catalogue.ndjson.gz', 'GET /page.css', 'GET /page.js',
      'GET /sqlite.js', 'GET /subjrec.js', 'GET /subjrec.wasm', 'GET /worker.js'].sort());
    return page;
  },

  async 'the saved database is one that the native module reads'(browser, origin) {
    const page = await open(browser, origin);
    await trained(page);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
    const file = path.join(path.dirname(expected), 'saved.db');
    await download.saveAs(file);
    const asked = "SELECT count(*) FROM subjrec_topk('rec', 'cex557h4', 8)";
    assert.equal(execFileSync('sqlite3', [file, `.load ${extension}`, asked], { encoding: 'utf8' }).trim(), '8');
    return page;
  },

  async 'a file that is no catalogue is said to be none, and another can be taken'(browser, origin) {
    const page = await open(browser, origin);
    await page.setInputFiles('#file', { name: '<b>.txt', mimeType: 'text/plain', buffer: Buffer.from('no catalogue\n'.repeat(9)) });
    await page.waitForFunction(() => /subjrec_import/.test(document.getElementById('said').textContent));
    assert.equal(await page.isVisible('#asking'), false);
    const work = { id: 'a1', title: '<i>Bees</i>', subjects: [{ id: 's1', label: '<u>Honey', concepts: [{ id: 's1', label: '<u>Honey' }] },
      { id: 's2', label: 'Wax', concepts: [{ id: 's2', label: 'Wax' }] }] };
    const lines = Array.from({ length: 30 }, (_, i) => JSON.stringify({ ...work, id: `w${i}`, subjects: i % 2 ? work.subjects : [work.subjects[0]] }));
    await page.setInputFiles('#file', { name: 'mine.ndjson', mimeType: 'text/plain', buffer: Buffer.from(lines.join('\n')) });
    await page.waitForSelector('#asking:not([hidden])', { timeout: 60000 });
    await page.fill('#query', 'bees');
    await page.click('#found button');
    await page.waitForSelector('#answer:not([hidden])');
    assert.equal(await page.textContent('#title'), '<i>Bees</i>');
    assert.match(await page.textContent('#carries'), /^<u>Honey/);
    return page;
  },

  async 'on a phone, in the dark, nothing is cut off'(browser, origin) {
    const page = await open(browser, origin, { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true, colorScheme: 'dark' });
    await trained(page);
    await page.fill('#query', 'a');
    await page.click('#found button');
    await page.waitForSelector('#suggested button');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(20, 24, 27)');
    return page;
  },
};

(async () => {
  const server = await serve();
  const origin = `http://127.0.0.1:${server.address().port}`;
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    try {
      const page = await test(browser, origin);
      assert.deepEqual(page.complaints, []);
      await page.context().close();
      console.log(`ok: ${name}`);
    } catch (error) {
      ++failed;
      console.log(`FAILED: ${name}\n${error.stack}`);
    }
  }
  await browser.close();
  server.close();
  process.exit(failed ? 1 : 0);
})();
