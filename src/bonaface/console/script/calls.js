/** A call of the API in other words: curl, Python, JavaScript. */

import { ROUTES } from "./routes.js";

/** @typedef {import("./session.js").Keys} Keys */
/** @typedef {import("./liveness-api.js").Source} Source */
/** @typedef {{ keys: Keys, source: Source, preset: string, route: import("./routes.js").RouteName }} Call */

export const MASK = "••••••••";

/** Writers of a call, by the name of its tab. */
export const WRITERS = Object.freeze({ curl, python, javascript });
export const TITLES = Object.freeze({ curl: "curl", python: "Python", javascript: "JavaScript" });

/**
 * A command for a POSIX shell.
 * @param {Call} call
 */
export function curl(call) {
  const { source, preset } = call;
  const headers = headersOf(call).map(([name, value]) => `-H ${shell(`${name}: ${value}`)}`);
  const lines = ["curl -X POST", shell(addressOf(call)), ...headers];
  if (source.url !== null) {
    lines.push(`-H ${shell("Content-Type: application/json")}`, `-d ${shell(bodyOf(call))}`);
  } else {
    lines.push(`-F ${shell(`imageFile=@${curlName(source.name)}`)}`, `-F ${shell(`${presetOf(call)}=${preset}`)}`);
  }
  return lines.join(" \\\n  ");
}

/**
 * A script that needs the package httpx.
 * @param {Call} call
 */
export function python(call) {
  const { source, preset } = call;
  const opening = ["import httpx", ""];
  const headers = headersOf(call).map(([name, value]) => `${text(name)}: ${text(value)}`);
  const address = [`answer = httpx.post(`, `    ${text(addressOf(call))},`, `    headers={${headers.join(", ")}},`];
  const end = [")", "print(answer.json())"];
  if (source.url !== null) {
    const body = `    json={"image": {"url": ${text(source.url)}}, ${text(presetOf(call))}: ${text(preset)}},`;
    return [...opening, ...address, body, ...end].join("\n");
  }
  const open = `with open(${text(source.name)}, "rb") as image:`;
  const body = [`    files={"imageFile": image},`, `    data={${text(presetOf(call))}: ${text(preset)}},`, ")"];
  return [...opening, open, ...[...address, ...body].map((line) => `    ${line}`), end[1]].join("\n");
}

/**
 * A module for Node.js 20 and later.
 * @param {Call} call
 */
export function javascript(call) {
  const { source, preset } = call;
  const headers = headersOf(call).map(([name, value]) => `${/^\w+$/.test(name) ? name : text(name)}: ${text(value)}`);
  const begin = [`const answer = await fetch(${text(addressOf(call))}, {`, `  method: "POST",`];
  const end = ["});", "console.log(await answer.json());"];
  if (source.url !== null) {
    const told = `  headers: { ${headers.join(", ")}, "Content-Type": "application/json" },`;
    const image = `{ image: { url: ${text(source.url)} }, ${presetOf(call)}: ${text(preset)} }`;
    return [...begin, told, `  body: JSON.stringify(${image}),`, ...end].join("\n");
  }
  const form = [
    `import { openAsBlob } from "node:fs";`,
    "",
    "const form = new FormData();",
    `form.append("imageFile", await openAsBlob(${text(source.name)}), ${text(source.name)});`,
    `form.append(${text(presetOf(call))}, ${text(preset)});`,
  ];
  return [...form, ...begin, `  headers: { ${headers.join(", ")} },`, "  body: form,", ...end].join("\n");
}

/** @param {Call} call */
function addressOf({ keys, route }) {
  return keys.baseUrl + ROUTES[route].pathOf(keys);
}

/** @param {Call} call */
function headersOf({ keys, route }) {
  return Object.entries(ROUTES[route].headersOf(keys));
}

/**
 * The name of the preset in a body.
 * @param {Call} call
 */
function presetOf({ route }) {
  return ROUTES[route].preset;
}

/** @param {Call} call */
function bodyOf(call) {
  return JSON.stringify({ image: { url: call.source.url }, [presetOf(call)]: call.preset });
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
