/** The clinic's calendar. A real one is a database; what matters to a write is the key that it keeps with what it did. */
export interface Appointment {
  readonly slot: string;
  readonly patientId: string;
}

const patients = new Map([['p-7', { patient_id: 'p-7', name: 'Ada Byron' }]]);
const booked = new Map<string, Appointment>();
const opening = ['09:00', '10:30', '15:00'];

export const findPatient = (id: string) => patients.get(id);

const isTaken = (slot: string): boolean => [...booked.values()].some((appointment) => appointment.slot === slot);

/** As `2027-03-01 10:30`. */
export const freeSlots = (day: string): string[] =>
  opening.map((time) => `${day} ${time}`).filter((slot) => !isTaken(slot));

/** Booked once for one key, however often it is asked. */
export function book(appointment: Appointment, key: string): Appointment {
  const before = booked.get(key);
  if (before) return before;
  if (isTaken(appointment.slot)) throw new Error(`'${appointment.slot}' was taken meanwhile; offer another time`);
  booked.set(key, appointment);
  return appointment;
}

export const appointments = (): Appointment[] => [...booked.values()];
