/** Usage as numbers to draw: one of each for every period, and the sums of all. */

/** @typedef {import("./admin-api.js").UsageRow} UsageRow */

/**
 * @typedef {object} Figures lists have one entry a period; a time is null where there was no request
 * @property {number[]} requests
 * @property {number[]} bonaFide faces
 * @property {number[]} attacks faces
 * @property {number[]} wrongKeys
 * @property {number[]} badRequests
 * @property {number[]} refusals by rate, quota or capacity
 * @property {number[]} serverErrors
 * @property {(number | null)[]} mean milliseconds
 * @property {(number | null)[]} slowest milliseconds
 */

const WRONG_KEYS = "-41005";
const SERVER_ERROR = "-50000";
const REFUSED = "refused_";

/**
 * @param {Date[]} periods the beginnings of all periods
 * @param {UsageRow[]} rows those that had requests
 * @returns {Figures}
 */
export function figuresOf(periods, rows) {
  const byTime = new Map(rows.map((row) => [new Date(row.at).getTime(), row]));
  const found = periods.map((at) => byTime.get(at.getTime()));
  const each = (/** @type {(row: UsageRow) => number} */ of) => found.map((row) => (row ? of(row) : 0));
  const where = (/** @type {(outcome: string) => boolean} */ isIt) => each((row) => sumWhere(row, isIt));
  return {
    requests: each((row) => row.requests),
    bonaFide: each((row) => row.bonaFide),
    attacks: each((row) => row.attacks),
    wrongKeys: where((outcome) => outcome === WRONG_KEYS),
    badRequests: where((outcome) => outcome.startsWith("-") && outcome !== WRONG_KEYS && outcome !== SERVER_ERROR),
    refusals: where((outcome) => outcome.startsWith(REFUSED)),
    serverErrors: where((outcome) => outcome === SERVER_ERROR),
    mean: found.map((row) => (row?.requests ? row.meanMilliseconds : null)),
    slowest: found.map((row) => (row?.requests ? row.slowestMilliseconds : null)),
  };
}

/**
 * The sums of all periods; times are null where there was no request.
 * @param {Figures} figures
 */
export function totalsOf(figures) {
  const requests = sum(figures.requests);
  const spent = sum(figures.mean.map((mean, index) => (mean ?? 0) * figures.requests[index]));
  const failed = [figures.wrongKeys, figures.badRequests, figures.refusals, figures.serverErrors];
  return {
    requests,
    bonaFide: sum(figures.bonaFide),
    attacks: sum(figures.attacks),
    failed: sum(failed.map(sum)),
    mean: requests ? spent / requests : null,
    slowest: requests ? Math.max(...figures.slowest.map((value) => value ?? 0)) : null,
  };
}

/** @param {number[]} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * @param {UsageRow} row
 * @param {(outcome: string) => boolean} isIt
 */
function sumWhere(row, isIt) {
  return sum(Object.entries(row.outcomes).map(([outcome, count]) => (isIt(outcome) ? count : 0)));
}
