/** A call of the API in other words: curl, Python, JavaScript. */

/** @typedef {import("./session.js").Keys} Keys */
/** @typedef {import("./liveness-api.js").Source} Source */
/** @typedef {{ keys: Keys, source: Source, preset: string }} Call */

export const MASK = "••••••••";

/** Writers of a call, by the name of its tab. */
export const WRITERS = Object.freeze({ curl, python, javascript });
export const TITLES = Object.freeze({ curl: "curl", python: "Python", javascript: "JavaScript" });

/**
 * A command for a POSIX shell.
 * @param {Call} call
 */
export function curl({ keys, source, preset }) {
  const lines = ["curl -X POST", shell(addressOf(keys)), `-H ${shell(`Authorization: ${keys.secretKey}`)}`];
  if (source.url !== null) {
    lines.push(`-H ${shell("Content-Type: application/json")}`, `-d ${shell(bodyOf(source.url, preset))}`);
  } else {
    lines.push(`-F ${shell(`imageFile=@${curlName(source.name)}`)}`, `-F ${shell(`spoofingCondition=${preset}`)}`);
  }
  return lines.join(" \\\n  ");
}

/**
 * A script that needs the package httpx.
 * @param {Call} call
 */
export function python({ keys, source, preset }) {
  const opening = ["import httpx", ""];
  const address = [`answer = httpx.post(`, `    ${text(addressOf(keys))},`, `    headers={"Authorization": ${text(keys.secretKey)}},`];
  const end = [")", "print(answer.json())"];
  if (source.url !== null) {
    const body = `    json={"image": {"url": ${text(source.url)}}, "spoofingCondition": ${text(preset)}},`;
    return [...opening, ...address, body, ...end].join("\n");
  }
  const open = `with open(${text(source.name)}, "rb") as image:`;
  const body = [`    files={"imageFile": image},`, `    data={"spoofingCondition": ${text(preset)}},`, ")"];
  return [...opening, open, ...[...address, ...body].map((line) => `    ${line}`), end[1]].join("\n");
}

/**
 * A module for Node.js 20 and later.
 * @param {Call} call
 */
export function javascript({ keys, source, preset }) {
  const begin = [`const answer = await fetch(${text(addressOf(keys))}, {`, `  method: "POST",`];
  const end = ["});", "console.log(await answer.json());"];
  if (source.url !== null) {
    const headers = `  headers: { Authorization: ${text(keys.secretKey)}, "Content-Type": "application/json" },`;
    const image = `{ image: { url: ${text(source.url)} }, spoofingCondition: ${text(preset)} }`;
    return [...begin, headers, `  body: JSON.stringify(${image}),`, ...end].join("\n");
  }
  const form = [
    `import { openAsBlob } from "node:fs";`,
    "",
    "const form = new FormData();",
    `form.append("imageFile", await openAsBlob(${text(source.name)}), ${text(source.name)});`,
    `form.append("spoofingCondition", ${text(preset)});`,
  ];
  return [...form, ...begin, `  headers: { Authorization: ${text(keys.secretKey)} },`, "  body: form,", ...end].join("\n");
}

/** @param {Keys} keys */
function addressOf(keys) {
  return `${keys.baseUrl}/v1.0/appkeys/${encodeURIComponent(keys.appKey)}/spoofing`;
}

/**
 * @param {string} url
 * @param {string} preset
 */
function bodyOf(url, preset) {
  return JSON.stringify({ image: { url }, spoofingCondition: preset });
}

/**
 * One word of a POSIX shell.
 * @param {string} word
 */
function shell(word) {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * A file name as curl's -F wants it: quoted where it would end at a sign.
 * @param {string} name
 */
function curlName(name) {
  return /^[\w. -]+$/.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
}

/**
 * A string literal that means the same in Python and JavaScript.
 * @param {string} value
 */
function text(value) {
  return JSON.stringify(value);
}
