/** Listens on `window` until the returned function is called. */
export function onWindow<K extends keyof WindowEventMap>(
	name: K,
	listener: (event: WindowEventMap[K]) => void
): () => void {
	addEventListener(name, listener);
	return () => removeEventListener(name, listener);
}
