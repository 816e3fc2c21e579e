/** Whether turns are played ahead of the record in this run of the tests: the suite runs both ways. */
export const runsAhead = process.env['LEGATO_RUN_AHEAD'] !== 'off';

/** Whether the record has come to a step, however far ahead of it the turn is. */
export function isRecorded(step: string, event: { readonly type: string; readonly step?: string }): boolean {
  return event.type === (runsAhead ? 'step.recorded' : 'step.started') && event.step === step;
}
