// Every table, by what it is for. A new one goes into the file of its kind.
export * from './schema/accounts.ts';
export * from './schema/events.ts';
export * from './schema/people.ts';
export * from './schema/captions.ts';
export * from './schema/together.ts';
export * from './schema/platform.ts';
