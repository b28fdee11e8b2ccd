/** The client against a server that fails as it is told, and against the real one of the environment. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { test } from "node:test";

import * as bonaface from "bonaface-client";

const { Client, Retry } = bonaface;
const { SERVER, APP_KEY, SECRET_KEY, IMAGE } = process.env;
const KEYS = { appKey: APP_KEY, secretKey: SECRET_KEY };
const WANTED = { appKey: "a/b", secretKey: "secret", retry: new Retry({ firstWait: 0 }) };
const IMAGE_BYTES = new Uint8Array([1, 2, 3]);
const NONE = { faceDetailCount: 0, faceDetails: [] };
const OK = [200, JSON.stringify({ header: { isSuccessful: true, resultCode: 0, resultMessage: "Success" }, data: NONE })];
const FAILED = JSON.stringify({ header: { isSuccessful: false, resultCode: -50000, resultMessage: "InternalServerError" } });
const BUSY = [503, FAILED, { "Retry-After": "0" }];

/** A server that gives `replies` in their order ("cut" ends the connection), and what it was asked. */
async function scripted(replies, run) {
  const seen = [];
  const left = [...replies];
  const server = createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      seen.push({ url: request.url, headers: request.headers, body: Buffer.concat(parts).toString("latin1") });
      const reply = left.shift();
      if (reply === "cut") request.socket.destroy();
      else if (reply !== "silence") response.writeHead(reply[0], reply[2] ?? {}).end(reply[1]);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await run(`http://127.0.0.1:${server.address().port}`, seen);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const detect = (url, options = {}) => new Client(url, { ...WANTED, ...options }).detectSpoofing(IMAGE_BYTES);

test("503, 429 and a cut connection are tried again", async () => {
  const full = [429, "<html>", { "Retry-After": "0" }];
  await scripted([BUSY, full, OK], async (url, seen) => {
    assert.deepEqual(await detect(url), NONE);
    assert.equal(seen.length, 3);
    assert.equal(new Set(seen.map(({ body }) => body.replace(/-*formdata\S+/g, ""))).size, 1);
  });
  await scripted(["cut", OK], async (url, seen) => {
    await detect(url);
    assert.equal(seen.length, 2);
  });
});

test("nothing else is tried again", async () => {
  for (const status of [200, 500]) {
    await scripted([[status, FAILED], OK], async (url, seen) => {
      await assert.rejects(detect(url), bonaface.InternalServiceError);
      assert.equal(seen.length, 1);
    });
  }
});

test("attempts have an end, and the last error is told", async () => {
  await scripted([BUSY, BUSY, BUSY, OK], async (url, seen) => {
    await assert.rejects(detect(url), bonaface.UnavailableError);
    assert.equal(seen.length, 3);
  });
});

test("a wait that is too long is not waited for", async () => {
  await scripted([[503, FAILED, { "Retry-After": "3600" }]], async (url) => {
    await assert.rejects(detect(url), { name: "UnavailableError", retryAfter: 3_600_000 });
  });
});

test("a late answer is not waited for and not asked for again", async () => {
  await scripted(["silence", OK], async (url, seen) => {
    await assert.rejects(detect(url, { timeout: 50 }), bonaface.TimedOutError);
    assert.ok(seen.length <= 1);
  });
});

test("nobody there is told", async () => {
  await scripted([], async (url) => {
    const port = Number(new URL(url).port);
    await scripted([], async () => {});
    await assert.rejects(detect(`http://127.0.0.1:${port === 1 ? 2 : 1}`), bonaface.ConnectionFailedError);
  });
});

test("a redirect does not take the secret along", async () => {
  await scripted([OK], async (other, elsewhere) => {
    await scripted([[307, "", { Location: other }]], async (url) => {
      await assert.rejects(detect(url), { name: "UnexpectedAnswerError", status: 307 });
      assert.deepEqual(elsewhere, []);
    });
  });
});

test("whoever gives up is not kept waiting", async () => {
  await scripted(["silence"], async (url) => {
    const signal = AbortSignal.timeout(30);
    const asked = new Client(url, WANTED).detectSpoofing(IMAGE_BYTES, { signal });
    await assert.rejects(asked, { name: "TimeoutError" });
  });
  await scripted([[503, FAILED, { "Retry-After": "9" }]], async (url) => {
    const ended = new AbortController();
    const asked = new Client(url, WANTED).detectSpoofing(IMAGE_BYTES, { signal: ended.signal });
    setTimeout(() => ended.abort(new Error("enough")), 30);
    await assert.rejects(asked, /enough/);
  });
});

test("each call has its path, its credentials and its body", async () => {
  const answer = [200, JSON.stringify({ frames: [] })];
  await scripted([OK, answer, answer, answer], async (url, seen) => {
    await detect(`${url}/prefix/`);
    const client = new Client(url, WANTED);
    await client.judgeLiveness(null, { url: "https://a.example/b.png", preset: "strict" });
    await client.judgeLiveness(null, { frames: [IMAGE_BYTES, new Blob(["x"])], quality: "require" });
    await new Client(url, { token: "bfc_x" }).judgeLiveness(new File(["y"], "selfie.jpg"));
    const [one, two, three, four] = seen;
    assert.deepEqual([one.url, one.headers.authorization], ["/prefix/v1.0/appkeys/a%2Fb/spoofing", "secret"]);
    assert.deepEqual([two.headers["x-app-key"], two.headers.authorization], ["a/b", "Bearer secret"]);
    assert.deepEqual(JSON.parse(two.body), { image: { url: "https://a.example/b.png" }, preset: "strict" });
    assert.equal(three.body.match(/name="frames"/g).length, 2);
    assert.match(three.body, /name="quality"\r\n\r\nrequire/);
    assert.deepEqual([four.headers["x-app-key"], four.headers.authorization], [undefined, "Bearer bfc_x"]);
    assert.match(four.body, /name="imageFile"; filename="selfie.jpg"/);
  });
});

test("what is no answer of the service is told", async () => {
  for (const text of ["", "<html>", "{}", "[]", "null", FAILED.slice(1)]) {
    await scripted([[404, text]], (url) => assert.rejects(detect(url), bonaface.UnexpectedAnswerError));
  }
});

test("a code that is not known is the base of all refusals", async () => {
  const problem = JSON.stringify({ code: "brand_new", title: "New", detail: "Wait.", status: 418 });
  await scripted([[418, problem, { "X-Request-Id": "r1" }]], async (url) => {
    const asked = new Client(url, WANTED).judgeLiveness(IMAGE_BYTES);
    await assert.rejects(asked, { name: "ServiceError", code: "brand_new", detail: "Wait.", status: 418, requestId: "r1" });
  });
});

test("wrong arguments are told before anything is sent", async () => {
  for (const url of ["", "host", "ftp://host", "https://a:b@host", "https://host?x", "https://host#x"]) {
    assert.throws(() => new Client(url, WANTED), TypeError);
  }
  for (const keys of [{}, { appKey: "a" }, { appKey: "a", secretKey: "" }, { appKey: "a", secretKey: "b\n" }, { token: "" }]) {
    assert.throws(() => new Client("https://host", keys), TypeError);
  }
  assert.throws(() => new Client("https://host", { ...WANTED, token: "x" }), TypeError);
  const client = new Client("https://host", WANTED);
  await assert.rejects(client.judgeLiveness(null), TypeError);
  await assert.rejects(client.judgeLiveness(IMAGE_BYTES, { url: "https://x" }), TypeError);
  await assert.rejects(client.judgeLiveness("selfie.jpg"), TypeError);
  await assert.rejects(new Client("https://host", { token: "x" }).detectSpoofing(IMAGE_BYTES), TypeError);
});

test("the secret is in no text of the client", () => {
  const client = new Client("https://host", WANTED);
  assert.equal(JSON.stringify(client).includes("secret"), false);
  assert.equal(Object.values(client).length, 0);
});

test("an answer goes back with what it was", async () => {
  const client = new Client(SERVER, KEYS);
  const { signature } = await client.judgeLiveness(new Blob([await readFile(IMAGE)]));
  const told = await client.giveFeedback(signature, "attack", { attackKind: "replay" });
  assert.deepEqual([told.feedback, told.decision, told.policy], ["counted", "accept", "balanced"]);
  await assert.rejects(client.giveFeedback(signature, "bona_fide"), bonaface.ConflictError);
  const corrected = await client.giveFeedback(signature, "bona_fide", { correct: true });
  assert.equal(corrected.feedback, "corrected");
  await assert.rejects(client.giveFeedback("a.b.c", "attack"), bonaface.InvalidParameterError);
  await assert.rejects(new Client(SERVER, { token: "x" }).giveFeedback(signature, "attack"), TypeError);
});

test("v1.0, v2 and a capture token of the real server", async () => {
  const image = new Blob([await readFile(IMAGE)]);
  const client = new Client(SERVER, KEYS);
  const found = await client.detectSpoofing(image, { condition: "strict" });
  assert.equal(found.faceDetailCount, found.faceDetails.length);
  const answer = await client.judgeLiveness(image);
  assert.equal(answer.frames.length, 1);
  assert.deepEqual(JSON.parse(answer.raw), answer);
  const { token, uses, expiresAt } = await client.createToken({ uses: 2, lifetime: 60 });
  assert.equal(uses, 2);
  assert.ok(Date.parse(expiresAt) > Date.now());
  const page = new Client(SERVER, { token });
  const several = await page.judgeLiveness(null, { frames: [image, image] });
  assert.deepEqual([several.frames.length, typeof several.consistency.consistent], [2, "boolean"]);
  await page.judgeLiveness(image);
  await assert.rejects(page.judgeLiveness(image), bonaface.UnauthorizedError);
  await assert.rejects(client.judgeLiveness(image, { preset: "harsh" }), bonaface.InvalidParameterError);
});
