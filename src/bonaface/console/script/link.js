/**
 * A link to the console with keys in its fragment (`#appKey=…&secretKey=…`), as `bonaface serve --development` prints it.
 * Browsers send no fragment to a server.
 */

import { SERVER } from "./server.js";
import { keepKeys } from "./session.js";

/**
 * Take the keys out of the address into this tab's storage; they are in neither address bar nor history then.
 * @returns {boolean} whether there were any
 */
export function takeKeysOfLink() {
  const given = new URLSearchParams(location.hash.slice(1));
  const [appKey, secretKey] = [given.get("appKey"), given.get("secretKey")];
  if (!appKey || !secretKey) return false;
  keepKeys({ baseUrl: SERVER, appKey, secretKey });
  history.replaceState(null, "", location.pathname + location.search);
  return true;
}
