/** Round numbers for an axis. */

const STEPS = [1, 2, 5, 10];

/**
 * Ticks from 0 to the first round number that is not below `largest`.
 * @param {number} largest
 * @param {number} about how many steps at most
 * @returns {number[]} whole numbers
 */
export function ticksFor(largest, about) {
  const rough = Math.max(largest, 1) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, (STEPS.find((each) => each * power >= rough) ?? 10) * power);
  const count = Math.max(1, Math.ceil(largest / step));
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}
