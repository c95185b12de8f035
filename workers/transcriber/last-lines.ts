/**
 * Keeps the last lines of a stream of any length: what is said is read without limit, so that the writer is
 * never held up, and only the end is kept for the log. Ends a line at `\r` too, which progress lines use.
 */
export class LastLines {
	readonly #kept: string[] = [];
	#open = '';
	readonly #count: number;

	constructor(count: number) {
		this.#count = count;
	}

	add(text: string): void {
		const parts = (this.#open + text).split(/[\r\n]+/);
		this.#open = (parts.pop() ?? '').slice(-LINE_LENGTH_MAX);
		for (const part of parts) this.#keep(part);
	}

	/** Oldest first, the unfinished line included. */
	get lines(): readonly string[] {
		const open = this.#open.trim();
		return open === '' ? [...this.#kept] : [...this.#kept, open].slice(-this.#count);
	}

	#keep(line: string): void {
		const text = line.trim();
		if (text === '') return;
		this.#kept.push(text.slice(0, LINE_LENGTH_MAX));
		if (this.#kept.length > this.#count) this.#kept.shift();
	}
}

const LINE_LENGTH_MAX = 500;
