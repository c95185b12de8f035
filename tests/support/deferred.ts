/** A promise with its handles outside (`Promise.withResolvers` is not in Node 20). */
export type Deferred<T> = {
	readonly promise: Promise<T>;
	resolve(value: T): void;
	reject(reason: Error): void;
};

/** A rejection that nobody waits for is not an unhandled one. */
export function deferred<T>(): Deferred<T> {
	let resolve: (value: T) => void = () => undefined;
	let reject: (reason: Error) => void = () => undefined;
	const promise = new Promise<T>((yes, no) => {
		resolve = yes;
		reject = no;
	});
	promise.catch(() => undefined);
	return { promise, resolve, reject };
}
