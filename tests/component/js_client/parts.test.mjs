/** What is computed: waits, hints, and words in both languages. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const part = (name) => import(pathToFileURL(`${process.env.SOURCE}/${name}.js`));
const { Retry, retryAfter } = await part("retry");
const { hintOf, ovalAround, MIDDLE } = await part("capture-hints");
const { TEXTS } = await part("capture-text");

const busy = (asked = null) => ({ isTemporary: true, retryAfter: asked });
const box = { fractions: { x0: 0.25, y0: 0.25, x1: 0.75, y1: 0.5 } };
const answerOf = (...keys) => ({
  person: { tell: keys.map((key) => ({ key, en: `en ${key}`, ko: `ko ${key}` })) },
  frames: [{ faces: [{ box }] }],
});

test("each wait is twice the last one, up to a half shorter", () => {
  const retry = new Retry({ attempts: 5, firstWait: 100, longestWait: 250 });
  const longest = [100, 200, 250, 250];
  longest.forEach((most, index) => {
    const waits = Array.from({ length: 50 }, () => retry.wait(index + 1, busy()));
    assert.ok(waits.every((wait) => wait >= most / 2 && wait <= most));
  });
  assert.equal(retry.wait(5, busy()), null);
  assert.equal(retry.wait(1, { isTemporary: false, retryAfter: null }), null);
});

test("what the service asks for is waited for, up to the longest wait", () => {
  const retry = new Retry({ firstWait: 1, longestWait: 5000 });
  assert.equal(retry.wait(1, busy(5000)), 5000);
  assert.equal(retry.wait(1, busy(5001)), null);
});

test("Retry-After is seconds or a date", () => {
  const now = Date.UTC(2026, 0, 1);
  assert.equal(retryAfter("3"), 3000);
  assert.equal(retryAfter(" 0 "), 0);
  assert.equal(retryAfter("Thu, 01 Jan 2026 00:00:02 GMT", now), 2000);
  assert.equal(retryAfter("Wed, 31 Dec 2025 00:00:00 GMT", now), 0);
  for (const other of [null, "", "soon", "-1", "1.5"]) assert.equal(retryAfter(other), null);
});

test("wrong numbers are told", () => {
  for (const options of [{ attempts: 0 }, { firstWait: -1 }, { longestWait: -1 }, { attempts: Number.NaN }]) {
    assert.throws(() => new Retry(options), TypeError);
  }
});

test("a frame without a face asks for one", () => {
  assert.deepEqual(hintOf({ person: null, frames: [{ faces: [] }] }), { key: "noFace", words: null, oval: MIDDLE });
});

test("the first limit that a person can meet is told", () => {
  const hint = hintOf(answerOf("send_original", "more_light", "be_alone"));
  assert.deepEqual([hint.key, hint.words], ["more_light", { en: "en more_light", ko: "ko more_light" }]);
  assert.equal(hintOf(answerOf("hold_still", "more_light")).key, "more_light");
  assert.equal(hintOf(answerOf("hold_still", "be_alone")).key, "hold_still");
  assert.equal(hintOf(answerOf("send_original")).key, "ready");
  assert.equal(hintOf(answerOf()).key, "ready");
});

test("the oval is around the box", () => {
  assert.deepEqual(ovalAround(box.fractions), { cx: 0.5, cy: 0.375, rx: 0.3125, ry: 0.15625 });
});

test("both languages have the same words", () => {
  assert.deepEqual(Object.keys(TEXTS.en), Object.keys(TEXTS.ko));
  for (const words of Object.values(TEXTS)) assert.ok(Object.values(words).every((word) => word.trim() === word && word));
});
