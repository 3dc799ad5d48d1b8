// The explorer as a person uses it: node explorer_test.cjs <chromium> <folder with the pages>.
'use strict';
const assert = require('node:assert/strict');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { chromium } = require('playwright-core');

const [, , executablePath, folder] = process.argv;
const address = (name) => pathToFileURL(path.join(path.resolve(folder), name)).href;
const desk = { viewport: { width: 1200, height: 800 } };
const phone = { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true };

/** A page in a context of its own, all its complaints and requests kept. */
async function open(browser, name, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(error.message));
  page.on('console', (message) => page.complaints.push(message.text()));
  page.on('request', (request) => {
    if (!request.url().startsWith(address(name))) page.complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(address(name));
  await page.waitForFunction(() => document.getElementById('map').width > 0);
  return page;
}

const heading = (page) => page.locator('#details h2').textContent();
const settled = (page) => page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** Where the compass's (x, y), each in -10..10, lies on the page while all of it is shown. */
async function placeOf(page, x, y) {
  const box = await page.locator('#map').boundingBox();
  const room = (pixels) => pixels - 2 * Math.min(50, pixels / 8);
  const scale = Math.min(room(box.width), room(box.height)) / 20;
  return { x: box.x + box.width / 2 + x * scale, y: box.y + box.height / 2 - y * scale, scale };
}

const tests = {
  async 'search finds by any part, best first, and Enter shows the neighbours'(browser) {
    const page = await open(browser, 'small.html', desk);
    await page.fill('#query', 'east');
    const found = await page.locator('#results bdi').allTextContents();
    assert.deepEqual(found, ['East', 'A journey to the East']);
    await page.keyboard.press('Enter');
    assert.equal(await heading(page), 'East');
    assert.deepEqual(await page.locator('#details ol').first().locator('bdi').allTextContents(),
                     ['Café society', 'Centre']);
    assert.deepEqual(await page.locator('#details .value').allTextContents(), ['0.75', '0.50']);
    await page.click('#details button:has-text("Centre")');
    assert.equal(await heading(page), 'Centre');
    await page.goBack();
    assert.equal(await heading(page), 'East');
    return page;
  },

  async 'search ignores case and accents, and says when there is nothing'(browser) {
    const page = await open(browser, 'small.html', desk);
    await page.fill('#query', 'CAFE soc');
    assert.deepEqual(await page.locator('#results bdi').allTextContents(), ['Café society']);
    await page.fill('#query', 'zzz');
    assert.equal(await page.locator('#results').textContent(), 'Nothing found');
    return page;
  },

  async 'a work shows its recommended subjects'(browser) {
    const page = await open(browser, 'small.html', desk);
    await page.fill('#query', 'journey');
    await page.click('#results li');
    assert.equal(await heading(page), 'A journey to the East');
    const lists = page.locator('#details ol');
    assert.deepEqual(await lists.nth(0).locator('bdi').allTextContents(), ['East', 'North']);
    assert.deepEqual(await lists.nth(1).locator('bdi').allTextContents(), ['Centre']);
    return page;
  },

  async 'a subject shows works of the whole catalogue that it would suit'(browser) {
    const page = await open(browser, 'small.html', desk);
    await page.fill('#query', 'east');
    await page.click('#results li');
    const works = page.locator('#details ol').last();
    assert.deepEqual(await works.locator('bdi').allTextContents(), ['<b>Sunrise</b>', 'A journey to the East']);
    assert.equal(await page.locator('#details p').last().textContent(), 'Searched: 45 of 90 works');
    assert.equal(await works.locator('.name').getAttribute('title'), 'id w2');
    await works.locator('button').click();
    assert.equal(await heading(page), 'A journey to the East');
    return page;
  },

  async 'a click on a dot selects it, one on nothing clears'(browser) {
    const page = await open(browser, 'small.html', desk);
    const north = await placeOf(page, 0, 10);
    await page.mouse.move(north.x, north.y);
    assert.equal(await page.locator('#tip').textContent(), 'North · 20 works');
    await page.mouse.click(north.x, north.y);
    assert.equal(await heading(page), 'North');
    await page.click('#zoom-all');
    const nothing = await placeOf(page, 7, 7);
    await page.mouse.click(nothing.x, nothing.y);
    assert.equal(await page.locator('#details h2').count(), 0);
    return page;
  },

  async 'buttons, wheel and dragging move the map'(browser) {
    const page = await open(browser, 'small.html', desk);
    const centre = await placeOf(page, 0, 0);
    const tipAt = async (x, y) => {
      await page.mouse.move(x, y);
      return (await page.locator('#tip').isVisible()) ? page.locator('#tip').textContent() : '';
    };
    await page.click('#zoom-in');
    const { scale } = centre;
    assert.match(await tipAt(centre.x + 3 * 1.4 * scale, centre.y - 3 * 1.4 * scale), /^Café/);
    assert.equal(await tipAt(centre.x + 3 * scale, centre.y - 3 * scale), '');
    await page.click('#zoom-all');
    // A wheel's notch leaves what is under the pointer where it is.
    const north = await placeOf(page, 0, 10);
    await page.mouse.move(north.x, north.y);
    await page.mouse.wheel(0, -300);
    await settled(page);
    await page.mouse.move(north.x + 200, north.y + 5);
    assert.match(await tipAt(north.x, north.y), /^North ·/);
    await page.click('#zoom-all');
    await page.mouse.move(centre.x + 60, centre.y + 60);
    await page.mouse.down();
    await page.mouse.move(centre.x - 40, centre.y + 10, { steps: 5 });
    await page.mouse.up();
    assert.match(await tipAt(centre.x - 100, centre.y - 50), /^Centre/);
    return page;
  },

  async 'all of it works from the keyboard'(browser) {
    const page = await open(browser, 'small.html', desk);
    await page.keyboard.press('/');
    await page.keyboard.type('n');
    await page.keyboard.press('ArrowDown');
    const marked = await page.locator('#results [aria-selected=true] bdi').textContent();
    assert.equal(marked, 'North-west passage');
    await page.keyboard.press('Enter');
    assert.equal(await heading(page), 'North-west passage');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#details h2').count(), 0);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'map');
    // From the middle to the east in steps of 60 pixels, then choose what is there.
    await page.keyboard.press('0');
    const { scale } = await placeOf(page, 0, 0);
    for (let went = 0; went < 10 * scale - 30; went += 60) await page.keyboard.press('ArrowRight');
    assert.equal(await page.locator('#status').textContent(), 'In the middle: East');
    await page.keyboard.press('Enter');
    assert.equal(await heading(page), 'East');
    await page.locator('#map').focus();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'zoom-in');
    return page;
  },

  async 'a hostile label is text'(browser) {
    const page = await open(browser, 'small.html', desk);
    await page.fill('#query', 'pwned');
    await page.keyboard.press('Enter');
    assert.equal(await heading(page),
                 '</script><script>window.pwned=1</script>' +
                 '<img src=x onerror="window.pwned=1">\u2028\ufffd');
    assert.equal(await page.evaluate(() => window.pwned), undefined);
    assert.equal(await page.locator('img').count(), 0);
    assert.match(await page.locator('#key').textContent(), /<i>left<\/i>/);
    return page;
  },

  async 'on a phone it fits, pinches and taps'(browser) {
    const page = await open(browser, 'small.html', phone);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    const centre = await placeOf(page, 0, 0);
    const session = await page.context().newCDPSession(page);
    const touch = (type, points) => session.send('Input.dispatchTouchEvent', {
      type, touchPoints: points.map(([x, y], id) => ({ x: centre.x + x, y: centre.y + y, id })),
    });
    await touch('touchStart', [[-40, 0], [40, 0]]);
    for (let d = 45; d <= 80; d += 5) await touch('touchMove', [[-d, 0], [d, 0]]);
    await touch('touchEnd', []);
    await settled(page);
    // Twice as far apart.
    await page.touchscreen.tap(centre.x + 6 * centre.scale, centre.y - 6 * centre.scale);
    assert.equal(await heading(page), 'Café society');
    return page;
  },

  async 'names of groups appear as one zooms in, and points are sized by works'(browser) {
    const context = await browser.newContext(desk);
    const page = await context.newPage();
    page.complaints = [];
    page.on('pageerror', (error) => page.complaints.push(error.message));
    // What the canvas is told to write.
    await page.addInitScript(() => {
      window.written = [];
      const { fillText } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        window.written.push(text);
        return fillText.call(this, text, ...rest);
      };
    });
    await page.goto(address('groups.html'));
    const groupsAfter = async (act) => {
      await page.evaluate(() => { window.written = []; });
      await act();
      await settled(page);
      const written = await page.evaluate(() => window.written);
      return ['Largest', 'Second', 'Third'].filter((name) => written.includes(name));
    };
    assert.deepEqual(await groupsAfter(() => page.click('#zoom-all')), ['Largest']);
    const box = await page.locator('#map').boundingBox();
    const scale = (box.width - 2 * Math.min(50, box.width / 8)) / 50;
    const at = { x: box.x + box.width / 2 + (20.6 - 25) * scale, y: box.y + box.height / 2 - 5 * scale };
    await page.mouse.move(at.x, at.y);
    const closer = await groupsAfter(async () => {
      for (let k = 0; k < 5; ++k) {
        await page.mouse.wheel(0, -200);
        await settled(page);
      }
    });
    assert.deepEqual(closer, ['Largest', 'Second', 'Third']);
    assert.match(await page.locator('#key').textContent(), /in no group/);
    assert.match(await page.locator('#facts').textContent(), /Larger dots are on more works/);
    return page;
  },

  async 'with 20,000 points it stays fluent'(browser) {
    const page = await open(browser, 'large.html', desk);
    const median = await page.evaluate(async () => {
      const map = document.getElementById('map');
      const times = [];
      for (let k = 0; k < 25; ++k) {
        const start = performance.now();
        map.dispatchEvent(new WheelEvent('wheel', {
          deltaY: k % 2 ? 40 : -40, clientX: 300, clientY: 300, cancelable: true,
        }));
        await new Promise(requestAnimationFrame);
        await new Promise((done) => setTimeout(done));
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[12];
    });
    console.log(`  median of 25 frames: ${median.toFixed(1)} ms`);
    assert.ok(median < 400, `a frame took ${median} ms`);
    const start = Date.now();
    await page.fill('#query', 'subject 199');
    assert.equal(await page.locator('#results [role=option]').count(), 10);
    assert.ok(Date.now() - start < 3000);
    return page;
  },
};

(async () => {
  const browser = await chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
           '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    try {
      const page = await test(browser);
      assert.deepEqual(page.complaints, []);
      await page.context().close();
      console.log(`ok: ${name}`);
    } catch (error) {
      ++failed;
      console.log(`FAILED: ${name}\n${error.stack}`);
    }
  }
  await browser.close();
  console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
})();
