#!/usr/bin/env bash
# undici 6.29.1 (the `fetch` of Node 20 is undici, and does the same) given a form of the npm package form-data 4.0.6, as
# code for got does: what is sent is the 17 bytes `[object FormData]`. No error, no warning; the image never leaves. The
# class calls itself FormData, has the same append() and is a stream, but only the platform's own FormData is a form.
# Seen: with the form's headers that text stands under multipart/form-data; without them under text/plain. The bytes of
# form.getBuffer() arrive. A server can only answer that the part is missing.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
npm install --silent --no-audit --no-fund --ignore-scripts undici@6.29.1 form-data@4.0.6
cat >try.mjs <<'JS'
import assert from 'node:assert'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import FormData from 'form-data'
import { fetch } from 'undici'

let got
const server = createServer(async (request, response) => {
  got = [request.headers['content-type'].split(';')[0], await text(request)]
  response.end()
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
async function send(take, headers) {
  const form = new FormData()
  form.append('imageFile', Buffer.from('the image'), 'face.jpg')
  await fetch(`http://127.0.0.1:${server.address().port}/`, {
    method: 'POST',
    body: take(form),
    headers: headers ? form.getHeaders() : {},
  })
  return got
}
const claimed = await send((form) => form, true)
const bare = await send((form) => form, false)
const buffer = await send((form) => form.getBuffer(), true)
server.close()
console.log('the form and its headers:', claimed)
console.log('the form alone:          ', bare)
console.log('its buffer and headers:  ', [buffer[0], `${buffer[1].length} bytes`])
assert.deepEqual(claimed, ['multipart/form-data', '[object FormData]'])
assert.deepEqual(bare, ['text/plain', '[object FormData]'])
assert.ok(buffer[1].includes('the image'))
process.exit(0)
JS
node try.mjs
