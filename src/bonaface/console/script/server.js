/** Where the server is: this file is at /console/script/ of it, whatever stands before that. */

export const SERVER = new URL("../..", import.meta.url).href.replace(/\/$/, "");
