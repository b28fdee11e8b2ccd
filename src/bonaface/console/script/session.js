/** Credentials of this tab. They are in session storage alone, and gone with the tab. */

const KEYS = "bonaface.keys";
const TOKEN = "bonaface.token";

/** @typedef {{ baseUrl: string, appKey: string, secretKey: string }} Keys */

/** @returns {Keys | null} */
export function readKeys() {
  const stored = sessionStorage.getItem(KEYS);
  return stored === null ? null : JSON.parse(stored);
}

/** @param {Keys} keys */
export function keepKeys(keys) {
  sessionStorage.setItem(KEYS, JSON.stringify(keys));
}

/** Forget appKey and secretKey. */
export function forgetKeys() {
  sessionStorage.removeItem(KEYS);
}

/** @returns {string | null} */
export function readToken() {
  return sessionStorage.getItem(TOKEN);
}

/** @param {string} token */
export function keepToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

/** Forget the administrator's token. */
export function forgetToken() {
  sessionStorage.removeItem(TOKEN);
}
