/** The ways in which an image comes: button, address, drag and drop, paste. */

import { byId } from "./dom.js";

/** Inside these, pasted text is for them. */
const WRITABLE = "input, textarea, select, [contenteditable]";

/**
 * Listen to all of them.
 * @param {(file: File) => void} takeFile
 * @param {(url: string) => void} takeUrl
 */
export function openIntake(takeFile, takeUrl) {
  listenToButton(takeFile);
  listenToAddress(takeUrl);
  listenToDrop(takeFile, takeUrl);
  document.addEventListener("paste", (event) => {
    if (document.querySelector("dialog[open]") !== null) return;
    const isWriting = /** @type {Element} */ (event.target).matches?.(WRITABLE);
    const isTaken = take(event.clipboardData, isWriting ? null : takeUrl, takeFile);
    if (isTaken) event.preventDefault();
  });
}

/** @param {(file: File) => void} takeFile */
function listenToButton(takeFile) {
  const input = byId("file");
  byId("choose").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const [file] = input.files;
    input.value = ""; // so that the same file may be chosen again
    if (file !== undefined) takeFile(file);
  });
}

/** @param {(url: string) => void} takeUrl */
function listenToAddress(takeUrl) {
  byId("url-form").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    const url = byId("url").value.trim();
    if (url) takeUrl(url);
    else byId("url").focus();
  });
}

/**
 * A drop counts anywhere on the page, so that one beside the frame does not leave the page.
 * @param {(file: File) => void} takeFile
 * @param {(url: string) => void} takeUrl
 */
function listenToDrop(takeFile, takeUrl) {
  const stage = byId("stage");
  const over = (/** @type {boolean} */ isOver) => stage.classList.toggle("over", isOver);
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    over(true);
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) over(false);
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    take(event.dataTransfer, takeUrl, takeFile);
  });
}

/**
 * @param {DataTransfer | null} data
 * @param {((url: string) => void) | null} takeUrl
 * @param {(file: File) => void} takeFile
 * @returns {boolean} whether there was something to take
 */
function take(data, takeUrl, takeFile) {
  const [file] = data?.files ?? [];
  if (file !== undefined) {
    takeFile(file);
    return true;
  }
  const text = data?.getData("text").trim() ?? "";
  if (takeUrl === null || !/^https?:\/\/\S+$/i.test(text)) return false;
  takeUrl(text);
  return true;
}
