/** Whether turns are played ahead of the record in this run of the tests: the suite runs both ways. */
export const runsAhead = process.env['LEGATO_RUN_AHEAD'] !== 'off';
