/** Branded ids: an event id cannot be passed where a booth id is asked for. */
declare const brand: unique symbol;
type Branded<T, B extends string> = T & { readonly [brand]: B };

export type EventId = Branded<number, 'EventId'>;
export type RoomId = Branded<number, 'RoomId'>;
export type BoothId = Branded<number, 'BoothId'>;
/** UUID of an account. */
export type UserId = Branded<string, 'UserId'>;
/** Stable per person and booth: `user:<uuid>` for accounts, `guest:<uuid>` for invited people without one. */
export type PersonId = Branded<string, 'PersonId'>;
/** One open page (socket) of a person. A reload makes a new one. */
export type SeatId = Branded<string, 'SeatId'>;

export const eventId = (n: number): EventId => n as EventId;
export const roomId = (n: number): RoomId => n as RoomId;
export const boothId = (n: number): BoothId => n as BoothId;
export const userId = (s: string): UserId => s as UserId;
export const personId = (s: string): PersonId => s as PersonId;
export const seatId = (s: string): SeatId => s as SeatId;
