/** Whether an answer still is the answer to what the page would ask. */

/**
 * What an answer depends on besides the image, whose change clears the page. `url` is that in the address field.
 * @typedef {{ url: string | null, preset: import("./liveness-api.js").Preset, route: import("./routes.js").RouteName, appKey: string, secretKey: string }} Inputs
 */

/**
 * What changed between the two, the end of the key of a text; null where nothing did.
 * @param {Inputs} asked
 * @param {Inputs} now
 * @returns {"url" | "preset" | "route" | "keys" | null}
 */
export function changeSince(asked, now) {
  if (asked.url !== now.url) return "url";
  if (asked.preset !== now.preset) return "preset";
  if (asked.route !== now.route) return "route";
  return asked.appKey === now.appKey && asked.secretKey === now.secretKey ? null : "keys";
}
