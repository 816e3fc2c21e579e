/** Milliseconds on the clock that all processes of this machine share, so that times taken in two of them can be compared. */
export function clockMs(): number {
  return Number(process.hrtime.bigint()) / 1_000_000;
}
