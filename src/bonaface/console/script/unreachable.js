/** The server could not be asked at all. */
export class Unreachable extends Error {}
